"""Make the sample calls: speak the scripts, put them on the line, write audio and truth."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import telephone
from .errors import SampleError
from .script import PARTIES, CallScript, Utterance, read_scripts
from .telephone import SAMPLE_RATE, Samples
from .tts import SAMPLE_RATE as VOICE_RATE
from .tts import Speaker, Weights, load_weights
from .wav import wav_file

ROOT = Path(__file__).resolve().parents[2]
LICENCE = "Apache-2.0 (synthetic speech, voices of Kokoro 82M)"
LEAD_S = 0.8
GAP_S = (0.3, 0.9)


@dataclass(frozen=True)
class Turn:
    """One utterance on the line.

    `clip` is 8 kHz audio that begins at sample `offset` of the call; speech is heard
    from `start_s` to `end_s`.
    """

    utterance: Utterance
    clip: Samples
    offset: int
    start_s: float
    end_s: float


def place_turns(call: CallScript, speaker: Speaker) -> list[Turn]:
    """Speak all utterances and lay them on the time line of the call."""
    rng = np.random.default_rng(call.seed)
    turns: list[Turn] = []
    end_s = 0.0
    for utterance in call.utterances:
        natural = float(rng.uniform(*GAP_S)) if turns else LEAD_S
        start = round((end_s + _gap_s(utterance, natural)) * SAMPLE_RATE)
        clip, first, last = speak_on_line(call, utterance, speaker)
        end_s = (start + last - first) / SAMPLE_RATE
        turns.append(Turn(utterance, clip, start - first, start / SAMPLE_RATE, end_s))
    return turns


def _gap_s(utterance: Utterance, natural: float) -> float:
    """Seconds between the end before and this utterance; negative where they overlap."""
    if utterance.overlap_s > 0:
        return -utterance.overlap_s
    return natural if utterance.pause_before_s is None else utterance.pause_before_s


def speak_on_line(
    call: CallScript, utterance: Utterance, speaker: Speaker
) -> tuple[Samples, int, int]:
    """One utterance at line level: clip, sample where speech starts, where it ends."""
    party = utterance.party
    speech = speaker.speak(utterance.say, call.voices[party], call.speeds[party])
    clip, first, last = telephone.trim(telephone.to_line(speech, VOICE_RATE))
    return telephone.set_level(clip, call.levels_dbfs[party]), first, last


def mix_lanes(call: CallScript, turns: list[Turn]) -> NDArray[np.int16]:
    """Both lanes with their own line noise, shape (frames, 2): left, right."""
    length = round((max(turn.end_s for turn in turns) + LEAD_S) * SAMPLE_RATE)
    seeds = np.random.SeedSequence(call.seed).spawn(len(PARTIES))
    lanes = {
        party: telephone.line_noise(length, call.noise_dbfs, np.random.default_rng(seed))
        for party, seed in zip(PARTIES, seeds, strict=True)
    }
    for turn in turns:
        lanes[turn.utterance.party][turn.offset : turn.offset + len(turn.clip)] += turn.clip
    order = PARTIES if call.agent_channel == "left" else PARTIES[::-1]
    return telephone.to_pcm16(np.stack([lanes[party] for party in order], axis=1))


def truth_text(call: CallScript, turns: list[Turn], frames: int, sha256: str) -> str:
    """Truth of one call as JSON, one line per field and per turn."""
    rows = [
        {
            "party": turn.utterance.party,
            "start_s": round(turn.start_s, 2),
            "end_s": round(turn.end_s, 2),
            "text": turn.utterance.text,
        }
        for turn in turns
    ]
    head = {
        "id": call.id,
        "file": f"calls/{call.id}.wav",
        "sha256": sha256,
        "codec": call.codec,
        "duration_s": round(frames / SAMPLE_RATE, 3),
        "agent_channel": call.agent_channel,
    }
    fields = [f'  "{key}": {_json(value)},' for key, value in head.items()]
    turn_lines = ",\n".join(f"    {_json(row)}" for row in rows)
    expect = _json({"fires": list(call.fires), "never": list(call.never)})
    body = "\n".join(fields)
    return f'{{\n{body}\n  "turns": [\n{turn_lines}\n  ],\n  "expect": {expect}\n}}\n'


def _json(value: object) -> str:
    """One line of JSON; Chinese stays readable."""
    return json.dumps(value, ensure_ascii=False)


def make_call(call: CallScript, weights: Weights, out: Path) -> str:
    """Write audio and truth of one call; returns its one-line report."""
    turns = place_turns(call, Speaker(weights, call.seed))
    lanes = mix_lanes(call, turns)
    content = wav_file(lanes, call.codec)
    sha256 = hashlib.sha256(content).hexdigest()
    (out / "calls" / f"{call.id}.wav").write_bytes(content)
    truth = truth_text(call, turns, len(lanes), sha256)
    (out / "truth" / f"{call.id}.json").write_text(truth, encoding="utf-8")
    return f"{call.id}: {len(lanes) / SAMPLE_RATE:.1f} s, {len(content) / 1e6:.2f} MB, {call.codec}"


def write_manifest(calls: list[CallScript], scripts: Path, out: Path) -> None:
    """MANIFEST.jsonl: one line per audio file there is, digests taken from the files."""
    lines = []
    for call in calls:
        if not (out / "calls" / f"{call.id}.wav").exists():
            continue
        content = (out / "calls" / f"{call.id}.wav").read_bytes()
        voices = ", ".join(f"{party} {call.voices[party]}" for party in PARTIES)
        entry = {
            "file": f"calls/{call.id}.wav",
            "sha256": hashlib.sha256(content).hexdigest(),
            "licence": LICENCE,
            "truth": f"truth/{call.id}.json",
            "made": f"scripts/make_samples from {scripts.name}, seed {call.seed}; {voices}",
        }
        lines.append(_json(entry) + "\n")
    (out / "MANIFEST.jsonl").write_text("".join(lines), encoding="utf-8")


def make_all(scripts: Path, out: Path, only: list[str], tarball: Path) -> None:
    """Make the calls of a scripts file (all, or only the named ones) under `out`."""
    calls = read_scripts(scripts)
    unknown = set(only) - {call.id for call in calls}
    if unknown:
        raise SampleError(f"no such call in {scripts.name}: {', '.join(sorted(unknown))}.")
    for folder in ("calls", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    weights = load_weights(tarball)
    for call in calls:
        if not only or call.id in only:
            print(make_call(call, weights, out), flush=True)
    write_manifest(calls, scripts, out)


def main() -> int:
    """Command line of scripts/make_samples, inside its environment."""
    parser = argparse.ArgumentParser(prog="make_samples", description=__doc__)
    default = ROOT / "audio_samples"
    parser.add_argument("--out", type=Path, default=default, metavar="DIR")
    parser.add_argument("--scripts", type=Path, default=default / "scripts.yaml", metavar="FILE")
    parser.add_argument("--only", nargs="+", default=[], metavar="ID")
    parser.add_argument("--voices", type=Path, required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()
    try:
        make_all(args.scripts, args.out, args.only, args.voices)
    except (SampleError, OSError) as error:
        print(f"make_samples: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
