"""The one error of the maker."""

from __future__ import annotations


class SampleError(Exception):
    """The samples cannot be made; the message says what to do."""
