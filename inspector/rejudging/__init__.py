"""Stored calls judged again by other rules: what is done with one call, and the processes that do it."""
