"""Loads the models that hear, verified byte for byte. Seconds of work: done once, before the first file."""

from __future__ import annotations

import ctypes
import hashlib
import sys
from pathlib import Path

from threadpoolctl import threadpool_limits

from inspector.asr.sound_check import WhisperSoundChecker
from inspector.asr.whisper import WhisperRecogniser
from inspector.audio.reader import AudioReader
from inspector.config import Settings
from inspector.diarisation.embedding import VoiceEncoder
from inspector.diarisation.protocol import Diariser
from inspector.diarisation.segmentation import Segmenter
from inspector.diarisation.voices import VoiceDiariser
from inspector.emotion.prosody import ProsodyEmotion
from inspector.models.store import GE2E, MODELS, SEGMENTATION, SILERO, ModelState, ready_model
from inspector.pipeline import Ears
from inspector.vad.silero import SileroVad

__all__ = ["hearing_digest", "load_diariser", "load_ears"]

M_ARENA_MAX = -8  # malloc.h


def load_ears(settings: Settings) -> Ears:
    """Raises ModelError when a model is missing, unreadable or altered by a single byte."""
    hearing = settings.hearing
    threadpool_limits(1, "blas")  # calls are heard side by side, each by a thread of ours
    _share_one_heap()
    silero = ready_model(SILERO, settings)
    whisper = ready_model(hearing.asr_model, settings)
    asr = WhisperRecogniser(whisper.dir, whisper.sha256, hearing.threads, hearing.beam_size)
    return Ears(
        reader=AudioReader(),
        vad=SileroVad(*_file_of(silero), hearing.vad_threshold),
        diariser=load_diariser(settings),
        asr=asr,
        emotion=ProsodyEmotion(),
        sound_checker=WhisperSoundChecker(asr.engine),
    )


def load_diariser(settings: Settings) -> Diariser:
    """The engine that the settings name. Raises ModelError as :func:`load_ears` does."""
    segmentation, ge2e = (_file_of(ready_model(name, settings)) for name in (SEGMENTATION, GE2E))
    hearing = settings.hearing
    if hearing.diariser == "pyannote":
        # Heavy, and not installed by default.
        from inspector.diarisation.pyannote import local_diariser, own_diariser

        if hearing.pyannote_pipeline is not None:
            return local_diariser(hearing.pyannote_pipeline, hearing.threads)
        return own_diariser(segmentation, ge2e, hearing.threads)
    name = f"{SEGMENTATION}@{segmentation[1][:8]}+{GE2E}@{ge2e[1][:8]}"
    return VoiceDiariser(Segmenter(*segmentation, hearing.threads), VoiceEncoder(*ge2e), name)


def _share_one_heap() -> None:
    """Tells glibc to give freed memory of one thread to the others: a heap a thread cost a fifth of all memory."""
    if sys.platform == "linux" and hasattr(c_library := ctypes.CDLL(None), "mallopt"):
        c_library.mallopt(M_ARENA_MAX, 1)


def _file_of(state: ModelState) -> tuple[Path, str]:
    """The main file of a model and its sha256."""
    return state.dir / MODELS[state.name].files[0].name, state.sha256


def hearing_digest(settings: Settings, ears: Ears) -> str:
    """Identity of a way of hearing: settings that change what is heard, and the models."""
    settled = settings.hearing.model_dump_json(exclude={"threads", "max_duration_s"})
    parts = (settled, ears.asr.name, ears.vad.name, ears.diariser.name, ears.emotion.name)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
