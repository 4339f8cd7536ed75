"""The night: a business day's list handed in, followed to its end, balanced to the call."""
