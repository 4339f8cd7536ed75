"""Voice activity detection: sound to spans of speech."""
