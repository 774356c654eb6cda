"""Snapshots and blobs: whole or not there, whatever happens while they are written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.model import Page, State
from auditor.snapshots import LEFTOVER_AGE, Blobs, digest, pack, unpack

HERE = Path(__file__).parents[1]
PAGE = Page(
    url="http://www.example.gov.cn/", final_url="http://www.example.gov.cn/index.html", state=State.AUDITED, status=200, title="首页",
    html="<html lang=zh>" + "<p>济宁市人民政府门户网站</p>" * 500, links=("http://www.example.gov.cn/a",),
    facts={"axe": {"rules": {"image-alt": {"passed": 3, "failed": []}}}}, unanswered={"keyboard": "超时"},
    pictures={"img": b"RIFF"}, validators={"etag": "1"}, seen_at=datetime(2026, 11, 23, tzinfo=UTC), seconds=1.5,
)  # fmt: skip


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_page_comes_back_whole_but_for_its_pictures() -> None:
    name, data = pack(PAGE)
    assert name == digest(data)
    assert len(data) < len(PAGE.html) / 10
    found = unpack(data)
    assert (found.html, found.facts, found.links, found.seen_at, found.unanswered) == (
        PAGE.html, PAGE.facts, PAGE.links, PAGE.seen_at, PAGE.unanswered,
    )  # fmt: skip
    assert found.pictures == {}
    assert pack(found) == (name, data)


@pytest.mark.parametrize("data", [b"", b"nonsense", pack(PAGE)[1][:-20]])
def test_a_damaged_snapshot_is_told_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ValueError, match="页面快照已损坏"):
        unpack(data)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def test_what_is_put_can_be_got_again_and_is_kept_once(blobs: Blobs) -> None:
    name, data = pack(PAGE)
    assert name not in blobs
    assert blobs.get(name) is None
    blobs.put(name, data)
    (file,) = files(blobs.folder)
    before = file.stat()
    blobs.put(name, data)
    assert files(blobs.folder) == [file]
    assert file.stat().st_ino == before.st_ino
    assert blobs.get(name) == data
    assert name in blobs
    assert list(blobs) == [name]


def test_content_under_a_name_that_is_not_its_own_is_refused(blobs: Blobs) -> None:
    with pytest.raises(ValueError, match="does not belong"):
        blobs.put("0" * 64, b"something else")
    assert not blobs.folder.exists()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "ab/../" + "0" * 58])
def test_names_that_are_no_digests_lead_nowhere(blobs: Blobs, name: str) -> None:
    assert blobs.get(name) is None
    assert name not in blobs


def test_a_file_damaged_on_the_disk_is_not_given_out_and_is_replaced_at_the_next_chance(blobs: Blobs) -> None:
    name, data = pack(PAGE)
    blobs.put(name, data)
    files(blobs.folder)[0].write_bytes(data[:-1] + b"?")
    assert blobs.get(name) is None
    blobs.put(name, data)
    assert blobs.get(name) == data


def test_sweep_removes_what_is_not_kept_and_old_leftovers_but_not_a_write_under_way(blobs: Blobs) -> None:
    contents = [bytes([number]) * 100 for number in range(4)]
    for data in contents:
        blobs.put(digest(data), data)
    old, young = (files(blobs.folder)[0].parent / name for name in (".part-old", ".part-young"))
    for leftover in (old, young):
        leftover.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * LEFTOVER_AGE,) * 2)
    assert blobs.sweep({digest(contents[0])}) == 4
    assert {path.name for path in files(blobs.folder)} == {digest(contents[0]), ".part-young"}


def child(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code), *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(HERE)}


def test_a_full_disk_raises_and_leaves_no_half_file(blobs: Blobs) -> None:
    code = """
        import resource, signal, sys
        from pathlib import Path
        from auditor.snapshots import Blobs, digest
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        small, large = b"s" * 4000, b"L" * 9000
        blobs = Blobs(Path(sys.argv[1]))
        blobs.put(digest(small), small)
        try:
            blobs.put(digest(large), large)
        except OSError as error:
            print(type(error).__name__, error.errno)
    """
    told = subprocess.run(child(code, str(blobs.folder)), capture_output=True, text=True, timeout=30, env=environment(), check=True)
    assert told.stdout == "OSError 27\n"
    (kept,) = files(blobs.folder)
    assert blobs.get(kept.name) == b"s" * 4000


@pytest.fixture
def writer(blobs: Blobs) -> Iterator[subprocess.Popen[str]]:
    """A process that writes large blobs until it is killed."""
    code = """
        import sys
        from pathlib import Path
        from auditor.snapshots import Blobs, digest
        blobs = Blobs(Path(sys.argv[1]))
        for number in range(10_000):
            data = number.to_bytes(4, "big") * 500_000
            blobs.put(digest(data), data)
            print(digest(data), flush=True)
    """
    process = subprocess.Popen(child(code, str(blobs.folder)), stdout=subprocess.PIPE, text=True, env=environment())
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_killed_write_leaves_whole_files_only(blobs: Blobs, writer: subprocess.Popen[str]) -> None:
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(5)]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert all(blobs.get(name) is not None for name in told)
    assert all(blobs.get(name) is not None for name in blobs)
    leftovers = [path for path in files(blobs.folder) if path.name.startswith(".part-")]
    for path in leftovers:
        os.utime(path, (0, 0))
    blobs.sweep(set(told))
    assert sorted(path.name for path in files(blobs.folder)) == sorted(told)
