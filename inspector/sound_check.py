"""Words that accuse, listened to once more: did the sound say them, or their denial?

A recogniser that loses one 不 turns "这款产品不保本" into a critical finding. So before anybody is accused, the ears
compare how well the sound fits what was heard and how well it fits the same words with a negation::

    heard      这 款 产 品 保 本
    denials    这 款 产 品 不 保 本      这 款 产 品 没 有 保 本      …
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LEAST_SOUND_CHECK", "SoundCheck", "Suspect"]

LEAST_SOUND_CHECK = 0.5
"""Below this score the denial was as likely said as the words themselves."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Words at ``[start_s, end_s)`` of the recording that would accuse their speaker.

    ``heard``: they and what was said around them, at ``[from_s, to_s)``. ``denials``: the same text with a negation in
    some place, each of which would accuse nobody.
    """

    speaker: str
    start_s: float
    end_s: float
    from_s: float
    to_s: float
    heard: str
    denials: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.from_s <= self.start_s < self.end_s <= self.to_s:
            raise ValueError(f"{self.start_s} … {self.end_s} must lie in {self.from_s} … {self.to_s}")
        if not self.heard or not self.denials:
            raise ValueError("a suspect needs the words heard and their denials")


@dataclass(frozen=True, slots=True)
class SoundCheck:
    """How surely the words at ``[start_s, end_s)`` were said as heard and not denied: ``score`` 0 … 1."""

    speaker: str
    start_s: float
    end_s: float
    score: float

    def __post_init__(self) -> None:
        if not (0 <= self.start_s < self.end_s and 0 <= self.score <= 1):
            raise ValueError(f"no sound check: {self.start_s} … {self.end_s}, {self.score}")
