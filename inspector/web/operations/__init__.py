"""The night's run, queues, workers, models."""
