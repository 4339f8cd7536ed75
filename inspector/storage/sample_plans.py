"""Plans of what is to be reviewed, and the volume of past days that they are made of."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Engine, distinct, func, select

from inspector.sampling.capacity import Sheet, Volume
from inspector.storage import tables
from inspector.storage.draw_bases import firing
from inspector.storage.engine import storage_errors
from inspector.storage.rows import append_audit, insert_new
from inspector.storage.sample_tables import sample_plan

__all__ = ["SamplePlans"]


class SamplePlans:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def volume(self, first: date, last: date) -> Volume | None:
        """The mean of the business dates from ``first`` to ``last`` that have calls on record; None without any.

        A call of several recordings is as long as all of them.
        """
        call, recording = tables.call, tables.recording
        within = call.c.business_date.between(first, last)
        counted = select(
            func.count(distinct(call.c.business_date)).label("days"),
            func.count().label("calls"),
            func.count(distinct(call.c.facts["agent"].as_string())).label("agents"),
        ).where(within)
        marked = select(func.count()).where(within, call.c.facts["mystery"].as_boolean().is_(True))
        length = (
            select(func.count(distinct(call.c.id)).label("calls"), func.sum(recording.c.duration_s).label("total_s"))
            .join(recording, recording.c.call_id == call.c.id)
            .where(within)
        )
        fired = firing(first, last, None).subquery()
        found = select(func.count(distinct(fired.c.call_id)))
        with storage_errors(self._reader), self._reader.connect() as connection:
            row, heard = connection.execute(counted).one(), connection.execute(length).one()
            mystery, with_findings = connection.scalar(marked) or 0, connection.scalar(found) or 0
        if not row.days:
            return None
        call_min = heard.total_s / heard.calls / 60 if heard.calls else 0.0
        days = row.days
        return Volume(row.calls / days, call_min, with_findings / days, mystery / days, row.agents, days)

    def add(self, sheet: Sheet, actor: str, now: datetime) -> None:
        """Keeps a plan with its figures and an audit row; the same plan once."""
        data = json.loads(json.dumps(asdict(sheet), default=str))
        period = {"first_day": sheet.first, "last_day": sheet.last}
        row = {"id": sheet.id, **period, "made_at": now, "made_by": actor, "data": data}
        told = {"needed_min": sheet.needed_min, "rostered_min": sheet.rostered_min}
        with storage_errors(self._writer), self._writer.begin() as connection:
            if connection.execute(insert_new(connection, sample_plan).values(row)).rowcount:
                append_audit(connection, actor, "sample_plan", f"{sheet.first}/{sheet.last}/{sheet.id}", told)

    def kept(self, day: date) -> tuple[str, ...]:
        """The ids of the plans that a date lies in, the newest first."""
        holds = (sample_plan.c.first_day <= day) & (sample_plan.c.last_day >= day)
        found = select(sample_plan.c.id).where(holds).order_by(sample_plan.c.made_at.desc(), sample_plan.c.id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(connection.scalars(found))
