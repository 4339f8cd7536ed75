"""The JSON Schema of pack files, for editors that complete and check YAML while it is written."""

from __future__ import annotations

import re
from typing import Any

from inspector.rules.schema import PackFile

__all__ = ["pack_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| .* \|$", re.MULTILINE)


def pack_schema(guide: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of one pack file. ``guide``: ``rules/README.md``, which describes the fields of a rule.

    It knows one file: names that another file must hold, and halves that contradict each other, are left to
    ``inspector rules check``.
    """
    schema = PackFile.model_json_schema(by_alias=True)
    about = dict(_ROW.findall(guide))
    for name, field in schema["$defs"]["Rule"]["properties"].items():
        if name in about:
            field["description"] = about[name]
    return {"$schema": DIALECT, **schema, "title": "inspector.rules/1"}
