"""The emergency stop acts within seconds, on a round under way in another process too, and nobody comes back before it is lifted."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from loopback import Reply, ground, run

from auditor import stops
from auditor.audit import audit, verdict
from auditor.cli import main
from auditor.model import Category, Coverage, Judged, Network, Order, Site, State, Stop, Target
from auditor.pages import audit_pages
from auditor.store import Store
from crawlers.egress import Egress

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

# ---------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(("line", "stop", "host", "other"), [
    ("www.a.test", Stop(host="www.a.test"), "www.a.test", "a.test"),
    ("www.a.test 张三 网站要求", Stop(host="www.a.test", by="张三 网站要求"), "www.a.test", "b.test"),
    ("http://WWW.A.test/index.html", Stop(host="www.a.test"), "www.a.test", "b.test"),
    ("*.a.test", Stop(host="*.a.test"), "www.a.test", "www.b.test"),
    ("  * 李四", Stop(host="*", by="李四"), "anybody.test", None),
    ("济宁.政务", Stop(host="xn--w9s172b.xn--zfr164b"), "xn--w9s172b.xn--zfr164b", "a.test"),
    ("*\u3000张三", Stop(host="*", by="张三"), "anybody.test", None),
    ("全部 张三", Stop(host="*", by="张三"), "anybody.test", None),
    ("www.a.test，张三", Stop(host="www.a.test", by="张三"), "www.a.test", "b.test"),
    ("www.a.test, 张三", Stop(host="www.a.test", by="张三"), "www.a.test", "b.test"),
    ("www.a.test:8080：张三；换服务器", Stop(host="www.a.test", by="张三；换服务器"), "www.a.test", "b.test"),
    ("http://www.a.test:81/x、张三", Stop(host="www.a.test", by="张三"), "www.a.test", "b.test"),
    ("www.a.test\t张三\t网站要求", Stop(host="www.a.test", by="张三 网站要求"), "www.a.test", "b.test"),
    ("[::1] 张三", Stop(host="::1", by="张三"), "::1", "a.test"),
])  # fmt: skip
def test_a_line_that_somebody_wrote_by_hand_is_understood(tmp_path: Path, line: str, stop: Stop, host: str, other: str | None) -> None:
    path = tmp_path / "auditor.db.stop"
    path.write_text(f"# 紧急停止\n\n{line}", encoding="utf-8")
    assert stops.read(path) == (stop,)
    watched = stops.Watched(path)
    assert watched(host).startswith("人工紧急停止") and (other is None or watched(other) == "")
    assert stop.by in watched(host)


def test_several_hosts_in_one_line_are_all_stopped_and_one_of_them_can_be_lifted(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db.stop"
    path.write_text("www.a.test、www.b.test 张三", encoding="utf-8")
    assert [(stop.host, stop.by) for stop in stops.read(path)] == [("www.a.test", "张三"), ("www.b.test", "张三")]
    stops.lift(path, "www.a.test")
    assert [(stop.host, stop.by) for stop in stops.read(path)] == [("www.b.test", "张三")]


@pytest.mark.parametrize("line", ["张三 www.a.test", "www.a.test张三", "2026-11-23 www.a.test", "20261123", "停止：www.a.test", "*张三"])
def test_a_line_that_names_no_host_first_stops_everything_and_says_so(tmp_path: Path, line: str) -> None:
    path = tmp_path / "auditor.db.stop"
    path.write_text(f"{line}\nwww.b.test 李四", encoding="utf-8")
    assert f"没有写明主机：“{line}”" in stops.Watched(path)("anybody.test")
    stops.lift(path, "www.b.test")
    assert stops.Watched(path)("www.b.test") and len(stops.lift(path, stops.EVERYWHERE)) == 1 and not path.exists()


@pytest.mark.parametrize(("encoding", "told"), [
    ("utf-8-sig", "张三"), ("utf-16", "张三"), ("utf-16-le", "全部停止"), ("gb18030", "全部停止"),
])  # fmt: skip
def test_a_file_in_another_encoding_is_read_or_stops_everything(tmp_path: Path, encoding: str, told: str) -> None:
    path = tmp_path / "auditor.db.stop"
    path.write_bytes("# 注\r\nwww.a.test 张三\r\n".encode(encoding))
    assert told in stops.Watched(path)("www.a.test")
    stops.add(path, Stop(host="www.b.test", by="李四"))
    watched = stops.Watched(path)
    assert told in watched("www.a.test") and watched("www.b.test")
    assert bool(watched("www.c.test")) is (told == "全部停止")


def test_lifting_keeps_comments_and_loses_no_line_that_is_added_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db.stop"
    path.write_text("# 值班电话 1\nwww.a.test 张三\nwww.b.test\n", encoding="utf-8")
    stops.lift(path, "www.a.test")
    assert path.read_text(encoding="utf-8") == "# 值班电话 1\nwww.b.test\n"
    stops.lift(path, stops.EVERYWHERE)
    assert path.read_text(encoding="utf-8") == "# 值班电话 1\n" and stops.read(path) == ()

    path.unlink()
    hosts = [f"h{number}.test" for number in range(300)]

    def write() -> None:
        for host in hosts:
            stops.add(path, Stop(host=host))

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        stops.add(path, Stop(host="mine.test"))
        stops.lift(path, "mine.test")
    writer.join()
    assert {stop.host for stop in stops.read(path)} == set(hosts)


def test_what_is_added_to_a_line_without_an_end_is_a_line_of_its_own_and_lifting_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db.stop"
    path.write_text("www.a.test 张三", encoding="utf-8")
    mine = Stop(host="www.b.test", by="李\t四\n", why="换\n服务器", since=NOON)
    stops.add(path, mine)
    assert stops.read(path) == (Stop(host="www.a.test", by="张三"), Stop(host="www.b.test", by="李 四", why="换 服务器", since=NOON))
    assert stops.lift(path, "www.c.test") == ()
    assert [stop.host for stop in stops.lift(path, "www.a.test")] == ["www.a.test"]
    assert stops.read(path) == (Stop(host="www.b.test", by="李 四", why="换 服务器", since=NOON),)
    assert len(stops.lift(path, stops.EVERYWHERE)) == 1 and not path.exists() and stops.read(path) == ()


def test_a_change_is_noticed_and_a_file_that_cannot_be_read_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db.stop"
    watched = stops.Watched(path)
    assert watched("a.test") == ""
    stops.add(path, Stop(host="a.test", by="张三", why="测试"))
    assert watched("a.test") == "人工紧急停止（张三，测试），没有访问"
    stops.lift(path, "a.test")
    assert watched("a.test") == ""
    path.mkdir()
    assert "无法读取" in watched("a.test")


# ---------------------------------------------------------------------------------------------- the command


def stop(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["stop", "--db", str(folder / "auditor.db"), *words])


def test_the_command_sets_shows_and_lifts(tmp_path: Path) -> None:
    assert stop(tmp_path).output == "没有停止访问任何主机。\n"
    assert "www.a.test" in stop(tmp_path, "http://www.a.test/", "--by", "张三", "--why", "网站要求").output
    assert stop(tmp_path, "--all", "--by", "李四").exit_code == 0
    shown = stop(tmp_path).output
    assert "www.a.test" in shown and "张三" in shown and "网站要求" in shown and "全部" in shown
    assert "已解除 1 项" in stop(tmp_path, "--lift", "www.a.test").output
    assert "张三" not in stop(tmp_path).output and "李四" in stop(tmp_path).output
    assert stop(tmp_path, "--lift", "--all").exit_code == 0 and "没有停止" in stop(tmp_path).output


def test_the_command_says_what_is_still_in_force_and_where_it_wrote(tmp_path: Path) -> None:
    written = stop(tmp_path, "--all", "--by", "李四").output
    assert f"{tmp_path / 'auditor.db.stop'}" in written and "没有数据库" in written
    assert stop(tmp_path, "--lift", "www.a.test").output == "www.a.test 没有单独的停止；“全部主机”的停止仍在生效。\n"
    Store.open(tmp_path / "auditor.db").close()
    assert "没有数据库" not in stop(tmp_path, "*.a.test", "--by", "张三").output
    assert stop(tmp_path, "--lift", "--all").output == "已解除 2 项停止。正在检测的网站这一轮不再恢复，此后开始的照常访问。\n"
    stop(tmp_path, "*.a.test", "--by", "张三")
    assert "“*.a.test”的停止仍在生效" in stop(tmp_path, "--lift", "www.a.test").output
    stop(tmp_path, "www.a.test", "--by", "张三")
    assert stop(tmp_path, "--lift", "www.a.test").output == "已解除 1 项停止。“*.a.test”的停止仍在生效。\n"
    assert stop(tmp_path, "--lift", "www.b.test").output == "www.b.test 没有被停止。\n"


def test_single_pages_of_a_stopped_host_are_refused_with_a_sentence(tmp_path: Path) -> None:
    stop(tmp_path, "www.a.test", "--by", "张三")
    done = CliRunner().invoke(main, ["page", "--db", str(tmp_path / "auditor.db"), "http://www.a.test/x"])
    assert done.exit_code == 1 and done.output.startswith("人工紧急停止（张三），没有访问。")
    path = str(tmp_path / "auditor.db.stop")
    found = audit_pages(["http://www.a.test/x"], level=None, allow=(), browser="playwright", tell=lambda _: None, stops=path)
    assert [(entry.state, entry.reason) for entry in found.coverage] == [(State.INTERRUPTED, "人工紧急停止（张三），没有访问")]


def test_pages_that_a_stop_kept_us_from_count_as_pages_that_were_to_be_judged() -> None:
    entries = [Coverage(url=f"http://a.test/{number}", state=State.INTERRUPTED if number else State.AUDITED) for number in range(10)]
    assert verdict(entries, "http://a.test/0") == ("withheld", "应检测的 10 个页面中，检测完成 1 个，不足一半，不作评价")


def test_an_address_that_the_interrupted_run_could_not_finish_is_told_once_when_it_goes_on() -> None:
    site = Site(id="a", name="", url="http://www.a.test/", category=Category.OTHER, region="", owner="")
    network = Network(resolve={"www.a.test:80": "127.0.0.1:9"})
    cut_off = Judged(coverage=Coverage(url=site.url, state=State.INTERRUPTED, reason="跳转到的主机已停止"))
    order = Order(target=Target(site=site), network=network, round="r", now=NOON, done=(cut_off,))
    told = audit(order, lambda _: None, lambda host: "人工紧急停止，没有访问")
    assert [(entry.url, entry.reason) for entry in told.coverage] == [(site.url, "人工紧急停止，没有访问")]


@pytest.mark.parametrize("words", [
    ("www.a.test",), ("--by", "张三"), ("--lift",), ("www.a.test", "--all", "--by", "张三"), ("。。", "--by", "张三"),
])  # fmt: skip
def test_a_command_that_says_too_little_changes_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = stop(tmp_path, *words)
    assert done.exit_code == 2 and done.output and "没有停止" in stop(tmp_path).output


# ---------------------------------------------------------------------------------------------- the way out


def test_the_way_out_refuses_a_stopped_host_and_breaks_off_what_is_under_way() -> None:
    async def story() -> None:
        why: dict[str, str] = {}
        async with ground("a.test", "b.test") as here:
            here.site.pages |= {"/slow": Reply(wait=25), "/": "here"}
            network = Network(resolve={f"{name}.test:80": f"127.0.0.1:{here.site.port}" for name in "ab"})
            async with Egress(network, stopped=lambda host: why.get(host, "")) as egress:
                place = egress.url.removeprefix("http://").split(":")
                asking, tunnel = [await asyncio.open_connection(*place) for _ in range(2)]
                asking[1].write(b"GET http://a.test/slow HTTP/1.1\r\nHost: a.test\r\n\r\n")
                tunnel[1].write(b"CONNECT a.test:80 HTTP/1.1\r\n\r\n")
                assert b" 200 " in await tunnel[0].readuntil(b"\r\n\r\n")
                while "/slow" not in here.site.paths():
                    await asyncio.sleep(0.01)
                why["a.test"] = "人工紧急停止（张三），没有访问"
                begun = time.monotonic()
                for reader, writer in (asking, tunnel):
                    assert await reader.read() == b""
                    writer.close()
                assert time.monotonic() - begun < 3
                for line, answer in ((b"GET http://a.test/ HTTP/1.1", b"403"), (b"GET http://b.test/ HTTP/1.1", b"200")):
                    reader, writer = await asyncio.open_connection(*place)
                    writer.write(line + b"\r\nConnection: close\r\n\r\n")
                    assert answer in (await reader.read()).split(b"\r\n")[0]
                    writer.close()
                assert egress.trouble("a.test", 80) == ("interrupted", "人工紧急停止（张三），没有访问")
            assert [asked.host for asked in here.site.asked] == ["a.test", "b.test"]

    run(story())


# ---------------------------------------------------------------------------------------------- a round under way


class Endless:
    """Sites without an end: every page leads to three more."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str, str]] = []
        book = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = self.headers.get("Host", "")
                book.asked.append((time.monotonic(), host, self.path))
                links = "".join(f'<a href="{self.path.rstrip("/")}/{n}">第 {n} 页</a>' for n in range(3))
                body = f'<!doctype html><html lang="zh"><title>{self.path}</title><h1>{self.path}</h1>{links}'.encode()
                self.send_response(404 if self.path == "/robots.txt" else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def requests(self, host: str, since: float = 0.0) -> int:
        return sum(moment >= since and name == host for moment, name, _ in self.asked)


@pytest.fixture
def endless() -> Iterator[Endless]:
    site = Endless()
    yield site
    site.server.shutdown()
    site.server.server_close()
    site.thread.join()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def targets(port: int) -> str:
    site = '  - {{id: {0}, name: 网站{0}, url: "http://{0}.test/", category: other, region: "990000", owner: 某局}}\n'
    sites = "".join(site.format(name) for name in "ab")
    return (
        'version: 1\nregions: [{id: "990000", name: 测试市, local: true}]\n'
        f'network: {{user_agent: "T/1 (+http://t.test/; 1)", resolve: {{"*.test:80": "127.0.0.1:{port}"}}}}\n'
        f"defaults: {{delay: 0.1, max_pages: 400, finders: [links], profile: static}}\nsites:\n{sites}"
    )


@pytest.mark.browser
def test_a_stop_reaches_a_round_in_another_process_within_seconds_and_holds_for_the_next(tmp_path: Path, endless: Endless) -> None:
    (tmp_path / "targets.yml").write_text(targets(endless.server.server_address[1]), encoding="utf-8")
    db = tmp_path / "out" / "auditor.db"

    def audit() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "auditor", "run", "--json"]
        return subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    process = audit()
    try:
        until(lambda: min(endless.requests("a.test"), endless.requests("b.test")) >= 5)
        stops.add(stops.beside(db), Stop(host="a.test", by="张三", why="网站要求"))
        first = time.monotonic() + 3
        until(lambda: endless.requests("b.test", since=first) >= 4)
        with stops.beside(db).open("a") as file:
            print("*", file=file)
        second = time.monotonic() + 3
        out, err = process.communicate(timeout=15)
    finally:
        process.kill()
        process.wait()
    assert (endless.requests("a.test", since=first), endless.requests("b.test", since=second)) == (0, 0), err
    for name in "ab":
        assert ledger(json.loads(out), name)["interrupted"] > 0
    with Store.open(db, readonly=True) as store:
        reasons = {name: {entry.reason for entry in store.ledger(name) if entry.state == "interrupted"} for name in "ab"}
    assert reasons == {"a": {"人工紧急停止（张三，网站要求），没有访问"}, "b": {"人工紧急停止，没有访问"}}

    before = len(endless.asked)
    out, err = audit().communicate(timeout=60)
    assert len(endless.asked) == before and [ledger(json.loads(out), name) for name in "ab"] == [{"interrupted": 1}] * 2
    assert "张三" in next(site["reason"] for site in json.loads(out)["sites"] if site["id"] == "a")


def ledger(told: dict[str, Any], name: str) -> dict[str, int]:
    counts: dict[str, int] = next(site["coverage"] for site in told["sites"] if site["id"] == name)
    return counts
