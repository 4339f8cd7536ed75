"""Violations told to agents, their appeals (申诉) and what becomes of a case: the pure half."""
