"""What people decide about calls, and what their verdicts tell about the rules."""
