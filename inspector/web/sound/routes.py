"""The sound of a call and its picture: peaks, playable copies, dialogue."""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter()
