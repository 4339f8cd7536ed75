"""Makers of tests/matching/: phrases of the packs as heard and as misheard. They run in the product's environment."""
