"""Model files: which ones, where they are, and that not one byte of them is wrong."""
