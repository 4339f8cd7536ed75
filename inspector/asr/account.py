"""Accounts for every second of speech: it is in an utterance, or it is lost and said to be. Pure.

::

    piece      |###################################|   speech as the voice detector found it
    words        |aaaa|aa|             |aaa|
    utterances |########|            |#############|   edges shorter than EDGE_S belong to the words beside them
    lost                |############|                  no text
"""

from __future__ import annotations

import re

from inspector.asr.protocol import LaneSpan, LostSpan
from inspector.asr.windows import Word
from inspector.model import UnheardWhy, Utterance

__all__ = ["LEAST_CHARS_PER_S", "MOST_CHARS_PER_S", "Account", "account", "doubtful"]

Account = tuple[list[Utterance], list[LostSpan]]

EDGE_S = 1.0  # the recogniser's word times are this loose: shorter stretches without words are no loss
LEAST_CHARS_PER_S = 1.5  # slower than anybody speaks: something was left out
MOST_CHARS_PER_S = 11.0  # faster than anybody speaks: something was made up
LONG_S = 1.4  # in less speech than this the rate says nothing
LEAST_CONFIDENCE = 0.4  # calibrated: less is clearly more likely wrong than right
FOREIGN = re.compile(r"[A-Za-z]{5}")  # longer than what is said in Latin letters on such lines: App, POS, VIP


def doubtful(piece: LaneSpan, words: list[Word]) -> bool:
    """Does this text not fit this speech (nothing, too little, too much, guessed, or of another language)?"""
    length_s = piece.end_s - piece.start_s
    text = "".join(word.text for word in words)
    chars = len(text)
    if FOREIGN.search(text):
        return True
    if not words or chars > MOST_CHARS_PER_S * max(length_s, 0.5):
        return True
    confidence = sum(word.confidence * len(word.text) for word in words) / chars
    return confidence < LEAST_CONFIDENCE or (length_s >= LONG_S and chars < LEAST_CHARS_PER_S * length_s)


def account(piece: LaneSpan, words: list[Word]) -> Account:
    """Utterances and lost spans that together cover the piece; text that stayed doubtful is in both."""
    if not words:
        return [], [LostSpan(piece.lane, piece.start_s, piece.end_s, UnheardWhy.NO_TEXT)]
    groups = _groups(words)
    edges = [piece.start_s, *(group[0].start_s for group in groups[1:])]
    utterances: list[Utterance] = []
    lost: list[LostSpan] = []
    for number, group in enumerate(groups):
        start_s, end_s = edges[number], group[-1].end_s
        after_s = edges[number + 1] if number + 1 < len(groups) else piece.end_s
        if group[0].start_s - start_s > EDGE_S:
            lost.append(LostSpan(piece.lane, start_s, group[0].start_s, UnheardWhy.NO_TEXT))
            start_s = group[0].start_s
        if after_s - end_s > EDGE_S:
            lost.append(LostSpan(piece.lane, end_s, after_s, UnheardWhy.NO_TEXT))
        else:
            end_s = after_s
        utterances.append(_utterance(piece.lane, start_s, end_s, group))
    if doubtful(piece, words):
        lost = [LostSpan(piece.lane, piece.start_s, piece.end_s, UnheardWhy.LOW_CONFIDENCE)]
    return utterances, lost


def _groups(words: list[Word]) -> list[list[Word]]:
    groups = [[words[0]]]
    for word in words[1:]:
        if word.start_s - groups[-1][-1].end_s > EDGE_S:
            groups.append([])
        groups[-1].append(word)
    return groups


def _utterance(lane: int, start_s: float, end_s: float, words: list[Word]) -> Utterance:
    starts: list[float] = []
    ends: list[float] = []
    confidence: list[float] = []
    for word in words:
        step_s = (word.end_s - word.start_s) / len(word.text)
        for place in range(len(word.text)):
            starts.append(round(word.start_s + place * step_s, 3))
            ends.append(round(word.start_s + (place + 1) * step_s, 3))
            confidence.append(round(word.confidence, 3))
    text = "".join(word.text for word in words)
    return Utterance(lane, start_s, end_s, text, tuple(starts), tuple(ends), tuple(confidence))
