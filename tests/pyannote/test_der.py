"""Our diarisation error rate is that of ``pyannote.metrics``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

from inspector.bench.hearing.der import der
from inspector.model import Party, SpeechSpan

END_S = 20.0
# whole tenths: spans of several speakers meet and overlap in every way
MOMENTS = st.integers(0, 200).map(lambda tenths: tenths / 10)


def spans(names: str) -> st.SearchStrategy[list[SpeechSpan]]:
    times = st.tuples(MOMENTS, MOMENTS).filter(lambda pair: pair[0] != pair[1]).map(sorted)
    one = st.builds(lambda who, at: SpeechSpan(Party.UNKNOWN, at[0], at[1], who), st.sampled_from(names), times)
    return st.lists(one, max_size=8)


def annotation(said: list[SpeechSpan]) -> Annotation:
    """Spans of one speaker that overlap are one, as in ours."""
    made = Annotation()
    for who in {span.speaker for span in said}:
        own = Timeline([Segment(span.start_s, span.end_s) for span in said if span.speaker == who])
        for segment in own.support():
            made[segment, who] = who
    return made


@given(spans("abc"), spans("xyzw"))
def test_equals_pyannote_metrics(reference, hypothesis):
    metric = DiarizationErrorRate(collar=0.0, skip_overlap=False)
    whole = Timeline([Segment(0, END_S)])
    wanted = metric(annotation(reference), annotation(hypothesis), uem=whole, detailed=True)
    found = der(reference, hypothesis, END_S)
    assert found.missed_s == pytest.approx(wanted["missed detection"], abs=1e-6)
    assert found.false_alarm_s == pytest.approx(wanted["false alarm"], abs=1e-6)
    assert found.confusion_s == pytest.approx(wanted["confusion"], abs=1e-6)
    assert found.speech_s == pytest.approx(wanted["total"], abs=1e-6)
    assert found.rate == pytest.approx(wanted["diarization error rate"], abs=1e-6)
