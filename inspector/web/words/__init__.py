"""Every word of the console, in Simplified Chinese and English: one dictionary a part. Keys begin with the part."""

from __future__ import annotations

from typing import Literal

from inspector.reports.fact_words import FACT_WORDS
from inspector.web.words.accounts import WORDS as ACCOUNTS
from inspector.web.words.alerts import WORDS as ALERTS
from inspector.web.words.calls import WORDS as CALLS
from inspector.web.words.cases import WORDS as CASES
from inspector.web.words.common import WORDS as COMMON
from inspector.web.words.figures import WORDS as FIGURES
from inspector.web.words.operations import WORDS as OPERATIONS
from inspector.web.words.review import WORDS as REVIEW
from inspector.web.words.sound import WORDS as SOUND

__all__ = ["say"]

_WORDS: dict[str, tuple[str, str]] = {
    **COMMON,
    **FACT_WORDS,
    **ACCOUNTS,
    **SOUND,
    **REVIEW,
    **CASES,
    **ALERTS,
    **CALLS,
    **FIGURES,
    **OPERATIONS,
}


def say(lang: Literal["zh", "en"], key: str, **values: object) -> str:
    """The sentence in the language, with its values filled in. An unknown key is a programming error (KeyError)."""
    return _WORDS[key][0 if lang == "zh" else 1].format(**values)
