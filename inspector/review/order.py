"""Which item a reviewer is handed next. Pure: the lanes are gone through in this order, each in its own order.

======  ==========================================  =====================================================
lane    reasons                                     order within
======  ==========================================  =====================================================
1       whatever is assigned to him                 by due date
2       appeal, final appeal, arbitration           by due date
3       random, re-check, mystery, coverage         oldest first; only every third time (then before all below)
4       alert                                       worst first, of equals the newest
5       finding, then repeated contacts             worst first, of equals the newest
6       random, then the other kinds of draws       oldest first
7       second look, follow-up, calibration         by due date
8       undetermined                                worst first, of equals the newest
======  ==========================================  =====================================================

Findings may come faster than people can look at them: by its every third turn the random sample, from which the
machine's misses are estimated, is finished all the same. Self-checks are the teams' own and never handed out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.review.reasons import Reason

__all__ = ["ASSIGNED", "SAMPLE_EVERY", "By", "Lane", "lanes"]

SAMPLE_EVERY = 3


class By(StrEnum):
    """The order within a lane."""

    DUE = "due"
    WORST = "worst"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Lane:
    """Items of these reasons, in one order."""

    reasons: tuple[Reason, ...]
    by: By


ASSIGNED = Lane(tuple(reason for reason in Reason if reason is not Reason.SELF_CHECK), By.DUE)
"""Of what is assigned to the reviewer."""

_DEADLINES = Lane((Reason.APPEAL, Reason.FINAL_APPEAL, Reason.ARBITRATION), By.DUE)
_SAMPLE = tuple(
    Lane((reason,), By.OLDEST) for reason in (Reason.RANDOM, Reason.RECHECK, Reason.MYSTERY, Reason.COVERAGE)
)
_FOUND = tuple(Lane((reason,), By.WORST) for reason in (Reason.ALERT, Reason.FINDING, Reason.REPEAT))
_FOLLOWING = Lane((Reason.SECOND_LOOK, Reason.FOLLOW_UP, Reason.CALIBRATION), By.DUE)
_REST = (Lane((Reason.DIRECTED,), By.OLDEST), _FOLLOWING, Lane((Reason.UNDETERMINED,), By.WORST))


def lanes(submitted_today: int) -> tuple[Lane, ...]:
    """What is open to anybody, lane by lane, for a reviewer who submitted so many reviews on this business day."""
    sampling = submitted_today % SAMPLE_EVERY == SAMPLE_EVERY - 1
    return (_DEADLINES, *(_SAMPLE + _FOUND if sampling else _FOUND + _SAMPLE), *_REST)
