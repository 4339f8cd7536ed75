"""What follows for a person from what was decided: told, appealed, handled, counted."""
