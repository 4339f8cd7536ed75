"""Negation pairs: short calls in which the agent denies what no rule allows, and the same calls without the denial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from .random_calls import VOICES_SETS, Draw, two_voices
from .script import CallScript, Line, Pair, Segment, Utterance, Voice, check

NEGATIONS = Path(__file__).with_name("negations.yaml")
NEGATED = re.compile(r"\[(?P<lawful>[^|\]]+)(?:\|(?P<forbidden>[^\]]+))?\]")
SNRS_DB = (34, 10, 5)  # the same speech at each
CASTS = ("fm", "mf", "ff", "mm", "fm", "mf")  # sexes of agent and customer; nobody is in two casts by name
CODECS = ("pcm_alaw", "pcm_mulaw")
BABBLE_SHARE = 0.4
ANSWER_SHARE = 0.5

Cast = dict[str, Voice]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A pair of sentences: `rule` must fire on the forbidden one and must not on the lawful one."""

    id: str
    rule: str
    opening: str
    lawful: str
    forbidden: str


def negation_calls(count: int, seed: int, voices_set: str) -> list[CallScript]:
    """`count` recordings of lawful sentences, each at three noise levels; every sentence's forbidden twin once.

    Sentences come in an order drawn by the seed; when all have been said they are said again by other voices.
    """
    rng = np.random.default_rng([seed, VOICES_SETS.index(voices_set)])
    draw = Draw(rng, voices_set)
    casts = [two_voices(draw, dict(zip(("agent", "customer"), sexes, strict=True))) for sexes in CASTS]
    known = sentences(voices_set)
    order = [known[place] for place in rng.permutation(len(known))]
    calls: list[CallScript] = []
    for number in range(count):
        turn, place = divmod(number, len(order))
        cast_no = (place + turn) % len(casts)
        lawful = _call(f"{voices_set}_{seed}_{number:03d}", order[place], casts[cast_no], cast_no)
        calls += [_at(lawful, order[place], snr_db) for snr_db in SNRS_DB]
        if not turn:
            forbidden = _forbidden(lawful, order[place])
            calls.append(_at(forbidden, order[place], SNRS_DB[place % len(SNRS_DB)]))
    return calls


@cache
def book() -> dict[str, Any]:
    """The file of sentences."""
    loaded: dict[str, Any] = yaml.safe_load(NEGATIONS.read_text(encoding="utf-8"))
    return loaded


def sentences(voices_set: str) -> list[Sentence]:
    """The pairs of a set, in the order of the file."""
    return [
        Sentence(f"{rule.partition('.')[2]}_{number:02d}", rule, entry["opening"], *both(text))
        for rule, entry in book()["sentences"].items()
        for number, text in enumerate(entry[voices_set], start=1)
    ]


def both(text: str) -> tuple[str, str]:
    """The lawful and the forbidden wording of a sentence with brackets."""
    return NEGATED.sub(lambda part: part["lawful"], text), NEGATED.sub(lambda part: part["forbidden"] or "", text)


def _call(name: str, sentence: Sentence, cast: Cast, cast_no: int) -> CallScript:
    """The lawful call without noise yet; its dice are those of its name."""
    voices_set = name.partition("_")[0]
    seeds = np.random.SeedSequence(list(name.encode()))
    draw = Draw(np.random.default_rng(seeds), voices_set)
    channel = draw.pick(("left", "right")) if draw.chance(0.5) else None
    noise = "babble" if draw.chance(BABBLE_SHARE) else "line"
    call = CallScript(
        id=name,
        tags=("negation_pair",),
        voices=cast,
        line=Line(draw.pick(CODECS), channel, noise, cast["agent"].level_dbfs, 0.5, 0.5),
        segment=Segment(name, 1, 1),
        seed=int(seeds.generate_state(1)[0]),
        events=tuple(_dialogue(draw, sentence, cast_no)),
        facts={},
        fires=(),
        never=(sentence.rule,),
    )
    check(call)
    return call


def _dialogue(draw: Draw, sentence: Sentence, cast_no: int) -> Iterator[Utterance]:
    """Opening (an agent has one for each topic), perhaps an answer, the sentence, a reply."""
    openings = book()["openings"][sentence.opening][draw.voices_set]
    yield _said("agent", openings[cast_no % len(openings)])
    if draw.chance(ANSWER_SHARE):
        yield _said("customer", draw.pick(book()["answers"][draw.voices_set]))
    yield _said("agent", sentence.lawful)
    yield _said("customer", draw.pick(book()["replies"][draw.voices_set]))


def _said(speaker: str, text: str) -> Utterance:
    """An utterance after a natural gap."""
    return Utterance(speaker, text, text, None, 0.0)


def _forbidden(call: CallScript, sentence: Sentence) -> CallScript:
    """The same call, the sentence without its denial."""
    said, reply = _said("agent", sentence.forbidden), call.events[-1]
    return replace(call, events=(*call.events[:-2], said, reply), fires=(sentence.rule,), never=())


def _at(call: CallScript, sentence: Sentence, snr_db: int) -> CallScript:
    """The call with noise so far below the agent's speech; without babble where it is clean."""
    clean, lawful = snr_db == max(SNRS_DB), not call.fires
    name = f"{call.id}_{'lawful' if lawful else 'forbidden'}_{snr_db}db"
    noise = "line" if clean else call.line.noise
    tags = ("clean" if clean else f"snr_{snr_db}", *call.tags, *(["babble"] * (noise == "babble")))
    return replace(
        call,
        id=name,
        tags=tags,
        segment=Segment(name, 1, 1),
        line=replace(call.line, noise=noise, noise_dbfs=round(call.line.noise_dbfs - snr_db, 1)),
        pair=Pair(sentence.id, sentence.rule, lawful, snr_db),
    )
