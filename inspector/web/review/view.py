"""A review as its page shows it: the sheet, with the rules' own words and the bars of what was heard."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspector.model import Hearing, to_json
from inspector.redaction import Purpose, mask_call_id
from inspector.reports.fact_words import fact_words
from inspector.reports.terminal import Say
from inspector.reports.timeline import BAR_WIDTH, ICONS, CoverBar, draw_cover
from inspector.review.playing import ENOUGH_HEARD
from inspector.review.reasons import LOOKS_AGAIN, Reason
from inspector.review.records import Answer, FalseBecause
from inspector.review.reviewer import Skip
from inspector.review.rulebook import Rulebook
from inspector.review.sheet import Sheet, SheetFinding
from inspector.rules.plan import Plan
from inspector.rules.schema import Source
from inspector.storage.decisions.scores import ScoreSheet
from inspector.web.console import Console
from inspector.web.sound.view import CallView

__all__ = ["DeskView", "FindingView", "desk_view", "finding_views"]

APPEALS = frozenset({Reason.APPEAL, Reason.FINAL_APPEAL})


@dataclass(frozen=True, slots=True)
class FindingView:
    """``no``: its place from 1. ``sources``: where the rule as it is now comes from; ``is_newer``: it is not the
    version that found this."""

    no: int
    one: SheetFinding
    sign: str
    cover: CoverBar | None
    sources: tuple[Source, ...]
    is_newer: bool


@dataclass(frozen=True, slots=True)
class DeskView:
    """All that the page of a review shows. ``call``: its masked id; ``deadline`` and ``lease``: on the bank's clock.

    ``known``: the business data, in words. ``words``: how the three answers are called: for a ``first`` look,
    one that looks ``again``, or an ``appeal``.
    ``data``: what the script is given.
    """

    sheet: Sheet
    call: str
    deadline: datetime | None
    lease: datetime | None
    known: tuple[tuple[str, str], ...]
    sound: CallView | None
    findings: tuple[FindingView, ...]
    score: ScoreSheet | None
    words: str
    data: dict[str, Any]
    answers: tuple[Answer, ...] = tuple(Answer)
    because: tuple[FalseBecause, ...] = tuple(FalseBecause)
    skips: tuple[Skip, ...] = tuple(Skip)
    bar_width: int = BAR_WIDTH
    enough: float = ENOUGH_HEARD


def desk_view(
    console: Console, sheet: Sheet, hearing: Hearing | None, sound: CallView | None, score: ScoreSheet | None, say: Say
) -> DeskView:
    """``hearing`` and ``sound``: of the inspection that the sheet shows. A blind sheet has no findings to hint at
    anything."""
    zone = console.zone
    return DeskView(
        sheet=sheet,
        call=mask_call_id(sheet.source_call_id, Purpose.SCREEN),
        deadline=None if sheet.due_at is None else sheet.due_at.astimezone(zone),
        lease=None if sheet.lease_until is None else sheet.lease_until.astimezone(zone),
        known=tuple(fact_words(sheet.known, Purpose.SCREEN, say, zone)),
        sound=sound,
        findings=tuple(finding_views(sheet.findings, hearing, console.plan)),
        score=None if sheet.hidden else score,
        words="appeal" if sheet.reason in APPEALS else "again" if sheet.reason in LOOKS_AGAIN else "first",
        data=_data(sheet, console.rules),
    )


def finding_views(findings: Iterable[SheetFinding], hearing: Hearing | None, plan: Plan) -> Iterator[FindingView]:
    """``hearing``: in which they were found."""
    for no, one in enumerate(findings, 1):
        bar = None if one.coverage is None or hearing is None else draw_cover(one.coverage, hearing, one.party)
        now = plan.rules.get(one.rule_id)
        sources = () if now is None else now.rule.sources
        is_newer = now is not None and now.rule.version != one.rule_version
        yield FindingView(no, one, ICONS[one.severity], bar, sources, is_newer)


def _data(sheet: Sheet, rules: Rulebook) -> dict[str, Any]:
    """As JSON values. What was typed is the reviewer's own and comes back as he typed it."""
    return {
        "review": sheet.review_id,
        "hidden": sheet.hidden,
        "played": sheet.played_share,
        "enough": ENOUGH_HEARD,
        "duration": sheet.duration_s,
        "draft_version": sheet.draft_version,
        "typed": json.loads(to_json(sheet.typed)),
        "rules": [
            {"id": one.rule_id, "title": one.title, "parties": [party.value for party in one.parties]}
            for one in sorted(rules.rules.values(), key=lambda one: one.rule_id)
        ],
    }
