"""How far the reviews of what was drawn are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, case, func, select

from inspector.sampling.draw import DrawKind
from inspector.storage import tables
from inspector.storage.queues import State

__all__ = ["StratumProgress", "progress"]


@dataclass(frozen=True, slots=True)
class StratumProgress:
    """A stratum of one kind of draw over some days: calls listed in it, to be drawn, drawn, and reviewed of those.

    ``overdue``: not reviewed although it was due. Strata of which no call was drawn are not told.
    """

    kind: DrawKind
    stratum: str
    listed: int
    wanted: int
    drawn: int
    done: int
    overdue: int

    @property
    def left(self) -> int:
        return self.drawn - self.done


def progress(connection: Connection, first: date, last: date, now: datetime) -> tuple[StratumProgress, ...]:
    """By kind and stratum, of the draws for business dates from ``first`` to ``last``."""
    draw, item, review = tables.draw, tables.draw_item, tables.review_item
    is_open = review.c.state.in_([State.OPEN.value, State.WAITING.value])
    of_draw = (
        select(
            draw.c.kind,
            item.c.stratum,
            item.c.stratum_listed,
            item.c.stratum_drawn,
            func.count().label("drawn"),
            func.sum(case((is_open, 0), else_=1)).label("done"),
            func.sum(case((is_open & (review.c.due_at < now), 1), else_=0)).label("overdue"),
        )
        .join(item, item.c.draw_id == draw.c.id)
        .join(review, and_(review.c.draw_id == draw.c.id, review.c.call_id == item.c.call_id))
        .where(draw.c.business_date.between(first, last))
        .group_by(draw.c.id, draw.c.kind, item.c.stratum, item.c.stratum_listed, item.c.stratum_drawn)
        .subquery()
    )
    sums = [func.sum(column).label(column.name) for column in list(of_draw.c)[2:]]
    found = select(of_draw.c.kind, of_draw.c.stratum, *sums).group_by(of_draw.c.kind, of_draw.c.stratum)
    rows = connection.execute(found).all()
    told = [StratumProgress(DrawKind(row[0]), row[1], *map(int, row[2:])) for row in rows]
    return tuple(sorted(told, key=lambda one: (list(DrawKind).index(one.kind), one.stratum)))
