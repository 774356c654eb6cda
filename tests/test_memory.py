"""A browser is weighed with all it started, replaced between two visits when it is worn, and no page takes the machine's memory."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Web, seeing
from playwright.async_api import Error

from auditor.model import Network, Page, State
from crawlers.browsers import memory
from crawlers.browsers.chromium import Chromium
from crawlers.browsers.find import BrowserMissing
from crawlers.browsers.playwright import PlaywrightBrowser
from crawlers.egress import Egress

PAGE = "<!DOCTYPE html><html lang='zh-CN'><head><title>测试</title></head><body><main><h1>测试</h1>{}</main></body></html>"
GREEDY = PAGE.format("<script>const kept = []; setInterval(() => { kept.push(new Uint8Array(32e6).fill(1)) }, 20)</script>")


def test_a_family_is_a_process_with_all_it_started() -> None:
    inner = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    with subprocess.Popen([sys.executable, "-c", inner], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdout.readline()
        found = memory.family(child.pid)
        assert child.pid in found and len(found) == 2 and found < memory.family(os.getpid())
        assert memory.pss(found) > 4_000_000 < memory.private(child.pid)
        child.kill()
        assert child.stdin is not None
        child.stdin.close()
    assert memory.family(child.pid) == frozenset() and memory.private(child.pid) == 0


def test_only_new_processes_are_asked_for_their_parent(tmp_path: Path) -> None:
    def write(process: int, parent: int) -> None:
        (tmp_path / str(process)).mkdir(exist_ok=True)
        (tmp_path / str(process) / "stat").write_text(f"{process} (a b) S {parent} 0")

    write(2, 1)
    known = memory.parents(tmp_path)
    write(2, 9)
    write(3, 2)
    assert memory.parents(tmp_path, known) == {2: 1, 3: 2} and memory.parents(tmp_path) == {2: 9, 3: 2}
    assert memory.family(2, tmp_path, known=memory.parents(tmp_path, known)) == {2, 3}


def test_without_proc_nothing_is_known(tmp_path: Path) -> None:
    for proc in (tmp_path, tmp_path / "none"):
        assert memory.family(os.getpid(), proc) == frozenset()
        assert memory.pss({os.getpid()}, proc) == memory.private(os.getpid(), proc) == 0


@pytest.mark.parametrize(
    ("pages", "ended"),
    [
        ({}, None),
        ({1: 300, 2: 400}, None),
        ({1: 300, 2: 801}, 2),
        ({1: 700, 2: 500, 3: 400}, 1),  # none of them too large, all of them together
        (dict.fromkeys(range(12), 200), None),  # many pages as they are everywhere
        (dict.fromkeys(range(16), 200), 0),  # more than the machine has for them
    ],
)
def test_the_page_that_takes_too_much_ends_or_the_largest_of_too_many(pages: dict[int, int], ended: int | None) -> None:
    assert memory.glutton(pages, page_bytes=800, all_bytes=1500, most_bytes=3000) == ended


def test_all_pages_together_may_take_a_share_of_what_the_machine_has_and_never_less_than_so_much(tmp_path: Path) -> None:
    assert memory.allowance(tmp_path) == memory.ALL_BYTES
    for available, allowed in ((1_000_000, memory.ALL_BYTES), (16_000_000, 16_000_000 * 1024 // 4)):
        (tmp_path / "meminfo").write_text(f"MemTotal:       32000000 kB\nMemAvailable:   {available} kB\n")
        assert memory.allowance(tmp_path) == allowed


@pytest.mark.parametrize(("page_bytes", "all_bytes", "its_own"), [(1, 10**12, True), (1, 1, True), (10**12, 1, False)])
def test_only_a_page_that_took_too_much_itself_is_blamed(
    monkeypatch: pytest.MonkeyPatch, page_bytes: int, all_bytes: int, its_own: bool
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        monkeypatch.setattr(memory, "_is_page", lambda process: process == child.pid)
        monkeypatch.setattr(memory, "PAGE_BYTES", page_bytes)
        monkeypatch.setattr(memory, "_allowance", lambda: all_bytes)
        guard = memory.MemoryGuard(child.pid)
        while child.poll() is None:  # a process that has only just begun has nothing of its own yet
            guard.look()
        assert child.returncode == -signal.SIGKILL and guard.ended_one() is its_own


def visited(*addresses: str, at_once: bool = False, limit: float = 60) -> tuple[list[Page], int]:
    """The pages at some addresses, and how often a browser was started for them."""

    class Counting(PlaywrightBrowser):
        starts = 0

        async def _started(self) -> Chromium:
            self.starts += 1
            return await super()._started()

    async def work() -> tuple[list[Page], int]:
        async with Egress(Network(allow=("localhost",))) as egress:
            browser = Counting(egress=egress, suffix="Test/1.0", viewport=(1280, 800), pictures=False)
            async with browser:
                visits = [browser.visit(address, (), limit=limit) for address in addresses]
                pages = await asyncio.gather(*visits) if at_once else [await visit for visit in visits]
        return list(pages), browser.starts

    return asyncio.run(work())


@pytest.mark.browser
@pytest.mark.parametrize("at_once", [False, True])
def test_a_browser_is_replaced_after_so_many_visits_and_none_is_lost(web: Web, monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:
    monkeypatch.setattr(memory, "WORN_VISITS", 2)
    for number in range(5):
        web[f"/{number}"] = PAGE.format(number)
    pages, starts = visited(*(web.url(f"/{number}") for number in range(5)), at_once=at_once)
    assert [page.state for page in pages] == [State.AUDITED] * 5
    assert [asked for _, asked in web.asked].count("/4") == 1 and starts == 3


@pytest.mark.browser
def test_a_browser_is_replaced_when_it_has_grown_large(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "WEIGHED", 1)
    monkeypatch.setattr(memory, "WORN_BYTES", 1)
    web["/"] = PAGE.format("")
    pages, starts = visited(*[web.url("/")] * 2)
    assert ([page.state for page in pages], starts) == ([State.AUDITED] * 2, 2)


@pytest.mark.browser
def test_a_page_that_takes_too_much_ends_alone(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PAGE_BYTES", 400_000_000)
    web["/"] = PAGE.format("<script>setInterval(() => { document.title = Math.random() }, 10)</script>")
    web["/greedy"] = GREEDY
    pages, starts = visited(web.url("/greedy"), web.url("/"), at_once=True)
    assert [page.state for page in pages] == [State.TOO_LARGE, State.AUDITED]
    assert "内存" in pages[0].reason and starts == 1


@pytest.mark.timeout(90)
def test_a_browser_is_replaced_while_pages_rest_and_the_audit_goes_on(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "WORN_VISITS", 3)
    restless = "<script>let n = 0; setInterval(() => { document.body.dataset.n = n++ < 6 ? n : 6 }, 100)</script>"
    for number in range(10):
        web[f"/{number}"] = PAGE.format(number).replace("</body>", f"{restless}</body>")
    run = seeing("playwright")(*(web.url(f"/{number}") for number in range(10)))
    assert [entry.state for entry in run.coverage] == [State.AUDITED] * 10


@pytest.mark.parametrize(("failures", "states"), [({2}, [State.AUDITED] * 2), ({2, 3, 4}, [State.AUDITED, State.CRASHED])])
def test_a_browser_that_does_not_start_again_at_once_costs_one_page_at_most(
    web: Web, monkeypatch: pytest.MonkeyPatch, failures: set[int], states: list[State]
) -> None:
    web["/"] = PAGE.format("页")
    monkeypatch.setattr(memory, "WORN_VISITS", 1)
    starts, start = [0], Chromium.start

    async def sometimes(*words: Any) -> Chromium:
        starts[0] += 1
        if starts[0] in failures:
            raise Error("it does not start")
        return await start(*words)

    monkeypatch.setattr(Chromium, "start", sometimes)
    pages, _ = visited(*[web.url("/")] * 2)
    assert [page.state for page in pages] == states


def test_where_no_browser_ever_starts_that_is_said(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: Any) -> Chromium:
        raise Error("no sandbox\nand more")

    monkeypatch.setattr(Chromium, "start", never)
    with pytest.raises(BrowserMissing, match=r"浏览器无法启动：no sandbox$"):
        visited(web.url("/"))
