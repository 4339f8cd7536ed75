"""What is known of calls, kept: :class:`Store` takes and gives the records of :mod:`inspector.model`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from sqlalchemy import Engine, and_, delete, false, select, true

from inspector.alerts.cross_call_rules import CrossCallRules, load_cross_call
from inspector.alerts.policy import AlertPolicy, load_policy, shipped_policy
from inspector.config import AlertSettings, ReviewSettings
from inspector.errors import ConfigError
from inspector.model import Facts, Hearing, Inspection, from_json
from inspector.review.cards.load import load_cards
from inspector.review.policy import ReviewPolicy
from inspector.storage import tables
from inspector.storage.accounts import Accounts
from inspector.storage.alerts import Alerts
from inspector.storage.decisions.decisions import Decisions
from inspector.storage.deliveries.deliveries import Deliveries
from inspector.storage.draw_bases import DrawBases
from inspector.storage.draws import Draws
from inspector.storage.engine import open_engine, storage_errors, take_turn, writing
from inspector.storage.figures.verdicts import Verdicts
from inspector.storage.figures.volumes import Volumes
from inspector.storage.full_views import FullViews
from inspector.storage.incidents import Incidents
from inspector.storage.inspections import HEARING, heard, inspection_of
from inspector.storage.ledger import Ledger
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.listening import Listening
from inspector.storage.migrate import to_head
from inspector.storage.nights import Nights
from inspector.storage.operations import Operations
from inspector.storage.people import People
from inspector.storage.queues import Queues, admit_undetermined
from inspector.storage.reviews.desk import Reviews
from inspector.storage.rows import append_audit, put
from inspector.storage.sample_plans import SamplePlans
from inspector.storage.saving import Kept, Saved, save_inspection
from inspector.storage.search import Search
from inspector.storage.self_checks import SelfChecks
from inspector.storage.stored_calls import StoredCalls
from inspector.storage.tasks.desk import Tasks
from inspector.storage.violations.desk import Violations

__all__ = ["Store"]


class Store:
    """The database of one installation. Safe to use from several threads; other processes may use the same file.

    ``ledger``: what was accepted and how far it is. ``nights``: runs over a business day. ``queues``: what people work
    off. ``draws``: the samples; ``draw_bases``: what they may be from; ``sample_plans``: what they were to take.
    ``self_checks``: what teams say. ``calls``: to be judged again. ``alerts``: in groups, as people work them off.
    ``deliveries``: what is told outside. ``incidents``: what several calls have in common. ``people``: who may do what.
    ``reviews``: handed out, made and submitted. ``decisions``: what people decided, and their scores. ``violations``:
    what agents are told, appeal and are counted by. ``tasks``: what is done so that it does not happen again.
    ``verdicts``: what reviews say of rules, and the gate. ``accounts``: who signs in to the console. ``listening``: the
    sound of calls; ``full_views``: unmasked. ``volumes``: how many calls there were, and how they went.
    ``operations``: who works, how fast, how large all is.
    Every method raises StorageError, with a remedy, when the database fails.
    """

    def __init__(
        self, engine: Engine, business_tz: ZoneInfo, policy: AlertPolicy, rules: CrossCallRules, review: ReviewPolicy
    ) -> None:
        """``engine``: of a database that is at the newest schema. Use :meth:`open`."""
        self._reader = engine
        self._writer = writing(engine)
        self._business_tz = business_tz
        self._policy = policy
        self._review = review
        self.ledger = Ledger(self._reader, self._writer, self.business_date, policy)
        self.queues = Queues(self._reader)
        self.draws = Draws(self._reader, self._writer)
        self.draw_bases = DrawBases(self._reader)
        self.sample_plans = SamplePlans(self._reader, self._writer)
        self.self_checks = SelfChecks(self._reader, self._writer)
        self.decisions = Decisions(self._reader, self._writer, review)
        self.calls = StoredCalls(self._reader, self._writer)
        self.alerts = Alerts(self._reader, self._writer, policy)
        self.incidents = Incidents(self._reader, self._writer, rules, policy)
        self.reviews = Reviews(self._reader, self._writer, review)
        self.people = People(self._reader, self._writer)
        self.deliveries = Deliveries(self._reader, self._writer)
        self.nights = Nights(self._reader, self._writer)
        self.tasks = Tasks(self._reader, self._writer, review)
        self.verdicts = Verdicts(self._reader, self._writer, self.business_day)
        self.volumes = Volumes(self._reader)
        self.search = Search(self._reader, self._writer, business_tz)
        self.violations = Violations(self._reader, self._writer, review)
        self.accounts = Accounts(self._reader, self._writer)
        self.listening = Listening(self._reader, self._writer)
        self.full_views = FullViews(self._reader, self._writer)
        self.operations = Operations(self._reader)

    @classmethod
    def open(
        cls,
        url: str,
        business_tz: str = "Asia/Shanghai",
        *,
        make: bool = True,
        alerts: AlertSettings | None = None,
        review: ReviewSettings | None = None,
        cross_call: Path | None = None,
    ) -> Store:
        """Opens the database of a SQLAlchemy ``url``, migrated where needed, and made unless ``make`` is False.

        ``alerts``: how fast people must act on them; ``review``: what people review; None = as it ships.
        Raises StorageError when it cannot be used for writing, is newer than this code or is not there, and
        ConfigError when ``business_tz`` is no time zone or a file that ``alerts`` names, or ``cross_call`` (rules over
        several calls), is wrong.
        """
        try:
            zone = ZoneInfo(business_tz)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigError(
                f"business_tz is no known time zone: {business_tz}",
                "name one like Asia/Shanghai; the system's or Python's tzdata must be installed",
            ) from error
        policy = shipped_policy(zone) if alerts is None else load_policy(alerts, zone)
        review = review or ReviewSettings()  # type: ignore[call-arg]
        of_review = ReviewPolicy(review, policy.calendar, load_cards(review.cards))
        store = cls(open_engine(url, make=make), zone, policy, load_cross_call(cross_call), of_review)
        with ExitStack() as undo:
            undo.callback(store.close)
            with storage_errors(store._writer), store._writer.begin() as connection:
                to_head(connection, make=make)
                # Writes nothing, but is refused where nothing can be written: now, not after the first hearing.
                connection.execute(delete(tables.call).where(false()))
            undo.pop_all()
        return store

    def close(self) -> None:
        """Closes every connection; the store is of no use afterwards."""
        self._reader.dispose()

    def save(
        self,
        inspection: Inspection,
        hearing_digest: str,
        timing: Mapping[str, object] | None = None,
        legs: Sequence[Hearing] = (),
        audiences: Mapping[str, str] = MappingProxyType({}),
    ) -> Saved:
        """Keeps call, recordings, hearings, inspection, findings, alerts and review items in one transaction.

        The facts of the call become those of ``inspection``. An inspection of the same call by the same packs over
        the same ``hearing_digest`` is replaced, any other one stays. ``timing`` is kept as it is (JSON values).
        Alerts and review items are written once: a later inspection neither doubles nor reopens nor removes them.
        A new alert is in the stream of events. ``legs``: for a call of several recordings, the hearing of each that was
        heard, as they were before they were joined. ``audiences``: whom the alert of a rule tells
        (``alerts.route.audiences``). Raises ValueError when the legs are not those of the segments, or ``facts.start``
        is no time with a zone, and KeyError for an alert of a rule without audience.
        """
        kept = Kept(hearing_digest, timing or {}, legs, audiences)
        business_date = self.business_date(inspection.call.facts)
        with storage_errors(self._writer), self._writer.begin() as connection:
            now = datetime.now(UTC)
            saving = save_inspection(connection, inspection, kept, business_date, self._policy, now)
            opened = ((inspection.call.id, {"rule_id": rule_id}) for rule_id in saving.alerted)
            append_events(connection, now, EventKind.ALERT_OPENED, opened)
            return saving.saved

    def admit_undetermined(self, share: Decimal) -> int:
        """Opens reviews of undetermined calls, the worst of every business date first, up to ``share`` of its calls.

        Returns how many were opened. The others stay ``waiting``; what is open stays so.
        """
        with storage_errors(self._writer), self._writer.begin() as connection:
            take_turn(connection, "admit_undetermined")
            return admit_undetermined(connection, share)

    def made_file(self, call_id: str | None, kind: str, path: Path) -> None:
        """Notes that a file was written for people, so that it can be found when its call is to be forgotten.

        ``call_id`` None: it concerns several calls. The path is kept absolute; the same path is noted once.
        """
        values = {"call_id": call_id, "kind": kind, "created_at": datetime.now(UTC)}
        with storage_errors(self._writer), self._writer.begin() as connection:
            put(connection, tables.made_file, {"path": str(path.absolute())}, values, {})

    def business_date(self, facts: Facts) -> date | None:
        """The business day a call belongs to: the one it starts on. None when nobody said when it did.

        Raises ValueError when the start has no zone.
        """
        if facts.start is None:
            return None
        start = datetime.fromisoformat(facts.start)
        if start.tzinfo is None:
            raise ValueError("the start of a call needs a zone")
        return self.business_day(start)

    def business_day(self, at: datetime) -> date:
        """The date that it is at the business at a time with a zone."""
        return at.astimezone(self._business_tz).date()

    def day_begins(self, day: date) -> datetime:
        """The first moment of a date at the business."""
        return datetime.combine(day, time(), self._business_tz)

    def hearing(self, recording_id: str, digest: str) -> Hearing | None:
        """What was heard of a recording by settings and models of that digest; None also when this code cannot read it.

        Its ``recording.path`` is where the recording was when it was last saved. Of a call of several recordings it is
        one leg, on its own clock; :meth:`inspections` has them joined.
        """
        with storage_errors(self._reader), self._reader.connect() as connection:
            data: str | None = connection.scalar(heard(recording_id, digest))
        try:
            return None if data is None else from_json(Hearing, data)
        except ValidationError:
            return None

    def inspections(self, limit: int, call_id: str | None = None) -> tuple[Inspection, ...]:
        """The ``limit`` inspections made last (of one call when it is named), newest first, history included.

        Raises StorageError also when one was written by a version whose records this one cannot read.
        """
        inspection, call, result = tables.inspection, tables.call, tables.stage_result
        newest = (
            select(inspection, call.c.source, call.c.source_call_id, result.c.data)
            .join(call, call.c.id == inspection.c.call_id)
            .join(
                result,
                and_(
                    result.c.recording_id == inspection.c.recording_id,
                    result.c.stage == HEARING,
                    result.c.digest == inspection.c.hearing_digest,
                ),
            )
            .where(true() if call_id is None else call.c.id == call_id)
            .order_by(inspection.c.made_at.desc(), inspection.c.id)
            .limit(limit)
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(inspection_of(connection, row) for row in connection.execute(newest).all())

    def audit(self, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Appends who did what to what, now. ``detail`` holds JSON values and no transcript."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            append_audit(connection, actor, action, subject, detail)
