"""The pages as a browser reads them: what they say, what they hide, that nothing in them acts or is fetched."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.messages import Lang, say
from inspector.cli.report_messages import REPORT_MESSAGES
from inspector.errors import ErrorKind, RecordingError, StorageError, UsageError
from inspector.model import Call, EmotionSpan, Facts, Hearing, Inspection, Party, QueueEntry, Segment, Speaker
from inspector.pipeline import inspect_hearing
from inspector.reports.html import Copy, HtmlReports
from inspector.rules.plan import Plan
from tests.builders import event_of, hearing_of, judged, lost, plan_of, rule_of, turn

PROMISE = rule_of(
    id="banned.promise", title="承诺收益", message="承诺了收益", remedy="听前后各 10 秒", severity="critical"
)
GREETING = rule_of(
    "required", {"phrases": ["您好云川银行"]}, id="missing.greeting", title="没有问候", where={"first": {"seconds": 20}}
)
PLAN = plan_of(PROMISE, GREETING)
PHONE = "13812345678"
STARS = "＊" * len(PHONE)
SOLD = hearing_of(
    turn("A", 0.0, "喂说吧", 2.0, conf=0.5),
    turn("C", 2.5, f"我的电话是{PHONE}", 6.0),
    turn("A", 8.0, "这款产品稳赚不赔", 12.0),
    lost("C", 13.0, 14.2),
    duration_s=40.0,
)


@dataclass
class Page(HTMLParser):
    """Tags with their attributes, text by the tag around it."""

    source: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.lasttag, data))

    @property
    def text(self) -> str:
        """What a person reads, spaces as one."""
        seen = "".join(data for tag, data in self.texts if tag not in ("style", "script"))
        return re.sub(r"\s+", " ", seen)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def marked(self) -> list[str]:
        return re.findall(r"<mark>(.*?)</mark>", self.source)


Write = Callable[..., tuple[Page, Page]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """The page of the last call given, and the summary."""

    def write(
        *inspections: Inspection, plan: Plan = PLAN, lang: Lang = "zh", copy: Copy | None = None
    ) -> tuple[Page, Page]:
        reports = HtmlReports(tmp_path / "out", plan, partial(say, lang), lambda *_: None, copy)
        for inspection in inspections:
            reports.add(
                inspection, [Path(part.path or "") for part in inspection.hearing.recording.segments if part.id]
            )
        reports.close()
        last = tmp_path / "out" / "calls" / f"{inspections[-1].call.id}.html"
        return Page(last.read_text("utf-8")), Page((tmp_path / "out" / "index.html").read_text("utf-8"))

    return write


def of(call_id: str, hearing: Hearing, plan: Plan = PLAN, **facts: Any) -> Inspection:
    return replace(judged(plan, hearing), call=Call("cti", call_id, Facts(**facts)))


# ---- what a page says ------------------------------------------------------------------------------------------------


def test_a_finding_says_what_where_why_and_what_to_do(write: Write) -> None:
    page, _ = write(replace(of("C", SOLD), queues=(QueueEntry("review", ("banned.promise",)),)))
    for said in (
        *("◆ 致命 命中（待复核） 承诺收益 试行", "承诺了收益 banned.promise@1", "处置建议 听前后各 10 秒"),
        *("0:10.0–0:12.0 坐席 这款产品稳赚不赔", "复核", "没有听到：您好云川银行"),
        "时段 0:00.0–0:20.0：该时段语音 6.0 秒，听清 6.0 秒",
        *("〔未听清 1.2 秒〕", "把握低 0.50", "机检结果，须经人工复核"),
    ):
        assert said in page.text
    assert "疑似违规" not in page.source
    assert page.marked() == ["稳赚不赔", "稳赚不赔"]
    places = [tag["id"] for tag in page.all("li") if tag.get("class") == "evidence"]
    assert places == ["e1-1", "e2-1"]
    assert [tag["href"] for tag in page.all("a") if tag.get("class", "").startswith("marker")] == ["#e2-1", "#e1-1"]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len({*ids})
    assert {tag["href"][1:] for tag in page.all("a") if tag["href"].startswith("#")} <= {*ids}


def test_every_rule_and_its_answer_is_listed(write: Write) -> None:
    page, _ = write(of("C", hearing_of(turn("A", 0.0, "您好云川银行"), duration_s=30.0)))
    assert "banned.promise承诺收益◆ 致命未命中" in page.text
    assert "✓ 未发现问题" in page.text


def test_sound_alikes_say_what_was_heard_for_what(write: Write) -> None:
    plan = plan_of(rule_of(match={"phrases": ["银保监会"], "by": "pinyin_confusable"}, title="监管"))
    page, _ = write(of("C", hearing_of(turn("A", 0.0, "我们是引保监会的")), plan), plan=plan)
    assert re.search(r"听到“引保监会” ≈ “银保监会” (0\.9\d|1\.00)", page.text)


def test_what_an_experimental_rule_finds_is_left_to_the_json(write: Write) -> None:
    plan = plan_of(rule_of(status="experimental", title="试验"))
    page, summary = write(of("C", SOLD, plan), plan=plan)
    assert "试验" not in page.text + summary.text
    assert "✓ 未发现问题" in page.text


def test_the_language_is_that_of_the_catalogue(write: Write) -> None:
    page, summary = write(of("C", SOLD), lang="en")
    assert page.all("html")[0]["lang"] == "en"
    for said in ("critical hit (to be reviewed)", "[not heard 1.2 s]", "a person must review"):
        assert said in page.text
    assert "call inspection summary" in summary.text
    chinese = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
    for template in files("inspector.reports").joinpath("templates").iterdir():
        assert not chinese.search(template.read_text("utf-8")), template.name
    assert not any(chinese.search(english) for _, english in REPORT_MESSAGES.values())


def test_a_call_of_two_recordings_names_both(write: Write) -> None:
    parts = (Segment("a", "first.wav", 1, 0.0, 20.0), Segment(None, "gone.wav", 2, 20.0, None))
    joined = replace(SOLD, recording=replace(SOLD.recording, joined=(*parts, Segment("c", "third.wav", 3, 20.0, 20.0))))
    page, _ = write(of("C", joined))
    assert "第 1 段，自 0:00.0 起：first.wav" in page.text and "第 2 段缺失，0:20.0 处录音不全：gone.wav" in page.text


# ---- what it hides ---------------------------------------------------------------------------------------------------


def test_no_number_of_the_call_reaches_a_page(write: Write, tmp_path: Path) -> None:
    named = replace(
        hearing_of(
            turn("C", 0.0, "我的号码是138"), turn("A", 4.0, "稳赚不赔"), turn("C", 6.0, "1234"), turn("C", 9.0, "5678")
        ),
        speakers=(Speaker("S1", Party.CUSTOMER, 0.9, f"says {PHONE}"),),
        emotions=(EmotionSpan(Party.CUSTOMER, 0.0, 3.0, "negativity", 0.5, (f"投诉{PHONE}",)),),
    )
    named = replace(named, recording=replace(named.recording, path=f"in/{PHONE}.wav"))
    facts: dict[str, Any] = dict.fromkeys(
        ("agent", "queue", "product_type", "team", "transfer_to", "hangup_by", "direction"), PHONE
    )
    promise = rule_of("signal", {"phrases": ["我的号码是138"]}, who="customer", id="a.number")
    plan = plan_of(PROMISE, promise)
    inspection = replace(
        judged(plan, named), call=Call("cti", f"C{PHONE}", Facts(**facts, start="2025-03-01T09:30:00+08:00"))
    )
    _, summary = write(inspection, replace(inspection, call=Call("file", "f" * 64)), plan=plan)
    write(inspection, plan=plan)
    for file in (tmp_path / "out").rglob("*.html"):
        source = file.read_text("utf-8")
        assert not re.search(
            r"138|1234|5678", re.sub(r'data-\w+="[^"]*"|<(style|script)>.*?</\1>', "", source, flags=re.S)
        )
        assert STARS in source
    assert "我的号码是＊＊＊" in summary.text


def test_the_time_of_a_call_is_no_number_to_hide(write: Write) -> None:
    page, _ = write(of("C", SOLD, start="2025-03-01T09:30:00+08:00", agent="3062", product_type="理财"))
    assert "开始时间2025-03-01 09:30 UTC+08:00" in page.text.replace("> ", ">")
    assert "坐席工号3062" in page.text and "产品类型理财" in page.text


def test_paths_and_reasons_of_failed_files_are_masked(tmp_path: Path) -> None:
    reports = HtmlReports(tmp_path, PLAN, partial(say, "zh"), lambda *_: None)
    reports.failed(f"in/{PHONE}.wav", f"{PHONE}.wav: is empty", "record again")
    reports.close()
    summary = Page((tmp_path / "index.html").read_text("utf-8"))
    assert f"in/{STARS}.wav{STARS}.wav: is emptyrecord again" in summary.text and PHONE not in summary.source


# ---- nothing in it acts, nothing is fetched --------------------------------------------------------------------------

HOSTILE = "</script><script>a()</script><img src=x onerror=a()>\"'&lt;\u202e卡\u2066\x00稳赚不赔"


def test_hostile_text_is_text(write: Write) -> None:
    hearing = replace(
        hearing_of(turn("A", 0.0, HOSTILE), turn("C", 30.0, HOSTILE)),
        speakers=(Speaker("S1", Party.AGENT, 0.9, HOSTILE),),
        emotions=(EmotionSpan(Party.AGENT, 0.0, 3.0, "negativity", 0.5, (HOSTILE,)),),
    )
    hearing = replace(hearing, recording=replace(hearing.recording, path=f"a/{HOSTILE.replace('/', '')}.wav"))
    plan = plan_of(rule_of(title=HOSTILE[:60], message=HOSTILE, remedy=HOSTILE))
    page, summary = write(of(HOSTILE, hearing, plan, agent=HOSTILE, queue=HOSTILE), plan=plan)
    for shown in (page, summary):
        assert len(shown.all("script")) == 1 and not shown.all("img")
        assert not any(name.startswith("on") or name == "style" for _, given in shown.tags for name in given)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", shown.source)
        assert HOSTILE.translate({0x202E: "\ufffd", 0x2066: "\ufffd", 0: "\ufffd"}) in shown.text


def test_a_name_that_is_no_unicode_does_not_stop_the_page(tmp_path: Path) -> None:
    reports = HtmlReports(tmp_path, PLAN, partial(say, "zh"), lambda *_: None)
    reports.failed("in/\udcff.wav", "is empty", "record again")
    reports.close()
    assert "in/\\udcff.wav" in (tmp_path / "index.html").read_text("utf-8")


def test_pages_fetch_nothing_and_run_only_what_they_name(write: Write) -> None:
    for page in write(of("C", SOLD), copy=lambda _, to: to.write_bytes(b"OggS")):
        (policy,) = (tag["content"] for tag in page.all("meta") if "http-equiv" in tag)
        inline = {tag: re.search(f"<{tag}>(.*?)</{tag}>", page.source, re.S) for tag in ("style", "script")}
        digests = {
            tag: base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
            for tag, found in inline.items()
            if found
        }
        assert policy == (
            "default-src 'none'; img-src data:; media-src data:; "
            f"style-src 'sha256-{digests['style']}'; script-src 'sha256-{digests['script']}'; "
            "base-uri 'none'; form-action 'none'"
        )
        assert {tag.get("name"): tag.get("content") for tag in page.all("meta")}["referrer"] == "no-referrer"
        assert not re.search(r"https?:|//\w+\.", page.source)
        links = [given[name] for _, given in page.tags for name in ("src", "href") if name in given]
        assert all(re.match(r"#|data:audio/ogg;base64,|\.\./index\.html$|calls/\w{24}\.html$", link) for link in links)


# ---- sound -----------------------------------------------------------------------------------------------------------

TWO = (Segment("a", "a.wav", 1, 0.0, 20.0), Segment("b", "b.wav", 2, 20.0, 20.0))
JOINED = replace(SOLD, recording=replace(SOLD.recording, joined=TWO))


def test_sound_lies_in_the_page_by_recording(write: Write) -> None:
    large = bytes(range(256)) * 1000
    page, _ = write(of("C", JOINED), copy=lambda source, to: to.write_bytes(source.name.encode() + large))
    sounds = page.all("audio")
    assert [(sound["data-from"], sound["data-length"]) for sound in sounds] == [
        ("0.000", "20.000"),
        ("20.000", "20.000"),
    ]
    held = [base64.b64decode(sound["src"].removeprefix("data:audio/ogg;base64,"), validate=True) for sound in sounds]
    assert held == [b"a.wav" + large, b"b.wav" + large]


def test_without_sound_there_is_no_player(write: Write) -> None:
    page, _ = write(of("C", JOINED))
    assert not page.all("audio") and not [tag for tag in page.all("div") if tag.get("id") == "player"]
    assert "空格" not in page.text and "下一处依据" in page.text


def test_sound_that_cannot_be_copied_is_told(write: Write) -> None:
    def copy(source: Path, to: Path) -> None:
        if source.name == "a.wav":
            raise RecordingError(ErrorKind.NOT_FOUND, f"{PHONE}.wav does not exist", "correct the path")
        to.write_bytes(b"OggS")

    page, _ = write(of("C", JOINED), copy=copy)
    assert [sound["data-from"] for sound in page.all("audio")] == ["20.000"]
    assert f"第 1 段录音不能播放：{STARS}.wav does not exist" in page.text


# ---- over all calls --------------------------------------------------------------------------------------------------


def rows_of(summary: Page) -> list[str]:
    return re.findall(r'<a href="calls/\w+\.html"><bdi>(.*?)</bdi>', summary.source)


def test_the_worst_call_comes_first(write: Write) -> None:
    greeted = turn("A", 0.0, "您好云川银行", 2.0)
    promised = turn("A", 8.0, "稳赚不赔", 9.0)
    calls = (
        of("calm", hearing_of(greeted, duration_s=30.0)),
        of("doubt", hearing_of(turn("C", 0.0, "喂", 1.0), lost("A", 1.0, 5.0), duration_s=30.0)),
        of("rude", hearing_of(turn("A", 0.0, "喂说吧", 2.0), duration_s=30.0)),
        of("sold", hearing_of(greeted, promised, duration_s=30.0)),
        of("both", hearing_of(turn("A", 0.0, "喂", 2.0), promised, duration_s=30.0)),
    )
    _, summary = write(*calls)
    assert rows_of(summary) == ["both", "sold", "rude", "doubt", "calm"]
    totals = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", summary.source))
    named = ("通话数", "时长", "命中", "无法判定", "预警", "复核", "失败")
    assert totals == dict(zip(named, ("5", "0:02:30", "4", "1", "0", "0", "0"), strict=True))
    rates = re.findall(r"<td class=\"number\">(\d+)/(\d+) = ([\d.]+) %</td>", summary.source)
    assert rates == [("2", "5", "40.0"), ("2", "5", "40.0")]


def test_the_least_hit_comes_before_the_worst_doubt(write: Write) -> None:
    plan = plan_of(GREETING, rule_of(match={"phrases": ["你等着"]}, severity="low"))
    doubt = of("doubt", hearing_of(turn("C", 0.0, "喂", 1.0), lost("A", 1.0, 5.0), duration_s=30.0), plan)
    hit = of("hit", hearing_of(turn("A", 0.0, "您好云川银行你等着"), duration_s=30.0), plan)
    _, summary = write(doubt, hit, plan=plan)
    assert rows_of(summary) == ["hit", "doubt"]


def test_a_rule_that_applies_to_no_call_has_no_rate(write: Write) -> None:
    plan = plan_of(rule_of("required", {"phrases": ["投资有风险"]}, needs=["event.offer"]), event_of("offer", "推荐"))
    _, summary = write(of("C", hearing_of(turn("A", 0.0, "您好")), plan), plan=plan)
    assert re.search(r'<td class="number">0</td><td class="number">0</td><td class="number">–</td>', summary.source)


def test_calls_show_their_queues_and_first_words(write: Write) -> None:
    inspection = inspect_hearing(Call("cti", "C"), SOLD, PLAN)
    _, summary = write(inspection)
    assert "复核" in summary.text and "◆ 致命 承诺收益 稳赚不赔" in summary.text


# ---- files -----------------------------------------------------------------------------------------------------------


def test_pages_are_private_and_noted_before_they_are_there(tmp_path: Path) -> None:
    noted: list[tuple[str | None, str, Path, bool]] = []
    out = tmp_path / "deep" / "out"
    reports = HtmlReports(
        out, PLAN, partial(say, "zh"), lambda call_id, kind, path: noted.append((call_id, kind, path, path.exists()))
    )
    inspection = of("C", SOLD)
    reports.add(inspection, [Path("c.wav")])
    reports.close()
    page, index = out / "calls" / f"{inspection.call.id}.html", out / "index.html"
    assert noted == [(inspection.call.id, "html", page, False), (None, "html", index, False)]
    assert [path.stat().st_mode & 0o777 for path in (out, page.parent, page, index)] == [0o700, 0o700, 0o600, 0o600]
    assert sorted(out.rglob("*")) == sorted([page.parent, page, index])


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    reports = HtmlReports(tmp_path, PLAN, partial(say, "zh"), lambda *_: None)
    inspection = of("C", SOLD)
    (tmp_path / "calls" / f"{inspection.call.id}.html").mkdir()
    with pytest.raises(StorageError) as caught:
        reports.add(inspection, [Path("c.wav")])
    assert caught.value.remedy
    assert [path.name for path in (tmp_path / "calls").iterdir()] == [f"{inspection.call.id}.html"]


def test_a_page_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    def add(copy: Copy) -> None:
        HtmlReports(tmp_path, PLAN, partial(say, "zh"), lambda *_: None, copy).add(of("C", SOLD), [Path("c.wav")])

    add(lambda _, to: to.write_bytes(b"OggS"))
    (page,) = (tmp_path / "calls").iterdir()
    before = page.read_bytes()
    with pytest.raises(StorageError):
        add(lambda _, to: None)  # no sound to be read, found when half of the page is written
    assert page.read_bytes() == before and [*(tmp_path / "calls").iterdir()] == [page]


def test_a_directory_that_cannot_be_made_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match="out"):
        HtmlReports(tmp_path / "out", PLAN, partial(say, "zh"), lambda *_: None)
