"""What a worker does with the calls of a job: claim, hear, keep what was heard, judge, finish. Knows no queue.

::

    job A B C ─► claim A B C ─► hear A ─► checkpoint A ─► judge A ─► finish A     one transaction each
                                 │ (B is heard meanwhile)
    leases of A B C ────renewed────renewed──► A let go … C let go
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from inspector.alerts.route import audiences
from inspector.config import Settings, WorkSettings
from inspector.errors import ErrorKind, RecordingError, StorageError
from inspector.failpoints import failpoint
from inspector.heard_call import HeardCall
from inspector.logs import log
from inspector.model import Hearing
from inspector.pipeline import Heard, Progress
from inspector.rules.plan import Plan
from inspector.storage import Kept, Store
from inspector.storage.ledger import Claim, IntakeLeg
from workers.leases import Leases
from workers.pulse import OWNER_VARIABLE, new_owner

__all__ = ["Hearer", "Shift", "Signs", "open_shift", "owner_of_this_process"]

TRIES, FIRST_WAIT_S = 6, 0.2  # of a commit that fails: a database that is away for 6 s is worth waiting for

ResultT = TypeVar("ResultT")


class Signs(Protocol):
    """Whom a worker tells that it lives: ``workers.pulse.Pulse``."""

    def busy(self) -> None: ...

    def moved(self) -> None: ...

    def idle(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Hearer:
    """What hears recordings, in order; ``digest``: of its settings and models."""

    hear: Callable[[Iterable[Path], Progress], Generator[Heard, None, None]]
    digest: str


class Shift:
    """A worker's equipment, loaded once. :meth:`work` is called from one thread, :meth:`stop` from anywhere."""

    def __init__(self, store: Store, hearer: Hearer, plan: Plan, settings: WorkSettings, pulse: Signs) -> None:
        self._store, self._ledger, self._hearer = store, store.ledger, hearer
        self._packs = self._plan = plan
        self._settings, self._pulse = settings, pulse
        self._audiences = audiences(plan)
        self._owner = owner_of_this_process()
        self._stopping = False

    def work(self, call_ids: Sequence[str]) -> None:
        """Works off those of the calls that wait.

        Raises what ended it; its calls then wait again, each alone unless it was the database.
        """
        self._pulse.busy()
        try:
            self._work(call_ids)
        finally:
            self._pulse.idle()

    def _work(self, call_ids: Sequence[str]) -> None:
        failpoint("shift.given")
        settings = self._settings
        claims = self._ledger.claim(call_ids, self._owner, settings.lease_s)
        failpoint("shift.claimed")
        if not claims:
            return
        with Leases(self._ledger, self._owner, settings.lease_s, settings.stuck_s) as leases:
            leases.hold({claim.call.id: claim.fence for claim in claims})
            try:
                self._plan = self._packs.without_standing(self._store.verdicts.demoted())
                for claim, heard in self._heard(claims, leases):
                    failpoint("shift.heard")
                    self._end(claim, heard, leases)
            except StorageError:
                self._give_up(partial(self._ledger.release, leases.held()))  # no call is to blame for the database
                raise
            except BaseException:
                # One of the calls is to blame, nobody knows which: as after the death of the process.
                self._give_up(partial(self._ledger.abandon, self._owner, settings.crashes_alone))
                raise
            if left := leases.held():
                self._ledger.release(left)
                failpoint("shift.released")

    def _give_up(self, give_back: Callable[[], int]) -> None:
        try:
            give_back()
        except StorageError as error:
            log().warning("not_given_back", error_kind=type(error).__name__)  # then the leases end by themselves

    def stop(self) -> None:
        """Lets :meth:`work` end soon: what is begun is finished, the rest is given back."""
        self._stopping = True

    def close(self) -> None:
        self._store.close()

    def _heard(self, claims: Sequence[Claim], leases: Leases) -> Iterator[tuple[Claim, HeardCall]]:
        """The calls in order, until told to stop. What an earlier attempt heard is not heard again."""
        legs = [[(leg, self._known(leg)) for leg in claim.legs] for claim in claims]

        def paths() -> Iterator[Path]:
            for of_call in legs:
                if self._stopping:
                    return
                yield from (leg.path for leg, known in of_call if leg.path is not None and known is None)

        def moved(_done_s: float) -> None:
            failpoint("shift.hearing")
            leases.moved()
            self._pulse.moved()

        results = self._hearer.hear(paths(), moved)
        with closing(results):
            for claim, of_call in zip(claims, legs, strict=True):
                heard = HeardCall()
                for leg, known in of_call:
                    result = known
                    if leg.path is not None and known is None:
                        result = next(results, None)
                        if result is None:
                            return  # told to stop before this call was begun
                        result = self._new(claim, leg, result)
                    heard.add(leg.leg, result)
                yield claim, heard

    def _known(self, leg: IntakeLeg) -> Heard | None:
        """What was heard of these very bytes by these settings and models."""
        hearing = leg.sha256 and self._store.hearing(leg.sha256, self._hearer.digest)
        return Heard(hearing, {}) if isinstance(hearing, Hearing) else None

    def _new(self, claim: Claim, leg: IntakeLeg, heard: Heard) -> Heard:
        """What was just heard, kept; a file that is not the one accepted counts as not heard."""
        if not isinstance(heard.result, Hearing):
            return heard
        if leg.sha256 not in (None, heard.result.recording.id):
            return Heard(_changed(leg), heard.stages_s)
        keep = partial(self._ledger.checkpoint, claim.call.id, claim.fence, heard.result, self._hearer.digest)
        _persistent(keep)
        failpoint("shift.checkpointed")
        return heard

    def _end(self, claim: Claim, heard: HeardCall, leases: Leases) -> None:
        """Judges a call and brings it to its end, unless it is not ours any more."""
        call_id, faults = claim.call.id, [error for _, error in heard.errors]
        if heard.hearings:
            legs = [leg.leg for leg in claim.legs]
            inspection = heard.inspected(claim.call, legs, self._plan)
            failpoint("shift.judged")
            kept = Kept(self._hearer.digest, {"stages_s": heard.stages_s}, heard.hearings, self._audiences)
            ended = _persistent(partial(self._ledger.finish, claim.fence, inspection, kept, faults))
        else:
            ended = _persistent(partial(self._ledger.reject, call_id, claim.fence, faults or [_no_file()]))
        failpoint("shift.finished")
        leases.let_go(call_id)
        self._pulse.moved()
        log().info("call_ended" if ended else "call_lost", call_id=call_id, attempt=claim.attempt, faults=len(faults))


def open_shift(settings: Settings, pulse: Signs) -> Shift:
    """Loads models, packs and database. Raises SetupError when one is missing."""
    # Heavy: not for those who pass a hearing of their own.
    from inspector.alerts.policy import check_rules
    from inspector.ears import hearing_digest, load_ears
    from inspector.pipeline import hear
    from inspector.rules.load import load_plan
    from inspector.rules.suspects import suspects_of
    from inspector.storage.configured import open_store

    with ExitStack() as undo:
        plan = load_plan(settings.packs_dir)
        store = undo.enter_context(closing(open_store(settings)))
        check_rules(store.alerts.policy, settings.alerts.policy, plan.rules)
        ears = load_ears(settings)

        def heard(paths: Iterable[Path], progress: Progress) -> Generator[Heard, None, None]:
            return hear(paths, ears, settings.hearing, progress, partial(suspects_of, plan=plan))

        undo.pop_all()
        return Shift(store, Hearer(heard, hearing_digest(settings, ears)), plan, settings.work, pulse)


def owner_of_this_process() -> str:
    """The name under which this process holds leases: its supervisor's word for it, else one of its own."""
    return os.environ.get(OWNER_VARIABLE) or new_owner()


def _persistent(commit: Callable[[], ResultT]) -> ResultT:
    """Asks the database again while it fails: what was computed for minutes is not thrown away for a busy moment.

    Each commit may be asked again: done twice, the second time changes nothing.
    """
    for tried in range(TRIES - 1):
        try:
            return commit()
        except StorageError as error:
            log().warning("commit_failed", tried=tried + 1, error_kind=type(error).__name__)
            time.sleep(FIRST_WAIT_S * 2**tried)
    return commit()


def _changed(leg: IntakeLeg) -> RecordingError:
    return RecordingError(
        ErrorKind.CHANGED_WHILE_READ,
        f"{leg.path} no longer holds the bytes that were accepted",
        "put the accepted recording back and requeue the call, or submit the new one under a call id of its own",
    )


def _no_file() -> RecordingError:
    return RecordingError(ErrorKind.NOT_FOUND, "no recording of this call was named", "submit it with its recording")
