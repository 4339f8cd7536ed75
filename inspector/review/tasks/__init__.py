"""What is done so that it does not happen again, as pure transitions: each gives the next state or refuses."""
