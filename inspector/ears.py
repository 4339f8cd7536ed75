"""Loads the models that hear, verified byte for byte. Seconds of work: done once, before the first file."""

from __future__ import annotations

import hashlib

from inspector.asr.whisper import WhisperRecogniser
from inspector.config import Settings
from inspector.models.store import MODELS, SILERO, ready_model
from inspector.pipeline import Ears
from inspector.vad.silero import SileroVad

__all__ = ["hearing_digest", "load_ears"]


def load_ears(settings: Settings) -> Ears:
    """Raises ModelError when a model is missing, unreadable or altered by a single byte."""
    hearing = settings.hearing
    silero = ready_model(SILERO, settings)
    whisper = ready_model(hearing.asr_model, settings)
    return Ears(
        vad=SileroVad(silero.dir / MODELS[SILERO].files[0].name, silero.sha256, hearing.vad_threshold),
        asr=WhisperRecogniser(whisper.dir, whisper.sha256, hearing.threads, hearing.beam_size),
    )


def hearing_digest(settings: Settings, ears: Ears) -> str:
    """Identity of a way of hearing: settings that change what is heard, and the models."""
    parts = (settings.hearing.model_dump_json(exclude={"threads", "max_duration_s"}), ears.asr.name, ears.vad.name)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
