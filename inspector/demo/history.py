"""Days that never were: sample calls once more on each of them, a night's run, and people who review and err.

::

    day 1 … 26 (appeals on days 21 and 26)       27, 28                                 today
    calls, night's run, reviews, appeals         calls, night's run; 28: self-checks    calls with alerts, just now
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from inspector.alerts.route import audiences
from inspector.config import Settings
from inspector.demo.cast import AGENTS, BOSS, people
from inspector.demo.samples import Sample
from inspector.enums import Outcome
from inspector.model import Inspection, Span
from inspector.night.closing import close_night
from inspector.night.records import Fate, Listed
from inspector.review.answers import Answers, GivenAnswer
from inspector.review.records import Answer, FalseBecause
from inspector.review.rulebook import Rulebook, rulebook_of
from inspector.review.sheet import Sheet, SheetFinding
from inspector.roles import Deed, Person, may
from inspector.rules.plan import Plan
from inspector.sampling import strata
from inspector.sampling.day import DayDraw, draw_day
from inspector.sampling.draw import DrawKind
from inspector.storage import Store
from inspector.storage.ledger.records import Intake, IntakeLeg
from inspector.storage.saving import Kept
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.reading import ViolationFilter

__all__ = ["History"]

_DAYS, _UNDONE_DAYS, _CALLS_A_DAY = 28, 2, 13
_ERRS, _APPEALS, _ACKNOWLEDGES = 0.06, 0.3, 0.5
_LEASE_S = 60.0


@dataclass
class History:
    """Fills ``store``. ``samples``: those without alerts, for alerts of the past would all be overdue. ``truth``: which
    sample each call is, by its id. The same ``today`` and ``seed`` make the same calls."""

    store: Store
    settings: Settings
    plan: Plan
    digest: str
    samples: Sequence[Sample]
    today: date
    seed: int = 10
    truth: dict[str, Sample] = field(default_factory=dict)
    rules: Rulebook = field(init=False)
    cast: Mapping[str, Person] = field(default_factory=lambda: {one.name: one for one in people()})

    def __post_init__(self) -> None:
        self.rules = rulebook_of(self.plan)
        self._chance = random.Random(self.seed)  # noqa: S311 - nothing secret
        self._ids = count(1)
        self._zone = ZoneInfo(self.settings.business_tz)
        self._now = datetime.combine(self.today, time(9), self._zone)

    def play(self) -> Iterator[tuple[int, int]]:
        """Day by day; yields how many are done, of how many. The last ones are left to whoever looks."""
        for number in range(_DAYS):
            day = self.today - timedelta(days=_DAYS - number)
            calls = [self._call(day, place) for place in range(_CALLS_A_DAY)]
            self._night(day, calls)
            self._now = datetime.combine(day, time(20), self._zone)
            if number < _DAYS - _UNDONE_DAYS:
                self._work_off()
            if number == _DAYS - 1:
                self._ask_teams(day, calls)
            if number in (_DAYS - _UNDONE_DAYS - 6, _DAYS - _UNDONE_DAYS - 1):
                self._appeal()
            self.store.violations.look(self._now)
            self.store.tasks.look(self._now)
            yield number + 1, _DAYS

    def add(self, sample: Sample, start: datetime) -> Inspection:
        """A call that began then, worked off as any other."""
        agent = sample.facts.agent
        if sample.facts.announced_agent_no is None:
            agent = self._chance.choice(tuple(AGENTS))
        number = next(self._ids)
        facts = replace(
            sample.facts,
            start=start.isoformat(timespec="seconds"),
            agent=agent,
            team=AGENTS.get(agent or ""),
            skill_group="理财" if sample.facts.product_type else "综合",
            customer_key=f"demo-{number}",
        )
        inspection = sample.inspected(f"YC{start:%Y%m%d}{number:05}", facts, self.plan)
        self._finish(sample, inspection)
        self.truth[inspection.call.id] = sample
        return inspection

    def _call(self, day: date, place: int) -> Inspection:
        start = datetime.combine(day, time(9, 10), self._zone) + timedelta(minutes=38 * place)
        return self.add(self._chance.choice(self.samples), start)

    def _finish(self, sample: Sample, inspection: Inspection) -> None:
        """Through the ledger, as a worker does it."""
        call, ledger = inspection.call, self.store.ledger
        hearings = {leg.segment_no: hearing for leg, hearing in sample.heard.legs if hearing is not None}
        legs = tuple(
            IntakeLeg(
                leg.segment_no, leg.path, hearings[leg.segment_no].recording.id, 0, leg.agent, tuple(leg.hold_spans)
            )
            for leg in sample.target.legs
        )
        ledger.accept([Intake(call, legs, audio_s=inspection.hearing.recording.duration_s)])
        for claim in ledger.claim([call.id], "demo", _LEASE_S):
            ledger.finish(
                claim.fence, inspection, Kept(self.digest, {}, sample.heard.hearings, audiences(self.plan))
            )

    def _night(self, day: date, calls: Sequence[Inspection]) -> None:
        """The run over the day: its list, the draw, the balance."""
        rows = [
            Listed(one.call.id, Fate.ACCEPTED, line_no, "", None, one.call.source_call_id)
            for line_no, one in enumerate(calls, start=2)
        ]
        self.store.nights.begin(day, BOSS.name)
        self.store.nights.put(day, rows)
        close_night(day, settings=self.settings, store=self.store, actor=BOSS)

    def _ask_teams(self, day: date, calls: Sequence[Inspection]) -> None:
        """What was found on a day is to be answered by the teams themselves (自查)."""
        listed = [strata.Listed(one.call.id, one.call.source_call_id, one.call.facts) for one in calls]
        draw_day(self.store, self.settings, DayDraw(day, DrawKind.SELF_CHECK), listed, BOSS, datetime.now(self._zone))

    def _work_off(self) -> None:
        """Until nobody is handed anything: a review may bring another one."""
        deeds = (Deed.REVIEW, Deed.ARBITRATE)
        names = [one.name for one in self.cast.values() if any(may(one.actor, deed) for deed in deeds)]
        while sum(self._takes_one(name) for name in names):
            pass

    def _takes_one(self, name: str) -> bool:
        self._now += timedelta(seconds=40)
        actor, desk = self.cast[name].actor, self.store.reviews
        sheet = desk.next(actor, self._now)
        if not isinstance(sheet, Sheet):
            return False
        if sheet.hidden:
            desk.played(actor, sheet.review_id, [Span(0, sheet.duration_s)], self._now)
            sheet = desk.reveal(actor, sheet.review_id, (), self.rules, self._now)
        given = tuple(self._answer(one, self.truth[sheet.call_id]) for one in sheet.findings)
        desk.submit(actor, sheet.review_id, Answers(given), self.rules, self._now)
        return True

    def _answer(self, found: SheetFinding, sample: Sample) -> GivenAnswer:
        if found.outcome is Outcome.UNDETERMINED:
            return GivenAnswer(found.id, Answer.CANNOT_TELL, FalseBecause.INAUDIBLE)
        there = found.rule_id in sample.fires or (found.rule_id not in sample.never and self._chance.random() < 0.8)
        if there != (self._chance.random() < _ERRS):
            return GivenAnswer(found.id, Answer.CONFIRMED)
        return GivenAnswer(found.id, Answer.FALSE_ALARM, self._chance.choice(tuple(FalseBecause)[:6]))

    def _appeal(self) -> None:
        """Some agents acknowledge what they are told, some appeal."""
        agents = {one.agent: one.actor for one in self.cast.values() if one.agent}
        for told in self.store.violations.list(BOSS, ViolationFilter(), 500):
            if told.agent not in agents or not told.may_be_appealed(self._now):
                continue
            actor = agents[told.agent]
            if self._chance.random() < _APPEALS:
                plea = Plea("客户先问的，我是照条款说的，请再听一遍录音。")
                self.store.violations.lodge(actor, told.call_id, told.rule_id, plea, self._now)
            elif self._chance.random() < _ACKNOWLEDGES:
                self.store.violations.acknowledge(actor, told.call_id, told.rule_id, self._now)
