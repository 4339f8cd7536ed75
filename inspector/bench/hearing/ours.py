"""What the contract of ``inspector inspect`` does not say: the speech that was found, by voice and party.

Run as a process of its own (``python -m inspector.bench.hearing.ours FILE…``), with the models and settings of the
product; prints one JSON line a file.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from inspector.config import load_settings
from inspector.ears import load_ears
from inspector.model import Hearing
from inspector.pipeline import hear

__all__: list[str] = []


def _main(*files: str) -> None:
    settings = load_settings()
    ears = load_ears(settings)
    with ears.reader:
        for heard in hear(map(Path, files), ears, settings.hearing, lambda _: None):
            if not isinstance(heard.result, Hearing):
                raise heard.result
            sys.stdout.write(json.dumps([asdict(span) for span in heard.result.speech]) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
