"""Options that several commands have, and the settings that come of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from inspector.config import Settings

__all__ = ["DayOption", "JsonLinesOption", "LangOption", "LimitOption", "PacksOption", "settings_of"]

LangOption = Annotated[
    Literal["zh", "en"] | None, typer.Option("--lang", help="界面语言，默认 zh。 / Language, default zh.")
]
PacksOption = Annotated[
    Path | None, typer.Option("--packs", help="规则包目录（开发用）。 / Directory of rule packs (development).")
]

DayOption = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="营业日。 / Business date.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="最多列出几项。 / At most so many.")]
JsonLinesOption = Annotated[bool, typer.Option("--json", help="逐行 JSON（已脱敏）。 / JSON lines, masked.")]


def settings_of(lang: str | None = None, packs: Path | None = None) -> Settings:
    """The settings in force with what the command was given."""
    from inspector.config import load_settings

    return load_settings(lang=lang, packs=packs)
