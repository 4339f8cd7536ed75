"""Figures as tables: what a page shows, sorts and plots is one and the same cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from inspector.enums import Outcome
from inspector.redaction import Purpose, mask
from inspector.review.statistics.proportion import Estimate
from inspector.roles import Deed
from inspector.rules.schema import Rule
from inspector.web.console import Caller
from inspector.web.figures.period import Period
from inspector.web.titles import title_of

__all__ = ["Cell", "Column", "Plot", "Say", "Table", "View", "count", "few", "interval", "share", "text"]

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Cell:
    """``value``: what is sorted by and plotted, with its limits; None: nothing is said. ``few``: too few to say."""

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    href: str | None = None
    note: str = ""
    few: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """``numeric``: to the right."""

    title: str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Plot:
    """``kind``: see ``static/figures/plots.js``. ``columns``: which are plotted, by place; the first one names rows."""

    kind: str
    title: str
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``name``: in the page's ids. ``folded``: below its plots, closed. ``greyed``: rows with too little to compare.
    ``none``: the word that stands for no rows."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    plots: tuple[Plot, ...] = ()
    note: str = ""
    folded: bool = False
    greyed: frozenset[int] = field(default_factory=frozenset)
    none: str = "figures_none"

    @property
    def drawn(self) -> tuple[Plot, ...]:
        """Its plots, without those of which no value is known."""
        return tuple(plot for plot in self.plots if any(self._known(place) for place in plot.columns[1:]))

    def _known(self, place: int) -> bool:
        return any(row[place].value is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at what, and in which language. ``rules``: those that are judged, by id. ``of_rule``: the one that it
    is about, if it is about one."""

    rules: Mapping[str, Rule]
    caller: Caller
    period: Period
    say: Say
    of_rule: str = ""

    def title(self, rule_id: str) -> str:
        """As people know it; its id when no pack has it any more."""
        return title_of(rule_id, self.rules, self.say)

    def rule(self, rule_id: str) -> Cell:
        """The name of a rule, with its own figures behind it for whom may see them."""
        title = self.title(rule_id)
        href = f"/figures/rules/{quote(rule_id, safe='')}?{self.period.query()}"
        seen = self.caller.may(Deed.SEE_FIGURES)
        return Cell(title, href=href if seen else None, note="" if title == rule_id else rule_id)

    def calls(self, **which: str) -> str | None:
        """Where these calls of the period are, for whom may see calls."""
        if not self.caller.may_somewhere(Deed.SEE_CALLS):
            return None
        return f"/calls?{self.period.query(**which)}"

    def fires(self, rule_id: str) -> str | None:
        """Where the calls are at which a rule fired."""
        return self.calls(rule=rule_id, outcome=Outcome.FIRES.value)

    def team(self, team: str | None) -> str:
        return self.say("figures_no_team") if team is None else mask(team, Purpose.SCREEN)


def text(words: str, href: str | None = None) -> Cell:
    return Cell(words, href=href)


def count(number: int, href: str | None = None) -> Cell:
    return Cell(f"{number:,}", number, href=href)


def share(say: Say, hits: int, of: int) -> Cell:
    """Of all that there are: no estimate, so without limits, but with its base."""
    if not of:
        return few(say, of)
    return Cell(say("figures_share", share=f"{hits / of:.1%}", base=f"{of:,}"), hits / of)


def interval(say: Say, estimate: Estimate | None, base: int, *, per: int = 0) -> Cell:
    """A share with its limits and base; None: too few. ``per``: told as so many of so many instead of percents."""
    if estimate is None:
        return few(say, base)
    values = (estimate.value, estimate.low, estimate.high)
    if per:
        told = [f"{value * per:.1f}" for value in values]
    else:
        told = [f"{values[0]:.1%}", *(f"{value:.1%}".removesuffix("%") for value in values[1:])]
    words = say("figures_interval", value=told[0], low=told[1], high=told[2], base=f"{base:,}")
    return Cell(words, *values)


def few(say: Say, base: int, more: str = "") -> Cell:
    """That there is too little to say anything."""
    return Cell(say("figures_few", base=f"{base:,}"), note=more, few=True)
