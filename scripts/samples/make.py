"""Make sample calls: speak scripts or random dialogues, put them on the line, write audio and truth."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

from .codecs import encode
from .errors import SampleError
from .non_speech import non_speech_calls
from .pairs import negation_calls
from .random_calls import VOICES_SETS, in_clauses, random_calls
from .script import CallScript
from .script_file import read_scripts
from .spoken_lines import SpokenLines
from .telephone import SAMPLE_RATE
from .timeline import Speak, mix_lanes, place_events
from .truth import as_json, file_name, truth_text
from .tts import Speaker, load_weights

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "audio_samples"
SHARED_SEED = 1
LICENCE = "Apache-2.0 (synthetic speech, voices of Kokoro 82M)"


def make_call(call: CallScript, tarball: Path, out: Path) -> str:
    """Write audio and truth of one recording; returns its one-line report."""
    placed = place_events(call, _voice(call, tarball))
    content, frames, delay_s = encode(mix_lanes(call, placed), call.line.codec)
    sha256 = hashlib.sha256(content).hexdigest()
    (out / file_name(call)).write_bytes(content)
    truth = truth_text(call, placed, frames, sha256, delay_s)
    (out / "truth" / f"{call.id}.json").write_text(truth, encoding="utf-8")
    size = f"{frames / SAMPLE_RATE:.1f} s, {len(content) / 1e6:.2f} MB"
    return f"{call.id}: {size}, {call.line.codec}, delay {delay_s * 1000:.1f} ms"


def _voice(call: CallScript, tarball: Path) -> Speak:
    """A voice of the call's own; for calls that share their sentences the lines that were spoken before."""
    if call.pair or not call.voices:
        return _shared_lines(tarball).speak
    return Speaker(load_weights(tarball), call.seed).speak


@cache
def _shared_lines(tarball: Path) -> SpokenLines:
    """The lines kept next to the voices."""
    return SpokenLines(tarball.parent / "spoken", lambda: Speaker(load_weights(tarball), SHARED_SEED).speak)


def write_lists(calls: list[CallScript], origin: str, out: Path) -> None:
    """MANIFEST.jsonl (digest, licence, origin) and calls.jsonl (what the business knows): one line per recording."""
    there = [call for call in calls if (out / file_name(call)).exists()]
    made, known = [], []
    for call in there:
        voices = ", ".join(f"{speaker} {voice.recipe}" for speaker, voice in call.voices.items())
        entry = {
            "file": file_name(call),
            "sha256": hashlib.sha256((out / file_name(call)).read_bytes()).hexdigest(),
            "licence": LICENCE,
            "truth": f"truth/{call.id}.json",
            "made": f"scripts/make_samples from {origin}, seed {call.seed}; {voices}",
        }
        segment = call.segment
        row: dict[str, object] = {"call_id": segment.call_id, "path": file_name(call)}
        if segment.count > 1:
            row |= {"segment_no": segment.no, "segment_count": segment.count}
        made.append(as_json(entry) + "\n")
        known.append(as_json(row | call.facts | _hold_spans(call, out)) + "\n")
    (out / "MANIFEST.jsonl").write_text("".join(made), encoding="utf-8")
    (out / "calls.jsonl").write_text("".join(known), encoding="utf-8")


def _hold_spans(call: CallScript, out: Path) -> dict[str, object]:
    """When the customer was on hold, as a telephone system knows it: the music of the truth."""
    sounds = json.loads((out / "truth" / f"{call.id}.json").read_text(encoding="utf-8"))["sounds"]
    spans = [[sound["start_s"], sound["end_s"]] for sound in sounds if sound["kind"] == "music"]
    return {"hold_spans": spans} if spans else {}


def make_all(calls: list[CallScript], origin: str, args: argparse.Namespace) -> None:
    """Make the calls (all, or only the named ones) below `args.out`."""
    unknown = set(args.only) - {call.id for call in calls}
    if unknown:
        raise SampleError(f"no such call in {origin}: {', '.join(sorted(unknown))}.")
    for folder in ("calls", "truth"):
        (args.out / folder).mkdir(parents=True, exist_ok=True)
    wanted = [call for call in calls if not args.only or call.id in args.only]
    with ProcessPoolExecutor(args.jobs) as pool:
        for report in pool.map(partial(make_call, tarball=args.voices, out=args.out), wanted):
            print(report, flush=True)
    write_lists(calls, origin, args.out)


def parsed_arguments() -> argparse.Namespace:
    """Command line of scripts/make_samples."""
    parser = argparse.ArgumentParser(prog="make_samples", description=__doc__)
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: audio_samples (needed with --random)")
    parser.add_argument("--scripts", type=Path, default=SAMPLES / "scripts.yaml", metavar="FILE")
    parser.add_argument("--only", nargs="+", default=[], metavar="ID")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="calls made at the same time")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--random", type=int, metavar="N", help="N random dialogues instead of the scripts")
    kinds.add_argument("--negation", type=int, metavar="N", help="negation pairs: N lawful recordings, each 3 times")
    kinds.add_argument("--non-speech", type=float, metavar="MINUTES", help="recordings in which nobody speaks")
    parser.add_argument("--clauses", action="store_true", help="with --random: times of clauses in the truth")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same calls")
    parser.add_argument("--voices-set", choices=VOICES_SETS, default="tuning", help="the two share no voice")
    parser.add_argument("--voices", type=Path, required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if (args.random or args.negation or args.non_speech) and not args.out:
        parser.error("--random, --negation and --non-speech need --out: a directory outside of audio_samples")
    if args.clauses and not args.random:
        parser.error("--clauses is for --random")
    args.out = args.out or SAMPLES
    return args


def wanted_calls(args: argparse.Namespace) -> tuple[list[CallScript], str]:
    """The calls of the command line and what they are made from."""
    voices = f"--seed {args.seed} --voices-set {args.voices_set}"
    if args.random:
        calls = random_calls(args.random, args.seed, args.voices_set)
        if args.clauses:
            return [in_clauses(call) for call in calls], f"--random {args.random} --clauses {voices}"
        return calls, f"--random {args.random} {voices}"
    if args.negation:
        return negation_calls(args.negation, args.seed, args.voices_set), f"--negation {args.negation} {voices}"
    if args.non_speech:
        return non_speech_calls(args.non_speech, args.seed), f"--non-speech {args.non_speech:g} --seed {args.seed}"
    return read_scripts(args.scripts), args.scripts.name


def main() -> int:
    """Command line of scripts/make_samples, inside its environment."""
    args = parsed_arguments()
    try:
        make_all(*wanted_calls(args), args)
    except (SampleError, OSError) as error:
        print(f"make_samples: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
