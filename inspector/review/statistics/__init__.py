"""Figures from verdicts, each with an interval and a word when there are too few to say. Pure."""
