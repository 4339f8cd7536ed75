"""Verdicts as counts, for the figures of ``inspector/review/statistics``."""
