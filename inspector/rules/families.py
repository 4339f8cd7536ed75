"""Word lists written out: ``{name}`` inside wording stands for any word of the list of that name.

::

    lists   保证词: [保证, 担保]   产品: [理财, 基金]
    phrase  {保证词}{产品}赚    保证理财赚, 保证基金赚, 担保理财赚, 担保基金赚
    regex   {保证词}.{0,4}赚   (?:保证|担保).{0,4}赚

Done while packs are loaded, so that everything behind (digests, examples, the catalogue, matching) sees plain wording.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import Any, TypeVar

import re2
from pydantic import BaseModel

from inspector.errors import PackIssue
from inspector.rules.phrases import matchable
from inspector.rules.schema import PackFile, WordList

__all__ = ["written_out"]

MOST_PHRASES = 2_000
LONGEST_PHRASE = 200
LONGEST_PATTERN = 20_000
DEEPEST = 5
FOLLOWED = 20  # lists, before a circle is taken for a chain that is too long
MOST_PHRASES_IN_ALL = 100_000
MOST_CHARS_IN_ALL = 1_000_000  # of phrases
MOST_PATTERNS_IN_ALL = 15_000  # as many as are kept compiled
MOST_PATTERN_CHARS_IN_ALL = 3_000_000

_REFERENCE = re.compile(r"\{([^\W\d]\w*)\}")
# What of a pattern holds braces that name no list: \p{Han}, \x{4e00}, an escaped brace, a class.
_IN_PATTERN = re.compile(r"\\[pPx]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{([^\W\d]\w*)\}", re.DOTALL)
_PHRASES = frozenset({"phrases", "not_inside", "except_", "of", "words", "offer", "counts", "exempt", "pointing"})
_PATTERNS = frozenset({"regex", "not_regex"})

ModelT = TypeVar("ModelT", bound=BaseModel)
Families = dict[str, "_Family"]
_Writer = Callable[[str, Families], Iterator[str]]


class _Family:
    """The words of a list, and the part of a pattern that they make."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    @cached_property
    def alternatives(self) -> str:
        words = sorted(map(matchable, self.words), key=len, reverse=True)
        return f"(?:{'|'.join(map(re2.escape, words))})"


class _ListError(ValueError):
    """What is wrong with one entry, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def written_out(files: list[tuple[str, PackFile]]) -> tuple[list[tuple[str, PackFile]], list[PackIssue]]:
    """The packs with every list written out, and every located fault; what is at fault stays as written."""
    times = Counter(one.name for _, pack in files for one in pack.lists)
    lists = _Lists({one.name: one for _, pack in files for one in pack.lists})
    issues: list[PackIssue] = []
    for name, pack in files:
        for one in pack.lists:
            if times[one.name] > 1:
                issues.append(PackIssue(name, "", f"lists.{one.name}", "词表名重复", "改名或合并"))
            try:
                lists.words(one.name)
            except _ListError as fault:
                issues.append(PackIssue(name, "", f"lists.{one.name}", fault.what, fault.remedy))
    done, families, room = [], lists.families(), _Room()
    for name, pack in files:
        told = _Teller(name, families, room)
        rules = tuple(told.model(rule, rule.id, "") for rule in pack.rules)
        guards = tuple(told.model(guard, "", f"guards.{guard.name}.") for guard in pack.guards)
        done.append((name, pack.model_copy(update={"rules": rules, "guards": guards})))
        issues += told.issues
    return done, issues


class _Lists:
    """The word lists of all packs; each is written out once."""

    def __init__(self, lists: dict[str, WordList]) -> None:
        self._lists = lists
        self._words: dict[str, tuple[str, ...]] = {}
        self._depth: dict[str, int] = {}
        self._room = _Room()

    def families(self) -> Families:
        """Words by list. A broken list, told once, stands for its own name."""
        return {name: _Family(self._words.get(name, (name,))) for name in self._lists}

    def words(self, name: str, path: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The words of a list with the lists in it written out. Raises _ListError."""
        if name in path:
            raise _ListError(f"词表互相引用，成了一个圈：{' → '.join((*path, name))}", "去掉其中一处引用")
        if len(path) >= FOLLOWED:
            raise _ListError(f"词表套了 {len(path)} 层以上", f"最多套 {DEEPEST} 层")
        if name not in self._lists:
            raise _unknown(name)
        if self._room.is_full:
            return self._words.get(name, (name,))
        if name not in self._words:
            words = self._lists[name].words
            named = dict.fromkeys(one for word in words for one in _REFERENCE.findall(word))
            inner = {one: _Family(self.words(one, (*path, name))) for one in named}
            self._depth[name] = 1 + max((self._depth[one] for one in inner), default=0)
            if self._depth[name] > DEEPEST:
                raise _ListError(f"词表 {name} 套了 {self._depth[name]} 层", f"最多套 {DEEPEST} 层")
            written = _limited((one for word in words for one in _phrases(word, inner)), name)
            self._words[name] = self._room.take(_phrases, written)
        return self._words[name]


def _limited(words: Iterator[str], name: str) -> tuple[str, ...]:
    known = tuple(islice(words, MOST_PHRASES + 1))
    if len(known) > MOST_PHRASES:
        raise _ListError(f"词表 {name} 展开后超过 {MOST_PHRASES} 个词", "拆成几个词表")
    if not all(map(matchable, known)):
        raise _ListError("只有标点，没有字", "写上文字，或删除这一项")
    return tuple(dict.fromkeys(known))


def _unknown(name: str) -> _ListError:
    return _ListError(f"没有名为 {name} 的词表", "改正名字，或先在 lists 里写出这个词表")


def _phrases(text: str, families: Families) -> Iterator[str]:
    """Every phrase that a text with lists stands for. Raises _ListError."""
    parts = _REFERENCE.split(text)  # text, name, text, name, … text
    for name in parts[1::2]:
        if name not in families:
            raise _unknown(name)
    choices = [families[part].words if at % 2 else (part,) for at, part in enumerate(parts)]
    if (count := prod(map(len, choices))) > MOST_PHRASES:
        raise _ListError(f"一条词句展开成 {count} 条", f"最多 {MOST_PHRASES} 条，拆开写或改用 near、regex")
    for words in product(*choices):
        phrase = "".join(words)
        if len(phrase) > LONGEST_PHRASE:
            raise _ListError("词句展开后太长", f"最多 {LONGEST_PHRASE} 个字")
        yield phrase


def _pattern(text: str, families: Families) -> Iterator[str]:
    """The pattern with its lists as alternatives. Raises _ListError."""

    length = len(text)

    def alternatives(found: re.Match[str]) -> str:
        nonlocal length
        if found[1] is None:
            if found[0][0] == "[" and _REFERENCE.search(found[0]):
                raise _ListError("词表不能写在方括号里", "写到方括号外面")
            return found[0]
        if found[1] not in families:
            raise _unknown(found[1])
        length += len(families[found[1]].alternatives)
        if length > LONGEST_PATTERN:
            raise _ListError(f"正则展开后超过 {LONGEST_PATTERN} 个字符", "拆成几条")
        return families[found[1]].alternatives

    yield _IN_PATTERN.sub(alternatives, text)


class _Room:
    """What is left for the wording of all packs; each word counts as often as it is written."""

    def __init__(self) -> None:
        self.is_full = False
        self._left: dict[_Writer, tuple[int, int]] = {
            _phrases: (MOST_PHRASES_IN_ALL, MOST_CHARS_IN_ALL),
            _pattern: (MOST_PATTERNS_IN_ALL, MOST_PATTERN_CHARS_IN_ALL),
        }

    def take(self, write: _Writer, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words themselves. Raises _ListError when there is no more room."""
        count, chars = self._left[write]
        self._left[write] = count - len(words), chars - sum(map(len, words))
        if min(self._left[write]) < 0:
            self.is_full = True
            raise _ListError("到这里为止，全部规则包的词句或正则太多", "删去重复的，缩小词表，或把规则分到几个目录")
        return words


class _Teller:
    """Writes out the wording of one file's rules and guards, and notes what cannot be."""

    def __init__(self, file: str, families: Families, room: _Room) -> None:
        self.file = file
        self.families = families
        self.room = room
        self.issues: list[PackIssue] = []

    def model(self, model: ModelT, rule: str, prefix: str) -> ModelT:
        """The same record when nothing in it names a list."""
        changed: dict[str, Any] = {}
        for name in type(model).model_fields:
            value = getattr(model, name)
            new = self._value(value, name, rule, f"{prefix}{name}")
            if new is not value:
                changed[name] = new
        return model.model_copy(update=changed) if changed else model

    def _value(self, value: Any, name: str, rule: str, field: str) -> Any:
        if isinstance(value, BaseModel):
            return self.model(value, rule, f"{field}.")
        if isinstance(value, dict):
            items = {key: self._value(one, name, rule, f"{field}.{key}") for key, one in value.items()}
            return items if any(items[key] is not one for key, one in value.items()) else value
        if not isinstance(value, tuple):
            return value
        if value and isinstance(value[0], str):
            write = _pattern if name in _PATTERNS else _phrases if name in _PHRASES else None
            return self._words(value, write, rule, field) if write else value
        parts = tuple(self._value(one, name, rule, field) for one in value)
        return parts if any(new is not one for new, one in zip(parts, value, strict=True)) else value

    def _words(self, words: tuple[str, ...], write: _Writer, rule: str, field: str) -> tuple[str, ...]:
        done: list[str] = []
        for word in words:
            if self.room.is_full:
                return words
            try:
                written = tuple(write(word, self.families)) if _names_lists((word,)) else (word,)
                done += self.room.take(write, written)
            except _ListError as fault:
                self.issues.append(PackIssue(self.file, rule, field, fault.what, fault.remedy))
                done.append(word)
        return tuple(dict.fromkeys(done)) if _names_lists(words) else words


def _names_lists(words: tuple[str, ...]) -> bool:
    return any("{" in word and _REFERENCE.search(word) for word in words)
