"""Violations, appeals and the work on them; an agent's own."""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter()
