"""Alerts in groups: opened with the inspection that raises them, worked off by people, escalated by themselves."""

from inspector.storage.alerts.counting import Hygiene, Standing
from inspector.storage.alerts.desk import Alerts
from inspector.storage.alerts.reading import GroupFilter

__all__ = ["Alerts", "GroupFilter", "Hygiene", "Standing"]
