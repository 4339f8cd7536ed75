"""What the business knows of a call. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Facts"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the business knows of a call: its manifest row, never part of a Hearing. Unknown is None.

    ``hold_spans``: (start, end) in seconds. ``customer_key`` holds a keyed hash, never the customer's number.
    """

    channel: str | None = None
    direction: str | None = None
    start: str | None = None
    ring_s: float | None = None
    queue_s: float | None = None
    talk_s: float | None = None
    hold_spans: tuple[tuple[float, float], ...] | None = None
    transfer_from: str | None = None
    transfer_to: str | None = None
    hangup_by: str | None = None
    agent: str | None = None
    team: str | None = None
    skill_group: str | None = None
    queue: str | None = None
    campaign: str | None = None
    customer_key: str | None = None
    age_band: str | None = None
    vulnerable: bool | None = None
    customer_risk_level: str | None = None
    product_code: str | None = None
    product_type: str | None = None
    product_risk_level: str | None = None
    product_rates: str | None = None
    ivr_verified: bool | None = None
    ivr_recording_notice: bool | None = None
    announced_agent_no: str | None = None
    wrap_up_code: str | None = None
    ticket_no: str | None = None
    ticket_type: str | None = None
    csat: float | None = None
    nps: float | None = None
    ces: float | None = None
    mystery: bool | None = None
    retention_class: str | None = None
    custom: dict[str, str] = field(default_factory=dict)

    def known(self) -> dict[str, Any]:
        """Only what is known, by field name; custom fields under ``custom``."""
        names = [name for name in self.__slots__ if name != "custom"]
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return given | ({"custom": dict(self.custom)} if self.custom else {})
