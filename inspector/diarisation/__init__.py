"""Who speaks when, and for whom."""
