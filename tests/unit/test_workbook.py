"""Tables as spreadsheets read them back."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from inspector.errors import StorageError
from inspector.reports.workbook import Cell, Column, ColumnKind, Sheet, write_workbook

SHANGHAI = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    Column("名称"),
    Column("数量", ColumnKind.COUNT),
    Column("比例", ColumnKind.SHARE),
    Column("日期", ColumnKind.DAY),
    Column("时间", ColumnKind.TIME),
)


def written(path: Path, *rows: tuple[Cell, ...]) -> openpyxl.worksheet.worksheet.Worksheet:
    write_workbook(path, [Sheet("表", COLUMNS, rows)], SHANGHAI)
    return openpyxl.load_workbook(path)["表"]


def test_cells_keep_their_types_and_times_are_those_of_the_business(tmp_path: Path) -> None:
    at = datetime(2025, 3, 1, 16, 30, tzinfo=UTC)
    page = written(tmp_path / "a.xlsx", ("甲", 3, 0.5, date(2025, 3, 1), at), ("乙", None, None, None, None))
    header, first, second = page.iter_rows(values_only=True)
    assert header == ("名称", "数量", "比例", "日期", "时间")
    assert first == ("甲", 3, 0.5, datetime(2025, 3, 1), datetime(2025, 3, 2, 0, 30))
    assert second == ("乙", *[None] * 4)
    assert page["C2"].number_format == "0.00%"
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:E3")


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "http://example.org", "00123", "+86", "-", "{=A1}"])
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    cell = written(tmp_path / "a.xlsx", (text, None, None, None, None))["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_what_no_spreadsheet_holds_is_shown_by_a_sign(tmp_path: Path) -> None:
    cell = written(tmp_path / "a.xlsx", ("a\x00b\x1bc" + "x" * 40_000, None, None, None, None))["A2"]
    assert str(cell.value).startswith("a\ufffdb\ufffdc")
    assert len(str(cell.value)) == 32_767


def test_the_file_is_private_and_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    written(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ValueError, match="zone"):
        written(path, ("a", 1, 1.0, None, datetime(2025, 3, 1)))
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]
    with pytest.raises(StorageError, match="workbook"):
        written(tmp_path / "gone" / "a.xlsx")


def test_impossible_sheets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name"):
        Sheet("a/b", COLUMNS, ())
    with pytest.raises(ValueError, match="cell for each"):
        write_workbook(tmp_path / "a.xlsx", [Sheet("a", COLUMNS, (("a",),))], SHANGHAI)
    with pytest.raises(ValueError, match="columns"):
        Sheet("a", (), ())
