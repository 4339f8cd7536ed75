"""Manifests as banks write them: what is right is read, what is wrong is said with its line, nothing is dropped."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import ErrorKind, ManifestError
from inspector.legs import Leg
from inspector.manifest import Manifest, read_manifest
from inspector.model import Call, Facts

KEY = b"k" * 32
Read = Callable[..., Manifest]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(content: str | bytes, name: str = "calls.csv") -> Manifest:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_manifest(path, KEY)

    return read


def names_of(manifest: Manifest) -> list[str | None]:
    """The files of all calls; None where a segment has none."""
    return [leg.path.name if leg.path else None for call in manifest.calls for leg in call.legs]


FULL: dict[str, Any] = {
    "channel": "phone",
    "direction": "in",
    "start": "2025-03-01T09:30:00+08:00",
    "ring_s": 1.5,
    "hold_spans": ((12.5, 40.0), (60.0, 75.0)),
    "agent": "3062",
    "vulnerable": True,
    "mystery": False,
    "csat": 4.0,
    "nps": -1.0,
}


def test_csv(read: Read, tmp_path: Path) -> None:
    manifest = read(
        "call_id,path,source,channel,direction,start,ring_s,hold_spans,agent,vulnerable,mystery,csat,nps,team,网点\n"
        "7,a/x.wav,pbx,phone,in,2025-03-01T09:30:00+08:00,1.5,12.5-40;60-75,3062,是,NO,4,-1,,沪 西\n"
    )
    assert manifest.faults == ()
    (row,) = manifest.calls
    spans = ((12.5, 40.0), (60.0, 75.0))
    assert (row.line_no, row.legs) == (2, (Leg(1, tmp_path / "a/x.wav", "3062", spans),))
    assert row.call == Call("pbx", "7", Facts(**FULL, custom={"网点": "沪 西"}))


def test_jsonl(read: Read) -> None:
    row = {"call_id": 7, "path": "/x.wav", **FULL, "agent": 3062, "网点": "沪", "层": 3, "team": None}
    (read_row,) = read(f"\r\n{json.dumps(row)}\r\n", "calls.jsonl").calls
    assert read_row.call == Call("manifest", "7", Facts(**FULL, custom={"网点": "沪", "层": "3"}))
    assert (read_row.line_no, read_row.legs[0].path) == (2, Path("/x.wav"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_dialects(read: Read, delimiter: str, encoding: str, newline: str) -> None:
    table = [
        ["call_id", "path", "team", "备注"],
        ["1", "一.wav", "信用卡部", '"说""好"", 好;\n再见"'],
        ["2", "b", "", ""],
    ]
    text = newline.join(delimiter.join(cells) for cells in table) + newline
    manifest = read(text.encode(encoding))
    assert [row.call.source_call_id for row in manifest.calls] == ["1", "2"]
    assert manifest.calls[0].call.facts == Facts(team="信用卡部", custom={"备注": '说"好", 好;\n再见'})
    assert names_of(manifest) == ["一.wav", "b"]


def test_blank_lines_are_no_rows_and_lines_are_counted_from_one(read: Read) -> None:
    manifest = read('\n\ncall_id,path,note\n\n1,a,"two\nlines"\n,,\n   \n2,b,\n')
    assert [(row.line_no, row.call.source_call_id) for row in manifest.calls] == [(5, "1"), (9, "2")]
    assert manifest.faults == ()


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("csat", "four", "csat: needs a number"),
        ("csat", "nan", "csat: needs a finite number"),
        ("csat", "1e999", "csat: needs a finite number"),
        ("csat", "1_0", "csat: needs a number"),
        ("ring_s", "-1", "ring_s: needs seconds"),
        ("vulnerable", "maybe", "vulnerable: needs true or false"),
        ("start", "2025-03-01T09:30:00", "start: needs the time zone"),
        ("start", "2025-03-01", "start: needs the time zone"),
        ("start", "2025/3/1 9:30", "start: needs a time by ISO 8601"),
        ("start", "0001-01-01T00:00:00+14:00", "start: needs a year"),
        ("hold_spans", "40-12", "hold_spans: needs spans"),
        ("hold_spans", "1-2-3", "hold_spans: needs spans"),
        ("hold_spans", "[1, 2]", "hold_spans: needs spans"),
        ("hold_spans", "[[1, 2]", "hold_spans: needs spans"),
        ("segment_no", "0", "segment_no: needs a whole number"),
        ("segment_no", "1.5", "segment_no: needs a whole number"),
        ("segment_no", "1000001", "segment_no: needs a whole number up to 1000000"),
        ("source", "长" * 257, "source: is longer than 256 characters"),
        ("agent", "a\0b", "agent: holds a control character"),
        ("note", "\x1b[2J", "note: holds a control character"),
    ],
)
def test_a_wrong_cell_is_said_and_the_others_go_on(read: Read, column: str, cell: str, message: str) -> None:
    manifest = read(f"call_id\tpath\t{column}\n1\ta\t{cell}\n2\tb\t\n")
    (fault,) = manifest.faults
    assert (fault.line_no, fault.kind) == (2, ErrorKind.BAD_MANIFEST_ROW)
    assert fault.message.startswith(message)
    assert fault.remedy
    assert [row.call.source_call_id for row in manifest.calls] == ["2"]


def test_every_wrong_cell_of_a_row_is_said(read: Read) -> None:
    (fault,) = read("call_id,path,csat,vulnerable\n1,a,x,y\n").faults
    assert "csat" in fault.message
    assert "vulnerable" in fault.message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "no JSON object"),
        ('{"path": "a"}', "call_id: is missing"),
        ('{"call_id": " ", "path": null}', "call_id: is missing; path: is missing"),
        ('{"call_id": true, "path": "a"}', "call_id: needs text"),
        ('{"call_id": "\\ud800", "path": "a"}', "call_id: holds a control character"),
        ('{"call_id": 1, "path": "a", "csat": NaN}', "csat: needs a finite number"),
        ('{"call_id": 1, "path": "a", "csat": true}', "csat: needs a number"),
        (f'{{"call_id": 1, "path": "a", "csat": 1{"0" * 400}}}', "csat: "),
        ('{"call_id": 1, "path": "a", "hold_spans": 5}', "hold_spans: needs spans"),
        ('{"call_id": 1, "path": "a", "vulnerable": 2}', "vulnerable: needs true or false"),
        ('{"call_id": 1, "path": "a", "x": {"y": 1}}', "x: needs text"),
        ('{"call_id": 1, "path": "a", "\\u001b": 1}', "\\x1b: holds a control character"),
    ],
)
def test_wrong_json_lines(read: Read, line: str, message: str) -> None:
    manifest = read(f'{{"call_id": "0", "path": "z"}}\n{line}\n{{"call_id": "9", "path": "y"}}\n', "calls.jsonl")
    (fault,) = manifest.faults
    assert fault.line_no == 2
    assert message in fault.message
    assert len(manifest.calls) == 2


def test_booleans(read: Read) -> None:
    words = ["true", "TRUE", "1", "是", "yes", "false", "False", "0", "否", "No"]
    lines = "\n".join(f"{index},{index}.wav,{word}" for index, word in enumerate(words))
    rows = read(f"call_id,path,mystery\n{lines}\n").calls
    assert [row.call.facts.mystery for row in rows] == [True] * 5 + [False] * 5


def test_a_row_of_other_width(read: Read) -> None:
    manifest = read("call_id,path,team\n1,a\n2,b,c,d\n3,e,f\n")
    assert [(fault.line_no, fault.message) for fault in manifest.faults] == [
        (2, "the row has 2 cells, the header 3"),
        (3, "the row has 4 cells, the header 3"),
    ]
    assert [row.call.source_call_id for row in manifest.calls] == ["3"]


def test_a_wrong_quote_swallows_no_row(read: Read) -> None:
    manifest = read('call_id,path,team\n1,a,"x\n2,b,y\n3,c,"z"\n4,d,"w\n5,e,v\n')
    assert [fault.line_no for fault in manifest.faults] == [2, 5]
    assert [row.call.source_call_id for row in manifest.calls] == ["2", "3", "5"]


def test_the_same_call_twice(read: Read) -> None:
    manifest = read("call_id,path,source\n1,a,\n1,b,\n1,./a,\n1,c,other\n")
    assert names_of(manifest) == ["a", "c"]
    assert [(fault.line_no, fault.message) for fault in manifest.faults] == [
        (3, "line 2 names another recording for the same call and segment"),
        (4, "line 2 lists the same call already"),
    ]


def messages(manifest: Manifest) -> list[tuple[int, str]]:
    return [(fault.line_no, fault.message) for fault in manifest.faults]


def test_rows_of_a_call_are_its_segments_by_their_number(read: Read, tmp_path: Path) -> None:
    manifest = read("call_id,path,segment_no,segment_count,agent\n1,b,2,2,3063\n2,x,,,\n1,a,1,2,3062\n")
    assert manifest.faults == ()
    assert [(call.line_no, call.call.source_call_id) for call in manifest.calls] == [(2, "1"), (3, "2")]
    assert manifest.calls[0].legs == (Leg(1, tmp_path / "a", "3062"), Leg(2, tmp_path / "b", "3063"))
    assert manifest.calls[0].call.facts == Facts(agent="3062")


def test_a_row_without_a_number_is_the_first_segment(read: Read) -> None:
    assert names_of(read("call_id,path,segment_no\n1,b,2\n1,a,\n")) == ["a", "b"]


@pytest.mark.parametrize(
    ("rows", "names", "missing"),
    [
        ("1,a,,2\n", ["a", None], "2 segments, and no row for segment 2"),
        ("1,b,2,\n", [None, "b"], "2 segments, and no row for segment 1"),
        ("1,a,1,9\n1,b,5,9\n", ["a", None, "b", None], "9 segments, and no row for segments 2 to 4"),
        ("1,a,1,1000000000\n", ["a", None], "no row for segments 2 to 1000000000"),
    ],
)
def test_segments_without_a_row_are_told_and_leave_a_hole(
    read: Read, rows: str, names: list[str | None], missing: str
) -> None:
    manifest = read(f"call_id,path,segment_no,segment_count\n{rows}")
    assert names_of(manifest) == names
    assert missing in manifest.faults[0].message
    assert {fault.line_no for fault in manifest.faults} == {2}


def test_a_wrong_row_of_a_segment_leaves_a_hole(read: Read) -> None:
    manifest = read("call_id,path,segment_no,csat\n1,a,1,\n1,b,2,wrong\n1,c,3,\n")
    assert names_of(manifest) == ["a", None, "c"]
    assert messages(manifest) == [(3, "csat: needs a number")]
    assert names_of(read("call_id,path,segment_no,csat\n1,a,1,x\n1,b,2,y\n")) == []


def test_the_same_segment_twice(read: Read) -> None:
    manifest = read("call_id,path,segment_no\n1,a,1\n1,b,2\n1,c,2\n1,a,1\n")
    assert names_of(manifest) == ["a", "b"]
    assert messages(manifest) == [
        (4, "line 3 names another recording for the same call and segment"),
        (5, "line 2 lists the same call already"),
    ]


def test_counts_that_contradict_each_other(read: Read) -> None:
    manifest = read("call_id,path,segment_no,segment_count\n1,a,1,2\n1,b,2,3\n2,c,1,1\n2,d,2,1\n")
    assert names_of(manifest) == ["a", "b", None, "c", "d"]
    assert messages(manifest) == [
        (2, "the call has 3 segments, and no row for segment 3; judged by the others, as an incomplete call"),
        (3, "segment_count: differs from that of line 2; the larger one is taken"),
        (5, "segment_no: is larger than segment_count; the segment is kept"),
    ]


def test_another_customer_in_the_same_call_is_told_and_the_first_one_kept(read: Read) -> None:
    manifest = read("call_id,path,segment_no,customer_key,agent\n1,a,1,,7\n1,b,2,138,8\n1,c,3,139,9\n")
    ((line_no, message),) = messages(manifest)
    assert (line_no, message) == (4, "customer_key: differs from that of line 3, the same call; that one is kept")
    (call,) = manifest.calls
    assert call.call.facts.customer_key == read("call_id,path,customer_key\n1,b,138\n").calls[0].call.facts.customer_key


def test_the_customer_number_does_not_survive(read: Read) -> None:
    manifest = read("call_id,path,customer_key\n1,a, 13812345678 \n2,b,13812345678\n3,c,13912345678\n")
    keys = [row.call.facts.customer_key for row in manifest.calls]
    assert keys[0] == keys[1] == hmac.new(KEY, b"13812345678", hashlib.sha256).hexdigest()[:32]
    assert keys[2] != keys[0]
    assert "12345678" not in repr(manifest)


def test_no_fault_quotes_a_cell(read: Read) -> None:
    number = "13812345678"
    columns = ("start", "vulnerable", "hold_spans", "team", "segment_no", "csat")
    lines = "".join(f'{{"call_id": "c", "path": "p", "{column}": ["{number}"]}}\n' for column in columns)
    manifest = read(f'{lines}{number}\n{{"{number}\n', "calls.jsonl")
    assert len(manifest.faults) == 8
    assert number not in repr(manifest)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "is empty"),
        (b"1,a.wav,x\n2,b.wav,y\n", "no header line with call_id and path"),
        (b"id,path\n1,a\n", "no header line with call_id"),
        (b"call_id\n1\n", "no header line with path"),
        (b",,\n,,\n", "no header line"),
        (b"call_id,path,\n1,a,\n", "column 3 has no name"),
        (b"call_id,path,team,team\n1,a,b,c\n", "same name: team"),
        (b'call_id,"path\n', "header cannot be read"),
        (b"call_id,path\n", "lists no calls"),
        ("call_id,path\n1,a\n".encode("utf-16"), "neither UTF-8 nor GB18030"),
        ("call_id,path,team\n1,a,中\n2,b,中".encode()[:-1], "line 3: neither"),
        ("\ufeffcall_id,path,team\n1,a,".encode() + "中".encode("gb18030"), "line 2: neither"),
    ],
)
def test_a_file_that_cannot_be_used_at_all(read: Read, content: bytes, message: str) -> None:
    with pytest.raises(ManifestError, match=message) as caught:
        read(content)
    assert caught.value.remedy
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["missing.csv", ""])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(tmp_path / name, KEY)


def test_without_a_key_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="key"):
        read_manifest(tmp_path / "x", b"")


@pytest.mark.parametrize("bad", ["", '"'])
def test_ten_thousand_rows_are_quick(read: Read, bad: str) -> None:
    lines = "".join(f"{number},calls/{number}.wav,{bad}信用卡,2025-03-01T09:30:00+08:00\n" for number in range(10_000))
    began = time.perf_counter()
    manifest = read(f"call_id,path,team,start\n{lines}")
    assert time.perf_counter() - began < 5
    assert len(manifest.calls) + len(manifest.faults) == 10_000
