"""Score cards: what a call is worth, as versioned data."""
