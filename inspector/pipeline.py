"""The story in one screen: a recording goes in, a judged inspection comes out.

::

    file ─► Audio ─► speech (vad) ─► Transcript (asr) ─► roles ─► Turns ─► HEARING ─► judge ─► route ─► INSPECTION
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from inspector import __version__
from inspector.alerts.route import route
from inspector.asr.protocol import LaneSpan, Recogniser
from inspector.audio.wav import open_wav
from inspector.config import HearingSettings
from inspector.diarisation import by_channel
from inspector.diarisation.align import to_turns
from inspector.errors import RecordingError
from inspector.model import Call, Hearing, Inspection, MadeBy, Party, SpeechSpan, Unheard
from inspector.rules.judge import judge
from inspector.rules.plan import Plan
from inspector.vad.protocol import Vad

__all__ = ["Ears", "Heard", "Progress", "hear", "inspect_hearing"]

Progress = Callable[[float], None]
STARTS_CUT_S = 0.02  # speech that is there from the first instant was going on before


@dataclass(frozen=True, slots=True)
class Ears:
    """The models that hear, loaded once."""

    vad: Vad
    asr: Recogniser


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one file: a hearing or the error that prevented it, and the seconds each stage took."""

    result: Hearing | RecordingError
    stages_s: dict[str, float]


def hear(paths: Iterable[Path], ears: Ears, settings: HearingSettings, progress: Progress) -> Iterator[Heard]:
    """Hears files in input order; one that cannot be heard never fails its neighbours.

    ``progress`` is told seconds of audio done with.
    """
    for path in paths:
        stages_s: dict[str, float] = {}
        try:
            result: Hearing | RecordingError = _hear(path, ears, settings, progress, stages_s)
        except RecordingError as error:
            result = error
        yield Heard(result, stages_s)


def inspect_hearing(call: Call, hearing: Hearing, plan: Plan) -> Inspection:
    """Judges and routes: cheap, pure, repeatable for every stored hearing."""
    inspection = judge(call, hearing, plan, __version__)
    return replace(inspection, queues=route(inspection.findings, plan))


def _hear(
    path: Path, ears: Ears, settings: HearingSettings, progress: Progress, stages_s: dict[str, float]
) -> Hearing:
    lap = _laps(stages_s)
    with open_wav(path, settings.max_duration_s) as audio:
        recording, lanes = audio.recording, by_channel.lanes_of(audio.recording.layout)
        lap("read")
        activity = {lane: ears.vad.activity(audio, lane) for lane in lanes}
        speech = tuple(LaneSpan(lane, span.start_s, span.end_s) for lane in lanes for span in activity[lane].speech)
        lap("vad")
        transcript = ears.asr.transcribe(audio, speech, _in_audio_s(progress, recording.duration_s, speech))
        lap("asr")
        dead, agent_channel = audio.lane_facts.dead_lanes, settings.agent_channel
        roles = by_channel.roles_of(recording.layout, dead, transcript.utterances, agent_channel)
    spoken = [SpeechSpan(roles[span.lane].party, span.start_s, span.end_s) for span in speech]
    lost = [Unheard(roles[span.lane].party, span.start_s, span.end_s, span.why) for span in transcript.lost]
    lap("roles")
    return Hearing(
        recording=recording,
        speakers=by_channel.speakers_of(roles),
        turns=to_turns(transcript.utterances, roles),
        speech=tuple(sorted(spoken, key=lambda span: span.start_s)),
        unheard=tuple(sorted(lost, key=lambda span: span.start_s)),
        sounds=tuple(sorted((s for lane in lanes for s in activity[lane].sounds), key=lambda sound: sound.start_s)),
        emotions=(),
        made_by=MadeBy(ears.asr.name, ears.vad.name, by_channel.NAME, None),
        starts_cut=any(s.start_s <= STARTS_CUT_S and s.party is not Party.CUSTOMER for s in spoken),
    )


def _laps(stages_s: dict[str, float]) -> Callable[[str], None]:
    """A stopwatch: each call books the time since the one before to a stage."""
    at_s = perf_counter()

    def lap(stage: str) -> None:
        nonlocal at_s
        now_s = perf_counter()
        stages_s[stage], at_s = now_s - at_s, now_s

    return lap


def _in_audio_s(progress: Progress, duration_s: float, speech: tuple[LaneSpan, ...]) -> Progress:
    """Turns seconds of speech done into seconds of audio done, so that the shares add up to the recording."""
    speech_s = sum(span.end_s - span.start_s for span in speech)
    if speech_s == 0:
        progress(duration_s)
    return lambda done_s: progress(done_s * duration_s / speech_s)
