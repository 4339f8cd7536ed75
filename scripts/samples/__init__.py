"""Maker of the synthetic sample calls; run through scripts/make_samples."""
