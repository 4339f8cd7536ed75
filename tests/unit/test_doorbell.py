"""What counts as a list of calls, and where the doorbell is. Without a server."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from rq.job import Job
from rq.serializers import JSONSerializer

from inspector.config import Settings, WorkSettings
from inspector.errors import ConfigError
from workers.jobs import HEAR_AND_JUDGE, MAX_BYTES, call_ids_of
from workers.queues import connect
from workers.valkey import ALLOWED, LONGEST_SOCKET_PATH, socket_path

CALL = "0123456789abcdef01234567"
CALL_IDS = st.lists(st.text("0123456789abcdef", min_size=24, max_size=24), min_size=1, max_size=1000)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(CALL) | st.just(HEAR_AND_JUDGE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
)

UNUSED = connect(Settings(home=Path("nowhere")))


def packed(content: object) -> bytes:
    return zlib.compress(json.dumps(content).encode())


@given(CALL_IDS)
def test_what_rq_writes_is_read(call_ids: list[str]) -> None:
    job = Job(connection=UNUSED, serializer=JSONSerializer)
    job.func_name, job.args = HEAR_AND_JUDGE, (call_ids,)
    assert call_ids_of(job.to_dict()["data"]) == call_ids


@given(JSON)
def test_other_json_is_refused(content: Any) -> None:
    with pytest.raises(ValueError, match="no "):
        call_ids_of(packed(content))


@pytest.mark.parametrize(
    "content",
    [
        ["os.system", None, [[CALL]], {}],
        [HEAR_AND_JUDGE, "instance", [[CALL]], {}],
        [HEAR_AND_JUDGE, None, [[CALL]], {"more": 1}],
        [HEAR_AND_JUDGE, None, [[CALL], [CALL]], {}],
        [HEAR_AND_JUDGE, None, [CALL], {}],
        [HEAR_AND_JUDGE, None, {"call_ids": [CALL]}, {}],
        [HEAR_AND_JUDGE, None, [], {}],
        [HEAR_AND_JUDGE, None, [[]], {}],
        [HEAR_AND_JUDGE, None, [[CALL, 1]], {}],
        [HEAR_AND_JUDGE, None, [[CALL.upper()]], {}],
        [HEAR_AND_JUDGE, None, [[f"{CALL}\n"]], {}],
        [HEAR_AND_JUDGE, None, [["../../etc/passwd"]], {}],
        [HEAR_AND_JUDGE, None, [[CALL]], {}, "more"],
    ],
    ids=json.dumps,
)
def test_what_is_nearly_a_list_of_calls_is_refused(content: list[object]) -> None:
    with pytest.raises(ValueError, match="no "):
        call_ids_of(packed(content))
    assert call_ids_of(packed([HEAR_AND_JUDGE, None, [[CALL]], {}])) == [CALL]


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        b"",
        b"no zlib",
        json.dumps([HEAR_AND_JUDGE, None, [[CALL]], {}]).encode(),
        packed([HEAR_AND_JUDGE, None, [[CALL]], {}])[:-1],
        zlib.compress(b"[" * MAX_BYTES),
        packed([HEAR_AND_JUDGE, None, [[CALL]], {}, " " * MAX_BYTES]),
    ],
    ids=["nothing", "text", "empty", "noise", "not packed", "cut", "deep", "long"],
)
def test_other_data_are_refused(data: object) -> None:
    with pytest.raises(ValueError, match="no list of calls"):
        call_ids_of(data)


@pytest.mark.parametrize("address", ["http://host/", "host:6379", "redis://:hunter2@host:port/"])
def test_a_wrong_address_is_told_without_its_password(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        connect(Settings(work=WorkSettings(redis_url=SecretStr(address))))
    assert "work.redis_url" in str(caught.value)
    assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_without_an_address_the_doorbell_is_at_home(tmp_path: Path) -> None:
    home = tmp_path / "50% 书"
    assert connect(Settings(home=home)).connection_pool.connection_kwargs["path"] == str(home / "queue" / "valkey.sock")


def test_a_long_way_home_is_walked_through_a_descriptor(tmp_path: Path) -> None:
    home = tmp_path / ("a" * LONGEST_SOCKET_PATH)
    (home / "queue").mkdir(parents=True)
    short = Path(socket_path(home))
    assert len(str(short)) <= LONGEST_SOCKET_PATH
    assert short.parent.samefile(home / "queue")


@pytest.mark.parametrize("word", ["@", "*", "eval", "script", "publish", "flush", "config", "keys", "shutdown", "acl"])
def test_nothing_is_allowed_wholesale(word: str) -> None:
    assert word not in ALLOWED.replace("rq:*", "").replace("inspector:*", "")
