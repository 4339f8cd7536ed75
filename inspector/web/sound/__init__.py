"""The sound of a call and its picture: peaks, playable copies, dialogue."""
