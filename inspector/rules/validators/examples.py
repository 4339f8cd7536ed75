"""Does a rule carry the proof it needs?"""

from __future__ import annotations

from collections.abc import Container, Iterable, Set

from inspector.errors import PackIssue, RecordingError
from inspector.model import Hearing, Kind, Party, Severity
from inspector.rules.compose import glob_pattern, wording_of
from inspector.rules.coverage import LEAST_CONFIDENCE
from inspector.rules.load import Packs
from inspector.rules.match import Index, Wording
from inspector.rules.notation import parse_call
from inspector.rules.passages import passages_of
from inspector.rules.phrases import MIN_SOUND_SYLLABLES, matchable
from inspector.rules.schema import Case, Rule
from inspector.rules.validators.base import calls_of, cases_of, issue, warning, words_of

__all__ = [
    "MissingExample",
    "NoGuardExample",
    "NoHomophoneExample",
    "NoNegationPair",
    "NoUnheardExample",
    "NoWrongPartyExample",
    "UnreadableExample",
]

_LEAST_ACCEPTED = 0.80
_LONGEST_NEGATION = 4
_NOT_SAID = ("silent", "not_applicable", "undetermined")


class UnreadableExample:
    """An example that is no call proves nothing."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """One issue for each example that cannot be read."""
        for field, case in cases_of(rule):
            try:
                parse_call(case.call, field)
            except RecordingError as error:
                yield issue(rule, packs, field, f"例子读不出来：{error.message}", "按 rules/README.md 的写法改正")


class MissingExample:
    """Wording needs two examples each way, a measure one; what must be said also needs a call not well heard.

    What nothing here can measure can only be shown to be so.
    """

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """One issue for each group of examples that is too small."""
        least = 1 if rule.match.measures else 2
        wanted = {"fires": least, "silent": least}
        if rule.match.loudness or rule.match.nl:
            wanted = {"undetermined": 1}
        elif rule.kind is Kind.REQUIRED:
            wanted["undetermined"] = 1
        for group, count in wanted.items():
            have = len(getattr(rule.examples, group))
            if have < count:
                yield issue(rule, packs, f"examples.{group}", f"例子太少（{have}/{count}）", "补足例子")


class NoHomophoneExample:
    """Recognisers write homophones; a rule that was never tried on one is not proved."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning when no example holds wording that is only found by its sound."""
        leaves = [leaf for field, leaf in rule.leaves() if not field.endswith("exceptions") and leaf.by != "literal"]
        phrases = [phrase for leaf in leaves for phrase in leaf.phrases if not glob_pattern(phrase)]
        if not any(len(matchable(phrase)) >= MIN_SOUND_SYLLABLES for phrase in phrases):
            return
        wordings = [Wording(leaf) for leaf in leaves if leaf.phrases]
        if not any(_has_homophone(hearing, wordings) for _, hearing in calls_of(rule)):
            yield warning(rule, packs, "examples", "没有同音字的例子", "加一个把关键词写成同音字的例子")


def _has_homophone(hearing: Hearing, wordings: list[Wording]) -> bool:
    passages = passages_of(hearing)
    return any(hit.how == "pinyin" for wording in wordings for hit in wording.all(passages, _LEAST_ACCEPTED))


class NoWrongPartyExample:
    """A rule about one party must be proved to tell it from the other."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning when no example lets the other party say the wording: what is required then still fires."""
        others = {Party.AGENT: Party.CUSTOMER, Party.CUSTOMER: Party.AGENT}
        if rule.who == "any" or rule.match.measures:
            return
        groups = ("fires", "undetermined") if rule.kind is Kind.REQUIRED else _NOT_SAID
        if _holds_wording(rule) and not _says(rule, {others[rule.who]}, groups):
            remedy = "加一个由另一方说出同样的话的例子"
            yield warning(rule, packs, "examples", "没有说话人不对的例子", remedy)


class NoGuardExample:
    """Guards that were never seen to cancel anything may not fit the wording."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning when no example holds wording of the party judged that is cancelled or doubted."""
        if not rule.unless or rule.kind is Kind.REQUIRED or rule.match.measures:
            return
        judged = {Party.AGENT, Party.CUSTOMER} if rule.who == "any" else {rule.who}
        if _holds_wording(rule) and not _says(rule, judged, _NOT_SAID):
            yield warning(rule, packs, "examples", "没有守卫起作用的例子", "加一个说了这几个字但不算的例子，如一句否定")


def _holds_wording(rule: Rule) -> bool:
    return any(not leaf.is_empty for field, leaf in rule.leaves() if not field.endswith("exceptions"))


def _says(rule: Rule, parties: Set[Party | str], groups: Container[str]) -> bool:
    """Does one of the parties say any of the wording in an example of these groups?"""
    leaves = [leaf for field, leaf in rule.leaves() if not field.endswith("exceptions") and not leaf.is_empty]
    wordings = [wording_of(leaf, Index()) for leaf in leaves]
    calls = (hearing for field, hearing in calls_of(rule) if field.split(".")[1] in groups)
    for hearing in calls:
        passages = [passage for passage in passages_of(hearing) if passage.party in parties]
        if any(wording.all(passages, _LEAST_ACCEPTED) for wording in wordings):
            return True
    return False


class NoUnheardExample:
    """What must be said is only called missing where it was heard: the rule must be proved on speech that was not."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning when no undetermined example has a stretch that was not heard or hardly."""
        if rule.kind is not Kind.REQUIRED or not rule.examples.undetermined:
            return  # MissingExample tells
        calls = (hearing for field, hearing in calls_of(rule) if field.startswith("examples.undetermined."))
        if (_holds_wording(rule) or rule.match.similar) and not any(map(_hardly_heard, calls)):
            remedy = "加一个该说的时候没听清的例子，如“0:10-0:15 ~ A”"
            yield warning(rule, packs, "examples.undetermined", "没有没听清的例子", remedy)


def _hardly_heard(hearing: Hearing) -> bool:
    return bool(hearing.unheard) or any(turn.confidence < LEAST_CONFIDENCE for turn in hearing.turns)


class NoNegationPair:
    """A critical accusation must be proved to tell a sentence from its denial."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """An issue when no silent example is a firing one plus a negation."""
        if rule.kind is not Kind.FORBIDDEN or rule.severity is not Severity.CRITICAL:
            return
        negations = _negations(packs)
        fires, silent = (_words(cases) for cases in (rule.examples.fires, rule.examples.silent))
        if not any(_only_denies(denial, claim, negations) for claim in fires for denial in silent):
            remedy = "加一对只差一个否定词的例子，如“…承诺保本”（命中）和“…不承诺保本”（不命中）"
            yield issue(rule, packs, "examples", "没有只差一个否定词的成对例子", remedy)


def _words(cases: tuple[Case, ...]) -> list[str]:
    found = []
    for case in cases:
        try:
            found.append(words_of(parse_call(case.call, case.name)[1]))
        except RecordingError:
            continue  # UnreadableExample tells
    return found


def _negations(packs: Packs) -> tuple[str, ...]:
    sides = (side for guard in packs.guards if guard.name == "negation" for side in guard.before)
    return tuple(matchable(word) for side in sides for word in side.words)


def _only_denies(denial: str, claim: str, negations: tuple[str, ...]) -> bool:
    """Is the denial the claim with a few characters put in, a negation among them?"""
    more = len(denial) - len(claim)
    if not 0 < more <= _LONGEST_NEGATION:
        return False
    for at in range(len(claim) + 1):
        put_in = denial[at : at + more]
        if denial[:at] + denial[at + more :] == claim and any(word in put_in for word in negations):
            return True
    return False
