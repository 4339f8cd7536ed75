"""Speech drawn as text, one column a second: a letter speaks there, a space is silence.

``speech("AAA BB", "  CC")`` is A from 0 to 3 s, B from 4 to 6 s, C from 2 to 4 s.
"""

from __future__ import annotations

from itertools import groupby

from hypothesis import strategies as st

from inspector.model import Party, SpeechSpan
from tests.builders import PARTIES

END_S = 12.0


def speech(*lanes: str) -> list[SpeechSpan]:
    """The speaker is the letter; the party is the one the letter has in the notation of calls, else unknown."""
    spans = []
    for lane in lanes:
        for letter, columns in groupby(enumerate(lane), key=lambda column: column[1]):
            if letter != " ":
                places = [place for place, _ in columns]
                party = PARTIES.get(letter, Party.UNKNOWN)
                spans.append(SpeechSpan(party, float(places[0]), float(places[-1] + 1), letter))
    return spans


def any_speech(letters: str) -> st.SearchStrategy[list[SpeechSpan]]:
    """Up to one lane a letter, each speaking or not in every second of ``END_S``."""
    lanes = [st.text(f" {letter}", min_size=0, max_size=int(END_S)) for letter in letters]
    return st.tuples(*lanes).map(lambda drawn: speech(*drawn))
