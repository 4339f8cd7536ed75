"""What a leaf asks beyond wording that stands somewhere: gaps in phrases, entities, order, and hits that do not count.

All of it works on hits of :class:`Wording`, so the search itself stays one pass over the text for all rules::

    not_inside: [信用卡部]         办 信 用 卡 ， 找 信 用 卡 部
                                     |#####|        |dropped|

    sequence: [[甲], [乙]]         agent      |甲    |          |    乙|
                                   customer          |          |
                                   hit         #######################
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from inspector.model import Party, Turn
from inspector.rules.match import Heard, Index, Wording
from inspector.rules.matchers import ENTITIES, Exceptions, Leaf, Sequence, SoundAlike
from inspector.rules.numbers import numbers_of
from inspector.rules.passages import Passage, join_turns
from inspector.rules.phrases import Hit, matchable

__all__ = ["enough", "excuses", "glob_pattern", "joins_passages", "wording_of"]

_REACH_CHARS = 8
_GAPS = {"*": ".{0,6}?", "?": "."}


def glob_pattern(phrase: str) -> str | None:
    """The pattern of a phrase with gaps (``*`` up to six characters, ``?`` one); None of a phrase without."""
    if not any(gap in phrase for gap in _GAPS):
        return None
    # Nothing of a pattern's syntax is content, so no character needs to be escaped.
    return "".join(_GAPS.get(part) or matchable(part) for part in re.split("([*?])", phrase))


def enough(hits: Iterable[Hit], distinct: int | None, times: int = 1) -> bool:
    """Are there so many places, with so many different phrases or patterns of the leaf?"""
    wanted = [hit.wanted for hit in hits]
    return len(wanted) >= times and len(set(wanted)) >= (distinct or 1)


def excuses(exceptions: Exceptions | None, hit: Hit, exception: Hit) -> bool:
    """Does an exception that stands in the hit's passage reach the hit?"""
    if exceptions is None:
        return False
    chars = _REACH_CHARS if exceptions.chars is None else exceptions.chars
    if exceptions.reach == "before":
        return 0 <= hit.start - exception.end <= chars
    if exceptions.reach == "after":
        return 0 <= exception.start - hit.end <= chars
    if exceptions.reach == "inside":
        return exception.start <= hit.start and hit.end <= exception.end
    return hit.overlaps(exception)


def wording_of(leaf: Leaf, index: Index) -> Wording:
    """The leaf compiled. ``index``: shared with all other wording of a plan."""
    gaps = any(map(glob_pattern, leaf.phrases))
    composed = gaps or leaf.entity or leaf.not_regex or leaf.not_inside or leaf.sequence
    return Composed(leaf, index) if composed else Wording(leaf, index)


def joins_passages(wording: Wording) -> bool:
    """May its hits reach over several passages, so that it must be looked for in all of them together?"""
    return isinstance(wording, Composed) and wording.sequence is not None


class Composed(Wording):
    """A leaf that asks more than its own wording."""

    def __init__(self, leaf: Leaf, index: Index) -> None:
        self._globs = {pattern: phrase for phrase in leaf.phrases if (pattern := glob_pattern(phrase))}
        plain = tuple(phrase for phrase in leaf.phrases if not glob_pattern(phrase))
        super().__init__(leaf.model_copy(update={"phrases": plain, "regex": (*leaf.regex, *self._globs)}), index)
        self._entities = {kind: ENTITIES[kind] for kind in leaf.entity}
        self._not_regex = Wording(Leaf(regex=leaf.not_regex), index) if leaf.not_regex else None
        self._not_inside = Wording(Leaf(phrases=leaf.not_inside, by="literal"), index) if leaf.not_inside else None
        self.sequence = _Sequence(leaf.sequence, leaf.by, index) if leaf.sequence else None
        self.first_wanted = _first_wanted(leaf)

    def all(self, passages: Heard | Iterable[Passage], least: float) -> list[Hit]:
        """Every hit scoring ``least`` or more, as :meth:`Wording.all`, that no exception of the leaf takes out."""
        heard = passages if isinstance(passages, Heard) else tuple(passages)
        hits = [self._as_written(hit) for hit in super().all(heard, least) if not self._is_out(hit)]
        hits += [hit for passage in heard for hit in self._entities_in(passage) if not self._is_out(hit)]
        return hits + (self.sequence.all(heard, least) if self.sequence else [])

    def _as_written(self, hit: Hit) -> Hit:
        glob = self._globs.get(hit.wanted) if hit.how == "regex" else None
        return hit._replace(wanted=glob) if glob else hit

    def _is_out(self, hit: Hit) -> bool:
        by_regex = hit.how == "regex" and hit.wanted not in self._globs
        beside = self._not_regex.all([hit.passage], 1.0) if self._not_regex and by_regex else ()
        around = self._not_inside.all([hit.passage], 1.0) if self._not_inside else ()
        within = any(one.start <= hit.start and hit.end <= one.end for one in around)
        return within or any(map(hit.overlaps, beside))

    def _entities_in(self, passage: Passage) -> Iterator[Hit]:
        if self._entities:
            for number in numbers_of(passage):
                kind = number.kind if number.kind in ENTITIES else "number"
                if kind in self._entities:
                    yield Hit(passage, number.start, number.end, self._entities[kind], "entity", 1.0)


def _first_wanted(leaf: Leaf) -> str:
    groups = [*(near.of for near in leaf.near), *((leaf.sequence.of,) if leaf.sequence else ())]
    together = ("…".join(words[0] for words in of) for of in groups)
    return next(iter([*leaf.phrases, *leaf.regex, *together, *(ENTITIES[kind] for kind in leaf.entity)]))


class _Sequence:
    """One of each group of words in this order, by one party: the hit reaches from the first to the last of them."""

    def __init__(self, sequence: Sequence, by: SoundAlike, index: Index) -> None:
        self._within_s = sequence.within_s
        self._groups = [wording_of(Leaf(phrases=words, by=by), index) for words in sequence.of]

    def all(self, heard: Iterable[Passage], least: float) -> list[Hit]:
        """From each first word the nearest of the next group, and so on, unless that takes too long."""
        hits: dict[tuple[float, float], Hit] = {}
        for stream in _streams(heard):
            found = [sorted(group.all([stream], least), key=_by_place) for group in self._groups]
            for first in found[0]:
                hit = self._from(first, found[1:])
                if hit is not None and _is_by(hit.passage.party, hit):
                    hits.setdefault((hit.start_s, hit.end_s), hit)
        return list(hits.values())

    def _from(self, first: Hit, groups: list[list[Hit]]) -> Hit | None:
        chain = [first]
        for group in groups:
            later = next((hit for hit in group if hit.start >= chain[-1].end), None)
            if later is None or later.end_s - first.start_s > self._within_s:
                return None
            chain.append(later)
        wanted, score = "…".join(hit.wanted for hit in chain), min(hit.score for hit in chain)
        inner = tuple(hit.start for hit in chain[1:])
        return Hit(first.passage, first.start, chain[-1].end, wanted, "order", score, inner)


def _by_place(hit: Hit) -> int:
    return hit.start


def _streams(heard: Iterable[Passage]) -> Iterator[Passage]:
    """All that each party says as one; and again with the words of somebody unknown, who may be that party."""
    turns: dict[Party, list[Turn]] = {party: [] for party in Party}
    for passage in heard:
        turns[passage.party] += passage.turns
    unknown = turns.pop(Party.UNKNOWN)
    known = [own for own in turns.values() if own]
    yield from map(join_turns, known)
    if unknown:
        for own in known or [[]]:
            mixed = join_turns(sorted((*own, *unknown), key=lambda turn: turn.start_s))
            yield replace(mixed, party=Party.UNKNOWN)


def _is_by(party: Party, hit: Hit) -> bool:
    """Does the hit hold words of the party, not only of those whose words were put among its own?"""
    origin = hit.passage.origin[hit.start : hit.end]
    return any(hit.passage.turns[turn].party is party for turn, _ in origin)
