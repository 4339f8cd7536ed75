"""Whisper on CTranslate2: one window of sound to tokens, and tokens to words with times and probabilities.

faster-whisper's own loop is not used: it pays for 30 s whatever the window holds and has no say in what is heard again.
Only temperature 0: sampling would give an auditor another transcript on another day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from inspector.asr.windows import Word
from inspector.audio.protocol import Float32
from inspector.audio.resample import MODEL_RATE_HZ
from inspector.errors import ModelError
from inspector.text import is_content, simplify

__all__ = ["Decoded", "Engine"]

LANGUAGE = "zh"
HOP = 160  # samples a mel frame
FRAMES_PER_TOKEN_TIME = 2  # the encoder halves the frames
TOKEN_TIMES_PER_S = MODEL_RATE_HZ / HOP / FRAMES_PER_TOKEN_TIME
MOST_FRAMES = 3000
SILENCE_FRAMES = 200  # 2 s of nothing after the sound: cut at its very end, Whisper falls apart
MOST_TOKENS_PER_S, LEAST_TOKENS = 14, 40  # three times as many as a quick speaker needs
LATEST_FIRST_TIME = 50  # 1 s, in time tokens: speech begins at the beginning of a window
NO_LOOP_TOKENS = 6
LEAST_PROBABILITY = 1e-10  # of a token
TEXTS_AT_ONCE = 8  # the decoder keeps the sound anew for each


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was written for a window: ``tokens`` of text, ``mean_log_probability`` per token, ``no_speech`` 0 … 1."""

    words: tuple[Word, ...]
    tokens: tuple[int, ...]
    mean_log_probability: float
    no_speech: float

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


class Engine:
    """A Whisper model, any number of windows at a time of which ``threads`` are computed side by side."""

    def __init__(self, directory: Path, threads: int) -> None:
        """Raises ModelError when the directory holds no Whisper model."""
        try:
            # Two workers of one thread are half as fast again as one worker of two threads.
            self.model = WhisperModel(
                str(directory),
                device="cpu",
                compute_type="int8",
                cpu_threads=1,
                num_workers=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{directory} is no Whisper model: {error}", "run scripts/setup") from error
        self._tokens = Tokenizer(self.model.hf_tokenizer, True, task="transcribe", language=LANGUAGE)

    def hear(self, sound: Float32, context: Sequence[int], beam_size: int, repeats: bool = True) -> Decoded:
        """Writes down (samples,) float32 at 16 kHz, at most 28 s.

        ``context``: tokens of what was said before. ``repeats`` False: nothing is written twice (for loops).
        Raises RuntimeError or ValueError when the engine fails.
        """
        encoded, frames = self._encoded(sound, SILENCE_FRAMES)
        start = list(self._tokens.sot_sequence)
        prompt = [self._tokens.sot_prev, *context, *start] if context else start
        most = LEAST_TOKENS + int(MOST_TOKENS_PER_S * len(sound) / MODEL_RATE_HZ)
        (written,) = self.model.model.generate(
            encoded,
            [prompt],
            beam_size=beam_size,
            max_length=len(prompt) + most,
            return_scores=True,
            return_no_speech_prob=True,
            max_initial_timestamp_index=LATEST_FIRST_TIME,
            suppress_tokens=[-1],
            no_repeat_ngram_size=0 if repeats else NO_LOOP_TOKENS,
        )
        ids: list[int] = written.sequences_ids[0]
        text = [token for token in ids if token < self._tokens.eot]
        if not text:
            return Decoded((), (), written.scores[0], written.no_speech_prob)
        (timed,) = self.model.model.align(encoded, start, [text], min(frames, len(sound) // HOP))
        words = tuple(self._words(ids, text, timed))
        return Decoded(words, tuple(text), written.scores[0], written.no_speech_prob)

    def likelihoods(self, sound: Float32, texts: Sequence[str]) -> list[float]:
        """Natural logarithm of each text's likelihood, given (samples,) float32 at 16 kHz that ends with silence.

        Raises RuntimeError or ValueError when the engine fails.
        """
        encoded, frames = self._encoded(sound, 0)
        once, start = np.asarray(encoded), self._tokens.sot_sequence
        tokens = [self.model.hf_tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        found: list[float] = []
        for first in range(0, len(tokens), TEXTS_AT_ONCE):
            some = tokens[first : first + TEXTS_AT_ONCE]
            copies = ctranslate2.StorageView.from_array(np.repeat(once, len(some), axis=0))
            read = self.model.model.align(copies, start, some, [frames] * len(some))
            found += [sum(math.log(max(p, LEAST_PROBABILITY)) for p in one.text_token_probs) for one in read]
        return found

    def _encoded(self, sound: Float32, silence_frames: int) -> tuple[ctranslate2.StorageView, int]:
        """The sound and silence after it as the decoder reads them, and how many mel frames that is."""
        found = self.model.feature_extractor(sound, padding=0)
        frames = min(MOST_FRAMES, (found.shape[1] + silence_frames) // 2 * 2)
        mel = np.zeros((1, found.shape[0], frames), np.float32)
        mel[0, :, : found.shape[1]] = found[:, :frames]
        return self.model.model.encode(ctranslate2.StorageView.from_array(mel)), frames

    def _words(self, ids: Sequence[int], text: Sequence[int], timed: Any) -> Iterator[Word]:
        """Content words with their times (dynamic time warping over cross-attention, as OpenAI's Whisper times words)
        and the mean probability of their tokens."""
        pairs = np.array(timed.alignments)
        jumps = np.diff(pairs[:, 0], prepend=-1) > 0
        starts_s = np.append(pairs[jumps, 1], pairs[-1, 1]) / TOKEN_TIMES_PER_S
        spelt, tokens = self._tokens.split_to_word_tokens([*text, self._tokens.eot])
        edges = np.cumsum([0, *map(len, tokens[:-1])])
        after_times = self._after_times(ids)
        begins = True
        for word, (first, end) in zip(spelt, pairwise(edges), strict=False):
            written = simplify(word.strip())
            begins = begins or int(first) in after_times
            if any(map(is_content, written)):
                probability = float(np.mean(timed.text_token_probs[first:end]))
                yield Word(float(starts_s[first]), float(starts_s[end]), written, min(1.0, probability), begins)
                begins = False
            else:
                begins = True  # after a comma

    def _after_times(self, ids: Sequence[int]) -> set[int]:
        """Which tokens of text follow a time token: Whisper writes one where a segment ends."""
        after, count, was_time = set(), 0, True
        for token in ids:
            if token >= self._tokens.timestamp_begin:
                was_time = True
            elif token < self._tokens.eot:
                if was_time:
                    after.add(count)
                count, was_time = count + 1, False
        return after
