"""Reviews as machines see them, masked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from inspector.model import to_json
from inspector.redaction import Purpose, mask, mask_call_id
from inspector.review.answers import Answers
from inspector.review.sheet import Sheet
from inspector.storage.reviews.desk import Staffed
from inspector.storage.reviews.listing import Item

__all__ = ["item_object", "sheet_object", "staffed_object"]


def sheet_object(sheet: Sheet) -> dict[str, Any]:
    """What a reviewer sees of a call: schema ``inspector.review_sheet/1``."""
    typed = sheet.typed
    masked = replace(
        sheet,
        source_call_id=mask_call_id(sheet.source_call_id, Purpose.EXPORT),
        typed=Answers(
            tuple(replace(one, note=_masked(one.note)) for one in typed.findings),
            tuple(replace(one, note=_masked(one.note)) for one in typed.marks),
            tuple(replace(one, said=mask(one.said, Purpose.EXPORT)) for one in typed.corrections),
            _masked(typed.note),
        ),
        blind_marks=tuple(replace(one, note=_masked(one.note)) for one in sheet.blind_marks),
    )
    return {"schema": "inspector.review_sheet/1", **json.loads(to_json(masked))}


def item_object(item: Item) -> dict[str, Any]:
    """One item of the list."""
    masked = replace(item, source_call_id=mask_call_id(item.source_call_id, Purpose.EXPORT))
    return {"schema": "inspector.handed_item/1", **json.loads(to_json(masked))}


def staffed_object(one: Staffed) -> dict[str, Any]:
    """A reviewer with his day."""
    return {"schema": "inspector.reviewer/1", **json.loads(to_json(one))}


def _masked(text: str | None) -> str | None:
    return None if text is None else mask(text, Purpose.EXPORT)
