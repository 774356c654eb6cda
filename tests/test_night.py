"""The operator learns from one page what ran, what could not be audited and why, how long and how politely, and what needs attention."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bs4 import BeautifulSoup, Tag
from histories import NOW, city_portal, clean, history, hostile_history, rendered, unreachable

from auditor.model import Coverage, Disk, History, RunState, State, Stop, Verdict
from reports import hands, night

GIGABYTE = 1024**3


def page(known: History) -> BeautifulSoup:
    return BeautifulSoup(dict(night.render(known))["night.html"], "lxml")


def rows(known: History, id: str) -> list[list[str]]:
    section = page(known).select_one(f"#{id}")
    assert isinstance(section, Tag)
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in section.select("tbody tr")]


def todo(known: History) -> dict[str, hands.Hand]:
    return {one.what: one for one in hands.wanted(known)}


def test_the_head_tells_when_how_many_sites_pages_and_barriers() -> None:
    shown = page(history()).get_text(" ", strip=True)
    times = ("供运行维护人员查看", "用时 1 小时 12 分")
    for expected in (*times, "启动方式 定时", "等待确认 1 个", "新出现 6 处", "已检测 2 个，未能评价 2 个"):
        assert expected in shown, expected


def test_what_could_not_be_audited_stands_with_the_reason_and_what_to_do() -> None:
    missed = {row[0]: row for row in rows(history(), "missed")}
    assert set(missed) == {"某市网上办事大厅", "某县人民政府"}
    assert "域名 www.hall.gov.cn 无法解析" in missed["某市网上办事大厅"][2]
    assert missed["某县人民政府"][3:] == ["6", "遇到安全验证 14"]
    hand = next(one for one in hands.wanted(history()) if one.site and one.site.target.site.id == "hall")
    assert "无法解析" in hand.why and hand.todo.endswith("。") and len(hand.todo) > 8


def test_each_site_has_its_time_and_what_it_was_asked() -> None:
    portal = city_portal()
    run = replace(portal.runs[0], requests={"www.shi.gov.cn": 90, "cdn.example.test": 7, "*": 3})
    known = replace(history(), sites=(replace(portal, runs=(run, *portal.runs[1:])), clean()))
    (other, ran) = rows(known, "ran")
    assert ran[1] == "已检测" and "9 分" in ran[3] and ran[4] == "13.5", "540 s over 40 pages"
    polite = {row[0]: row[1:] for row in rows(known, "polite")}
    assert polite[ran[0]] == ["1", "22:00—06:30", "90", "10.0", "10", "0"] and other[0] in polite


def test_rounds_started_by_a_person_are_not_said_to_have_kept_the_window() -> None:
    known = history()
    by_hand = replace(known, rounds=tuple(replace(one, trigger="manual") for one in known.rounds))
    assert "定时检测只在允许的时段内开始访问" in page(known).get_text()
    assert "不受允许时段的限制" in page(by_hand).get_text() and "定时检测只在" not in page(by_hand).get_text()


def test_what_needs_a_hand_is_told_with_the_command() -> None:
    known = history()
    ending = replace(city_portal().decisions[0], verdict=Verdict.ACCEPTED, until=NOW.date() + timedelta(days=9), made=NOW)
    silent = tuple(Coverage(url=f"http://www.shi.gov.cn/{n}", state=State.AUDITED, engines=("axe", "layout")) for n in range(3))
    portal = replace(city_portal(), decisions=(ending,), coverage=silent)
    troubled = replace(
        known, sites=(portal, *known.sites[1:]), disk=Disk(database=5, blobs=7, free=GIGABYTE),
        stops=(Stop(host="*", by="王工", why="等保检查", since=NOW), Stop(host="www.shi.gov.cn")),
        rounds=(replace(known.rounds[0], finished=None), *known.rounds[1:]),
    )  # fmt: skip
    told = todo(troubled)
    assert "只剩 1.0 GB" in told["磁盘空间不多"].why and "auditor run --resume" in told["最近一轮没有结束"].todo
    assert told["紧急停止：全部主机"].todo.endswith("auditor stop --lift --all") and "王工，等保检查" in told["紧急停止：全部主机"].why
    assert told["紧急停止：www.shi.gov.cn"].todo.endswith("auditor stop --lift www.shi.gov.cn")
    assert told["代码和画面检查（本项目）没有回答"].why == "3 页中的 3 页"
    assert "有效期至2026年12月2日" in told["人工决定快要到期"].why
    waiting = told["等待确认"]
    assert waiting.site is not None and f"auditor confirm {waiting.site.target.site.id} --by" in waiting.todo
    assert list(told)[:2] == ["磁盘空间不多", "最近一轮没有结束"], "what concerns everything comes first"


def test_how_often_a_site_was_missed_in_a_row_is_told() -> None:
    gone = unreachable()
    earlier = replace(gone.runs[0], round="night-1")
    twice = replace(gone, runs=(gone.runs[0], earlier, replace(earlier, state=RunState.AUDITED)))
    assert any("连续 2 次" in what for what in todo(replace(history(), sites=(twice,))))


def test_nothing_to_do_is_said_as_such_and_the_disk_only_where_somebody_looked() -> None:
    quiet = replace(history(), sites=(clean(),))
    assert "没有需要处理的事项" in page(quiet).get_text() and "访问过的网站都已完整检测" in page(quiet).get_text()
    assert page(quiet).select_one("#disk") is None
    disk = page(replace(quiet, disk=Disk(database=3 * 1024**2, blobs=5 * GIGABYTE, free=GIGABYTE * 80))).select_one("#disk dl")
    assert isinstance(disk, Tag) and disk.get_text(" ", strip=True) == "数据库 3.0 MB 截图和页面快照 5.0 GB 磁盘剩余 80.0 GB"
    assert "还没有进行过检测" in page(replace(history(), rounds=(), sites=())).get_text()


def test_the_page_is_led_to_and_leads_on_and_stays_inert() -> None:
    assert 'href="night.html"' in rendered()["index.html"].decode()
    links = {str(link["href"]) for link in page(history()).select("td a, th a")}
    assert links and links <= set(rendered())
    shown = dict(night.render(hostile_history()))["night.html"].decode()
    assert "<script" not in shown and "onerror=" not in re.sub("&lt;.*?&gt;", "", shown) and "\u202e" not in shown
