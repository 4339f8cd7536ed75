"""What the alerts refuse, in the words of the board: who has it now, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from inspector.alerts.refusals import DeedMisusedError, DeedRefusedError, Refusal
from inspector.errors import PolicyError, UsageError
from inspector.web.console import Lang
from inspector.web.pages import lang_of
from inspector.web.words import say

__all__ = ["in_words"]


@contextmanager
def in_words(request: Request) -> Iterator[None]:
    """Tells it in the caller's language, by the kind of the error. Raises PolicyError or UsageError, as it was."""
    lang = lang_of(request)
    try:
        yield
    except DeedRefusedError as error:
        raise PolicyError(*_words(lang, error.why, error.who)) from error
    except DeedMisusedError as error:
        raise UsageError(*_words(lang, error.why, None)) from error
    except PolicyError as error:
        raise PolicyError(say(lang, "alerts_refused_teams"), say(lang, "alerts_refused_teams_do")) from error


def _words(lang: Lang, why: Refusal, who: str | None) -> tuple[str, str]:
    key = f"alerts_refused_{why}"
    return say(lang, key, who=who or say(lang, "alerts_somebody")), say(lang, f"{key}_do")
