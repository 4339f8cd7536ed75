"""Who may do what. Pure: a table of roles and deeds, and one function that every service asks first.

``docs/roles.md`` shows the table (a test holds the two together). A deed on a call, an alert or an agent's findings may
be limited to the actor's own teams; nobody judges himself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from inspector.errors import PolicyError

__all__ = ["PERMISSIONS", "Actor", "Deed", "Person", "Reach", "Role", "may", "reach_of", "refused", "require"]


class Role(StrEnum):
    """What somebody is at the bank. One person may have several."""

    AGENT = "agent"
    TEAM_LEAD = "team_lead"
    SUPERVISOR = "supervisor"
    REVIEWER = "reviewer"
    QA_LEAD = "qa_lead"
    COMPLIANCE = "compliance"
    RISK_CONTROL = "risk_control"
    BUSINESS = "business"
    OPERATIONS = "operations"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Deed(StrEnum):
    """What can be done to something that is not one's own alone."""

    SEE_ALERTS = "alerts.see"
    HANDLE_ALERT = "alerts.handle"
    ASSIGN_ALERT = "alerts.assign"
    SEE_DELIVERIES = "deliveries.see"
    SEND_AGAIN = "deliveries.send_again"
    START_NIGHT = "night.start"
    SIGN_NIGHT_OFF = "night.sign_off"
    SEE_NIGHT = "night.see"
    DRAW_SAMPLE = "sample.draw"
    VERIFY_SAMPLE = "sample.verify"
    REVEAL_SECRET = "sample.reveal"  # noqa: S105 - a deed, not a password
    PLAN_SAMPLE = "sample.plan"
    SEE_SAMPLE = "sample.see"
    CHECK_OWN = "reviews.check_own"
    REVIEW = "reviews.review"
    SEE_REVIEWS = "reviews.see"
    ASSIGN_REVIEWS = "reviews.assign"
    ARBITRATE = "reviews.arbitrate"
    EXPORT_REVIEWS = "reviews.export"
    SEE_VIOLATIONS = "violations.see"
    HANDLE_VIOLATION = "violations.handle"
    LODGE_APPEAL = "appeals.lodge"
    DECIDE_APPEAL = "appeals.decide"
    DECIDE_FINALLY = "appeals.decide_finally"
    SEE_LEDGER = "rectification.see"
    HANDLE_LEDGER = "rectification.handle"
    VERIFY_LEDGER = "rectification.verify"
    COACH = "coaching.handle"
    CALIBRATE = "calibration.lead"
    KEEP_DUTY = "duty.keep"
    SEE_FIGURES = "figures.see"
    GATE_RULES = "rules.gate"
    SEE_CALLS = "calls.see"
    SEE_FULL = "calls.see_full"
    EXPORT_CALLS = "calls.export"
    SEE_OPERATIONS = "operations.see"
    MANAGE_PEOPLE = "people.manage"


class Reach(StrEnum):
    """How far a permission goes. ``teams``: only where what is done concerns one of the actor's teams."""

    ALL = "all"
    TEAMS = "teams"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``teams``: those he leads or belongs to. ``agent``: his number in the calls, if he takes any.

    ``scopes``: what the token that he sent is good for; None: all that his roles may do.
    """

    name: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()
    agent: str | None = None
    scopes: frozenset[Deed] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list of people, by the name that the operating system knows. ``active``: False once gone.

    ``agent``: his number in the calls, if he takes any.
    """

    name: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()
    active: bool = True
    agent: str | None = None

    def __post_init__(self) -> None:
        for name in (self.name, *self.teams, *(() if self.agent is None else (self.agent,))):
            if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= _LONGEST_NAME:
                raise ValueError(f"a name has 1 to {_LONGEST_NAME} characters that can be seen, no blanks around them")
        if not self.roles:
            raise ValueError("who is on the list has a role")

    @property
    def actor(self) -> Actor:
        """What this person may act as: as nobody once gone."""
        return Actor(self.name, self.roles, self.teams, self.agent) if self.active else Actor(self.name, frozenset())


_LONGEST_NAME = 64
_ALL, _TEAMS = Reach.ALL, Reach.TEAMS

PERMISSIONS: Mapping[Deed, Mapping[Role, Reach]] = MappingProxyType(
    {
        Deed.SEE_ALERTS: {
            Role.TEAM_LEAD: _TEAMS,
            Role.SUPERVISOR: _ALL,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
            Role.AUDITOR: _ALL,
        },
        Deed.HANDLE_ALERT: {
            Role.TEAM_LEAD: _TEAMS,
            Role.SUPERVISOR: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
        },
        Deed.ASSIGN_ALERT: {Role.SUPERVISOR: _ALL, Role.COMPLIANCE: _ALL, Role.RISK_CONTROL: _ALL},
        Deed.SEE_DELIVERIES: {Role.SUPERVISOR: _ALL, Role.OPERATIONS: _ALL, Role.AUDITOR: _ALL, Role.ADMIN: _ALL},
        Deed.SEND_AGAIN: {Role.OPERATIONS: _ALL, Role.ADMIN: _ALL},
        Deed.START_NIGHT: {Role.OPERATIONS: _ALL},
        Deed.SIGN_NIGHT_OFF: {Role.QA_LEAD: _ALL},
        Deed.SEE_NIGHT: {Role.OPERATIONS: _ALL, Role.QA_LEAD: _ALL, Role.AUDITOR: _ALL},
        Deed.DRAW_SAMPLE: {Role.OPERATIONS: _ALL, Role.QA_LEAD: _ALL},
        Deed.VERIFY_SAMPLE: dict.fromkeys(Role, _ALL),
        Deed.REVEAL_SECRET: {Role.QA_LEAD: _ALL, Role.AUDITOR: _ALL},
        Deed.PLAN_SAMPLE: {Role.QA_LEAD: _ALL},
        Deed.SEE_SAMPLE: {Role.QA_LEAD: _ALL, Role.OPERATIONS: _ALL, Role.AUDITOR: _ALL},
        Deed.CHECK_OWN: {Role.TEAM_LEAD: _TEAMS, Role.SUPERVISOR: _ALL},
        Deed.REVIEW: {Role.REVIEWER: _ALL, Role.QA_LEAD: _ALL},
        Deed.SEE_REVIEWS: {Role.QA_LEAD: _ALL, Role.COMPLIANCE: _ALL, Role.AUDITOR: _ALL},
        Deed.ASSIGN_REVIEWS: {Role.QA_LEAD: _ALL},
        Deed.ARBITRATE: {Role.QA_LEAD: _ALL, Role.COMPLIANCE: _ALL},
        Deed.EXPORT_REVIEWS: {Role.QA_LEAD: _ALL},
        Deed.SEE_VIOLATIONS: {
            Role.TEAM_LEAD: _TEAMS,
            Role.SUPERVISOR: _ALL,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
            Role.AUDITOR: _ALL,
        },
        Deed.HANDLE_VIOLATION: {Role.QA_LEAD: _ALL, Role.COMPLIANCE: _ALL},
        Deed.LODGE_APPEAL: {Role.TEAM_LEAD: _TEAMS},
        Deed.DECIDE_APPEAL: {Role.REVIEWER: _ALL, Role.QA_LEAD: _ALL},
        Deed.DECIDE_FINALLY: {Role.QA_LEAD: _ALL, Role.COMPLIANCE: _ALL},
        Deed.SEE_LEDGER: {
            Role.TEAM_LEAD: _TEAMS,
            Role.SUPERVISOR: _ALL,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.AUDITOR: _ALL,
        },
        Deed.HANDLE_LEDGER: {Role.TEAM_LEAD: _TEAMS, Role.SUPERVISOR: _ALL, Role.QA_LEAD: _ALL},
        Deed.VERIFY_LEDGER: {Role.QA_LEAD: _ALL, Role.COMPLIANCE: _ALL},
        Deed.COACH: {Role.TEAM_LEAD: _TEAMS, Role.SUPERVISOR: _ALL, Role.QA_LEAD: _ALL},
        Deed.CALIBRATE: {Role.QA_LEAD: _ALL},
        Deed.KEEP_DUTY: {
            Role.SUPERVISOR: _ALL,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
        },
        Deed.SEE_FIGURES: {
            Role.TEAM_LEAD: _TEAMS,
            Role.SUPERVISOR: _ALL,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
            Role.BUSINESS: _ALL,
            Role.AUDITOR: _ALL,
        },
        Deed.GATE_RULES: {Role.QA_LEAD: _ALL, Role.COMPLIANCE: _ALL},
        Deed.SEE_CALLS: {
            Role.TEAM_LEAD: _TEAMS,
            Role.SUPERVISOR: _ALL,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
            Role.AUDITOR: _ALL,
        },
        Deed.SEE_FULL: {
            Role.SUPERVISOR: _ALL,
            Role.REVIEWER: _ALL,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
        },
        Deed.EXPORT_CALLS: {
            Role.TEAM_LEAD: _TEAMS,
            Role.QA_LEAD: _ALL,
            Role.COMPLIANCE: _ALL,
            Role.RISK_CONTROL: _ALL,
        },
        Deed.SEE_OPERATIONS: {
            Role.QA_LEAD: _ALL,
            Role.OPERATIONS: _ALL,
            Role.AUDITOR: _ALL,
            Role.ADMIN: _ALL,
        },
        Deed.MANAGE_PEOPLE: {Role.ADMIN: _ALL},
    }
)
"""Whoever is not named may not."""


def may(actor: Actor, deed: Deed, teams: frozenset[str] | None = None) -> bool:
    """Whether ``actor`` may do ``deed`` to something of ``teams``; None: it concerns no team in particular."""
    if actor.scopes is not None and deed not in actor.scopes:
        return False
    reaches = {PERMISSIONS[deed][role] for role in actor.roles if role in PERMISSIONS[deed]}
    return Reach.ALL in reaches or (Reach.TEAMS in reaches and teams is not None and bool(teams & actor.teams))


def require(actor: Actor, deed: Deed, teams: frozenset[str] | None = None) -> None:
    """Raises PolicyError when ``actor`` may not."""
    if not may(actor, deed, teams):
        raise refused(actor, deed)


def refused(actor: Actor, *deeds: Deed) -> PolicyError:
    """That ``actor`` may do none of ``deeds``, in words."""
    asked = ", ".join(deeds)
    if actor.scopes is not None and actor.scopes.isdisjoint(deeds):
        return PolicyError(f"this token of {actor.name} is not for: {asked}", "make one that is, with the scope")
    return PolicyError(f"{actor.name} may not: {asked}", "ask somebody with the role for it: docs/roles.md")


def reach_of(actor: Actor, deed: Deed) -> frozenset[str] | None:
    """The teams that ``actor`` may do it to; None: whatever the team. Raises PolicyError when he may nowhere."""
    if may(actor, deed):
        return None
    require(actor, deed, actor.teams)
    return actor.teams
