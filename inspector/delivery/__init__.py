"""What of alerts is told outside: to whom, in which words, by which way, and what is done when that fails."""
