"""Hints at emotion, from voice and words: they point a listener at a place, no alert and no score hangs on them."""
