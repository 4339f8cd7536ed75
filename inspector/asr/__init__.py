"""Speech recognition: spans of speech to utterances with a time for every character."""
