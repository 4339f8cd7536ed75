"""Figures of people: what counts against agents, in the end; how far reviewers agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from inspector.redaction import Purpose, mask_staff
from inspector.review.statistics.figures import AgreementFigure
from inspector.storage.figures.volumes import AgentRules
from inspector.storage.violations.numbers import FEWEST_REVIEWED
from inspector.web.figures.tables import Cell, Column, Plot, Table, View, count, few, text

__all__ = ["agent_tables", "reviewer_tables"]

MOST_AGENTS, MOST_RULES = 200, 20


def agent_tables(view: View, found: Sequence[AgentRules]) -> list[Table]:
    """Agents by number, never by what they did; rules by how often they count against anybody."""
    say = view.say
    times = Counter[str]()
    for one in found:
        times.update(one.by_rule)
    rule_ids = [rule_id for rule_id, _ in sorted(times.items(), key=lambda one: (-one[1], one[0]))[:MOST_RULES]]
    shown = found[:MOST_AGENTS]
    columns = [Column(say(f"figures_{name}"), name == "reviewed") for name in ("agent", "team", "reviewed")]
    columns += [Column(view.title(rule_id)) for rule_id in rule_ids]
    rows = [_agent(view, one, rule_ids) for one in shown]
    small = frozenset(place for place, one in enumerate(shown) if not one.ranked)
    plots = (Plot("heat", say("figures_agents"), (0, *range(3, 3 + len(rule_ids)))),) if rule_ids else ()
    note = say("figures_agents_note", fewest=FEWEST_REVIEWED, shown=len(shown), all=len(found))
    return [Table("agents", say("figures_agents"), columns, rows, plots, note, greyed=small)]


def _agent(view: View, one: AgentRules, rule_ids: Sequence[str]) -> list[Cell]:
    """Of an agent of whom too little was reviewed, counts without a share: nothing to plot, nothing to compare."""
    number = mask_staff(one.agent, Purpose.SCREEN)
    reviewed = count(one.reviewed) if one.ranked else few(view.say, one.reviewed)
    # A number that is masked is not put into an address either.
    link = view.calls(agent=one.agent) if number == one.agent else None
    cells = [text(number, link), text(view.team(one.team)), reviewed]
    for rule_id in rule_ids:
        times = one.by_rule.get(rule_id, 0)
        cells.append(Cell(f"{times}", times / one.reviewed) if one.ranked else Cell(f"{times}", few=True))
    return cells


def reviewer_tables(view: View, found: Sequence[AgreementFigure]) -> list[Table]:
    """By pair of reviewers: over all rules, then by rule."""
    overall = [one for one in found if one.rule_id is None]
    by_rule = [one for one in found if one.rule_id is not None]
    plots = (Plot("forest", view.say("figures_ac1"), (0, 5)),)
    note = view.say("figures_reviewers_note")
    return [
        _pairs(view, overall, Table("reviewers", view.say("figures_reviewers"), (), (), plots, note)),
        _pairs(view, by_rule, Table("reviewers-rules", view.say("figures_reviewers_rules"), (), (), folded=True)),
    ]


def _pairs(view: View, found: Sequence[AgreementFigure], table: Table) -> Table:
    names = ("pair", "rule", "pairs", "alike", "kappa", "ac1")
    columns = [Column(view.say(f"figures_{name}"), name not in ("pair", "rule")) for name in names]
    return replace(table, columns=columns, rows=[_pair(view, one) for one in found])


def _pair(view: View, one: AgreementFigure) -> list[Cell]:
    say = view.say
    rule = text(say("figures_all_rules")) if one.rule_id is None else view.rule(one.rule_id)
    head = [text(f"{one.first} – {one.second}"), rule, count(one.pairs)]
    agreed = one.agreement
    if agreed is None:
        return [*head, *[few(say, one.pairs)] * 3]
    values = [f"{value:.2f}" for value in (agreed.ac1, agreed.ac1_low, agreed.ac1_high)]
    told = say("figures_interval", value=values[0], low=values[1], high=values[2], base=agreed.items)
    kappa = text("–") if agreed.kappa is None else Cell(f"{agreed.kappa:.2f}", agreed.kappa)
    return [
        *head,
        Cell(f"{agreed.share:.1%}", agreed.share),
        kappa,
        Cell(told, agreed.ac1, agreed.ac1_low, agreed.ac1_high),
    ]
