"""The story in one screen: a recording goes in, a judged inspection comes out.

::

    file ─► Audio ─► speech (vad) ─► voices (diarisation) ─► Transcript (asr) ─► roles ─► Turns ─► emotion ─► HEARING
    HEARING ─► judge ─► route ─► INSPECTION

Words that would accuse somebody are listened to once more while the recording is open (``doubts``).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from inspector import __version__
from inspector.alerts.route import route
from inspector.asr.protocol import LaneSpan, Recogniser, Transcript
from inspector.asr.sound_check import SoundChecker
from inspector.audio.protocol import Audio
from inspector.audio.reader import AudioReader
from inspector.audio.watched import Watched
from inspector.config import HearingSettings
from inspector.diarisation.align import to_turns
from inspector.diarisation.attribution import Attribution, attribute
from inspector.diarisation.intelligibility import mark_uninspectable
from inspector.diarisation.parties import (
    BY_CHANNEL,
    lanes_of,
    mixed_lanes,
    parties_of,
    speaker_id,
    speakers_of,
    voices_heard,
)
from inspector.diarisation.protocol import Diariser
from inspector.diarisation.roles import Role
from inspector.emotion.protocol import Emotion
from inspector.errors import RecordingError
from inspector.model import Call, Hearing, Inspection, MadeBy, Party, SpeechSpan, Unheard, UnheardWhy
from inspector.rules.judge import judge
from inspector.rules.plan import Plan
from inspector.side_by_side import Told, side_by_side
from inspector.sound_check import SoundCheck, Suspect
from inspector.vad.leakage import without_leakage
from inspector.vad.protocol import Vad

__all__ = ["Doubts", "Ears", "Heard", "Progress", "hear", "inspect_hearing"]

Progress = Callable[[float], None]
Doubts = Callable[[Hearing], tuple[Suspect, ...]]
STARTS_CUT_S = 0.02  # speech that is there from the first instant was going on before


@dataclass(frozen=True, slots=True)
class Ears:
    """What hears, loaded once."""

    reader: AudioReader
    vad: Vad
    diariser: Diariser
    asr: Recogniser
    emotion: Emotion
    sound_checker: SoundChecker


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one file: a hearing or the error that prevented it, and the seconds each stage took."""

    result: Hearing | RecordingError
    stages_s: dict[str, float]


def hear(
    paths: Iterable[Path],
    ears: Ears,
    settings: HearingSettings,
    progress: Progress,
    doubts: Doubts = lambda _: (),
) -> Generator[Heard, None, None]:
    """Hears files, as many at a time as there are threads; one that cannot be heard never fails its neighbours.

    Results come in input order. ``progress`` is told seconds of audio done with, from one thread at a time, and 0
    whenever sound is read; ``doubts`` names the words of a hearing to listen to once more.
    """
    told = Told(progress)

    def heard(path: Path) -> Heard:
        stages_s: dict[str, float] = {}
        try:
            return Heard(_hear(path, ears, settings, told, doubts, stages_s), stages_s)
        except RecordingError as error:
            return Heard(error, stages_s)

    yield from side_by_side(heard, paths, settings.threads, told)


def inspect_hearing(call: Call, hearing: Hearing, plan: Plan) -> Inspection:
    """Judges and routes: cheap, pure, repeatable for every stored hearing."""
    inspection = judge(call, hearing, plan, __version__)
    return replace(inspection, queues=route(inspection.findings, plan, call.facts))


def _hear(
    path: Path, ears: Ears, settings: HearingSettings, progress: Progress, doubts: Doubts, stages_s: dict[str, float]
) -> Hearing:
    lap = _laps(stages_s)
    with ears.reader.open(path, settings.max_duration_s) as opened:
        audio, recording = Watched(opened, lambda: progress(0.0)), opened.recording
        lanes = lanes_of(recording.layout, opened.lane_facts.dead_lanes)
        lap("read")
        activity = without_leakage(audio, {lane: ears.vad.activity(audio, lane) for lane in lanes})
        speech = {lane: found.speech for lane, found in activity.items()}
        lap("vad")
        mixed = {lane: ears.diariser.diarise(audio, lane, speech[lane]) for lane in mixed_lanes(lanes)}
        voices = attribute(speech, mixed)
        lap("diarisation")
        pieces = tuple(LaneSpan(p.lane, p.start_s, p.end_s) for lane in lanes for p in voices.pieces[lane])
        transcript = ears.asr.transcribe(audio, pieces, _in_audio_s(progress, recording.duration_s, pieces))
        lap("asr")
        voices, said, machines = voices_heard(voices, transcript.utterances)
        transcript = mark_uninspectable(voices, transcript)
        roles = parties_of(voices, said, machines, settings.agent_channel)
        turns = to_turns(said, roles)
        lap("roles")
        lane_of = {speaker_id(voice): lane for voice, lane in voices.lane_of.items()}
        emotions = ears.emotion.hints(audio, lane_of, turns)
        lap("emotion")
        spoken = [SpeechSpan(roles[s.speaker].party, s.start_s, s.end_s, speaker_id(s.speaker)) for s in voices.spans]
        sounds = sorted((s for found in activity.values() for s in found.sounds), key=lambda sound: sound.start_s)
        told_by = ears.diariser.name if mixed else BY_CHANNEL
        hearing = Hearing(
            recording=recording,
            speakers=speakers_of(roles),
            turns=turns,
            speech=tuple(spoken),
            unheard=_unheard(voices, transcript, roles),
            sounds=tuple(sounds),
            emotions=emotions,
            made_by=MadeBy(ears.asr.name, ears.vad.name, told_by, ears.emotion.name),
            starts_cut=any(
                piece.start_s <= STARTS_CUT_S and roles[piece.speaker].party not in (Party.CUSTOMER, Party.SYSTEM)
                for own in voices.pieces.values()  # detected speech: voices begin a little after it
                for piece in own
            ),
        )
        checks = _sound_checks(audio, doubts(hearing), lane_of, ears.sound_checker)
        lap("sound_check")
    return replace(hearing, sound_checks=checks)


def _sound_checks(
    audio: Audio, suspects: Iterable[Suspect], lane_of: Mapping[str, int], checker: SoundChecker
) -> tuple[SoundCheck, ...]:
    """What the ears say of words that would accuse their speaker, listened to once more."""
    return tuple(
        SoundCheck(one.speaker, one.start_s, one.end_s, checker.check(audio, lane_of[one.speaker], one))
        for one in suspects
    )


def _unheard(voices: Attribution, transcript: Transcript, roles: Mapping[int, Role]) -> tuple[Unheard, ...]:
    """What the recogniser lost, and what one voice said under another."""
    lost = [
        Unheard(roles[voices.speaker_at(span.lane, span.start_s, span.end_s)].party, span.start_s, span.end_s, span.why)
        for span in transcript.lost
    ]
    lost += [Unheard(roles[s.speaker].party, s.start_s, s.end_s, UnheardWhy.OVERLAP) for s in voices.hidden()]
    return tuple(sorted(lost, key=lambda span: span.start_s))


def _laps(stages_s: dict[str, float]) -> Callable[[str], None]:
    """A stopwatch: each call books the time since the one before to a stage."""
    at_s = perf_counter()

    def lap(stage: str) -> None:
        nonlocal at_s
        now_s = perf_counter()
        stages_s[stage], at_s = now_s - at_s, now_s

    return lap


def _in_audio_s(progress: Progress, duration_s: float, speech: Sequence[LaneSpan]) -> Progress:
    """Turns seconds of speech done into seconds of audio done, so that the shares add up to the recording."""
    speech_s = sum(span.end_s - span.start_s for span in speech)
    if speech_s == 0:
        progress(duration_s)
    return lambda done_s: progress(done_s * duration_s / speech_s)
