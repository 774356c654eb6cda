"""Looks at this machine and says in Chinese what is missing for audits, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from checks.axe.source import AxeUnusable, axe_version
from crawlers.browsers.find import as_root, browser_version, find_browser, find_driver, launch_flags
from reports.text import plain

GIGABYTE = 1024**3
SANDBOX = "浏览器的沙箱要用到用户命名空间，系统不允许的要先打开（见 auditor deploy offline 第 4 节），不要改用 root 运行。"
ENOUGH_DISK = 2 * GIGABYTE
OLDEST_SQLITE = (3, 38)  # strict tables, and -> for JSON


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at: what was found, and what to do where it is not right."""

    name: str
    ok: bool
    found: str
    advice: str = ""
    needed: bool = True  #: False: something works worse without it, but audits run


def examine(folder: Path) -> Iterator[Check]:
    """Everything that audits need on this machine; `folder` is where the database lies or will lie."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check(name="Python", ok=sys.version_info >= (3, 11), found=python, advice="请安装 Python 3.11 或更新的版本。")
    yield _browser()
    yield _playwright()
    yield _driver()
    yield from _fonts()
    yield _disk(folder)
    sqlite = sqlite3.sqlite_version_info
    yield Check(
        name="SQLite", ok=sqlite >= OLDEST_SQLITE, found=".".join(map(str, sqlite)), advice="请换用带 SQLite 3.38 或更新版本的 Python。",
    )  # fmt: skip
    yield _axe()


def _browser() -> Check:
    path = find_browser()
    advice = (
        "可以访问外网的，请运行 .venv/bin/playwright install chromium；"
        "其他的，请安装系统软件包 chromium，或用 AUDITOR_BROWSER 指明浏览器的路径。"
    )
    if path is None:
        return Check(name="浏览器", ok=False, found="没有找到", advice=advice)
    told = browser_version(path)
    if told and (problem := _started(path)):
        return Check(name="浏览器", ok=False, found=f"{path}　{told}　{problem}", advice=advice if as_root() else f"{SANDBOX}{advice}")
    return Check(name="浏览器", ok=bool(told), found=f"{path}　{told or '无法启动'}", advice=advice)


def _started(path: Path) -> str:
    """What happened when the browser was started as audits start it, "" if it showed a page."""
    with tempfile.TemporaryDirectory() as profile:
        command = [str(path), *launch_flags(), "--headless", f"--user-data-dir={profile}", "--dump-dom", "data:text/html,<p>shown"]
        try:
            told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return "启动以后没有反应"
    if "<p>shown" in told.stdout:
        return ""
    last = next((line for line in reversed(told.stderr.splitlines()) if line.strip()), "")
    return f"启动以后没有显示网页（{plain(last, 160)}）" if last else "启动以后没有显示网页"


def _playwright() -> Check:
    there = importlib.util.find_spec("playwright") is not None
    advice = "只能使用 browser: selenium，没有交互检查、手机和长者版的检测；处理器不是 x86-64 或 ARM64 的只能这样。"
    return Check(name="Playwright", ok=there, found=version("playwright") if there else "没有安装", advice=advice, needed=False)


def _axe() -> Check:
    try:
        return Check(name="axe-core", ok=True, found=axe_version())
    except AxeUnusable as error:
        return Check(name="axe-core", ok=False, found="不能使用", advice=f"{error}请改正环境变量 AUDITOR_AXE，或者去掉它。")


def _driver() -> Check:
    path = find_driver()
    advice = "只有使用 browser: selenium 时才需要；请安装系统软件包 chromium-driver，或用 AUDITOR_DRIVER 指明驱动的路径。"
    if path is None:
        wanted = os.environ.get("AUDITOR_DRIVER") or "chromedriver"
        return Check(name="浏览器驱动", ok=False, found=f"没有找到 {wanted}", advice=advice, needed=False)
    told = browser_version(path)
    return Check(name="浏览器驱动", ok=bool(told), found=f"{path}　{told or '无法启动'}", advice=advice, needed=False)


def _fonts() -> Iterator[Check]:
    lister = shutil.which("fc-list")
    if lister is None:
        yield Check(name="中文字体", ok=False, found="无法查看（没有 fc-list）", advice="请安装系统软件包 fontconfig。", needed=False)
        return
    listed = subprocess.run([lister, ":lang=zh", "family", "file"], capture_output=True, text=True, timeout=30, check=False).stdout
    families = sorted({line.rpartition(": ")[2].split(",")[0] for line in listed.splitlines() if line.strip()})
    yield Check(
        name="中文字体", ok=bool(families), found="、".join(families[:4]) or "没有找到",
        advice="没有中文字体时，文字宽度和截图都不可靠；请安装系统软件包 fonts-wqy-zenhei 或 fonts-noto-cjk。",
    )  # fmt: skip
    truetype = any(re.search(r"\.tt[cf]\b", line, re.IGNORECASE) and "Noto" not in line for line in listed.splitlines())
    yield Check(
        name="打印用中文字体", ok=truetype, found="有 TrueType 字体" if truetype else "没有 TrueType 字体",
        advice="打印成 PDF 时文字会变成图形；请安装系统软件包 fonts-wqy-zenhei。", needed=False,
    )  # fmt: skip


def _disk(folder: Path) -> Check:
    place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(place).free
    writable = os.access(place, os.W_OK)
    found = f"{place}　剩余 {free / GIGABYTE:.1f} GB" + ("" if writable else "，不能写入")
    return Check(name="磁盘", ok=writable and free >= ENOUGH_DISK, found=found, advice="请腾出至少 2 GB 空间，并确认本程序可以写入。")
