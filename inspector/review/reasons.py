"""Why a call is to be reviewed, and where its review stands."""

from __future__ import annotations

from enum import StrEnum

from inspector.roles import Deed

__all__ = ["BLIND", "LOOKS_AGAIN", "Reason", "State", "deed_of"]


class Reason(StrEnum):
    """Why a call is to be reviewed. ``random`` and those from ``self_check`` to ``directed`` are kinds of draws.

    ``alert``: there is a finding, and an alert of the call went out. Of the last ones, each follows from what people
    did: another reviewer looks again, somebody arbitrates, an agent appeals (once more), several people judge the same
    call to compare themselves, or an agent's next calls are heard after coaching.
    """

    RANDOM = "random"
    FINDING = "finding"
    ALERT = "alert"
    UNDETERMINED = "undetermined"
    REPEAT = "repeat"
    SELF_CHECK = "self_check"
    RECHECK = "recheck"
    MYSTERY = "mystery"
    COVERAGE = "coverage"
    DIRECTED = "directed"
    SECOND_LOOK = "second_look"
    ARBITRATION = "arbitration"
    APPEAL = "appeal"
    FINAL_APPEAL = "final_appeal"
    CALIBRATION = "calibration"
    FOLLOW_UP = "follow_up"


class State(StrEnum):
    """``waiting``: undetermined beyond the day's budget, so in nobody's queue. ``done``: reviewed. ``withdrawn``: what
    it was for is gone. ``confirmed`` and ``disputed`` are what a team answered of its own findings."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


BLIND = frozenset({Reason.RANDOM, Reason.RECHECK, Reason.MYSTERY, Reason.COVERAGE, Reason.CALIBRATION})
"""Heard whole, and judged before the reviewer sees what the machine found."""

LOOKS_AGAIN = frozenset({Reason.SECOND_LOOK, Reason.ARBITRATION, Reason.APPEAL, Reason.FINAL_APPEAL})
"""At what somebody else has judged: only the rules that are asked about are shown."""

_DEEDS = {
    Reason.ARBITRATION: Deed.ARBITRATE,
    Reason.APPEAL: Deed.DECIDE_APPEAL,
    Reason.FINAL_APPEAL: Deed.DECIDE_FINALLY,
}


def deed_of(reason: Reason) -> Deed:
    """What somebody must be permitted to review it. A self-check is a team's own: nobody is given it."""
    return _DEEDS.get(reason, Deed.REVIEW)
