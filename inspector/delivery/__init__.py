"""What is told to the outside world: notices, receivers, attempts."""
