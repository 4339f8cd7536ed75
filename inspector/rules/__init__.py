"""The rule engine: pure. It knows nothing of sound, databases, clocks or chance."""
