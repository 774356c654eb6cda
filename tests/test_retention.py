"""How long evidence is kept: what `auditor retention` tells and removes, and what a clock that ran ahead must not cost."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from test_store import START, a_run, finding, keep
from test_store_failures import progress

from auditor.snapshots import digest
from auditor.store import Store

LIST = """\
version: 1
regions: [{id: "990000", name: 测试市, local: true}]
network: {user_agent: "TestAudit/1.0 (+http://test.test/; 0000-1)"}
retention: {snapshots: 30, pictures: 60}
sites:
  - {id: portal, name: 一号网站, url: "http://www.example.gov.cn/", category: portal, region: "990000", owner: 某局}
"""
PICTURE, OTHER = b"RIFF-one" * 9000, b"RIFF-two" * 9000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A barrier that stands, and one that was repaired on the second night; each with its picture."""
    (tmp_path / "targets.yml").write_text(LIST, encoding="utf-8")
    with Store.open(tmp_path / "out" / "auditor.db") as store:
        store.begin_round("n1", START + timedelta(days=1), "demo")
        store.note(progress(1, blobs={digest(PICTURE): PICTURE, digest(OTHER): OTHER}))
        keep(store, a_run(1, [finding(1, 1, picture=digest(PICTURE)), finding(1, 2, "b", digest(OTHER))]))
        keep(store, a_run(2, [finding(1, 1, picture=digest(PICTURE))]))
    return tmp_path


def later(folder: Path, *nights: int) -> Store:
    store = Store.open(folder / "out" / "auditor.db")
    for night in nights:
        keep(store, a_run(night, [finding(1, 1)]))
    return store


def retention(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", "retention", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, env=os.environ)


def test_the_command_tells_what_is_past_its_time_and_removes_it_when_asked(folder: Path) -> None:
    with later(folder, 70, 71, 72) as store:
        assert store.unneeded(snapshots=30, pictures=60) == (1, len(OTHER))
        told = retention(folder)
        assert "网页快照 30 天，截图到障碍消除以后 60 天。" in told.stdout and "已过期限的截图和快照 1 个，0.1 MB。" in told.stdout
        assert digest(OTHER) in store.blobs, "it was only asked"
        assert retention(folder, "--remove").stdout.endswith("已清除 1 个文件。\n")
        assert digest(OTHER) not in store.blobs and digest(PICTURE) in store.blobs
        assert store.unneeded(snapshots=30, pictures=60) == (0, 0)


def test_who_is_writing_is_not_disturbed(folder: Path) -> None:
    with later(folder, 70, 71, 72) as store:
        store.begin_round("n73", START + timedelta(days=73), "demo")
        busy = retention(folder, "--remove")
        assert busy.returncode == 1 and "正在写入" in busy.stderr and digest(OTHER) in store.blobs


def test_a_clock_that_ran_ahead_for_a_night_removes_no_evidence(folder: Path) -> None:
    with later(folder, 3, 4000) as store:
        assert store.sweep(snapshots=30, pictures=60) == 0
        keep(store, a_run(5, [finding(1, 1)]))
        assert store.sweep(snapshots=30, pictures=60) == 0, "the clock is right again"
        assert {digest(PICTURE), digest(OTHER)} <= set(store.blobs)


def test_without_a_database_or_with_a_wrong_list_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "targets.yml").write_text(LIST, encoding="utf-8")
    assert "没有数据库" in retention(tmp_path).stderr
    (tmp_path / "targets.yml").write_text(LIST.replace("pictures: 60", "pictures: -1"), encoding="utf-8")
    assert retention(tmp_path).returncode == 2
