"""The systemd units and the page about them say what the program does."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
import typer.main

from inspector.cli.app import app
from inspector.config import Settings, WorkSettings
from inspector.enums import WorkQueue
from tests.conftest import ROOT
from workers.valkey import ALLOWED

SYSTEMD = ROOT / "deploy" / "systemd"
NIGHTLY = SYSTEMD / "inspector-nightly.service"
UNITS = sorted(unit for unit in SYSTEMD.glob("*.service") if unit != NIGHTLY)
PAGES = [ROOT / "docs" / "how-to" / name for name in ("production.md", "production.zh-CN.md")]


def settings_of(unit: Path) -> dict[str, list[str]]:
    """All values of every setting of a unit; systemd lets a setting stand several times."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in unit.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name].append(value)
    return found


def test_there_are_units() -> None:
    assert [unit.name for unit in UNITS] == [
        "inspector-relay.service",
        "inspector-serve.service",
        "inspector-up.service",
        "inspector-worker@.service",
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_and_lets_it_end_in_order(unit: Path) -> None:
    settings = settings_of(unit)
    (start,) = settings["ExecStart"]
    command, *arguments = start.partition("bin/inspector ")[2].split()
    assert command in typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert arguments == (["%i"] if "@" in unit.name else [])
    assert settings["KillMode"] == ["mixed"], "the supervisor alone is asked to end: it ends its children in order"
    assert float(settings["TimeoutStopSec"][0]) > 2 * WorkSettings.model_fields["drain_s"].default
    assert settings["OOMPolicy"] == ["continue"], "one child that needs too much memory must not end the others"
    assert settings["Restart"] == ["always"]
    assert settings["RestrictNamespaces"] == ["user net"], "the decoder shuts itself off from the network in those"


def test_the_timer_starts_the_night_run_of_yesterday() -> None:
    timer, service = settings_of(NIGHTLY.with_suffix(".timer")), settings_of(NIGHTLY)
    assert timer["Unit"] == [NIGHTLY.name]
    assert timer["OnCalendar"][0].endswith(Settings.model_fields["business_tz"].default)
    (start,) = service["ExecStart"]
    assert "bin/inspector nightly --date" in start
    nightly = typer.main.get_command(app).commands["nightly"]  # type: ignore[attr-defined]
    known = {option for parameter in nightly.params for option in parameter.opts}
    assert set(re.findall(r"--[a-z]+", start)) <= known
    assert service["Type"] == ["oneshot"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_gives_the_rights_that_our_own_server_gives(page: Path) -> None:
    text = page.read_text("utf-8")
    assert f"user worker on >PASSWORD {ALLOWED}\n" in text
    assert all(f"inspector-worker@{queue}" in text for queue in WorkQueue)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_names_the_settings_and_metrics_there_are(page: Path) -> None:
    text = page.read_text("utf-8")
    assert set(re.findall(r"\bwork\.([a-z_]+)", text)) <= set(WorkSettings.model_fields)
    source = (ROOT / "workers" / "health.py").read_text("utf-8")
    for metric in set(re.findall(r"`(inspector_[a-z_]+)", text)):
        assert f'"{metric.removesuffix("_total")}"' in source, metric
