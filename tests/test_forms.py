"""The experiment with forms sends nothing, opens nothing, leaves nothing behind, and tells the same of the same page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from capturing import Loose
from playwright.async_api import async_playwright

from checks.probes import forms
from crawlers.browsers.find import find_browser, launch_flags
from crawlers.browsers.settle import settle

pytestmark = pytest.mark.browser

TOUCHY = """<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>办事</title>
<form action="/save" method="post"><label>标题 <input name="bt"></label><button>提交</button></form>
<form id="g" action="/get" onsubmit="setTimeout(function(){g.submit()},20);return false"><label>姓名 <input name="xm"></label>
<button>保存</button></form>
<div><label>电话 <input id="dh"></label><label>邮箱 <input id="yx"></label><a href="javascript:;" onclick="send()">立即提交</a></div>
<select id="s" aria-label="县区"><option>请选择<option value="/go-a">甲<option value="/go-b">乙</select>
<label><input type="checkbox" id="c">只看已办</label><label>页码 <input id="p"></label>
<iframe name="inner" srcdoc="<p>结果</p>"></iframe><form id="i" action="/inner" target="inner" method="post"></form>
<script>
var first = XMLHttpRequest, later = window.fetch;
fetch('/loaded', {method: 'POST', body: 'x'});
s.onchange = function () { location.href = s.value; };
c.onchange = function () { window.open('/window'); location.replace('/replaced'); };
p.onblur = function () { location = '/page?n=' + p.value; };
function send() {
  later('/fetch', {method: 'POST', body: dh.value}); later('/fetch-get?dh=' + dh.value);
  var x = new first(); x.open('POST', '/xhr'); x.send('x');
  navigator.sendBeacon('/beacon', 'x');
  i.submit(); document.createElement('img').src = '/picture?dh=' + dh.value;
  var j = document.createElement('script'); j.src = '/script?dh=' + dh.value; document.head.appendChild(j);
  if (confirm('确定提交吗？')) location = '/confirmed';
  alert('提交成功');
}
</script>""".encode()

PLAIN = "<!DOCTYPE html><html lang='zh-CN'><meta charset='utf-8'><title>新闻</title><p>没有表单。<a href='/b'>下一条</a></p>".encode()


class Site(ThreadingHTTPServer):
    """Notes all that arrives."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Two pages; everything else is noted and empty."""

    server: Site

    def do_GET(self) -> None:
        self.server.seen.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = {"/": TOUCHY, "/plain": PLAIN}.get(self.path, b"")
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


class Unguarded(Loose):
    """A page without any guard: what is held back, the experiment holds back itself."""

    address = ""
    loads = 0

    async def reload(self) -> None:
        self.loads += 1
        await self.page.goto(self.address, wait_until="load")
        self.forget()
        await settle(self)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join(5)


def asked(address: str, times: int = 1) -> tuple[list[Any], str, int, int]:
    """The answers of the experiment; where the page is then and what is left of us in its world, pages open, loads."""

    async def ask() -> tuple[list[Any], str, int, int]:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            driver = Unguarded(page, await page.context.new_cdp_session(page))
            driver.address = address
            await driver.reload()
            driver.loads = 0
            told = []
            for _ in range(times):
                told.append(await forms.ask(driver, {}))
            where, loads = page.url, driver.loads
            await driver.reload()
            left = await page.evaluate("typeof auditorHeldForms + typeof auditorForms")
            opened = len(page.context.pages)
            await browser.close()
            return told, f"{where} {left}", opened, loads

    return asyncio.run(asyncio.wait_for(ask(), 120))


def test_nothing_leaves_a_page_whose_forms_are_tried_and_nothing_stays_behind(site: Site) -> None:
    site.seen.clear()
    told, end, opened, loads = asked(site.url + "/", times=2)

    assert set(site.seen) <= {"GET /", "POST /loaded", "GET /favicon.ico"}, "only what the page sends by itself for any visitor"
    assert site.seen.count("POST /loaded") == loads + 2
    assert end == f"{site.url}/ undefinedundefined"
    assert opened == 1
    first, second = told
    assert first == second, "the same page, the same facts"
    assert {(one["kind"], one["did"][0]) for one in first["inputs"]} == {("select", "navigate"), ("checkbox", "open"), ("text", "navigate")}
    by_words = {form["press"]: form for form in first["forms"]}
    assert set(by_words) == {"提交", "保存", "立即提交"}
    assert by_words["提交"]["runs"][0]["empty"]["did"] == [["submit", site.url + "/save"]]
    assert by_words["保存"]["runs"][0]["empty"]["did"] == [["submit", "/get"]]
    last = by_words["立即提交"]["runs"][0]["wrong"]
    assert {(kind, address.partition("?")[0]) for kind, address in last["did"]} == {
        ("request", "POST /fetch"), ("request", "GET /fetch-get"), ("request", "POST /xhr"), ("submit", "/inner"),
    }  # fmt: skip
    assert last["said"] == [["confirm", "确定提交吗？"], ["alert", "提交成功"]]


def test_a_page_without_anything_to_fill_in_is_not_loaded_again(site: Site) -> None:
    told, _, _, loads = asked(site.url + "/plain")

    assert told == [{"forms": [], "inputs": [], "pastes": [], "codes": [], "cut": False}]
    assert loads == 0
