"""What `auditor doctor` says of a browser that does not start, an axe that is none, secrets that are missing, and a clock set back."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_store import START, a_run, finding, keep

from auditor.doctor import Check, examine
from auditor.doctor_data import examine_data
from auditor.store import Store

NOW = START + timedelta(days=30)
LIST = """\
version: 1
regions: [{id: "990000", name: 测试市, local: true}]
network: {user_agent: "TestAudit/1.0 (+http://test.test/; 0000-1)"}
notices: [{id: ops, kind: wecom, key: env:WECOM_KEY}, {id: hook, kind: webhook, url: "https://a.test/", secret: env:HOOK_SECRET}]
sites:
  - {id: portal, name: 一号网站, url: "http://www.example.gov.cn/", category: portal, region: "990000", owner: 某局}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "targets.yml"
    file.write_text(LIST, encoding="utf-8")
    return file


def data(path: Path, now: datetime = NOW, environ: dict[str, str] | None = None) -> dict[str, Check]:
    return {one.name: one for one in examine_data(path, path.with_name("auditor.db"), now, environ or {})}


def test_what_is_not_there_yet_is_nothing_wrong(tmp_path: Path) -> None:
    checks = data(tmp_path / "targets.yml")
    assert [(one.name, one.needed and not one.ok) for one in checks.values()] == [("网站清单", False), ("数据库", False)]


def test_mistakes_in_the_list_and_missing_secrets_are_told(path: Path) -> None:
    checks = data(path, environ={"WECOM_KEY": "k"})
    assert checks["网站清单"].found.endswith("1 个网站")
    assert not checks["通知"].ok and not checks["通知"].needed and checks["通知"].found == "2 条，这里没有环境变量 HOOK_SECRET"
    assert data(path, environ={"WECOM_KEY": "k", "HOOK_SECRET": "s"})["通知"].found == "2 条"
    path.write_text(LIST.replace("portal,", "nonsense,"), encoding="utf-8")
    assert not data(path)["网站清单"].ok and "auditor check" in data(path)["网站清单"].advice


def test_a_database_is_looked_at_without_being_changed(path: Path) -> None:
    db = path.with_name("auditor.db")
    with Store.open(db) as store:
        keep(store, a_run(1, [finding(1, 1)]))
    content = db.read_bytes()
    checks = data(path)
    assert checks["数据库"].ok and "1 轮" in checks["数据库"].found and checks["时钟"].ok and checks["截图和快照"].found == "0 个"
    assert db.read_bytes() == content
    with Store.open(db) as store:
        store.db.execute("INSERT INTO blob (digest, bytes, kind, first_round) VALUES (?, 1, 'picture', 1)", ("0" * 64,))
    assert not data(path)["截图和快照"].ok and "缺 1 个" in data(path)["截图和快照"].found


def test_a_damaged_database_and_one_of_a_newer_program_are_told_apart(path: Path) -> None:
    db = path.with_name("auditor.db")
    db.write_bytes(b"no database" * 500)
    assert not data(path)["数据库"].ok and "备份" in data(path)["数据库"].advice
    db.unlink()
    with Store.open(db) as store:
        store.db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('auditor', 'of 2030', '2030-01-01')")
    assert "请先升级本程序" in data(path)["数据库"].advice


def test_a_clock_that_was_set_back_is_noticed(path: Path) -> None:
    with Store.open(path.with_name("auditor.db")) as store:
        keep(store, a_run(1, [finding(1, 1)]))
    assert data(path, START + timedelta(days=1, minutes=1))["时钟"].ok
    early = data(path, START - timedelta(days=400))["时钟"]
    assert not early.ok and early.needed and "最近一轮开始于" in early.found and "NTP" in early.advice


# ---------------------------------------------------------------------------------------------- the machine


def script(folder: Path, text: str) -> str:
    file = folder / "browser"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def machine(folder: Path) -> dict[str, Check]:
    return {one.name: one for one in examine(folder)}


def test_a_browser_that_tells_its_version_but_shows_no_page_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shy = 'case "$*" in *--version*) echo Chromium 130.0.1.2;; *) echo "FATAL: No usable sandbox!" >&2; exit 1;; esac'
    monkeypatch.setenv("AUDITOR_BROWSER", script(tmp_path, shy))
    found = machine(tmp_path)["浏览器"]
    assert not found.ok and "130.0.1.2" in found.found and "No usable sandbox" in found.found
    monkeypatch.setenv("AUDITOR_BROWSER", script(tmp_path, shy.replace('echo "FATAL', 'echo "<p>shown"; : "')))
    assert machine(tmp_path)["浏览器"].ok


@pytest.mark.browser
def test_the_browser_of_this_machine_shows_a_page(tmp_path: Path) -> None:
    assert machine(tmp_path)["浏览器"].ok


@pytest.mark.parametrize(
    ("content", "words", "command"),
    [
        (None, "读不出", ["doctor"]),
        (b"\xff\xfe", "不是文本文件", ["sbom"]),
        (b"/* jQuery v3.7.1 */", "不是 axe-core", ["page", "http://a.test/"]),
    ],
)
def test_a_wrong_axe_file_is_a_sentence(content: bytes | None, words: str, command: list[str], tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "axe.js").write_bytes(content)
    done = run(tmp_path, *command, AUDITOR_AXE=str(tmp_path / "axe.js"))
    assert done.returncode == 1 and words in done.stdout + done.stderr and "Traceback" not in done.stderr


def run(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, env={**os.environ, **environ})


def test_the_command_ends_with_1_where_something_needed_is_missing(path: Path) -> None:
    path.write_text("version: 2\n", encoding="utf-8")
    done = run(path.parent, "doctor", AUDITOR_BROWSER="true")
    assert done.returncode == 1 and "[缺少] 网站清单：targets.yml　有 " in done.stdout and done.stderr == ""
