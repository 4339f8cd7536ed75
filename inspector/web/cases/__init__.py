"""Violations, appeals and the work on them; an agent's own."""
