"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from inspector.config import Settings

__all__ = ["LangOption", "PacksOption", "settings_of"]

LangOption = Annotated[
    Literal["zh", "en"] | None, typer.Option("--lang", help="界面语言，默认 zh。 / Language, default zh.")
]
PacksOption = Annotated[
    Path | None, typer.Option("--packs", help="规则包目录（开发用）。 / Directory of rule packs (development).")
]


def settings_of(lang: str | None = None, packs: Path | None = None) -> Settings:
    """The settings in force, with what the command line says."""
    from inspector.config import load_settings

    return load_settings(lang=lang, packs=packs)
