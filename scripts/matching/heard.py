"""Make tests/matching/heard.json: what our recogniser writes when phrases of the packs are spoken on a line.

Usage: python -m scripts.matching.heard --calls DIR

Every phrase is spoken once inside a short sentence of telephone talk (scripts/make_samples, several voices, A-law at
8 kHz) and heard three times, under line noise 20, 10 and 5 dB below the voice. The sample calls are heard as they are:
ordinary dialogue, in which nothing must be found that nobody said. DIR keeps the recordings; what is there already is
not spoken again. Needs the installed inspector with its models, and what scripts/make_samples needs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inspector.asr.protocol import LaneSpan, Recogniser
from inspector.audio.protocol import Audio, Int16
from inspector.audio.reader import AudioReader
from inspector.bench.noise import Sentence
from inspector.config import load_settings
from inspector.ears import load_ears
from inspector.pipeline import Ears
from scripts.matching.phrases import ROOT, carrier, chosen, phrases_of_packs, write
from scripts.samples.telephone import SAMPLE_RATE, line_noise, to_pcm16
from tests.wavs import ArrayAudio

SAMPLES = ROOT / "audio_samples"
PHRASES = 260
SENTENCES_OF_A_CALL = 20
SPEECH_DBFS = -26.0
QUIET_DBFS = -70.0
SNRS_DB = (20, 10, 5)
PAUSE_S = 0.6
LONGEST_S = 600.0
VOICES = (
    ("zf_xiaobei", "zm_yunjian"),
    ("zm_yunxi", "zf_xiaoxiao"),
    ("zf_xiaoyi", "zm_yunyang"),
    ("zm_yunxia", "zf_xiaobei*0.5+zf_xiaoyi*0.5"),
    ("zf_xiaoxiao*0.5+zf_xiaoyi*0.5", "zm_yunjian*0.5+zm_yunyang*0.5"),
)
SPEEDS = (0.95, 1.05, 1.15)


def script_of(number: int, phrases: Sequence[str]) -> dict[str, Any]:
    """One call of scripts/make_samples, agent and customer in turn, in which each phrase is said once."""
    agent, customer = VOICES[number % len(VOICES)]
    speakers = ("agent", "customer")
    return {
        "id": f"phrases_{number:02d}",
        "codec": "pcm_alaw",
        "agent_channel": "left",
        "voices": {"agent": agent, "customer": customer},
        "speed": {"agent": SPEEDS[number % 3], "customer": SPEEDS[(number + 1) % 3]},
        "level_dbfs": dict.fromkeys(speakers, SPEECH_DBFS),
        "noise_dbfs": QUIET_DBFS,
        "seed": 1000 + number,
        "tags": [],
        "events": [
            {"speaker": speakers[place % 2], "text": carrier(phrase).format(phrase)}
            for place, phrase in enumerate(phrases)
        ],
        "expect": {"fires": [], "never": []},
    }


def speak(calls: Sequence[Sequence[str]], where: Path) -> None:
    """Has the phrases of every call spoken, unless they were."""
    scripts = [script_of(number, phrases) for number, phrases in enumerate(calls)]
    missing = [script["id"] for script in scripts if not (where / "truth" / f"{script['id']}.json").exists()]
    if missing:
        where.mkdir(parents=True, exist_ok=True)
        (where / "scripts.yaml").write_text(json.dumps({"calls": scripts}, ensure_ascii=False), encoding="utf-8")
        maker = [ROOT / "scripts" / "make_samples", "--scripts", where / "scripts.yaml", "--out", where, "--only"]
        subprocess.run([*map(str, maker), *missing], check=True)


def turns_of(truth: dict[str, Any]) -> list[tuple[LaneSpan, str]]:
    """Where each turn was spoken, and its text."""
    agent = {"left": 0, "right": 1, None: 0}[truth["agent_channel"]]
    beside = 0 if truth["agent_channel"] is None else 1 - agent
    return [
        (LaneSpan(agent if turn["party"] == "agent" else beside, turn["start_s"], turn["end_s"]), turn["text"])
        for turn in truth["turns"]
    ]


def hear(audio: Audio, spans: Sequence[LaneSpan], asr: Recogniser) -> list[str]:
    """What was written in each of the spans; an utterance belongs where its middle lies."""
    utterances = asr.transcribe(audio, tuple(spans), lambda _: None).utterances
    return [
        "".join(
            said.text
            for said in utterances
            if said.lane == span.lane and span.start_s <= (said.start_s + said.end_s) / 2 < span.end_s
        )
        for span in spans
    ]


def clips_of(where: Path, calls: Sequence[Sequence[str]], reader: AudioReader) -> Iterator[tuple[str, str, Int16]]:
    """Phrase, sentence and sound of every sentence of the recorded calls."""
    for number, phrases in enumerate(calls):
        truth = json.loads((where / "truth" / f"phrases_{number:02d}.json").read_text("utf-8"))
        with reader.open(where / truth["file"], LONGEST_S) as audio:
            rate_hz = audio.recording.rate_hz
            for phrase, (span, said) in zip(phrases, turns_of(truth), strict=True):
                yield phrase, said, audio.read(span.lane, round(span.start_s * rate_hz), round(span.end_s * rate_hz))


def heard_phrases(clips: Sequence[tuple[str, str, Int16]], asr: Recogniser) -> Iterator[Sentence]:
    """Every sentence under each noise, each time among other sentences: what stands around a word helps to hear it."""
    for snr_db in SNRS_DB:
        dice = np.random.default_rng(snr_db)
        order = dice.permutation(len(clips))
        for at in range(0, len(order), SENTENCES_OF_A_CALL):
            together = [clips[place] for place in order[at : at + SENTENCES_OF_A_CALL]]
            audio, spans = line_of([sound for _, _, sound in together], snr_db, dice)
            for (phrase, said, _), heard in zip(together, hear(audio, spans, asr), strict=True):
                yield Sentence(phrase, said, snr_db, heard)
            print(f"{snr_db} dB: {at + len(together)} of {len(clips)} sentences heard", file=sys.stderr, flush=True)


def line_of(sounds: Sequence[Int16], snr_db: int, dice: np.random.Generator) -> tuple[Audio, list[LaneSpan]]:
    """Sentences one after the other on one line under noise, and where each is."""
    pause = np.zeros(round(PAUSE_S * SAMPLE_RATE), np.int16)
    spans: list[LaneSpan] = []
    parts = [pause]
    for sound in sounds:
        start_s = sum(map(len, parts)) / SAMPLE_RATE
        spans.append(LaneSpan(0, start_s, start_s + len(sound) / SAMPLE_RATE))
        parts += [sound, pause]
    clean = np.concatenate(parts)
    noise = line_noise(len(clean), SPEECH_DBFS - snr_db, dice)
    return ArrayAudio(to_pcm16(clean / 32768 + noise)[:, None], SAMPLE_RATE), spans


def heard_dialogue(ears: Ears) -> Iterator[Sentence]:
    """The sample calls, turn by turn; their own noise is part of them."""
    for path in sorted((SAMPLES / "truth").glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        spans, said = zip(*turns_of(truth), strict=True)
        with ears.reader.open(SAMPLES / truth["file"], LONGEST_S) as audio:
            texts = hear(audio, spans, ears.asr)
        yield from (Sentence("", words, None, heard) for words, heard in zip(said, texts, strict=True))


def main() -> None:
    """Speak, hear, write."""
    parser = argparse.ArgumentParser(prog="python -m scripts.matching.heard", description=__doc__)
    parser.add_argument("--calls", type=Path, required=True, metavar="DIR", help="where the recordings are kept")
    where = parser.parse_args().calls
    rule_of = chosen(phrases_of_packs(), PHRASES)
    phrases = [*rule_of]
    calls = [phrases[at : at + SENTENCES_OF_A_CALL] for at in range(0, len(phrases), SENTENCES_OF_A_CALL)]
    speak(calls, where)
    ears = load_ears(load_settings())
    with ears.reader:
        clips = [*clips_of(where, calls, ears.reader)]
        sentences = [*heard_phrases(clips, ears.asr), *heard_dialogue(ears)]
    write("heard.json", {"recogniser": ears.asr.name}, rule_of, sentences)


if __name__ == "__main__":
    main()
