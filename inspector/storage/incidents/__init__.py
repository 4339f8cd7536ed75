"""What several calls have in common: signals of calls, incidents, repeated contacts, topics that surge."""

from inspector.storage.incidents.incidents import Incidents
from inspector.storage.incidents.records import Incident, IncidentCall

__all__ = ["Incident", "IncidentCall", "Incidents"]
