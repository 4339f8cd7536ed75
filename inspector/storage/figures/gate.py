"""What verdicts do to a rule: a weekly look that demotes, and the way back that a person takes.

::

    weekly look:   passes        falls         falls                         passes
                   stable ─────► stable, 1 ──► test (demoted) ─────────────► proposed ──► stable (a person promotes it)
                                                 │                               a new version of the rule starts anew
                                                 └► no alerts, no scores, counts against nobody
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from inspector.enums import Kind, Status
from inspector.errors import PolicyError, UsageError
from inspector.review.records import Answer
from inspector.review.statistics.figures import Answers, PrecisionFigure
from inspector.review.statistics.gate import Standing
from inspector.roles import Actor
from inspector.storage.engine import take_turn
from inspector.storage.figures.words import Days, Word, counted, of_newest_versions, words
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.rows import append_audit, insert_new, put
from inspector.storage.rule_state_tables import rule_look, rule_state, rule_state_change

__all__ = ["RuleState", "demoted", "look", "looked", "precisions", "promote", "states"]

LOOKS_TO_DEMOTE = 2
_GATE = "gate"


@dataclass(frozen=True, slots=True)
class RuleState:
    """What was decided of one version of a rule. ``looks``: weekly looks in a row that found it under the gate."""

    rule_id: str
    rule_version: int
    status: Status
    since: datetime
    why: Mapping[str, object]
    by: str
    looks: int
    looked_on: date


def states(connection: Connection) -> dict[tuple[str, int], RuleState]:
    """Whatever was decided, by rule and version."""
    rows = connection.execute(select(rule_state)).all()
    return {(row.rule_id, row.rule_version): _state(row) for row in rows}


def demoted(connection: Connection) -> frozenset[tuple[str, int]]:
    """Rule and version of all that count as ``test`` whatever their packs say."""
    found = select(rule_state.c.rule_id, rule_state.c.rule_version).where(rule_state.c.status == Status.TEST.value)
    return frozenset((rule_id, version) for rule_id, version in connection.execute(found))


def precisions(connection: Connection, days: Days) -> tuple[PrecisionFigure, ...]:
    """Every rule that people judged, in its newest version that they did."""
    known = states(connection)
    return tuple(
        _figure(rule_id, found, known) for rule_id, found in sorted(of_newest_versions(words(connection, days)).items())
    )


def looked(connection: Connection, today: date) -> bool:
    """Whether the look of the week that ``today`` is in was done."""
    return connection.scalar(select(rule_look.c.week).where(rule_look.c.week == _monday(today))) is not None


def look(connection: Connection, now: datetime, today: date) -> tuple[str, ...]:
    """The look of the week that ``today`` is in; done once, whoever asks. Returns the rules that it demoted."""
    take_turn(connection, "rule_gate")
    monday = _monday(today)
    if not connection.execute(insert_new(connection, rule_look).values(week=monday, at=now)).rowcount:
        return ()
    known = states(connection)
    gone: list[PrecisionFigure] = []
    for figure in precisions(connection, None):
        state = known.get((figure.rule_id, figure.rule_version))
        if figure.kind is Kind.EVENT or figure.status is not Status.STABLE:
            continue
        looks = state.looks if state else 0
        looks = looks + 1 if figure.standing is Standing.FALLS else 0
        if not looks and state is None:
            continue
        status = Status.TEST if looks >= LOOKS_TO_DEMOTE else Status.STABLE
        since = now if state is None or state.status is not status else state.since
        _keep(connection, figure, status, _GATE, since, looks=looks, looked_on=monday)
        if status is Status.TEST:
            gone.append(figure)
    for figure in gone:
        _changed(connection, figure, Status.TEST, _GATE, now)
    append_events(connection, now, EventKind.RULE_DEMOTED, [(None, _told(figure)) for figure in gone])
    return tuple(figure.rule_id for figure in gone)


def promote(connection: Connection, actor: Actor, rule_id: str, now: datetime) -> PrecisionFigure:
    """Lets a demoted rule count again as its pack says. UsageError: not demoted. PolicyError: it does not pass."""
    take_turn(connection, "rule_gate")
    figure = next((one for one in precisions(connection, None) if one.rule_id == rule_id), None)
    state = states(connection).get((rule_id, figure.rule_version)) if figure else None
    if figure is None or state is None or state.status is not Status.TEST:
        raise UsageError(
            f"{rule_id} was not demoted",
            "see inspector figures gate; what its pack calls test becomes stable in the pack, with three signatures",
        )
    if figure.standing is not Standing.PASSES:
        raise PolicyError(f"{rule_id} does not pass the gate", "have more of what it finds reviewed, or mend the rule")
    _keep(connection, figure, Status.STABLE, actor.name, now, looks=0, looked_on=state.looked_on)
    _changed(connection, figure, Status.STABLE, actor.name, now)
    append_events(connection, now, EventKind.RULE_PROMOTED, [(None, _told(figure))])
    return figure


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _figure(rule_id: str, found: list[Word], known: Mapping[tuple[str, int], RuleState]) -> PrecisionFigure:
    newest = max(found, key=lambda word: word.at)
    state = known.get((rule_id, newest.rule_version))
    return PrecisionFigure(
        rule_id,
        newest.rule_version,
        newest.kind,
        state.status if state else newest.status,
        _answers(found),
        _answers([word for word in found if word.random]),
    )


def _answers(found: list[Word]) -> Answers:
    by_answer = counted(found)
    return Answers(by_answer[Answer.CONFIRMED], by_answer[Answer.FALSE_ALARM], by_answer[Answer.CANNOT_TELL])


def _keep(
    connection: Connection, figure: PrecisionFigure, status: Status, by: str, since: datetime, **looked: object
) -> None:
    key = {"rule_id": figure.rule_id, "rule_version": figure.rule_version}
    values = {"status": status.value, "since": since, "why": _told(figure), "by": by, **looked}
    put(connection, rule_state, key, values, {})


def _changed(connection: Connection, figure: PrecisionFigure, status: Status, by: str, now: datetime) -> None:
    row = {"at": now, "rule_id": figure.rule_id, "rule_version": figure.rule_version, "status": status.value}
    connection.execute(insert(rule_state_change).values(**row, why=_told(figure), by=by))
    action = "rule_demote" if status is Status.TEST else "rule_promote"
    append_audit(connection, by, action, figure.rule_id, _told(figure))


def _told(figure: PrecisionFigure) -> dict[str, object]:
    precision = figure.of_all.precision
    return {
        "rule_id": figure.rule_id,
        "rule_version": figure.rule_version,
        "confirmed": figure.of_all.confirmed,
        "false_alarms": figure.of_all.false_alarms,
        "low": None if precision is None else round(precision.low, 4),
    }


def _state(row: Any) -> RuleState:
    return RuleState(
        row.rule_id, row.rule_version, Status(row.status), row.since, row.why, row.by, row.looks, row.looked_on
    )
