"""One recording, its truth and all that was heard in it: everything that is counted of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from inspector.bench.hearing.alignment import align, count_edits
from inspector.bench.hearing.attribution import attribution
from inspector.bench.hearing.characters import heard_characters, said_characters
from inspector.bench.hearing.cover import Account, cover
from inspector.bench.hearing.der import der
from inspector.bench.hearing.figures import Scored, Text
from inspector.bench.hearing.quotes import quotes
from inspector.bench.hearing.reliability import reliability
from inspector.bench.hearing.sides import Answer
from inspector.bench.hearing.truth import Truth
from inspector.bench.score import normalised
from inspector.model import Hearing, Layout, SpeechSpan, Unheard

__all__ = ["scored", "text_of"]


def scored(truth: Truth, texts: dict[str, Text], hearing: Hearing) -> Scored:
    """``hearing``: ours, of an untimed run."""
    stereo = truth.layout is Layout.STEREO
    said, heard = said_characters(truth.turns), heard_characters(hearing.turns)
    matches = align(said, heard, by_party=stereo)
    return Scored(
        truth=truth,
        characters=len(said),
        texts=texts,
        der=der(truth.speech, hearing.speech, truth.duration_s),
        attribution=attribution(truth.speech, hearing.speech, truth.duration_s),
        found_s=_lasting_s(hearing.speech),
        unheard_s=_lasting_s(hearing.unheard),
        cover=cover(truth.turns, Account(said, heard, matches, hearing.unheard, by_party=stereo)),
        quotes=quotes(truth.turns, said, heard, matches),
        reliability=reliability(heard, matches),
    )


def text_of(truth: Truth, answers: Sequence[Answer]) -> Text:
    """One side's answers about one recording, one a run: the first text, the median times."""
    return Text(
        edits=count_edits(normalised(truth.text), normalised(answers[0].text)),
        recognition_s=median(answer.recognition_s for answer in answers),
        whole_s=median(answer.wall_s for answer in answers),
        diarisation_s=median(answer.diarisation_s for answer in answers),
    )


def _lasting_s(spans: Sequence[SpeechSpan] | Sequence[Unheard]) -> float:
    return sum(span.end_s - span.start_s for span in spans)
