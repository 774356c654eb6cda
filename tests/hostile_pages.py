"""Pages that mean harm or fell from somebody's hand, as a table: what each does, how it is answered, what an honest audit says of it."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from auditor.model import State

Talk = Callable[[asyncio.StreamWriter, str], Awaitable[None]]
"""Writes an answer, head and all, to a request for a path."""

PORT = "PORT"
"""Stands for the port of the server wherever it is written in an answer."""

PICTURE = "<img src='/a.png'>"
HEAD = "<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'><title>办事指南</title>{}</head>"
BODY = "<body><main><h1>办事指南</h1>{}</main></body></html>"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer as a whole."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = str | Reply | Talk


@dataclass(frozen=True, kw_only=True)
class Row:
    """One hostile page: `group` is its site, `also` are further addresses that belong to it."""

    group: str
    path: str
    what: str
    answer: Answer
    state: State
    rule: str = ""  #: what must be found on it all the same
    selector: str = "img"
    title: str = ""  #: what the title must read, where that is the point
    silent: tuple[str, ...] = ()  #: parts of which it must be told that nobody could look into them
    final: str = ""  #: the path at which the visit must have ended
    also: Mapping[str, Answer] = field(default_factory=dict)
    limit: float = 20.0  #: seconds for a visit of the pages of its group


def page(content: str = PICTURE, head: str = "") -> str:
    """A page with a picture that has no text, the barrier that is to be found."""
    return HEAD.format(head) + BODY.format(content)


def script(text: str, content: str = PICTURE) -> str:
    """A page whose script runs where its content ends."""
    return page(f"{content}<script>{text}</script>")


def first(text: str) -> str:
    """A page whose script runs before there is anything else."""
    return page(head=f"<script>{text}</script>")


def to(address: str, status: int = 302) -> Reply:
    """A redirect."""
    return Reply(status=status, headers={"Location": address})


def policy(text: str, name: str = "Content-Security-Policy") -> Reply:
    """A page under a policy."""
    return Reply(body=page().encode(), headers={name: text})


def written(encoding: str, told: str = "", *, meta: str = "", title: str = "济宁市政务公开", words: str = "") -> Reply:
    """A page in an encoding, which its head or the header names rightly, wrongly or not at all."""
    text = f"<!DOCTYPE html><html lang='zh-CN'><head>{meta}<title>{title}</title></head><body><main>{words or LONG}{PICTURE}</main>"
    return Reply(body=text.encode(encoding), headers={"Content-Type": f"text/html{told}"})


LONG = "<p>" + "本市各级人民政府应当为残疾人获取公共信息提供便利，" * 20 + "</p>"
RARE = "㐂𠮷㙍政务公开"  # outside of GB 2312 and GBK, in GB 18030


# ---------------------------------------------------------------------------------------------- answers that take their time


def head(status: str = "200 OK", **fields: str) -> bytes:
    """The head of an answer that ends with the connection."""
    lines = [f"HTTP/1.1 {status}", "Connection: close", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("utf-8")


HTML = {"Content_Type": "text/html; charset=utf-8"}


async def silent(writer: asyncio.StreamWriter, path: str) -> None:
    """Says nothing."""
    await asyncio.sleep(300)


async def half_a_head(writer: asyncio.StreamWriter, path: str) -> None:
    """Never ends its head."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
    while True:
        writer.write(b"X-More: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.5)


async def dripping(writer: asyncio.StreamWriter, path: str) -> None:
    """A letter now and then."""
    writer.write(head(**HTML) + page().encode())
    while True:
        writer.write(b"<p>x")
        await writer.drain()
        await asyncio.sleep(0.3)


async def endless(writer: asyncio.StreamWriter, path: str) -> None:
    """As much as is taken."""
    writer.write(head(**HTML) + page().encode())
    piece = b"<p>" + b"words " * 10_000
    while True:
        writer.write(piece)
        await writer.drain()


async def bomb(writer: asyncio.StreamWriter, path: str) -> None:
    """A megabyte and a half that swells to one and a half gigabytes."""
    writer.write(head(**HTML, Content_Encoding="gzip") + bomb_bytes())
    await writer.drain()


async def cut_off(writer: asyncio.StreamWriter, path: str) -> None:
    """Promises more than it gives."""
    writer.write(head(**HTML, Content_Length="100000") + page().encode())
    await writer.drain()


async def cut_chunk(writer: asyncio.StreamWriter, path: str) -> None:
    """Breaks off in the middle of a piece."""
    writer.write(head(**HTML, Transfer_Encoding="chunked") + b"2000\r\n" + page().encode())
    await writer.drain()


async def long_head(writer: asyncio.StreamWriter, path: str) -> None:
    """A head of 300 kB."""
    writer.write(head(**HTML, **{f"X_{number}": "x" * 10_000 for number in range(30)}) + page().encode())
    await writer.drain()


@cache
def bomb_bytes() -> bytes:
    """What `bomb` sends."""
    packer, piece = zlib.compressobj(9, zlib.DEFLATED, 31), b"<p>word word word</p>" * 50_000
    return b"".join([packer.compress(page().encode()), *(packer.compress(piece) for _ in range(1500)), packer.flush()])


async def onward(writer: asyncio.StreamWriter, path: str) -> None:
    """Redirects to an address that never was before."""
    number = int(re.sub(r"\D", "", path) or 0) + 1
    writer.write(head("302 Found", Location=f"/chain/{number}", Content_Length="0"))
    await writer.drain()


async def scripted_onward(writer: asyncio.StreamWriter, path: str) -> None:
    """A page that goes on to another as soon as it is there."""
    number = int(re.sub(r"\D", "", path) or 0) + 1
    writer.write(head(**HTML) + first(f"location.href = '/going/{number}'").encode())
    await writer.drain()


# ---------------------------------------------------------------------------------------------- the table of pages

MANY = """const box = document.querySelector('main'), piece = document.createElement('div');
piece.innerHTML = '<i>x</i>'.repeat(999); for (let n = 0; n < 200; n++) box.append(piece.cloneNode(true));"""
DEEP = """let at = document.querySelector('main');
for (let n = 0; n < 20000; n++) { const next = document.createElement('div'); at.append(next); at = next; } at.textContent = 'deep'"""
GREEDY = "const kept = []; setInterval(() => { const more = new Uint8Array(64e6); more.fill(kept.length + 1); kept.push(more); }, 20)"
HOARDING = "const kept = []; for (let n = 0; ; n++) kept.push({a: [n, n + 0.5], b: 'x' + n})"
WINDOWS = """let n = 0;
const more = setInterval(() => { for (let k = 0; k < 10; k++) open('/popups2'); if (++n > 5) clearInterval(more) }, 20)"""
GROWING = """new IntersectionObserver((seen) => { for (const one of seen) if (one.isIntersecting) {
  const p = document.createElement('p'); p.textContent = 'more'; end.before(p); } }).observe(end)"""
FRAMESET = """<html lang='zh'><head><title>框架</title></head><frameset cols='20%,*'>
<frame title='a' src='/menu'><frame title='b' id='right' src='/content'></frameset></html>"""

ROWS: tuple[Row, ...] = (
    # --- redirects
    Row(group="redirects", path="/loop", what="redirects to itself", answer=to("/loop"), state=State.ERROR_PAGE),
    Row(group="redirects", path="/chain", what="redirects to ever new addresses", answer=onward, state=State.ERROR_PAGE),
    *(
        Row(group="redirects", path=f"/to/{name}", what=f"redirects to {address}", answer=to(address), state=State.DENIED_BY_EGRESS)
        for name, address in {
            "private": "http://10.0.0.1/", "loopback": f"http://127.0.0.1:{PORT}/", "decimal": f"http://2130706433:{PORT}/",
            "octal": "http://0177.0.0.1/", "mapped": "http://[::ffff:10.0.0.1]/", "metadata": "http://169.254.169.254/latest/meta-data/",
            "file": "file:///etc/passwd", "browser": "chrome://version/", "data": "data:text/html,<img src=a>",
        }.items()
    ),
    Row(group="redirects", path="/meta/private", what="meta refresh to a private address", state=State.DENIED_BY_EGRESS,
        answer=page(head="<meta http-equiv='refresh' content='0;url=http://192.168.0.1/'>")),
    Row(group="redirects", path="/script/file", what="a script that opens a file", state=State.AUDITED, rule="image-alt",
        answer=script("location.href = 'file:///etc/passwd'")),
    Row(group="redirects", path="/frame/file", what="frames that show a file and a private address", state=State.AUDITED, rule="image-alt",
        silent=("#near",),
        answer=page(PICTURE + "<iframe title='a' id=own src='file:///etc/passwd'></iframe><iframe title='b' id=near src='http://10.0.0.1/'></iframe>")),
    Row(group="redirects", path="/meta/page", what="meta refresh to a page", state=State.AUDITED, rule="image-alt", final="/there",
        answer=page("", "<meta http-equiv='refresh' content='0;url=/there'>"), also={"/there": page()}),
    Row(group="redirects", path="/refresh", what="a Refresh header to a page", state=State.AUDITED, rule="image-alt", final="/there2",
        answer=Reply(body=page("").encode(), headers={"Refresh": "0;url=/there2"}), also={"/there2": page()}),
    # --- answers that do not come
    Row(group="slow", path="/silent", what="no answer", answer=silent, state=State.TIMEOUT, limit=3),
    Row(group="slow", path="/head", what="a head without an end", answer=half_a_head, state=State.TIMEOUT, limit=3),
    Row(group="slow", path="/dripping", what="a body that drips", answer=dripping, state=State.TIMEOUT, limit=3),
    # --- answers that are no page
    Row(group="answers", path="/download", what="a download", state=State.NOT_HTML,
        answer=Reply(body=b"PK", headers={"Content-Type": "application/zip", "Content-Disposition": "attachment; filename=a.zip"})),
    Row(group="answers", path="/download.html", what="a download that calls itself HTML", state=State.NOT_HTML,
        answer=Reply(body=page().encode(), headers={"Content-Disposition": "attachment; filename=a.html"})),
    Row(group="answers", path="/basic", what="basic authentication", state=State.LOGIN_WALL,
        answer=Reply(status=401, body=b"no", headers={"WWW-Authenticate": 'Basic realm="a"'})),
    Row(group="answers", path="/nothing", what="204, no content", answer=Reply(status=204), state=State.NOT_HTML),
    Row(group="answers", path="/busy", what="503 without Retry-After", answer=Reply(status=503, body=b"busy"), state=State.ERROR_PAGE),
    Row(group="answers", path="/cut", what="reset in mid-body", answer=cut_off, state=State.CONNECTION_RESET),
    Row(group="answers", path="/cut-chunk", what="reset in mid-chunk", answer=cut_chunk, state=State.CONNECTION_RESET),
    Row(group="answers", path="/long-head", what="headers of 300 kB", answer=long_head, state=State.TOO_LARGE),
    Row(group="busy", path="/later", what="503 with Retry-After", state=State.ERROR_PAGE,
        answer=Reply(status=503, body=b"busy", headers={"Retry-After": "1"})),
    # --- scripts
    Row(group="scripts", path="/alerts", what="dialogs in a loop", state=State.TIMEOUT, limit=4, answer=script("while (true) alert(1)")),
    Row(group="scripts", path="/forever", what="a script that never yields", state=State.TIMEOUT, limit=4, answer=script("while (true);")),
    Row(group="scripts", path="/later-forever", what="a script that never yields once the page is there", state=State.TIMEOUT, limit=4,
        answer=script("addEventListener('load', () => setTimeout(() => { while (true); }, 50))")),
    Row(group="restless", path="/going", what="navigates to ever new addresses", answer=scripted_onward, state=State.ERROR_PAGE),
    Row(group="restless", path="/again", what="loads itself again and again", state=State.ERROR_PAGE,
        answer=script("addEventListener('load', () => location.reload())")),
    Row(group="manners", path="/popups", what="a flood of windows", state=State.AUDITED, rule="image-alt",
        answer=script(WINDOWS), also={"/popups2": page()}),
    Row(group="manners", path="/asking", what="confirm, prompt and print now and then", state=State.AUDITED, rule="image-alt",
        answer=script("setInterval(() => { confirm('a'); prompt('b'); print() }, 100)")),
    Row(group="manners", path="/stay", what="does not let the visitor go", state=State.AUDITED, rule="image-alt",
        answer=script("onbeforeunload = (event) => { event.preventDefault(); return 'no' }; onunload = () => { for (;;); }")),
    Row(group="manners", path="/stop", what="window.stop()", state=State.AUDITED, rule="image-alt", answer=script("window.stop()")),
    Row(group="manners", path="/close", what="closes its window", state=State.AUDITED, rule="image-alt", answer=script("window.close()")),
    Row(group="manners", path="/restless", what="a DOM that never rests", state=State.AUDITED, rule="image-alt",
        answer=script("setInterval(() => { document.body.dataset.n = Math.random() }, 10)")),
    Row(group="manners", path="/scroll", what="grows whenever its end is seen", state=State.AUDITED, rule="image-alt",
        answer=script(GROWING, PICTURE + "<p id=end>end</p>")),
    Row(group="manners", path="/history", what="writes its history for ever", state=State.AUDITED, rule="image-alt",
        answer=script("let n = 0; setInterval(() => history.pushState(null, '', '/history?' + n++), 5)")),
    Row(group="manners", path="/worker", what="a service worker that answers everything itself", state=State.AUDITED, rule="image-alt",
        answer=script("navigator.serviceWorker?.register('/worker.js').catch(() => 0)"),
        also={"/worker.js": Reply(body=b"onfetch = (event) => event.respondWith(new Response('none'))",
                                  headers={"Content-Type": "text/javascript"})}),
    Row(group="manners", path="/closed", what="closed shadow roots", state=State.AUDITED, rule="image-alt", silent=("#box", "#wrap"),
        answer=script("for (const one of [box, wrap]) one.attachShadow({mode: 'closed'}).innerHTML = '<img src=/b.png><p>文字</p>'",
                      PICTURE + "<div id=box></div><section id=wrap><p>不显示的文字</p></section><div id=plain style='height:9px'></div>")),
    Row(group="manners", path="/frameset", what="a frameset", state=State.AUDITED, rule="image-alt", selector="#right >>> img",
        answer=FRAMESET, also={"/menu": page("<a href='/content'>内容</a>"), "/content": page()}),
    # --- charsets
    Row(group="charsets", path="/gb2312", what="GB 18030 in a page declared GB 2312", state=State.AUDITED, rule="image-alt", title=RARE,
        answer=written("gb18030", meta="<meta charset='gb2312'>", title=RARE)),
    Row(group="charsets", path="/gbk", what="GB 18030 that the header calls GBK", state=State.AUDITED, rule="image-alt",
        title=RARE, answer=written("gb18030", "; charset=gbk", title=RARE)),
    Row(group="charsets", path="/big5", what="Big5", state=State.AUDITED, rule="image-alt", title="無障礙網頁",
        answer=written("big5", meta="<meta charset='big5'>", title="無障礙網頁", words="辦事指南")),
    Row(group="charsets", path="/utf-16", what="UTF-16 without a mark, told by the header", state=State.AUDITED, rule="image-alt",
        title="济宁市政务公开", answer=written("utf-16-le", "; charset=utf-16")),
    Row(group="charsets", path="/utf-16-bom", what="UTF-16 with a mark, called UTF-8", state=State.AUDITED, rule="image-alt",
        title="政务服务", answer=written("utf-16", "; charset=utf-8", title="政务服务")),
    Row(group="charsets", path="/missing", what="UTF-8 that nobody names", state=State.AUDITED, rule="image-alt", answer=written("utf-8")),
    Row(group="charsets", path="/missing-gb", what="GBK that nobody names", state=State.AUDITED, rule="image-alt", answer=written("gbk")),
    Row(group="charsets", path="/wrong", what="GBK called UTF-8", state=State.AUDITED, rule="image-alt",
        answer=written("gbk", "; charset=utf-8")),
    Row(group="charsets", path="/unknown", what="a charset that there is not", state=State.AUDITED, rule="image-alt",
        answer=written("utf-8", "; charset=x-martian")),
    Row(group="charsets", path="/bytes", what="bytes that are no text", state=State.AUDITED, rule="image-alt",
        answer=Reply(body=page(PICTURE + "BYTES").encode().replace(b"BYTES", bytes(range(256)) * 20 + b"\xff\xfe\xed\xa0\x80\x00"))),
    # --- policies
    Row(group="policies", path="/none", what="CSP that allows nothing", state=State.AUDITED, rule="image-alt",
        answer=policy("default-src 'none'")),
    Row(group="policies", path="/sandbox", what="CSP sandbox", state=State.AUDITED, rule="image-alt", answer=policy("sandbox")),
    Row(group="policies", path="/types", what="Trusted Types", state=State.AUDITED, rule="image-alt",
        answer=policy("require-trusted-types-for 'script'; trusted-types 'none'")),
    Row(group="policies", path="/opener", what="an origin of its own", state=State.AUDITED, rule="image-alt",
        answer=Reply(body=page().encode(), headers={"Cross-Origin-Opener-Policy": "same-origin",
                                                    "Cross-Origin-Embedder-Policy": "require-corp"})),
    # --- pages that change the ground under our feet
    *(
        Row(group="patched", path=f"/{name.lower()}", what=f"overwrites {name}", answer=first(text), state=State.AUDITED, rule="image-alt")
        for name, text in {
            "axe": "Object.defineProperty(window, 'axe', {value: {run() { throw 1 }}, writable: false}); window.auditorAxe = 1",
            "JSON": "window.JSON = {}; Object.prototype.toJSON = () => 1",
            "Promise": "window.Promise = null; window.setTimeout = () => 0; window.queueMicrotask = null",
            "Array": "for (const name of ['map', 'filter', 'push', 'forEach']) Array.prototype[name] = null; Array.from = () => []",
            "Element": "window.Element = function () {}; window.Node = null; window.HTMLElement = null",
            "querySelectorAll": "Document.prototype.querySelectorAll = () => []; Element.prototype.querySelectorAll = () => [];"
                                " document.querySelector = () => null; Element.prototype.matches = () => false",
            "documentElement": "Object.defineProperty(document, 'documentElement', {get: () => null});"
                               " Object.defineProperty(document, 'title', {get: () => { throw 1 }})",
        }.items()
    ),
    # --- weight
    Row(group="weight", path="/many", what="200,000 elements", answer=script(MANY), state=State.TOO_LARGE),
    Row(group="depth", path="/deep", what="20,000 elements inside each other, on which Chromium itself breaks", answer=script(DEEP),
        state=State.CRASHED),
    Row(group="memory", path="/greedy", what="arrays without end", answer=script(GREEDY), state=State.TOO_LARGE, limit=45),
    Row(group="memory", path="/hoarding", what="objects without end", answer=script(HOARDING), state=State.TOO_LARGE, limit=45),
    Row(group="memory", path="/endless", what="a body without end", answer=endless, state=State.TOO_LARGE, limit=45),
    Row(group="memory", path="/bomb", what="a compression bomb", answer=bomb, state=State.TOO_LARGE, limit=45),
)
