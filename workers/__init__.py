"""The processes that work accepted calls off: doorbell, workers, relay.

The database is the truth (``inspector/storage``), Redis is only a doorbell: it says "look at these call ids", and may
forget everything without a call being lost. RQ and Redis are known nowhere else.
"""
