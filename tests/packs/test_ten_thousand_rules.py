"""Ten thousand rules of five phrases load, compile and judge a call, in a process that may take 1 GB at most."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from tests.builders import ROOT

RULES, PHRASES, FILES = 10_000, 5, 10
PROCESS = """
import faulthandler, resource, sys, time
faulthandler.dump_traceback_later(540, exit=True)
from pathlib import Path

import pytest
from inspector.rules.judge import judge
from inspector.rules.load import load_packs
from inspector.rules.notation import parse_call

pytestmark = pytest.mark.slow
resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9))
marks = [time.process_time()]
packs = load_packs(Path(sys.argv[1]))
marks.append(time.process_time())
plan = packs.plan()
marks.append(time.process_time())
call, hearing = parse_call(sys.stdin.read(), "call")
inspections = []
for _ in range(2):
    inspections.append(judge(call, hearing, plan, "test"))
    marks.append(time.process_time())
assert inspections[0] == inspections[1]
print(*(finding.rule_id for finding in inspections[0].findings))
took = " ".join(f"{after - before:.2f}" for before, after in zip(marks, marks[1:]))
print("load, compile, judge, again:", took, "s;", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")
"""


RULE = {"title": "测试", "kind": "forbidden", "class": "测试", "severity": "high", "status": "test", "who": "agent"}


def phrases_of(rule: int) -> list[str]:
    return [phrase(rule * PHRASES + one) for one in range(PHRASES)]


def phrase(number: int) -> str:
    """Six characters, other ones for each number."""
    return "".join(chr(0x4E00 + (number * 7919 + place * 104729) % 20_000) for place in range(6))


def test_ten_thousand_rules(tmp_path: Path) -> None:
    for file in range(FILES):
        rules = [
            RULE | {"id": f"test.r{number}", "version": 1, "match": {"phrases": phrases_of(number)}}
            for number in range(file * RULES // FILES, (file + 1) * RULES // FILES)
        ]
        whole = {"schema": "inspector.rules/1", "pack": "测试", "rules": rules}
        (tmp_path / f"{file}.yaml").write_text(yaml.dump(whole, Dumper=yaml.CSafeDumper, allow_unicode=True), "utf-8")
    turns = [f"0:01 A 您好{phrase(77)}", f"0:05 C {phrase(500)}", f"0:09 A 再见{phrase(49_999)}"]
    turns += [f"{1 + at // 6}:{at % 6}0 A 我们这款产品年化收益比较稳定您看一下要不要了解" for at in range(30)]
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, input="\n".join(turns)
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found, took = done.stdout.splitlines()
    assert {"test.r15", "test.r9999"} <= set(found.split())
    assert "test.r100" not in found.split()  # the customer's words
    print(took)
