"""Answers as a file that a person fills in, and what else is typed on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from inspector.cli.messages import Lang, say
from inspector.errors import UsageError
from inspector.model import Span, from_json, to_json
from inspector.review.answers import Answers, GivenAnswer, GivenCorrection, GivenMark
from inspector.review.sheet import Sheet

__all__ = ["read_answers", "read_skills", "read_spans", "template_of"]

SCHEMA = "inspector.review_answers/1"

GivenT = TypeVar("GivenT")


def template_of(sheet: Sheet) -> str:
    """A file to fill in: an entry for each finding, with what was typed already, as it was typed: it is the reviewer's
    own. ``rule_id`` and ``title`` are there to be read."""
    typed = {one.finding_id: json.loads(to_json(one)) for one in sheet.typed.findings}
    empty = {"answer": None, "because": None, "note": None}
    entries = [
        {"rule_id": one.rule_id, "title": one.title, **(typed.get(one.id) or {"finding_id": one.id, **empty})}
        for one in sheet.findings
    ]
    plain = {"schema": SCHEMA, "review_id": sheet.review_id, **json.loads(to_json(sheet.typed)), "findings": entries}
    return json.dumps(plain, ensure_ascii=False, indent=2)


def read_answers(path: Path, lang: Lang) -> tuple[str, Answers]:
    """The review that a file is about, and what it says. Raises UsageError, saying where, never quoting."""
    remedy = say(lang, "answers_remedy")
    try:
        plain = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(say(lang, "answers_no_file", path=path), remedy) from error
    except json.JSONDecodeError as error:
        # From None: the error quotes the file.
        raise UsageError(say(lang, "answers_not_json", path=path, line=error.lineno), remedy) from None
    try:
        _check(plain)
        note = plain.get("note")
        answers = Answers(
            _each(plain, "findings", GivenAnswer),
            _each(plain, "marks", GivenMark),
            _each(plain, "corrections", GivenCorrection),
            None if note is None else str(note),
        )
    except _WrongPlaceError as wrong:
        raise UsageError(say(lang, "answers_wrong", path=path, where=wrong), remedy) from None
    return str(plain["review_id"]), answers


def read_spans(texts: Iterable[str], lang: Lang) -> tuple[Span, ...]:
    """``0-35.5`` in seconds. Raises UsageError for anything else."""
    return tuple(_span(text, lang) for text in texts)


def read_skills(texts: Iterable[str], lang: Lang) -> dict[str, frozenset[str]]:
    """``field=value``, a field as often as it has values. Raises UsageError for anything else."""
    skills: dict[str, frozenset[str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise UsageError(say(lang, "skills_wrong", skill=text), say(lang, "skills_remedy"))
        skills[name] = skills.get(name, frozenset()) | {value}
    return skills


class _WrongPlaceError(Exception):
    """Where in the file."""


def _check(plain: Any) -> None:
    known = {"schema", "review_id", "findings", "marks", "corrections", "note"}
    if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
        raise _WrongPlaceError("schema")
    if "review_id" not in plain:
        raise _WrongPlaceError("review_id")
    if unknown := sorted(plain.keys() - known):
        raise _WrongPlaceError(unknown[0])


def _each(plain: Mapping[str, Any], name: str, record_type: type[GivenT]) -> tuple[GivenT, ...]:
    entries = plain.get(name) or []
    if not isinstance(entries, list):
        raise _WrongPlaceError(name)
    found = []
    for place, entry in enumerate(entries):
        try:
            found.append(from_json(record_type, json.dumps(entry)))
        except ValueError:
            raise _WrongPlaceError(f"{name}[{place}]") from None
    return tuple(found)


def _span(text: str, lang: Lang) -> Span:
    start, _, end = text.partition("-")
    try:
        return Span(float(start), float(end))
    except ValueError as error:
        raise UsageError(say(lang, "spans_wrong", span=text), say(lang, "spans_remedy")) from error
