"""Deliveries to the outside world, kept."""
