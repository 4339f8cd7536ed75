"""Broken and hostile files against the decoder: one error object each, and nothing else happens."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.audio import decoder as decoder_module
from inspector.audio.decoder import Decoder
from inspector.audio.disk import open_disk
from inspector.audio.reader import AudioReader
from inspector.audio.source import Source
from inspector.errors import ErrorKind, RecordingError, SetupError
from tests import media, wavs

MAX_S = 60.0


@pytest.fixture(scope="module")
def reader() -> Iterator[AudioReader]:
    with AudioReader() as reader:
        yield reader


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


def put(directory: Path, name: str, content: bytes) -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


def child_of(decoder: Decoder) -> int:
    assert decoder._child is not None
    return decoder._child._process.pid


def refused(reader: AudioReader, path: Path, max_duration_s: float = MAX_S) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        reader.open(path, max_duration_s)
    assert caught.value.message.isprintable() and caught.value.remedy
    return caught.value


def still_hears(reader: AudioReader, directory: Path) -> None:
    with reader.open(put(directory, "neighbour.mp3", media.made("a.mp3")), MAX_S) as audio:
        assert audio.recording.duration_s == pytest.approx(2.0, abs=0.01)


class TestCorpus:
    def test_it_is_large_and_names_are_unique(self):
        names = [bad.name for bad in media.corpus()]
        assert len(set(names)) == len(names) >= 80

    @pytest.mark.parametrize("bad", media.corpus(), ids=lambda bad: bad.name[:40])
    def test_each_is_heard_or_refused_as_the_table_says(self, reader, tmp_path, bad):
        path = put(tmp_path, bad.name, bad.content)
        if bad.kind is None:
            with reader.open(path, MAX_S) as audio:
                assert audio.frames > 0 and audio.recording.ends_early == bad.ends_early
        else:
            assert refused(reader, path).kind is bad.kind
        assert [entry.name for entry in tmp_path.iterdir()] == [bad.name]

    def test_one_child_bears_them_all_and_a_good_neighbour_is_heard(self, reader, tmp_path):
        still_hears(reader, tmp_path)
        child = child_of(reader.decoder)
        for number, bad in enumerate(bad for bad in media.corpus() if bad.name != "silence without end.opus"):
            path = put(tmp_path, f"{number}{Path(bad.name).suffix}", bad.content)
            try:
                reader.open(path, MAX_S).close()
            except RecordingError as error:
                assert error.kind is bad.kind
        still_hears(reader, tmp_path)
        assert child_of(reader.decoder) == child


class TestPlacesThatAreNoFiles:
    def test_links_are_followed_to_files_only(self, reader, tmp_path):
        good = put(tmp_path, "good.mp3", media.made("a.mp3"))
        (tmp_path / "link.mp3").symlink_to(good)
        (tmp_path / "zero.mp3").symlink_to("/dev/zero")
        (tmp_path / "gone.mp3").symlink_to(tmp_path / "nothing")
        reader.open(tmp_path / "link.mp3", MAX_S).close()
        assert refused(reader, tmp_path / "zero.mp3").kind is ErrorKind.NOT_READABLE
        assert refused(reader, tmp_path / "gone.mp3").kind is ErrorKind.NOT_FOUND

    def test_pipes_and_directories(self, reader, tmp_path):
        os.mkfifo(tmp_path / "pipe.mp3")
        assert refused(reader, tmp_path / "pipe.mp3").kind is ErrorKind.NOT_READABLE
        assert refused(reader, tmp_path).kind is ErrorKind.NOT_READABLE

    def test_a_file_that_no_decoder_may_touch_is_only_read(self, reader, tmp_path):
        path = put(tmp_path, "a.mp3", media.made("a.mp3"))
        before = path.stat()
        reader.open(path, MAX_S).close()
        assert (path.stat().st_mtime_ns, path.stat().st_size) == (before.st_mtime_ns, before.st_size)


def forced(decoder: Decoder, path: Path, source: Source) -> ErrorKind | None:
    """What becomes of a file that the sniffer would never have let through."""
    disk = open_disk(path)
    try:
        decoder.decode(disk, source, MAX_S).sound.close()
    except RecordingError as error:
        return error.kind
    finally:
        disk.close()
    return None


class TestSandbox:
    """Every test shows first that what is tried works outside, so that a refusal inside means something."""

    # The worst case: demuxers that open other files, and the allow-list of protocols switched off.
    ANYTHING = {"protocol_whitelist": "file,http,tcp,crypto,data,concat,subfile", "safe": "0"}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def whole_sandbox(self, decoder: Decoder) -> None:
        missing = [name for name, holds in decoder.sandbox.items() if not holds]
        if missing and os.environ.get("INSPECTOR_REQUIRE_ALL") == "1":
            pytest.fail(f"this kernel does not give: {missing}")
        if missing:
            pytest.skip(f"this kernel does not give: {missing}")

    def test_no_path_can_be_opened(self, decoder, tmp_path):
        secret = put(tmp_path, "secret.wav", wavs.wav(media.tones(8000, 1, (440,))))
        path = put(tmp_path, "list.wav", f"ffconcat version 1.0\nfile {secret}\n".encode())
        with av.open(str(path), format="concat", options=self.ANYTHING) as outside:
            assert sum(frame.samples for frame in outside.decode(audio=0)) == 8000
        source = Source("concat", ("pcm_s16le",), options=self.ANYTHING)
        assert forced(decoder, path, source) is ErrorKind.DECODE_FAILED

    def test_no_connection_can_be_made(self, decoder, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(30)  # the visit from outside must come; what must not come is waited for less long
            url = f"http://127.0.0.1:{server.getsockname()[1]}/x.ts"
            playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n"
            path = put(tmp_path, "list.mp3", playlist.encode())
            visit = threading.Thread(target=self.visit, args=(str(path),))
            visit.start()
            server.accept()[0].close()
            visit.join()
            server.settimeout(0.3)
            with pytest.raises(TimeoutError):  # nobody is left in the queue
                while True:
                    server.accept()[0].close()
            assert forced(decoder, path, Source("hls", ("aac",), options=self.ANYTHING)) is not None
            with pytest.raises(TimeoutError):
                server.accept()

    def visit(self, path: str) -> None:
        with pytest.raises(av.error.FFmpegError):
            av.open(path, format="hls", options=self.ANYTHING)

    def test_the_allow_list_of_protocols_alone_would_do(self, decoder, tmp_path):
        path = put(tmp_path, "list.wav", f"ffconcat version 1.0\nfile {tmp_path / 'list.wav'}\n".encode())
        assert forced(decoder, path, Source("concat", ("pcm_s16le",))) is ErrorKind.DECODE_FAILED

    def test_the_kernel_holds_its_limits(self, decoder, tmp_path):
        forced(decoder, put(tmp_path, "a.flac", media.made("a.flac")), Source("flac", ("flac",)))
        process = Path("/proc") / str(child_of(decoder))
        limits = {line[:26].strip(): line[26:].split()[0] for line in (process / "limits").read_text().splitlines()[1:]}
        assert limits["Max address space"] == str(1 << 30)
        assert (limits["Max core file size"], limits["Max processes"], limits["Max open files"]) == ("0", "0", "16")
        assert limits["Max file size"] == str(int(MAX_S * 48_000 * 2 * 2))
        assert int(limits["Max cpu time"]) < 120
        status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
        assert status["NoNewPrivs"] == "1"
        assert (process / "ns" / "net").readlink() != Path("/proc/self/ns/net").readlink()
        assert os.getsid(child_of(decoder)) == child_of(decoder)

    def test_it_knows_neither_our_environment_nor_our_files(self, decoder, tmp_path, monkeypatch):
        monkeypatch.setenv("SOME_SECRET", "hidden")
        assert decoder.sandbox
        process = Path("/proc") / str(child_of(decoder))
        names = {entry.split(b"=")[0] for entry in (process / "environ").read_bytes().split(b"\0") if entry}
        assert names == {b"LC_ALL", b"OPENBLAS_NUM_THREADS"}
        open_files = {str(entry.readlink()) for entry in (process / "fd").iterdir()}
        assert {name.split(":")[0] for name in open_files} <= {"socket", "/dev/null"}

    def test_strace_sees_no_call_that_opens_or_connects(self, reader, tmp_path):
        if shutil.which("strace") is None:
            pytest.skip("strace is not installed")
        still_hears(reader, tmp_path)
        log, child = tmp_path / "calls", child_of(reader.decoder)
        traced = "trace=open,openat,openat2,creat,socket,connect,execve,fork,vfork,clone,clone3,unlink,rename"
        tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", str(log), "-e", traced, "-p", str(child)])
        try:
            while f"TracerPid:\t{tracer.pid}" not in Path(f"/proc/{child}/status").read_text():
                assert tracer.poll() is None, "strace may not look at processes here"
                time.sleep(0.02)
            for bad in [*media.bad_containers(), *media.bad_compressed()]:
                if bad.kind is not ErrorKind.TOO_LONG:
                    try:
                        reader.open(put(tmp_path, "x" + Path(bad.name).suffix, bad.content), MAX_S).close()
                    except RecordingError as error:
                        assert error.kind is bad.kind
        finally:
            tracer.terminate()
            tracer.wait()
        assert log.read_text() == ""


class TestLoss:
    """A lost child costs one file; the next gets another."""

    def test_killed_in_the_middle_of_a_file(self, tmp_path):
        with AudioReader() as reader:
            still_hears(reader, tmp_path)
            child = child_of(reader.decoder)
            bomb = put(tmp_path, "long.opus", media.opus_bomb(20))
            errors: list[RecordingError] = []
            thread = threading.Thread(target=lambda: errors.append(refused(reader, bomb, 24 * 3600)))
            thread.start()
            used = cpu_ticks(child)
            while cpu_ticks(child) < used + 10:  # it is at work
                time.sleep(0.01)
            os.kill(child, 9)
            thread.join()
            assert errors[0].kind is ErrorKind.DECODER_CRASHED and "SIGKILL" in errors[0].message
            still_hears(reader, tmp_path)
            assert child_of(reader.decoder) != child

    def test_killed_between_files(self, tmp_path):
        with AudioReader() as reader:
            still_hears(reader, tmp_path)
            os.kill(child_of(reader.decoder), 11)
            os.waitid(os.P_PID, child_of(reader.decoder), os.WEXITED | os.WNOWAIT)
            path = put(tmp_path, "a.flac", media.made("a.flac"))
            assert "SIGSEGV" in refused(reader, path).message
            reader.open(path, MAX_S).close()

    def test_a_deadline_that_is_missed(self, tmp_path, monkeypatch):
        with AudioReader() as reader:
            still_hears(reader, tmp_path)
            child = child_of(reader.decoder)
            monkeypatch.setattr(decoder_module, "BASE_S", 0.2)
            monkeypatch.setattr(decoder_module, "SOUND_S_PER_S", 1e9)
            monkeypatch.setattr(decoder_module, "BYTES_PER_S", 1e9)
            error = refused(reader, put(tmp_path, "long.opus", media.opus_bomb(20)), 24 * 3600)
            assert error.kind is ErrorKind.DECODER_CRASHED and "not done" in error.message
            assert not Path(f"/proc/{child}").exists()
            monkeypatch.undo()
            still_hears(reader, tmp_path)

    @pytest.mark.parametrize(
        "lie",
        [
            {"rate_hz": 8000, "channels": 2, "frames": 10**9, "codec": "flac", "broke_off": False, "told_s": None},
            {"rate_hz": 0, "channels": 2, "frames": 16_000, "codec": "flac", "broke_off": False, "told_s": None},
            {"rate_hz": 8000, "channels": 0, "frames": 0, "codec": "flac", "broke_off": False, "told_s": None},
            {"rate_hz": 8000, "channels": 2, "frames": 16_000, "codec": "flac", "broke_off": False, "told_s": "long"},
            {"rate_hz": None},
            {"error": "no_such_kind", "detail": "x"},
            {"error": "too_long"},
        ],
    )
    def test_an_answer_that_cannot_be_true(self, tmp_path, monkeypatch, lie):
        with AudioReader() as reader:
            still_hears(reader, tmp_path)
            ask = decoder_module._Child.ask
            monkeypatch.setattr(decoder_module._Child, "ask", lambda *given: (ask(*given), lie)[1])
            path = put(tmp_path, "a.flac", media.made("a.flac"))
            assert refused(reader, path).kind is ErrorKind.DECODER_CRASHED

    def test_a_child_that_cannot_start_is_a_fault_of_the_installation(self, monkeypatch):
        monkeypatch.setattr(decoder_module, "BOOT", "raise SystemExit(7)")
        with pytest.raises(SetupError, match="left with 7"):
            _ = Decoder().sandbox

    def test_nobody_is_left_behind(self, tmp_path):
        with AudioReader() as reader:
            still_hears(reader, tmp_path)
            child = child_of(reader.decoder)
        assert not Path(f"/proc/{child}").exists()
        reader.close()

    def test_the_child_leaves_with_its_parent(self, tmp_path):
        done = subprocess.run([sys.executable, "-c", DIES_AT_ONCE], capture_output=True, text=True, check=True)
        for _ in range(1000):
            if not Path(f"/proc/{done.stdout.strip()}").exists():
                return
            time.sleep(0.01)
        pytest.fail("the child is still there")


DIES_AT_ONCE = """
import os
from inspector.audio.decoder import Decoder
decoder = Decoder()
assert decoder.sandbox
print(decoder._child._process.pid, flush=True)
os._exit(0)
"""


def cpu_ticks(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


class TestRoom:
    def test_no_place_for_the_sound(self, tmp_path):
        with AudioReader(tmp_path / "nowhere") as reader:
            error = refused(reader, put(tmp_path, "a.flac", media.made("a.flac")))
            assert error.kind is ErrorKind.NO_ROOM

    def test_a_disk_that_is_full(self, tmp_path, monkeypatch):
        with AudioReader() as reader:
            monkeypatch.setattr(Decoder, "_target", lambda *_: os.open("/dev/full", os.O_RDWR))
            error = refused(reader, put(tmp_path, "a.flac", media.made("a.flac")))
            assert error.kind is ErrorKind.NO_ROOM and "No space" in error.message
            monkeypatch.undo()
            still_hears(reader, tmp_path)

    def test_our_memory_does_not_grow_with_the_sound(self, reader, tmp_path):
        path = put(tmp_path, "half an hour.opus", media.opus_bomb(0.5))  # 173 MB of samples
        still_hears(reader, tmp_path)
        tracemalloc.start()
        try:
            with reader.open(path, 3600.0) as audio:
                assert audio.recording.duration_s == pytest.approx(1800, abs=0.2)
            assert tracemalloc.get_traced_memory()[1] < 40_000_000
        finally:
            tracemalloc.stop()


def survives(reader: AudioReader, path: Path) -> None:
    try:
        with reader.open(path, MAX_S) as audio:
            assert audio.frames > 0
            assert len(audio.read(audio.recording.channels - 1, 0, audio.frames)) == audio.frames
    except RecordingError as error:
        assert error.kind is not ErrorKind.DECODER_CRASHED, error


@pytest.mark.parametrize("name", ["a.mp3", "a.opus", "a.amr", "a.m4a", "ima.wav"])
def test_a_file_cut_anywhere_is_heard_or_refused(reader, tmp_path, name):
    whole = media.made(name, 0.5)
    for cut in range(0, min(len(whole), 4096), 64):
        survives(reader, put(tmp_path, name, whole[:cut]))


SEEDS = {codec.name: media.made(codec.name, 0.3) for codec in media.CODECS if codec.rate_hz <= 48_000}
changes = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)


@settings(max_examples=400, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(SEEDS)), changes=changes, in_header=st.booleans())
def test_garbled_bytes_are_heard_or_refused(reader, tmp_path, name, changes, in_header):
    content = bytearray(SEEDS[name])
    reach = min(len(content), 512) if in_header else len(content)
    for where, value in changes:
        content[int(where * reach)] = value
    survives(reader, put(tmp_path, name, bytes(content)))
