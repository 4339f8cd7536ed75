"""What the contract of ``inspector inspect`` does not say: the whole hearing, and the answer of every rule.

Run as a process of its own (``python -m inspector.bench.hearing.ours FILE…``), with the models and settings of the
product; prints one JSON line a file. Its lines hold what was said: they go to the bench and nowhere else.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from inspector.config import load_settings
from inspector.ears import load_ears
from inspector.model import Call, Hearing, to_json
from inspector.pipeline import hear, inspect_hearing
from inspector.rules.load import load_plan

__all__: list[str] = []


def _main(*files: str) -> None:
    settings = load_settings()
    plan = load_plan(settings.packs_dir)
    ears = load_ears(settings)
    with ears.reader:
        for heard in hear(map(Path, files), ears, settings.hearing, lambda _: None):
            row: dict[str, Any]
            if isinstance(heard.result, Hearing):
                call = Call("file", heard.result.recording.id)
                answers = inspect_hearing(call, heard.result, plan).by_rule
                row = {"hearing": to_json(heard.result), "by_rule": answers}
            else:
                row = {"error": f"{heard.result.kind}: {heard.result.message}"}
            sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
