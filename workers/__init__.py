"""Processes that work accepted calls off: the only place that knows RQ and Redis."""
