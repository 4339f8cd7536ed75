"""Hearing beside plain faster-whisper on recordings whose truth is known: the public page of it."""
