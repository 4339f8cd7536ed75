"""Random dialogues from templates: other sentences, voices, lines and overlaps in every call, the same for a seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from .script import CallScript, Line, Segment, Utterance, Voice, check

TEMPLATES = Path(__file__).with_name("templates.yaml")
VOICES_SETS = ("tuning", "scoring")
FEMALE = ("zf_xiaobei", "zf_xiaoxiao", "zf_xiaoyi")
MALE = ("zm_yunjian", "zm_yunxi", "zm_yunxia", "zm_yunyang")
BLENDS = {  # of two voices: no blend of one set is near a blend of the other
    "tuning": {"f": [(0, 1)], "m": [(0, 1), (2, 3), (0, 3)]},
    "scoring": {"f": [(1, 2)], "m": [(0, 2), (1, 3), (1, 2)]},
}
BLEND_WEIGHTS = (0.35, 0.5, 0.65)
SHARED_FEMALE_WEIGHT = {"tuning": 0.35, "scoring": 0.65}  # of the third pair of female voices
PITCHES = {"tuning": (0.95, 0.99, 1.03), "scoring": (0.97, 1.01, 1.05)}
SPEED = (0.9, 1.15)
LEVEL_DBFS = (-29.0, -23.0)
MONO_SHARE = 0.8
LAYOUT_CODECS = {  # codec: share
    "mono": {"pcm_s16le": 4, "pcm_alaw": 3, "pcm_mulaw": 3, "amr_nb": 1, "gsm": 1, "mp3": 1, "opus": 1},
    "stereo": {"pcm_s16le": 3, "pcm_alaw": 3, "pcm_mulaw": 3, "adpcm_ima_wav": 1, "opus": 1},
}
SNRS_DB = {34: 7, 20: 1, 10: 1, 5: 1}  # share
LEAST_TURNS = (12, 22)
VERIFY_SHARE = 0.6
HOLD_SHARE = 0.3
OVERLAP_SHARE = 0.15
OVERLAP_S = (0.2, 1.2)
BACKCHANNEL_SHARE = 0.35
BACKCHANNEL_AFTER_CHARS = 16
GAP_SHAPE, GAP_SCALE_S, GAP_LEAST_S, GAP_MOST_S = 2.0, 0.22, 0.05, 3.0  # gamma law: mostly quick answers
HOLD_S = (4.0, 9.0)
CLAUSE = re.compile(r"[^，。？！；]+[，。？！；]*")
LEAST_CLAUSE = 3  # characters; a voice says less than that badly on its own
DIGITS = "零一二三四五六七八九"

Step = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Draw:
    """The dice of one call and the set whose sentences and voices it may use."""

    rng: np.random.Generator
    voices_set: str

    def pick(self, options: Sequence[str]) -> str:
        """One of the options, all as likely."""
        return str(options[int(self.rng.integers(len(options)))])

    def weighted(self, shares: dict[Any, int]) -> Any:
        """One key, as likely as its share."""
        weights = np.array(list(shares.values()), dtype=float)
        return list(shares)[int(self.rng.choice(len(shares), p=weights / weights.sum()))]

    def chance(self, share: float) -> bool:
        """True as often as `share` says."""
        return bool(self.rng.random() < share)

    def sentence(self, alternatives: list[str]) -> str:
        """One of the alternatives that belong to the set."""
        own = alternatives[VOICES_SETS.index(self.voices_set) :: len(VOICES_SETS)]
        return self.pick(own or alternatives)


@cache
def templates() -> dict[str, Any]:
    """The file of sentences."""
    loaded: dict[str, Any] = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))
    return loaded


def random_calls(count: int, seed: int, voices_set: str) -> list[CallScript]:
    """`count` calls; call n of a seed and set is the same whatever the count."""
    return [_random_call(number, seed, voices_set) for number in range(count)]


def in_clauses(call: CallScript) -> CallScript:
    """The same call, its longer turns spoken clause by clause: then the truth knows when each clause is said."""
    said = [event for event in call.events if isinstance(event, Utterance)]
    return replace(call, events=tuple(replace(event, clauses=clauses_of(event.say)) for event in said))


def clauses_of(text: str) -> tuple[str, ...]:
    """The clauses of a text with their signs; one of less than LEAST_CLAUSE characters belongs to the next."""
    clauses: list[str] = []
    open_part = ""
    for part in CLAUSE.findall(text):
        open_part += part
        if len(open_part) > LEAST_CLAUSE:
            clauses.append(open_part)
            open_part = ""
    return (*clauses, open_part) if open_part else tuple(clauses)


def _random_call(number: int, seed: int, voices_set: str) -> CallScript:
    """One call: who, on which line, what."""
    seeds = np.random.SeedSequence([seed, number, VOICES_SETS.index(voices_set)])
    draw = Draw(np.random.default_rng(seeds), voices_set)
    sexes = {"agent": draw.pick("fm"), "customer": draw.pick("fm")}
    voices = two_voices(draw, sexes)
    line, snr_db = _line(draw, max(voice.level_dbfs for voice in voices.values()))
    utterances = _dialogue(draw, "女士" if sexes["customer"] == "f" else "先生")
    tags = ["clean" if snr_db == max(SNRS_DB) else f"snr_{snr_db}"]
    tags += ["babble"] * (line.noise == "babble")
    tags += ["same_sex"] * (sexes["agent"] == sexes["customer"])
    tags += ["overlap"] * any(said.overlap_s > 0 for said in utterances)
    call_id = f"{voices_set}_{seed}_{number:03d}"
    call = CallScript(
        id=call_id,
        tags=tuple(tags),
        voices=voices,
        line=line,
        segment=Segment(call_id, 1, 1),
        seed=int(seeds.generate_state(1)[0]),
        events=tuple(utterances),
        facts={},
        fires=(),
        never=(),
    )
    check(call)
    return call


def two_voices(draw: Draw, sexes: dict[str, str]) -> dict[str, Voice]:
    """A voice for each side, of different parts: two blends of the same parts are hardly two people."""
    voices: dict[str, Voice] = {}
    for side, sex in sexes.items():
        taken = {parts(voice.recipe) for voice in voices.values()}
        voices[side] = Voice(
            recipe=draw.pick([recipe for recipe in blends(draw.voices_set, sex) if parts(recipe) not in taken]),
            speed=round(float(draw.rng.uniform(*SPEED)), 3),
            pitch=float(draw.rng.choice(PITCHES[draw.voices_set])),
            level_dbfs=round(float(draw.rng.uniform(*LEVEL_DBFS)), 1),
        )
    return voices


def blends(voices_set: str, sex: str) -> list[str]:
    """Recipes of the blended voices of a set."""
    names = FEMALE if sex == "f" else MALE
    pairs = [(*pair, weight) for pair in BLENDS[voices_set][sex] for weight in BLEND_WEIGHTS]
    if sex == "f":
        pairs.append((0, 2, SHARED_FEMALE_WEIGHT[voices_set]))
    return [f"{names[one]}*{weight}+{names[other]}*{round(1 - weight, 2)}" for one, other, weight in pairs]


def parts(recipe: str) -> frozenset[str]:
    """Names of the voices in a blend."""
    return frozenset(part.partition("*")[0] for part in recipe.split("+"))


def _line(draw: Draw, level_dbfs: float) -> tuple[Line, int]:
    """Layout, codec and noise, and the signal-to-noise ratio of the louder side in dB."""
    layout = "mono" if draw.chance(MONO_SHARE) else "stereo"
    snr_db = draw.weighted(SNRS_DB)
    line = Line(
        codec=draw.weighted(LAYOUT_CODECS[layout]),
        agent_channel=None if layout == "mono" else draw.pick(("left", "right")),
        noise="babble" if snr_db < max(SNRS_DB) and draw.chance(0.4) else "line",
        noise_dbfs=round(level_dbfs - snr_db, 1),
        lead_s=round(float(draw.rng.uniform(0.3, 1.5)), 2),
        tail_s=round(float(draw.rng.uniform(0.3, 1.5)), 2),
    )
    return line, snr_db


def _dialogue(draw: Draw, title: str) -> list[Utterance]:
    """Greeting, topics with verification and hold until there are turns enough, farewell."""
    book = templates()
    said = _steps(draw, book["open"], title)
    least = float(draw.rng.uniform(*LEAST_TURNS))
    for number, topic in enumerate(draw.rng.permutation(list(book["topics"]))):
        if len(said) >= least:
            break
        steps: list[Step] = book["topics"][topic]
        said += _steps(draw, book["more"], title) if number else []
        said += _steps(draw, steps[:1], title)
        said += _steps(draw, book["verify"], title) if not number and draw.chance(VERIFY_SHARE) else []
        said += _steps(draw, steps[1:3], title)
        said += _hold(draw, title) if draw.chance(HOLD_SHARE) else []
        said += _steps(draw, steps[3:], title)
    return said + _steps(draw, book["close"], title)


def _hold(draw: Draw, title: str) -> list[Utterance]:
    """Notice, silence, return."""
    notice, back = (_steps(draw, [step], title)[0] for step in templates()["hold"])
    return [notice, replace(back, pause_before_s=round(float(draw.rng.uniform(*HOLD_S)), 2), overlap_s=0.0)]


def _steps(draw: Draw, steps: list[Step], title: str) -> list[Utterance]:
    """The utterances of some steps, with slots filled, gaps, overlaps and back-channels."""
    slots = {name: draw.pick(values) for name, values in templates()["slots"].items()} | {"title": title}
    said = []
    for step in steps:
        ((who, alternatives),) = step.items()
        digits = "".join(draw.pick(DIGITS) for _ in range(4))
        text = draw.sentence(alternatives).format(**slots, digits=digits)
        said.append(_utterance(draw, {"a": "agent", "c": "customer"}[who], text))
        if len(text) > BACKCHANNEL_AFTER_CHARS and draw.chance(BACKCHANNEL_SHARE):
            listener = {"a": "customer", "c": "agent"}[who]
            said.append(_utterance(draw, listener, draw.pick(templates()["backchannels"])))
    return said


def _utterance(draw: Draw, speaker: str, text: str) -> Utterance:
    """One utterance that starts before the end of the one before, or after a natural gap."""
    if draw.chance(OVERLAP_SHARE):
        return Utterance(speaker, text, text, None, round(float(draw.rng.uniform(*OVERLAP_S)), 2))
    gap_s = GAP_LEAST_S + float(draw.rng.gamma(GAP_SHAPE, GAP_SCALE_S))
    return Utterance(speaker, text, text, round(min(gap_s, GAP_MOST_S), 2), 0.0)
