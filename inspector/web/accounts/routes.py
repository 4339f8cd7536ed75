"""Who is signed in: accounts, sessions, the first set-up, people, tokens."""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter()
