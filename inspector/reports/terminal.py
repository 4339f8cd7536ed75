"""One inspection as a person reads it in a terminal. Masked unless the caller has left a trace for the full view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from rich.console import Console
from rich.markup import escape

from inspector.model import (
    Coverage,
    Evidence,
    Finding,
    Hearing,
    Inspection,
    Layout,
    Outcome,
    Party,
    Segment,
    Severity,
    Status,
    Turn,
)
from inspector.redaction import Purpose, mask, mask_turns

__all__ = ["Say", "clock", "evidence_line", "print_inspection", "shown"]

Say = Callable[..., str]
"""A message by key, filled in: ``say("fires")``, ``say("unheard", seconds=1.2)``."""

_CHANNELS = ("S1", "S2")  # of a stereo call: left, right
_COLOUR = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}


def print_inspection(console: Console, inspection: Inspection, say: Say, *, dialogue: bool, raw: bool) -> None:
    """Findings with their places and reasons; ``dialogue`` adds the turns, ``raw`` leaves numbers readable."""

    def line(text: str = "") -> None:
        console.print(text, soft_wrap=True, highlight=False)

    line(_head(inspection.hearing, say))
    for segment in inspection.hearing.recording.joined:
        line(f"  [dim]{_segment(segment, say)}[/dim]")
    findings = shown(inspection)
    for finding in findings:
        for written in _finding(finding, say, raw=raw):
            line("  " + written)
    if not inspection.hearing.speech:
        line(f"  [dim]{say('no_speech')}[/dim]")
    elif not findings:
        line(f"  [green]✓ {say('no_findings')}[/green]")
    for noted in _notes(inspection, say):
        line(f"  [dim]{escape(noted)}[/dim]")
    for entry in inspection.queues:
        line(f"  {say(f'queue_{entry.queue}')}  [dim]{', '.join(entry.because)}[/dim]")
    if dialogue:
        line(f"  [dim]{say('dialogue_raw' if raw else 'dialogue')}[/dim]")
        for turn, text in _turns(inspection.hearing.turns, raw=raw):
            line(f"  [dim]{clock(turn.start_s)}[/dim] {say(turn.party)}  {escape(text)}")
    line()


def shown(inspection: Inspection) -> list[Finding]:
    """The findings that people get to see, in the order of the inspection: hits before doubts, worst first."""
    return [finding for finding in inspection.findings if finding.status is not Status.EXPERIMENTAL]


def _head(hearing: Hearing, say: Say) -> str:
    recording = hearing.recording
    named = f"[bold]{escape(recording.path)}[/bold]  {clock(recording.duration_s)}"
    if not hearing.has_sound or recording.joined:
        return named
    agents = [speaker.id for speaker in hearing.speakers if speaker.party is Party.AGENT]
    by_channel = recording.layout is Layout.STEREO and agents and agents[0] in _CHANNELS
    agent = say(agents[0]) if by_channel else ", ".join(agents) or "–"
    return f"{named}  {say(recording.layout)}  {say('agent')}: {agent}"


def _segment(segment: Segment, say: Say) -> str:
    key = "segment_lost" if segment.id is None else "segment"
    return say(key, no=segment.segment_no, start=clock(segment.start_s), path=escape(segment.path or "–"))


def clock(seconds: float) -> str:
    """``M:SS.d``, the way people name a place in a call."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def _finding(finding: Finding, say: Say, *, raw: bool) -> Iterator[str]:
    colour = _COLOUR[finding.severity] if finding.outcome is Outcome.FIRES else "dim"
    mark = "●" if finding.outcome is Outcome.FIRES else "○"
    named = f"{escape(finding.title)}  [dim]{finding.rule_id}@{finding.rule_version}[/dim]"
    yield f"[{colour}]{mark} {say(finding.outcome)} · {say(finding.severity)}[/{colour}]  {named}"
    yield f"    {escape(finding.why)}"
    for evidence in finding.evidence:
        yield "    " + escape(evidence_line(evidence if raw else _masked(evidence), say))
    if finding.coverage is not None:
        yield f"    [dim]{_covered(finding.coverage, say)}[/dim]"
    yield f"    [dim]{say('remedy_label')}：{escape(finding.remedy)}[/dim]"


def evidence_line(evidence: Evidence, say: Say) -> str:
    """One piece of evidence in plain text: what was said where, what a measure found, or what was not heard."""
    if evidence.how == "absence":
        window = {"start": clock(evidence.start_s), "end": clock(evidence.end_s)}
        return say("absence", wanted=evidence.wanted, **window)
    at = f"{clock(evidence.start_s)}–{clock(evidence.end_s)}"
    if not evidence.quote:
        return f"{at}  {evidence.wanted}"
    like = "" if evidence.how in ("exact", "regex") else f" ≈ {evidence.wanted} {evidence.score:.2f}"
    return f"{at}  {say(evidence.party)} “{evidence.quote}”{like}"


def _masked(evidence: Evidence) -> Evidence:
    return replace(evidence, quote=mask(evidence.quote, Purpose.SCREEN))


def _notes(inspection: Inspection, say: Say) -> Iterator[str]:
    """What is no finding: speech not heard, the agent cutting in, hints at emotion."""
    if inspection.metrics.speech_unheard_s:
        yield say("unheard", seconds=inspection.metrics.speech_unheard_s)
    if inspection.metrics.interruptions:
        yield say("interruptions", count=inspection.metrics.interruptions)
    for hint in inspection.hearing.emotions:
        at = f"{clock(hint.start_s)}–{clock(hint.end_s)}"
        yield say("hint", at=at, party=say(hint.party), label=say(hint.label), why="、".join(hint.why))


def _covered(coverage: Coverage, say: Say) -> str:
    return say("covered", speech=coverage.speech_s, heard=coverage.heard_s)


def _turns(turns: tuple[Turn, ...], *, raw: bool) -> Iterator[tuple[Turn, str]]:
    if raw:
        yield from ((turn, turn.text) for turn in turns)
        return
    shown: dict[int, str] = {}
    for party in Party:
        own = [place for place, turn in enumerate(turns) if turn.party is party]
        masked = mask_turns([turns[place].text for place in own], Purpose.SCREEN)
        shown.update(zip(own, masked, strict=True))
    yield from ((turn, shown[place]) for place, turn in enumerate(turns))
