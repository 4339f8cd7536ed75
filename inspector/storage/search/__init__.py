"""Calls listed and searched: by what was said (masked), what was found, who took them, when."""

from inspector.storage.search.desk import Search
from inspector.storage.search.finding import CallRow, Page
from inspector.storage.search.query import LONGEST_TEXT, LONGEST_WALK_DAYS, MOST_SORTED_DAYS, Order, Query, SavedSearch
from inspector.storage.search.reading import CallRead, Made, Trace

__all__ = [
    "LONGEST_TEXT",
    "LONGEST_WALK_DAYS",
    "MOST_SORTED_DAYS",
    "CallRead",
    "CallRow",
    "Made",
    "Order",
    "Page",
    "Query",
    "SavedSearch",
    "Search",
    "Trace",
]
