"""Reviews as people and as machines see them, masked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from inspector.cli.messages import Lang, say
from inspector.config import Settings
from inspector.redaction import Purpose, mask_call_id
from inspector.reports.terminal import clock, evidence_line
from inspector.review.answers import Answers
from inspector.review.sheet import Said, Sheet, SheetFinding
from inspector.storage.reviews.desk import Staffed
from inspector.storage.reviews.listing import Item

__all__ = ["item_line", "sheet_lines", "staffed_line"]

SHORT_ID = 8


def sheet_lines(sheet: Sheet, settings: Settings) -> Iterator[str]:
    """What a reviewer reads, with the whole dialogue."""
    say_it = partial(say, settings.lang)
    yield say_it(
        "review_head",
        id=sheet.review_id,
        reason=say_it(f"reason_{sheet.reason}"),
        day=sheet.business_date or "–",
        call=mask_call_id(sheet.source_call_id, Purpose.SCREEN),
        length=clock(sheet.duration_s),
        until=_local(sheet.lease_until, settings),
    )
    yield "  " + "  ".join(f"{name}={value}" for name, value in sheet.known.items())
    if sheet.unheard is not None:
        yield say_it("review_unheard", why=sheet.unheard)
    yield from (f"  {clock(turn.start_s)} {say_it(turn.party)}  {turn.text}" for turn in sheet.turns)
    yield say_it("review_played", share=f"{sheet.played_share:.0%}")
    if sheet.hidden:
        yield say_it("review_hidden")
    if sheet.asked:
        yield say_it("review_asked", rules="；".join(f"{rule_id} {title}" for rule_id, title in sheet.asked))
    for finding in sheet.findings:
        yield from _finding_lines(finding, settings.lang)
    yield from (_said_line(one, settings.lang) for one in sheet.said)
    for one in sheet.decided:
        yield say_it("review_decided", rule=one.rule_id, answer=say_it(f"answer_{one.answer}"), stage=one.stage)
        if one.plea is not None:
            grounds = "、".join(say_it(f"mitigation_{name}") for name in one.mitigation)
            yield say_it("review_plea", plea=one.plea, grounds=grounds)
    if sheet.typed != Answers():
        yield say_it("review_draft")


def item_line(item: Item, settings: Settings) -> str:
    """One item of the list."""
    say_it = partial(say, settings.lang)
    if item.owner is not None:
        whose = say_it("review_item_held", who=item.owner, until=_local(item.lease_until, settings))
    elif item.assigned_to is not None:
        whose = say_it("review_item_assigned", who=item.assigned_to)
    else:
        whose = say_it("review_item_free")
    severity = "–" if item.severity is None else say_it(item.severity)
    call = mask_call_id(item.source_call_id, Purpose.SCREEN)
    named = f"{item.id[:SHORT_ID]}  {item.business_date or '–'}  {say_it(f'reason_{item.reason}')}"
    return f"{named}  {severity}  {call}  {whose}"


def staffed_line(one: Staffed, settings: Settings, now: datetime) -> str:
    """A reviewer with his day."""
    say_it, reviewer = partial(say, settings.lang), one.reviewer
    state = say_it("reviewer_free" if one.review_id is None else "reviewer_busy")
    if reviewer.is_away(now):
        state = say_it("reviewer_away", until=_local(reviewer.away_until, settings))
    return say_it(
        "reviewer_line",
        name=reviewer.name,
        quota=reviewer.minutes_per_day,
        used=f"{one.today.minutes:.0f}",
        submitted=one.today.submitted,
        skips=one.today.skips,
        state=state,
        skills="；".join(f"{name}={'、'.join(sorted(values))}" for name, values in sorted(reviewer.skills.items())),
    )


def _finding_lines(finding: SheetFinding, lang: Lang) -> Iterator[str]:
    say_it = partial(say, lang)
    named = f"{finding.title}  {finding.rule_id}@{finding.rule_version}"
    yield f"● {say_it(finding.outcome)}  {say_it(finding.severity)}  {named}  [{finding.id}]"
    yield f"    {finding.why}"
    yield from (f"    {evidence_line(one, say_it)}" for one in finding.evidence)
    if finding.coverage is not None:
        yield "    " + say_it("covered", speech=finding.coverage.speech_s, heard=finding.coverage.heard_s)
    yield f"    {say_it('remedy_label')}：{finding.remedy}"
    if finding.said_false:
        yield "    " + say_it("review_said_false")


def _said_line(one: Said, lang: Lang) -> str:
    answer = say(lang, f"answer_{one.answer}")
    why = {"because": one.because or "", "note": one.note or ""}
    return say(lang, "review_said", who=one.who, rule=one.rule_id, answer=answer, **why)


def _local(at: datetime | None, settings: Settings) -> str:
    return "–" if at is None else f"{at.astimezone(ZoneInfo(settings.business_tz)):%Y-%m-%d %H:%M}"
