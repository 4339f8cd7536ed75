"""Calls found, read and exported."""
