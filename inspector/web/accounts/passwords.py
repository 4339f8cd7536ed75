"""Passwords: hashed with Argon2id as RFC 9106 recommends where memory is short, refused when they are easily guessed.

Sources: RFC 9106, 4; NIST SP 800-63B, 5.1.1 (length instead of composition, no words of the product or the person).
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from itertools import pairwise
from threading import BoundedSemaphore
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

__all__ = ["LONGEST", "SHORTEST", "hash_of", "is_outdated", "matches", "temporary_password", "weakness"]

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# Each takes 64 MiB: that many people at once are not to take all memory.
_AT_ONCE = BoundedSemaphore(4)
# No 0, 1, i, l, o: it is read off a screen or told by phone.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_GUESSED = (
    *("inspector", "智能质检", "质检", "zhijian", "银行", "yinhang", "bank", "administrator", "admin", "管理员"),
    *("password", "passw0rd", "密码", "mima", "welcome", "letmein", "changeme", "iloveyou", "woaini", "5201314"),
    *("1314520", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwerty", "asdfgh", "zxcvbn", "qazwsx", "edcrfv", "1qaz2wsx"),
    *("3edc4rfv", "1q2w3e4r", "5t6y7u8i"),
)
_NEEDED_STEPS = 6


def hash_of(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of the hash. None: of nobody; it takes the same time to say no."""
    if len(password) > LONGEST:
        password = ""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _nobodys(), _plain(password)) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, name: str) -> Literal["short", "long", "guessed"] | None:
    """Why a password will not do for somebody; None: it will.

    ``guessed``: without the words that everybody tries, the name and runs like ``1234`` hardly anything is left.
    """
    password = _plain(password)
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    left = password.casefold()
    for word in (*filter(lambda part: len(part) > 2, name.casefold().replace("_", ".").split(".")), *_GUESSED):
        left = left.replace(word, "")
    steps = {(before, after) for before, after in pairwise(left) if abs(ord(after) - ord(before)) > 1}
    return None if len(steps) >= _NEEDED_STEPS else "guessed"


def temporary_password() -> str:
    """One that is told to somebody once: 16 characters by chance."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _plain(password: str) -> str:
    """The same characters however they were typed, full width too."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
