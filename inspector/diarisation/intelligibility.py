"""How much of what a voice said was written down right, told without the truth. Pure.

Of the characters that were said, the share that is right is expected to be::

                     sum of the confidence of the characters written
    ─────────────────────────────────────────────────────────────────────────
    characters written  +  4.5 characters for each second that yielded no text

A voice of which less than half is right is not judged by what it did not say: all its speech is marked as lost, its
words stay for whoever looks. In noise confidence promises more than it keeps, so less than half right is less than 0.65
expected (``docs/decisions``, 0017).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inspector.asr.protocol import LostSpan, Transcript
from inspector.diarisation.attribution import Attribution
from inspector.enums import UnheardWhy
from inspector.model import Utterance

__all__ = ["expected_share_right", "mark_uninspectable"]

CHARS_PER_S = 4.5
LEAST_SHARE_RIGHT = 0.65  # tuning calls: 0.64 at most where over half is wrong, 0.74 and more where under a quarter is
LEAST_SPEECH_S = 5.0  # less says nothing about a line


def expected_share_right(utterances: Iterable[Utterance], lost: Iterable[LostSpan]) -> float | None:
    """Of the characters said, 0 … 1; None where nothing was said. Lost speech that has text counts by its text."""
    confidence = [value for said in utterances for value in said.char_confidence]
    textless_s = sum(span.end_s - span.start_s for span in lost if span.why is UnheardWhy.NO_TEXT)
    said = len(confidence) + CHARS_PER_S * textless_s
    return sum(confidence) / said if said else None


def mark_uninspectable(voices: Attribution, transcript: Transcript) -> Transcript:
    """The transcript with all speech lost of each voice that cannot be understood; the text stays as it is."""
    bad = {voice for voice in voices.lane_of if _is_uninspectable(voices, voice, transcript)}
    kept = [span for span in transcript.lost if _voice_of(voices, span) not in bad]
    marked = [
        LostSpan(lane, piece.start_s, piece.end_s, UnheardWhy.UNINSPECTABLE)
        for lane, pieces in voices.pieces.items()
        for piece in pieces
        if piece.speaker in bad
    ]
    return replace(transcript, lost=(*kept, *marked))


def _is_uninspectable(voices: Attribution, voice: int, transcript: Transcript) -> bool:
    share = expected_share_right(
        (said for said in transcript.utterances if _voice_of(voices, said) == voice),
        (span for span in transcript.lost if _voice_of(voices, span) == voice),
    )
    own = [piece for piece in voices.pieces[voices.lane_of[voice]] if piece.speaker == voice]
    speech_s = sum(piece.end_s - piece.start_s for piece in own)
    return share is not None and share < LEAST_SHARE_RIGHT and speech_s >= LEAST_SPEECH_S


def _voice_of(voices: Attribution, part: Utterance | LostSpan) -> int:
    return voices.speaker_at(part.lane, part.start_s, part.end_s)
