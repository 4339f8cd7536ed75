"""The rules over several calls: data, read once. What the settings name, else ``data/cross_call.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from inspector.alerts.cross_call import IncidentLimits, RepeatLimits, SurgeLimits
from inspector.alerts.data_file import SHIPPED, Section, read_section
from inspector.enums import Severity

__all__ = ["WRAP_UP", "CrossCallRules", "IncidentAlert", "IncidentRule", "RepeatRule", "load_cross_call"]

WRAP_UP = "wrap_up:"
"""Begins the topics that are wrap-up codes."""


@dataclass(frozen=True, slots=True)
class IncidentRule:
    """Which signals make an incident together. ``keys``: words by what they are about."""

    kind: str
    title: str
    rules: tuple[str, ...]
    by_product: bool
    keys: Mapping[str, tuple[str, ...]]

    def key(self, quotes: str, product: str | None) -> str:
        """What the trouble is about: told by the words said, else by the product, else nothing."""
        said = (key for key, words in self.keys.items() if any(word in quotes for word in words))
        return next(said, (product or "") if self.by_product else "")


@dataclass(frozen=True, slots=True)
class IncidentAlert:
    """The alert of every incident: the rule it goes by, whom it tells, what to do."""

    rule: str
    audience: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RepeatRule:
    """Which topics count when a customer calls again. ``severity``: in the queue of reviews."""

    limits: RepeatLimits
    rules: tuple[str, ...]
    wrap_up_codes: frozenset[str]
    severity: Severity
    title: str

    def holds(self, topic: str) -> bool:
        if topic.startswith(WRAP_UP):
            return topic.removeprefix(WRAP_UP) in self.wrap_up_codes
        return _matches(topic, self.rules)


@dataclass(frozen=True, slots=True)
class CrossCallRules:
    """All of them. A rule belongs to the first incident rule that names it."""

    limits: IncidentLimits
    incidents: tuple[IncidentRule, ...]
    alert: IncidentAlert
    repeat: RepeatRule
    surge: SurgeLimits

    def incident(self, topic: str) -> IncidentRule | None:
        """The rule for signals of a topic."""
        return next((rule for rule in self.incidents if _matches(topic, rule.rules)), None)


def load_cross_call(path: Path | None = None) -> CrossCallRules:
    """Reads a file, by default the one that ships. Raises ConfigError naming what is wrong where."""
    section = read_section(path or SHIPPED / "cross_call.toml")
    section.only("incident", "incidents", "alert", "repeat", "surge")
    alert, surge = section.section("alert"), section.section("surge")
    alert.only("rule", "audience", "remedy")
    surge.only("growth", "least", "due_h")
    try:
        surge_limits = SurgeLimits(
            surge.get("growth", float), surge.get("least", int), timedelta(hours=surge.get("due_h", int))
        )
    except (ValueError, OverflowError) as error:
        raise surge.wrong(str(error), "correct it") from error
    return CrossCallRules(
        _limits(section.section("incident")),
        tuple(_incident(one) for one in section.listed("incidents")),
        IncidentAlert(alert.get("rule", str), alert.get("audience", str), alert.get("remedy", str)),
        _repeat(section.section("repeat")),
        surge_limits,
    )


def _limits(section: Section) -> IncidentLimits:
    section.only(
        "customers", "window_min", "times_usual", "chance", "busy", "weeks", "late_min", "count_unknown_customers"
    )
    try:
        return IncidentLimits(
            section.get("customers", int),
            timedelta(minutes=section.get("window_min", int)),
            section.get("times_usual", float),
            section.get("chance", float),
            section.get("busy", float),
            section.get("weeks", int),
            timedelta(minutes=section.get("late_min", int)),
            section.get("count_unknown_customers", bool),
        )
    except (ValueError, OverflowError) as error:
        raise section.wrong(str(error), "correct it") from error


def _incident(section: Section) -> IncidentRule:
    section.only("kind", "title", "rules", "by_product", "keys")
    keys = section.section("keys") if "keys" in section.values else Section(section.place, {}, section.sha256)
    return IncidentRule(
        section.get("kind", str),
        section.get("title", str),
        _names(section, "rules"),
        section.get("by_product", bool),
        {key: _names(keys, key) for key in keys.values},
    )


def _repeat(section: Section) -> RepeatRule:
    section.only("contacts", "days", "rules", "wrap_up_codes", "severity", "title")
    try:
        limits = RepeatLimits(section.get("contacts", int), timedelta(days=section.get("days", int)))
        severity = Severity(section.get("severity", str))
    except (ValueError, OverflowError) as error:
        raise section.wrong(str(error), "correct it") from error
    codes = frozenset(_names(section, "wrap_up_codes"))
    return RepeatRule(limits, _names(section, "rules"), codes, severity, section.get("title", str))


def _names(section: Section, name: str) -> tuple[str, ...]:
    found = section.get(name, list)
    if not all(isinstance(one, str) and one for one in found):
        raise section.wrong(f"{name} must be a list of words", "correct it")
    return tuple(found)


def _matches(topic: str, rules: tuple[str, ...]) -> bool:
    return any(topic == rule or (rule.endswith(".") and topic.startswith(rule)) for rule in rules)
