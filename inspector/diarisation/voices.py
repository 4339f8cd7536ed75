"""Tells the voices of one lane apart: the ``Diariser`` that ships.

::

    speech score  __/‾‾‾‾\\/‾‾‾‾\\____/‾‾‾‾‾‾‾\\__   segmentation-3.0, every 17 ms
    pieces          |----||----|    |-------|     cut wherever the voice rests
    chunks          [1.6s][1.6s]    [1.6s]        every 0.8 s: a direction by GE2E
                                      [1.6s]
    voices          A     B         A   A         centres by clustering, path by Viterbi
    spans         |AAAAA||BBBBB|  |AAAAAAAAA|     rests of one voice filled, overlap given to both
                                      |BB|

The local segmentation alone calls two alike telephone voices one; the embedding alone knows no boundary. Each does what
it does best.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.diarisation.clustering import Floats, centres_of, find_voices
from inspector.diarisation.edges import sharpened
from inspector.diarisation.embedding import BATCH, CHUNK_FRAMES, HOP, VoiceEncoder, mel_frames
from inspector.diarisation.path import Speech, fitted_paths, lead_nats
from inspector.diarisation.pieces import Piece, cut_pieces
from inspector.diarisation.protocol import Diarisation
from inspector.diarisation.segmentation import FrameScores, Segmenter
from inspector.diarisation.spans import Chunk, spans_of
from inspector.model import Span

__all__ = ["VoiceDiariser"]

CHUNK_S = CHUNK_FRAMES * HOP / MODEL_RATE_HZ
CHUNK_STEP_S = CHUNK_S / 2
MARGIN_S = 0.05  # read around a piece so that resampling leaves no click at its ends
LEVEL = 10 ** (-30 / 10)  # mean power that the encoder was trained at
LEAST_POWER = 1e-7  # of a mel band; below lies what G.711 rounds off
SURE_S = 0.6  # pieces shorter than this say little about a voice
LONG_S, LEAST_LONG = 1.2, 6  # only such are clustered, unless there are fewer: one cough must not be a voice
WHOLE_S = 3.2  # what is clustered: longer pieces might hold two voices

EVIDENCE = 100.0  # nats per unit of cosine
TURN_NATS = 0.3  # against a change of voice where the speech rests
CHANGE_NATS = 5.0  # and where it does not
LIKENESS, LIKENESS_NATS = (0.3, 0.8, 0.95), (4.0, 2.0, 0.0)  # for a change, by the local segmentation (tuning calls)
COLOUR = 0.07  # weight of the line's and voice's long-term spectrum beside the embedding, per neper
SURE_LEAD_NATS = 20.0  # of two voices; tuning calls: much mixed up 0 … 5, the others 21 … 650, one voice 0 … 18
SURE_GAIN = 1.25  # of more voices, two over one

Flags = NDArray[np.bool_]


class VoiceDiariser:
    """Finds one, two or more voices; the first to speak is voice 0. Embeddings never leave this object's methods."""

    def __init__(self, segmenter: Segmenter, encoder: VoiceEncoder, name: str) -> None:
        self._segmenter, self._encoder, self._name = segmenter, encoder, name
        # Small matrices: a second BLAS thread only waits for the first, ten times as long when the machine is busy.
        self._blas = ThreadpoolController()

    @property
    def name(self) -> str:
        return self._name

    def diarise(self, audio: Audio, lane: int, speech: tuple[Span, ...]) -> Diarisation:
        """Voices within ``speech`` (sorted, not overlapping); raises RecordingError as ``audio.read`` does."""
        if not speech:
            return Diarisation(())
        scores = self._segmenter.scores(audio, lane)
        pieces = cut_pieces(scores, speech)
        with self._blas.limit(limits=1, user_api="blas"):
            chunks, directions = self._listen(audio, lane, pieces)
            labels, alike = _voices(chunks, directions, _changes(chunks, scores))
        return Diarisation(sharpened(spans_of(chunks, labels, scores), scores, speech), alike)

    def _listen(self, audio: Audio, lane: int, pieces: tuple[Piece, ...]) -> tuple[list[Chunk], Floats]:
        """Every chunk of every piece and what its voice is like, unit length, shape (chunks, 256 + 40).

        Bounded memory but for the directions (2 kB a second of speech).
        """
        chunks: list[Chunk] = []
        voices, colours = [], []
        heard = _chunks(audio, lane, pieces)
        while batch := list(islice(heard, BATCH)):
            chunks += [chunk for chunk, _ in batch]
            mels = np.stack([mels for _, mels in batch])
            voices.append(self._encoder.embed(mels))
            colours.append(np.log(mels + LEAST_POWER).mean(axis=1))
        weights = [chunk.listened_s for chunk in chunks]
        colour = np.concatenate(colours).astype(np.float64)
        colour -= np.average(colour, axis=0, weights=weights)
        directions = np.concatenate([np.concatenate(voices).astype(np.float64), COLOUR * colour], axis=1)
        return chunks, directions / np.linalg.norm(directions, axis=1, keepdims=True)


def _chunks(audio: Audio, lane: int, pieces: tuple[Piece, ...]) -> Iterator[tuple[Chunk, Float32]]:
    """Chunks of all pieces with their mel frames, shape (160, 40)."""
    for number, piece in enumerate(pieces):
        sound = _read(audio, lane, piece)
        mels = mel_frames(sound)
        last_s = max(0.0, len(sound) / MODEL_RATE_HZ - CHUNK_S)
        starts_s = [*np.arange(0.0, last_s, CHUNK_STEP_S), last_s]
        middles_s = [(before + after + CHUNK_S) / 2 for before, after in pairwise(starts_s)]
        edges_s = [piece.start_s, *(piece.start_s + at_s for at_s in middles_s), piece.end_s]
        for start_s, (from_s, to_s) in zip(starts_s, pairwise(edges_s), strict=True):
            first = round(start_s * MODEL_RATE_HZ)
            heard = sound[first : first + CHUNK_FRAMES * HOP]
            frames = mels[first // HOP : first // HOP + CHUNK_FRAMES]
            yield Chunk(number, float(from_s), float(to_s), len(heard) / MODEL_RATE_HZ), _levelled(frames, heard)


def _read(audio: Audio, lane: int, piece: Piece) -> Float32:
    """The sound of a piece at 16 kHz."""
    rate_hz = audio.recording.rate_hz
    first, stop = int(piece.start_s * rate_hz), min(audio.frames, int(piece.end_s * rate_hz) + 1)
    margin = int(MARGIN_S * rate_hz)
    before = min(margin, first)
    heard = to_16k(audio.read(lane, first - before, min(audio.frames, stop + margin)), rate_hz)
    cut = before * MODEL_RATE_HZ // rate_hz
    return heard[cut : cut + (stop - first) * MODEL_RATE_HZ // rate_hz]


def _levelled(mels: Float32, heard: Float32) -> Float32:
    """A chunk at the level the encoder knows; a short one is repeated until it is full."""
    power = float(np.mean(np.square(heard, dtype=np.float64)))
    full = np.resize(mels, (CHUNK_FRAMES, mels.shape[1]))
    return np.asarray(full * (LEVEL / max(power, 1e-12)), np.float32)


def _voices(chunks: list[Chunk], directions: Floats, changes: Floats) -> tuple[list[int], bool]:
    """The voice of each chunk, numbered by who speaks first, and whether two may have been mixed up."""
    lengths_s = np.array([chunk.end_s - chunk.start_s for chunk in chunks])
    is_sure = np.array([chunk.listened_s >= SURE_S for chunk in chunks])
    is_sure |= not is_sure.any()
    found = find_voices(*_wholes(chunks, directions, lengths_s, is_sure))
    trust = np.array([min(1.0, chunk.listened_s / CHUNK_S) for chunk in chunks])
    speech = Speech(directions, lengths_s * is_sure, EVIDENCE * trust, changes)
    # Clusters know nothing of turns: of all ways to begin, the one that explains the call best.
    paths = fitted_paths(speech, found.candidates)
    labels = max(paths, key=lambda path: path.nats).labels.tolist()
    order = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    is_pair = found.candidates.shape[1] == 2
    alike = lead_nats(speech, paths) < SURE_LEAD_NATS if is_pair else found.gain < SURE_GAIN
    return [order[label] for label in labels], alike


def _wholes(chunks: list[Chunk], directions: Floats, lengths_s: Floats, is_sure: Flags) -> tuple[Floats, Floats]:
    """What is clustered, and its lengths: mean directions of up to 3.2 s of one piece, steadier than single chunks."""
    first_s: dict[int, float] = {}
    keys = []
    for chunk in chunks:
        since_s = chunk.start_s - first_s.setdefault(chunk.piece, chunk.start_s)
        keys.append((chunk.piece, int(since_s / WHOLE_S)))
    sure = [key for key, is_one in zip(keys, is_sure, strict=True) if is_one]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(sure))}
    groups = np.array([numbers[key] for key in sure])
    means = centres_of(directions[is_sure], lengths_s[is_sure], groups)
    heard_s = np.bincount(groups, lengths_s[is_sure]).astype(np.float64)
    is_long = heard_s >= min(LONG_S, np.sort(heard_s)[-LEAST_LONG:][0])
    return means[is_long], heard_s[is_long]


def _changes(chunks: list[Chunk], scores: FrameScores) -> Floats:
    """Nats for a change of voice before each chunk but the first."""
    nats = []
    for before, after in pairwise(chunks):
        like = scores.likeness(Span(before.start_s, before.end_s), Span(after.start_s, after.end_s))
        local = 0.0 if like is None else float(np.interp(like, LIKENESS, LIKENESS_NATS))
        nats.append(local - (CHANGE_NATS if before.piece == after.piece else TURN_NATS))
    return np.array(nats)
