"""Which phrases of the packs are spoken, in what sentences, and the file of what became of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from inspector.bench.noise import Sentence
from inspector.rules.load import load_packs
from inspector.rules.phrases import MIN_SOUND_SYLLABLES, matchable

ROOT = Path(__file__).resolve().parents[2]
MATCHING = ROOT / "tests" / "matching"
MOST_OF_ONE_RULE = 8
CARRIERS = (
    "喂，您好，{}，是这样的。",
    "嗯，那个，{}，对吧。",
    "我跟您说一下，{}，您听清楚了吗？",
    "他当时就讲，{}，我记得很清楚。",
    "不是，你听我说，{}，明白了吗？",
    "您看一下啊，{}，好吧。",
    "哎，我想问一下，{}，怎么办呢？",
    "刚才那边说了，{}，是不是？",
    "好的，女士，{}，麻烦您了。",
    "反正就是，{}，没别的了。",
)
_LATIN = re.compile(r"\w", re.ASCII)  # what the voices cannot say


def digest(text: str) -> bytes:
    """What draws: no choice of ours, and the same on every machine."""
    return hashlib.sha256(text.encode()).digest()


def phrases_of_packs() -> dict[str, tuple[str, ...]]:
    """Rule → its phrases that are matched by sound and can be spoken."""
    return {
        rule.id: tuple(filter(_speakable, (one for leaf in (rule.match, *rule.match.elements) for one in leaf.phrases)))
        for rule in load_packs(ROOT / "rules").rules
    }


def _speakable(phrase: str) -> bool:
    return matchable(phrase) == phrase and len(phrase) >= MIN_SOUND_SYLLABLES and not _LATIN.search(phrase)


def chosen(phrases: dict[str, tuple[str, ...]], count: int) -> dict[str, str]:
    """Phrase → rule: ``count`` of them in the order of their digests, a few of each rule."""
    rule_of: dict[str, str] = {}
    for rule, wanted in phrases.items():
        for phrase in wanted:
            rule_of.setdefault(phrase, rule)
    taken: Counter[str] = Counter()
    drawn: dict[str, str] = {}
    for phrase in sorted(rule_of, key=digest):
        taken[rule_of[phrase]] += 1
        if taken[rule_of[phrase]] <= MOST_OF_ONE_RULE:
            drawn[phrase] = rule_of[phrase]
    return dict([*drawn.items()][:count])


def carrier(phrase: str) -> str:
    """The phrase's own sentence of telephone talk, with a place for it."""
    return CARRIERS[digest(phrase)[0] % len(CARRIERS)]


def write(name: str, head: dict[str, Any], rule_of: dict[str, str], sentences: Sequence[Sentence]) -> None:
    """tests/matching/NAME: the head, the rule of each phrase, all phrases of these rules, then a line a sentence."""
    packs = phrases_of_packs()
    rules = {rule: packs[rule] for rule in sorted({*rule_of.values()})}
    parts = [json.dumps(head | {"rule_of": rule_of, "rules": rules}, ensure_ascii=False)[1:-1]]
    parts += [f'"columns": {json.dumps([*Sentence.__slots__])}']
    rows = ",\n".join(json.dumps(astuple(one), ensure_ascii=False) for one in sentences)
    MATCHING.mkdir(parents=True, exist_ok=True)
    text = "{" + ",\n".join([*parts, f'"rows": [\n{rows}\n]']) + "}\n"
    (MATCHING / name).write_text(text, encoding="utf-8")
