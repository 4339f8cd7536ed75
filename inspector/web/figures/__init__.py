"""Figures as plots and tables."""
