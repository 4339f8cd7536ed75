"""Measurements against a peer in the same run; results belong to ``docs/results/``."""
