"""`auditor case` as people use it: from the notice to the end, in sentences that say what is allowed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from test_store import a_run, finding, keep

from auditor.store import Store

LIST = """\
version: 1
regions: [{id: "990000", name: 测试市, local: true}]
network: {user_agent: "TestAudit/1.0 (+http://test.test/; 0000-1)"}
sites:
  - {id: portal, name: 一号网站, url: "http://www.example.gov.cn/", category: portal, region: "990000", owner: 某局}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "targets.yml").write_text(LIST, encoding="utf-8")
    with Store.open(tmp_path / "out" / "auditor.db") as store:
        keep(store, a_run(1, [finding(1, 1), finding(1, 2)]))
    return tmp_path


def case(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", "case", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, env=os.environ)


def test_a_case_from_the_notice_to_its_end(folder: Path) -> None:
    with Store.open(folder / "out" / "auditor.db") as store:
        groups = [issue.group for issue in store.issues("portal")]
    about = [word for group in groups for word in ("--group", group[:12])]
    done = case(folder, "open", "portal", *about, "--days", "20", "--by", "王科长", "--why", "办事须知读不到")
    year, today = datetime.now(ZoneInfo("Asia/Shanghai")).year, datetime.now(UTC)
    assert done.returncode == 0 and done.stdout.startswith(f"已立案：{year}-0001，portal，整改期限到 "), done.stderr
    name = f"{year}-0001"
    assert case(folder, "open", "portal", *about, "--by", "甲", "--why", "乙").stderr.strip().endswith("不能重复立案。")
    letter_is_drafted(folder, name)
    assert "整改中" in case(folder, "read", name, "--by", "李主任").stdout
    early = case(folder, "retest", name, "--by", "王科长", "--why", "到期")
    assert early.returncode == 1 and "请先运行 auditor run --site portal" in early.stderr
    refused = case(folder, "close", name, "--by", "王科长", "--why", "整改完毕")
    assert refused.returncode == 1 and "还有 2 组障碍没有查实修复" in refused.stderr
    assert "申诉中" in case(folder, "dispute", name, "--group", groups[0][:12], "--by", "李主任", "--why", "第三方内容").stdout
    decided = case(folder, "decide", name, "--upheld", "--by", "赵复核", "--why", "属实", "--as", "reviewer")
    assert "障碍 2 组，没有查实修复 1 组" in decided.stdout
    assert "还没有整改的才能移送" in case(folder, "transfer", name, "--to", "市检察院", "--by", "王", "--why", "不改").stderr
    with Store.open(folder / "out" / "auditor.db") as store:
        keep(store, a_run(2, [], started=today + timedelta(minutes=1), finished=today + timedelta(minutes=2)))
    assert "没有查实修复 0 组" in case(folder, "retest", name, "--by", "王科长", "--why", "已经检测").stdout
    assert "已销号（障碍已消除）" in case(folder, "close", name, "--by", "王科长", "--why", "整改完毕").stdout
    listed = json.loads(case(folder, "list", "--json").stdout)
    assert [event["step"] for event in listed[0]["events"]] == ["open", "read", "dispute", "decide", "retest", "close"]
    assert case(folder, "list", "--open").stdout == ""


def letter_is_drafted(folder: Path, name: str) -> None:
    drafted = case(folder, "letter", name, "-o", "通知.docx")
    assert drafted.returncode == 0, drafted.stderr
    assert name in "".join(paragraph.text for paragraph in docx.Document(str(folder / "通知.docx")).paragraphs)
    again = case(folder, "letter", name, "-o", "通知.docx")
    assert again.returncode == 1 and "没有覆盖" in again.stderr


def test_wrong_words_are_told_apart_from_what_cannot_be_done(folder: Path) -> None:
    unknown = case(folder, "open", "nowhere", "--group", "a", "--by", "甲", "--why", "乙")
    assert unknown.returncode == 2 and "没有 nowhere" in unknown.stderr
    vague = case(folder, "open", "portal", "--group", "zzz", "--by", "甲", "--why", "乙")
    assert vague.returncode == 2 and "没有编号以 zzz 开头的" in vague.stderr
    nothing = case(folder, "open", "portal", "--by", "甲", "--why", "乙")
    assert nothing.returncode == 1 and "是哪几组障碍" in nothing.stderr
    assert case(folder, "read", "2020-0001", "--by", "甲").returncode == 1
    assert case(folder, "extend", "2020-0001", "--days", "3", "--by", "甲", "--why", "乙", "--as", "owner").returncode == 2


def test_a_complaint_is_taken_answered_and_asked_about(folder: Path) -> None:
    done = case(folder, "open", "portal", "--complaint", "验证码听不到", "--by", "王科长", "--why", "来电", "--days", "15")
    name = done.stdout.removeprefix("已立案：").partition("，")[0]
    assert "投诉举报" in case(folder, "list").stdout
    closed = case(folder, "close", name, "--satisfied", "--by", "王科长", "--why", "已加语音验证码并电话答复")
    assert "已销号（已答复）" in closed.stdout
