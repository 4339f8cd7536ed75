"""The people of the demonstration, all invented."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.roles import Actor, Person, Role

__all__ = ["AGENTS", "BOSS", "TEAMS", "people"]

BOSS = Actor("demo", frozenset(Role))
"""Who sets the demonstration up."""

TEAMS = ("一组", "二组", "三组")
AGENTS: Mapping[str, str] = {
    **dict.fromkeys(("3062", "5108", "2715", "4420"), TEAMS[0]),
    **dict.fromkeys(("1153", "3374", "1208", "8831"), TEAMS[1]),
    **dict.fromkeys(("3751", "5520", "3321", "4471"), TEAMS[2]),
}
"""Agents' numbers and their teams: those who speak in the sample calls, and some more."""


def people() -> tuple[Person, ...]:
    """Somebody for each role, the admin first; enough of them that somebody else can look again."""
    return (
        Person("admin", frozenset({Role.ADMIN})),
        *(Person(f"zhijian{number}", frozenset({Role.REVIEWER})) for number in (1, 2, 3)),
        *(Person(f"zhuguan{number}", frozenset({Role.QA_LEAD})) for number in (1, 2)),
        Person("hegui", frozenset({Role.COMPLIANCE})),
        Person("fengkong", frozenset({Role.RISK_CONTROL})),
        Person("zhiban", frozenset({Role.SUPERVISOR})),
        *(
            Person(f"banzhang{number}", frozenset({Role.TEAM_LEAD}), frozenset({team}))
            for number, team in enumerate(TEAMS, start=1)
        ),
        Person("yunwei", frozenset({Role.OPERATIONS})),
        Person("yewu", frozenset({Role.BUSINESS})),
        Person("shenji", frozenset({Role.AUDITOR})),
        *(
            Person(f"zuoxi{agent}", frozenset({Role.AGENT}), frozenset({team}), True, agent)
            for agent, team in AGENTS.items()
        ),
    )
