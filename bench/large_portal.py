"""Portals of thousands of pages for measurements: the demo city's own shells, filled by a seeded script, their barriers unevenly spread.

Every page is a pure function of its address, so a portal is the same on every machine. `serving()` lets it answer on loopback. FIRST is the
one that formulas were tried on; SECOND, of another seed, size and spread, checks them; THIRD, smaller and better kept, with few old pages,
was crawled after they were settled.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditor.demo import answers

HOST = "big.demo.test"
START = f"http://{HOST}/"
PER_LIST = 20
GONE, MOVED = 0.03, 0.02  # shares of links that lead to nothing and to a page that has another address

SHELLS = {"portal": "www.demo.test", "archive": "mz.demo.test", "clean": "clean.demo.test"}


class Column(NamedTuple):
    """A column of the portal: pages of one template."""

    folder: str
    name: str
    shell: str
    pages: int
    address: str  #: of one page, with {day} and {number}
    parts: tuple[tuple[str, float], ...]  #: kind of content -> chance that a page has it (with its barrier or without)
    broken: float  #: chance that such content has its barrier
    old: float = 0.0  #: share of pages that were taken over from an older system, into another shell


class Portal(NamedTuple):
    """A portal: its columns, and the seed of all chance in it."""

    seed: int
    columns: tuple[Column, ...]


FIRST = Portal(20261129, (
    Column(
        "xwdt", "新闻动态", "portal", 900, "xwdt/2026/{month}/{day}/art_12_{number}.html", (("picture", 0.6), ("more", 0.3)), 0.25, 0.05
    ),
    Column("xxgk", "政策文件", "portal", 480, "xxgk/gfxwj/t2026{month}{day}_{number}.html", (("table", 0.7), ("heading", 0.3)), 0.5),
    Column("mzj", "通知公告", "archive", 240, "mzj/tzgg/{number}.html", (("pale", 0.3), ("picture", 0.2)), 0.4, 0.1),
    Column("xz", "镇街信息", "clean", 150, "xz/{number}/index.html", (("picture", 0.2),), 0.06),
    Column("bszn", "办事指南", "archive", 130, "bszn/item.html?id={number}", (("form", 1.0), ("table", 0.4)), 0.7),
    Column("tpxw", "图片新闻", "portal", 60, "tpxw/{number}.html", (("gallery", 1.0), ("picture", 0.8)), 0.6),
    Column("ldzc", "领导之窗", "clean", 24, "ldzc/ld{number}.html", (("picture", 1.0), ("more", 0.5)), 0.1),
    Column("zt", "专题专栏", "portal", 12, "zt/zt{number}/", (("gallery", 0.5), ("frame", 0.5), ("pale", 0.9)), 0.8),
))  # fmt: skip
SECOND = Portal(20270304, (
    Column(
        "zwdt", "政务动态", "portal", 520, "zwdt/2026{month}/t2026{month}{day}_{number}.html", (("picture", 0.8), ("table", 0.2)), 0.4, 0.02
    ),
    Column("tzgg", "通知公告", "clean", 330, "tzgg/{number}.html", (("table", 0.4), ("more", 0.2)), 0.15, 0.12),
    Column("zcjd", "政策解读", "archive", 210, "zcjd/art/2026/{month}/{day}/art_7_{number}.html", (("heading", 0.6), ("pale", 0.2)), 0.3),
    Column("bmfw", "便民服务", "portal", 180, "bmfw/item.jsp?id={number}", (("form", 0.8), ("more", 0.5)), 0.2, 0.06),
    Column("jcxx", "基层信息", "archive", 140, "jcxx/{number}/index.html", (("picture", 0.5), ("gallery", 0.1)), 0.75),
    Column("hygq", "回应关切", "clean", 60, "hygq/{number}.html", (("table", 0.9),), 0.05, 0.2),
    Column("spxw", "视频新闻", "portal", 40, "spxw/{number}.html", (("frame", 1.0), ("gallery", 0.6)), 0.9),
    Column("jgsz", "机构设置", "clean", 18, "jgsz/jg{number}/", (("table", 1.0), ("picture", 0.3)), 0.5),
))  # fmt: skip
THIRD = Portal(20280517, (
    Column("zxxx", "最新信息", "clean", 420, "zxxx/{number}/content.html", (("picture", 0.5), ("more", 0.2)), 0.5),
    Column("gsgg", "公示公告", "archive", 260, "gsgg/2028/{month}/{day}/c{number}.html", (("table", 0.5), ("heading", 0.5)), 0.2, 0.03),
    Column("zfwj", "政府文件", "portal", 170, "zfwj/show.php?aid={number}", (("table", 0.9), ("pale", 0.1)), 0.6),
    Column("msfw", "民生服务", "clean", 90, "msfw/fw{number}.html", (("form", 0.7), ("frame", 0.2)), 0.35),
    Column("ldhd", "领导活动", "archive", 70, "ldhd/{number}.shtml", (("gallery", 0.8),), 0.15, 0.15),
    Column("rsxx", "人事信息", "portal", 30, "rsxx/t2028{month}{day}_{number}.html", (("pale", 0.6), ("picture", 0.4)), 0.4),
))  # fmt: skip
ADDED: dict[str, str] = {}
"""Path -> what its page has beside what it always has, for as long as a measurement wants it."""

SINGLES = (("login.html", "用户登录", "form"), ("wzd.html", "网站地图", "more"), ("lxwm.html", "联系我们", "table"))


def address(column: Column, number: int) -> str:
    """The path of one page of a column, without its first slash."""
    return column.address.format(month=f"{number % 12 + 1:02}", day=f"{number % 28 + 1:02}", number=1000 + number)


def page(path: str, portal: Portal = FIRST) -> tuple[int, str]:
    """Status and HTML of a path (with its query, as sent); the address to go to instead where the status is 302."""
    wanted = path.lstrip("/")
    if wanted in ("", "index.html"):
        return 200, _shell("portal", "云浔市公共服务门户", _home(portal), wanted, portal)
    for name, title, part in SINGLES:
        if wanted == name:
            return 200, _shell(
                "clean", title, f"<h1>{title}</h1>" + _part(part, Random(f"{portal.seed} {wanted}"), broken=False), wanted, portal
            )
    column, number = _places(portal).get(wanted, (None, -1))
    if column is not None:
        return 200, _list(column, -number - 1, portal) if number < 0 else _article(column, number, wanted, portal)
    if wanted.startswith("old/") and wanted[4:] in _places(portal):
        return 302, "/" + wanted[4:]
    return 404, "<!DOCTYPE html><html lang=zh-CN><title>404</title><h1>页面不存在</h1></html>"


@cache
def _places(portal: Portal) -> dict[str, tuple[Column, int]]:
    """Path -> column and number of the page; below 0: a list, -1 the first."""
    found = {address(column, number): (column, number) for column in portal.columns for number in range(column.pages)}
    for column in portal.columns:
        for turn in range(-(-column.pages // PER_LIST)):
            found[_list_address(column, turn)] = (column, -turn - 1)
    return found


def _list_address(column: Column, turn: int) -> str:
    return f"{column.folder}/index{f'_{turn}' if turn else ''}.html"


def _home(portal: Portal) -> str:
    entries = "".join(f'<li><a href="/{_list_address(column, 0)}">{column.name}</a></li>' for column in portal.columns)
    more = "".join(f'<li><a href="/{name}">{title}</a></li>' for name, title, _ in SINGLES)
    return f"<h1>云浔市公共服务门户</h1><ul>{entries}{more}</ul>"


def _list(column: Column, turn: int, portal: Portal) -> str:
    chance = Random(f"{portal.seed} list {column.folder} {turn}")
    rows = []
    for number in range(turn * PER_LIST, min(column.pages, (turn + 1) * PER_LIST)):
        path = address(column, number)
        rows.append(f'<li><a href="/{path}">{column.name}第{number}号</a></li>')
        if chance.random() < GONE:
            rows.append(f'<li><a href="/{column.folder}/gone_{number}.html">已撤下的信息{number}</a></li>')
        if chance.random() < MOVED:
            rows.append(f'<li><a href="/old/{path}">旧地址{number}</a></li>')
    following = _list_address(column, turn + 1)
    if following in _places(portal):
        rows.append(f'<li><a href="/{following}">下一页{turn + 2}</a></li>')
    tail = '<p style="color:#bbb;background:#fff">共更新</p>' if column.shell == "portal" and turn % 3 == 0 else ""
    return _shell(
        column.shell, f"{column.name}（第{turn + 1}页）", f"<h1>{column.name}</h1><ul>{''.join(rows)}</ul>{tail}", column.folder, portal
    )


def _article(column: Column, number: int, path: str, portal: Portal) -> str:
    chance = Random(f"{portal.seed} {path}")
    old = chance.random() < column.old
    title = f"{column.name}第{number}号"
    words = "".join(f"<p>{title}的第{line + 1}段文字，内容为演示所写。</p>" for line in range(chance.randint(2, 9)))
    parts = "".join(_part(part, chance, broken=chance.random() < column.broken) for part, share in column.parts if chance.random() < share)
    body = f"<h1>{title}</h1>{words}{parts}"
    if old:
        picture = '<img src="/img/old.svg">'
        return f'<html><head><title></title></head><body bgcolor="white"><font color="#999999">{body}</font>{picture}</body></html>'
    return _shell(column.shell, title, body, path, portal)


def _part(kind: str, chance: Random, *, broken: bool) -> str:
    """A piece of content; broken, it shuts somebody out, on some of its elements."""
    count = chance.randint(1, 4)
    bad = [broken and (at == 0 or chance.random() < 0.5) for at in range(count)]
    if kind in ("picture", "gallery"):
        many = bad if kind == "picture" else bad * 3
        return "".join(f'<img src="/img/scene-p{at}-320x180.svg"{"" if miss else f" alt=照片{at}"}>' for at, miss in enumerate(many))
    if kind == "table":
        head = "<td>" if broken else "<th scope=col>"
        rows = "".join(f"<tr><td>项目{at}</td><td>{at * 7}</td></tr>" for at in range(count + 2))
        return f"<table border=1><caption>一览</caption><tr>{head}名称{head}数量</tr>{rows}</table>" + ("<h3></h3>" if broken else "")
    if kind == "form":
        return (
            "<form>"
            + "".join(
                f'<p><input type="text" name="f{at}">' if miss else f'<p><label>栏目{at}<input type="text" name="f{at}"></label>'
                for at, miss in enumerate(bad)
            )
            + "<button>查询</button></form>"
        )
    if kind == "pale":
        return "".join(f'<p style="background:#fff;color:{"#b0b0b0" if miss else "#333"}">说明文字{at}</p>' for at, miss in enumerate(bad))
    if kind == "more":
        return "".join(f'<a href="/{"" if miss else "lxwm.html"}">{"" if miss else "联系方式"}</a> ' for miss in bad)
    if kind == "frame":
        return f'<iframe src="about:blank"{"" if broken else " title=地图"}></iframe>'
    return f"<h{3 if broken else 2}>{'' if broken else '附则'}</h{3 if broken else 2}>"


def _shell(name: str, title: str, body: str, path: str, portal: Portal) -> str:
    """A page in one of the city's shells; the shell's own plants stand, those of the search field on two pages of three."""
    chance = Random(f"{portal.seed} shell {path}").random()

    def planted(plant: str) -> bool:
        return chance < 2 / 3 if "search" in plant else plant in ("portal-viewport", "portal-skip-target")

    template = _environment().from_string(
        f'{{% extends "{name}/_base.html" %}}{{% block title %}}{{{{ title }}}}{{% endblock %}}'
        "{% block content %}{{ body | safe }}{% endblock %}"
    )
    return template.render(planted=planted, title=title, body=body, section="", night=1)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(answers.PAGES), autoescape=True, undefined=StrictUndefined)


class _Handler(BaseHTTPRequestHandler):
    portal = FIRST
    wait = 0.0  #: seconds before every answer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path.endswith((".css", ".js", ".svg", ".png", ".ico")):
            found = (answers.answer(host, self.path, 1) for host in SHELLS.values())
            self._send(next((one for one in found if one.status == 200), answers.Answer(status=404, headers={})))
            return
        status, told = page(self.path, self.portal)
        told = told.replace("</h1>", f"</h1>{ADDED.get(self.path.lstrip('/'), '')}", 1) if status == 200 else told
        headers = {"Location": told} if status == 302 else {"Content-Type": "text/html; charset=utf-8"}
        self._send(answers.Answer(status=status, headers=headers, body=b"" if status == 302 else told.encode()))

    def _send(self, answer: answers.Answer) -> None:
        time.sleep(self.wait)
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(answer.body)), "Cache-Control": "max-age=3600"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def serving(portal: Portal = FIRST, *, wait: float = 0.0) -> Iterator[int]:
    """Lets a portal answer on loopback for as long as it is needed, after so many seconds each time; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"portal": portal, "wait": wait}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
