"""How fast people must act on which rule's alert: classes, clocks, whom to tell, how it can end. Data, read once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from inspector.alerts.calendar import Hours, WorkCalendar, load_calendar
from inspector.alerts.clocks import Label, Profile, load_clocks
from inspector.alerts.data_file import SHIPPED, Section, read_section
from inspector.config import AlertSettings
from inspector.enums import AlertClass, Severity
from inspector.errors import ConfigError

__all__ = ["AlertPolicy", "RulePolicy", "check_rules", "load_policy", "shipped_policy"]


@dataclass(frozen=True, slots=True)
class RulePolicy:
    """``clock``: a profile of the rule's own, None = that of its class. ``planned``: no rule of that id exists yet."""

    alert_class: AlertClass
    clock: str | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """``classes``: the clock of each class. ``results``: how a group of alerts can end. Everything by its name."""

    rules: Mapping[str, RulePolicy]
    classes: Mapping[AlertClass, str]
    severities: Mapping[Severity, AlertClass]
    audiences: Mapping[str, Label]
    results: Mapping[str, Label]
    clocks: Mapping[str, Profile]
    calendar: WorkCalendar

    def of(self, rule_id: str, severity: Severity) -> RulePolicy:
        """That of the rule; of one that is not named, the class of its severity."""
        return self.rules.get(rule_id) or RulePolicy(self.severities[severity])


@cache
def load_policy(settings: AlertSettings, zone: ZoneInfo) -> AlertPolicy:
    """What the settings name, else what ships; read once. Raises ConfigError naming what is wrong where."""
    section = read_section(settings.policy or SHIPPED / "policy.toml")
    section.only("classes", "severities", "rules", "audiences", "results")
    audiences, results = _labels(section.section("audiences")), _labels(section.section("results"))
    clocks = load_clocks(settings.clocks, audiences)
    rules = {rule_id: _rule(one, clocks) for rule_id, one in section.section("rules").sections()}
    of_classes, of_severities = section.section("classes"), section.section("severities")
    of_classes.only(*AlertClass)
    of_severities.only(*Severity)
    try:
        hours = Hours(settings.opens, settings.closes)
    except ValueError as error:
        raise ConfigError(f"wrong setting: alerts.opens: {error}", "correct alerts.opens or alerts.closes") from error
    return AlertPolicy(
        rules,
        {one: _clock(of_classes, one, clocks) for one in AlertClass},
        {one: _class(of_severities, one) for one in Severity},
        audiences,
        results,
        clocks,
        load_calendar(settings.calendars, hours, zone),
    )


def shipped_policy(zone: ZoneInfo) -> AlertPolicy:
    """The one that ships."""
    return load_policy(AlertSettings(), zone)  # type: ignore[call-arg]


def check_rules(policy: AlertPolicy, file: Path | None, rule_ids: Collection[str]) -> None:
    """Raises ConfigError for a rule of a bank's own ``file`` that no pack has and that is not said to be planned.

    None: the policy that ships; a bank whose packs are its own need not have the rules that ship.
    """
    if file is None:
        return
    unknown = sorted(rule_id for rule_id, one in policy.rules.items() if not one.planned and rule_id not in rule_ids)
    if unknown:
        raise ConfigError(
            f"{file}:rules: no pack has a rule {', '.join(unknown)}", "correct the id, or write planned = true"
        )


def _rule(section: Section, clocks: Mapping[str, Profile]) -> RulePolicy:
    section.only("class", "clock", "planned")
    clock = _clock(section, "clock", clocks) if "clock" in section.values else None
    return RulePolicy(_class(section, "class"), clock, section.get("planned", bool, False))


def _class(section: Section, name: str) -> AlertClass:
    value = section.get(name, str)
    if value not in list(AlertClass):
        raise section.wrong(f"{name}: unknown class {value}", f"use: {', '.join(AlertClass)}")
    return AlertClass(value)


def _clock(section: Section, name: str, clocks: Mapping[str, Profile]) -> str:
    value = section.get(name, str)
    if value not in clocks:
        raise section.wrong(f"{name}: unknown clock {value}", f"use: {', '.join(clocks)}")
    return value


def _labels(section: Section) -> dict[str, Label]:
    labels = {}
    for name, one in section.sections():
        one.only("zh", "en")
        labels[name] = one.get("zh", str), one.get("en", str)
    return labels
