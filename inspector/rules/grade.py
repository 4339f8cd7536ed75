"""Does a hit mean what it says? Each hit is sound, doubtful (with the reason) or cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inspector.model import Because, Facts, Hearing, Kind, Party
from inspector.rules.compose import excuses
from inspector.rules.guards import Touch
from inspector.rules.passages import Passage
from inspector.rules.phrases import Hit
from inspector.rules.plan import CompiledAbout, CompiledRule
from inspector.sound_check import LEAST_SOUND_CHECK

__all__ = ["LEAST_HIT_CONFIDENCE", "Graded", "grade", "grade_all"]

LEAST_HIT_CONFIDENCE = 0.4
EXCEPTION_SCORE = 0.85
BEFORE_HIT_S = 0.5
_NEXT_SENTENCE_CHARS = 20


@dataclass(frozen=True, slots=True)
class Graded:
    """A hit that stands (``because`` None) or that leaves a doubt."""

    hit: Hit
    because: Because | None


def grade_all(hits: list[Hit], grade_one: Callable[[Hit], Graded | None]) -> tuple[Graded, ...]:
    """Grades overlapping hits together; of those that stand and overlap, the surest, best, longest stays, by time.

    A phrase that is cancelled or perhaps negated takes along what lies within it (保本保息吗 cancels its 保本 too); a
    pattern with gaps does not (不承诺保本但是肯定赚 leaves 肯定赚 standing).
    """
    graded = [(hit, grade_one(hit)) for hit in hits]
    weak = [hit for hit, place in graded if hit.how != "regex" and not hit.inner and _is_weak(place)]
    standing = [place for hit, place in graded if place and not any(other.exceeds(hit) for other in weak)]
    kept: list[Graded] = []
    taken: dict[Passage, set[int]] = {}
    for place in sorted(standing, key=_surest):
        own, covered = taken.setdefault(place.hit.passage, set()), range(place.hit.start, place.hit.end)
        if own.isdisjoint(covered):
            own.update(covered)
            kept.append(place)
    return tuple(sorted(kept, key=lambda place: (place.hit.start_s, place.hit.start)))


def _is_weak(place: Graded | None) -> bool:
    return place is None or place.because is Because.MAYBE_NEGATED


def _surest(place: Graded) -> tuple[bool, float, int, int]:
    hit = place.hit
    return place.because is not None, -hit.score, hit.start - hit.end, hit.start


def grade(
    hit: Hit, compiled: CompiledRule, hearing: Hearing, passages: tuple[Passage, ...], facts: Facts
) -> Graded | None:
    """The hit with its doubt, or None when a guard, an exception or the product in talk cancels it."""
    if any(excuses(compiled.rule.exceptions, hit, one) for one in _exceptions(compiled, hit.passage)):
        return None
    touch = max((guard.touch(hit) for guard in compiled.guards), default=Touch.NONE)
    if touch is Touch.CANCELS:
        return None
    product = _product(hit, compiled.about, passages, facts) if compiled.about else "counts"
    if product == "exempt":
        return None
    return Graded(hit, _doubt(hit, compiled, hearing, touch, product))


def _exceptions(compiled: CompiledRule, passage: Passage) -> list[Hit]:
    """Where the rule's exceptions stand in the passage, looked for once."""
    if compiled.exceptions is None:
        return []
    if compiled.exceptions not in passage.found:
        passage.found[compiled.exceptions] = compiled.exceptions.find([passage], EXCEPTION_SCORE)
    found: list[Hit] = passage.found[compiled.exceptions]
    return found


def _doubt(hit: Hit, compiled: CompiledRule, hearing: Hearing, touch: Touch, product: str) -> Because | None:
    if hit.passage.party is Party.UNKNOWN:
        return Because.PARTY_UNKNOWN
    if touch is Touch.DOUBTFUL or (compiled.rule.kind is Kind.FORBIDDEN and _sounds_denied(hit)):
        return Because.MAYBE_NEGATED
    if hit.score < compiled.accept:
        return Because.BETWEEN_THRESHOLDS
    if compiled.rule.kind is Kind.FORBIDDEN and hit.confidence < LEAST_HIT_CONFIDENCE:
        return Because.LOW_CONFIDENCE
    if compiled.negatable and _unheard_before(hit, hearing):
        return Because.MAYBE_NEGATED
    return Because.NO_FACTS if product == "unknown" else None


def _sounds_denied(hit: Hit) -> bool:
    """Did the ears, asked once more, find a denial as likely? Where nobody asked them: no."""
    return hit.sound_check is not None and hit.sound_check < LEAST_SOUND_CHECK


def _unheard_before(hit: Hit, hearing: Hearing) -> bool:
    """Was speech of that party lost just before the hit? The lost syllable may have been 不."""
    from_s, to_s = hit.start_s - BEFORE_HIT_S, hit.start_s
    return any(
        lost.party in (hit.passage.party, Party.UNKNOWN) and lost.start_s < to_s and lost.end_s > from_s
        for lost in hearing.unheard
    )


def _product(hit: Hit, about: CompiledAbout, passages: tuple[Passage, ...], facts: Facts) -> str:
    """``counts``, ``exempt`` or ``unknown``: by the nearest mention, else the last one before, else business data."""
    known = about.facts.get(facts.product_type or "")
    mentioned = _by_nearness(hit, about, passages)
    nearest = next(mentioned, None)
    if nearest != "pointing":
        return nearest or known or "unknown"
    named = next((meaning for meaning in mentioned if meaning != "pointing"), None)
    if named is None:
        return known or "counts"
    return "unknown" if named == "exempt" else "counts"


def _by_nearness(hit: Hit, about: CompiledAbout, passages: tuple[Passage, ...]) -> Iterator[str]:
    """What the products mentioned mean: those of the passage, nearest first, then those said before, latest first."""
    own = [(_distance(hit, mention), about.meaning[mention.wanted]) for mention in _mentions(about, hit.passage)]
    yield from (meaning for _, meaning in sorted(own, key=lambda found: (found[0], found[1] != "exempt")))
    for passage in reversed([p for p in passages if p.start_s < hit.start_s and p is not hit.passage]):
        yield from (about.meaning[mention.wanted] for mention in reversed(_mentions(about, passage)))


def _mentions(about: CompiledAbout, passage: Passage) -> list[Hit]:
    """Product words of the passage, without those that are denied or only compared with; looked for once."""
    if about not in passage.found:
        mentioned = about.wording.find([passage], 1.0)
        passage.found[about] = [
            hit for hit in mentioned if not any(guard.touch(hit) is Touch.CANCELS for guard in about.guards)
        ]
    found: list[Hit] = passage.found[about]
    return found


def _distance(hit: Hit, mention: Hit) -> int:
    if mention.end <= hit.start:
        return hit.start - mention.end
    if mention.start < hit.end:
        return 0
    next_sentence = any(hit.end <= at <= mention.start for at in hit.passage.breaks)
    return mention.start - hit.end + (_NEXT_SENTENCE_CHARS if next_sentence else 0)
