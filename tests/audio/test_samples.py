"""The sample calls, heard for real: known words, known times, known findings."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from inspector.bench.score import edits, normalised
from inspector.config import Settings, default_packs_dir
from inspector.model import Call, Hearing, Inspection, Outcome, Party
from inspector.pipeline import Ears, hear, inspect_hearing
from inspector.rules.load import load_plan
from tests.conftest import ROOT

WORST_CER = 0.20  # a fault of the code, not of the weights, would be far beyond this
SLACK_S = 0.6

pytestmark = pytest.mark.model


@cache
def truth_of(path: Path) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return row


def is_plain(truth: dict[str, Any]) -> bool:
    """Clean, one party a channel, nobody but people: what must be heard and judged without a slip."""
    return truth["layout"] == "stereo" and "clean" in truth["tags"] and not {"menu", "bot"} & set(truth["tags"])


TRUTHS = [path for path in sorted((ROOT / "audio_samples" / "truth").glob("*.json")) if is_plain(truth_of(path))]


@pytest.fixture(scope="session")
def inspections(ears: Ears, model_settings: Settings) -> dict[str, Inspection]:
    plan = load_plan(default_packs_dir())
    paths = [ROOT / "audio_samples" / truth_of(path)["file"] for path in TRUTHS]
    done = {}
    for path, heard in zip(TRUTHS, hear(paths, ears, model_settings.hearing, lambda _: None), strict=True):
        assert isinstance(heard.result, Hearing)
        call = Call("file", heard.result.recording.id)
        done[path.stem] = inspect_hearing(call, heard.result, plan)
    return done


def test_there_are_plain_calls() -> None:
    assert len(TRUTHS) >= 4


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
class TestSample:
    def test_findings_are_those_expected_and_no_forbidden_one(
        self, path: Path, inspections: dict[str, Inspection]
    ) -> None:
        expected = truth_of(path)["expect"]
        findings = inspections[path.stem].findings
        fired = {finding.rule_id for finding in findings if finding.outcome is Outcome.FIRES}
        written = set(load_plan(default_packs_dir()).rules)  # the truth names rules still to come
        assert set(expected["fires"]) & written <= fired
        assert not set(expected["never"]) & {finding.rule_id for finding in findings}

    def test_words_are_those_said(self, path: Path, inspections: dict[str, Inspection]) -> None:
        truth = truth_of(path)
        for party in (Party.AGENT, Party.CUSTOMER):
            wanted = normalised("".join(turn["text"] for turn in truth["turns"] if turn["party"] == party))
            turns = inspections[path.stem].hearing.turns
            heard = normalised("".join(turn.text for turn in turns if turn.party is party))
            assert edits(wanted, heard) / len(wanted) < WORST_CER

    def test_the_agent_is_on_the_channel_where_he_was_put(self, path: Path, inspections: dict[str, Inspection]) -> None:
        agent = next(s for s in inspections[path.stem].hearing.speakers if s.party is Party.AGENT)
        assert agent.id == {"left": "S1", "right": "S2"}[truth_of(path)["agent_channel"]]

    def test_speech_is_in_the_transcript_or_unheard(self, path: Path, inspections: dict[str, Inspection]) -> None:
        hearing = inspections[path.stem].hearing
        for span in hearing.speech:
            own = sorted(
                (part.start_s, part.end_s) for part in (*hearing.turns, *hearing.unheard) if part.party is span.party
            )
            reached = span.start_s
            for start, end in own:
                if start <= reached + 1e-6:
                    reached = max(reached, end)
            assert reached >= span.end_s - 1e-6, f"{span} is not accounted for from {reached}"

    def test_findings_stand_where_the_words_were_said(self, path: Path, inspections: dict[str, Inspection]) -> None:
        turns = truth_of(path)["turns"]
        for finding in inspections[path.stem].findings:
            for evidence in finding.evidence:
                if evidence.how in ("absence", "metric"):
                    continue
                inside = [
                    turn
                    for turn in turns
                    if turn["party"] == evidence.party
                    and turn["start_s"] - SLACK_S <= evidence.start_s
                    and evidence.end_s <= turn["end_s"] + SLACK_S
                ]
                assert inside, f"{evidence.quote} at {evidence.start_s} lies in no turn of the {evidence.party}"


def test_the_silence_is_measured_from_sound_not_from_words(inspections: dict[str, Inspection]) -> None:
    truth = truth_of(ROOT / "audio_samples" / "truth" / "no_greeting_silence.json")["turns"]
    gaps = [(after["start_s"] - before["end_s"], before["end_s"]) for before, after in pairwise(truth)]
    longest, start = max(gaps)
    (finding,) = [f for f in inspections["no_greeting_silence"].findings if f.rule_id == "service.long_silence"]
    assert finding.evidence[0].start_s == pytest.approx(start, abs=0.5)
    assert finding.evidence[0].end_s - finding.evidence[0].start_s == pytest.approx(longest, abs=0.6)
