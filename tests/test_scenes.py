"""What an experiment brought about is shown to the person who has to decide; the walk with the Tab key becomes a numbered picture."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Web, serving
from PIL import Image

from auditor.audit import audit
from auditor.lifecycle import advance
from auditor.model import Category, Coverage, KeyboardWalk, Level, Network, Order, Profile, Run, Site, State, Target, WalkEnd
from auditor.snapshots import digest
from auditor.store import Store
from auditor.store_rows import known_row
from checks.probes.scenes import _walked

pytestmark = pytest.mark.browser

NEWS = "市残联召开全市残疾人工作会议，部署今年无障碍环境建设和困难重度残疾人家庭改造工作。"
PAGE = f"""<!DOCTYPE html><html lang=zh-CN><head><meta charset=utf-8><title>办事指南</title><style>
.wide{{width:1200px}} .dark{{outline:none}} .menu{{position:relative;padding:30px}} .menu ul{{display:none;position:absolute;
top:60px;left:30px;background:#fff}} .menu:hover ul{{display:block}}</style></head><body><h1>办事指南</h1>
<p><a href="/a.html">政务公开</a> <a class=dark href="/b.html">办事服务</a></p>
<div class=menu><span>信息公开</span><ul><li><a href="/c.html">公开指南全文</a></li></ul></div>
<marquee width=600>县城区明日八时至十八时停水，请各单位和居民提前储水</marquee>
<form action="/s" id=f novalidate><label>姓名 <input name=n></label><button>提交申请</button><p id=e></p></form>
<script>f.onsubmit=function(){{e.textContent='填写有误';return false}}</script>
<div class=wide><p>{NEWS * 4}</p></div></body></html>"""


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Run, dict[str, bytes]]]:
    web = Web()
    with serving(web):
        web["/"] = PAGE
        site = Site(id="scenes", name="", url=web.url("/"), category=Category.OTHER, region="", owner="")
        target = Target(site=site, pages=(web.url("/"),), delay=0.0, tabs=1, profile=Profile.FULL)
        order = Order(target=target, network=Network(allow=("localhost",)), round="r", now=datetime.now(UTC), level=Level.AA, crawl=False)
        blobs: dict[str, bytes] = {}
        run = audit(order, lambda progress: blobs.update(progress.blobs))
    assert [entry.state for entry in run.coverage] == [State.AUDITED]
    yield run, blobs


def captions(run: Run, rule: str) -> set[str]:
    return {finding.caption for finding in run.findings if finding.rule == rule}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("reflow-narrow", "窗口宽320像素"),
        ("focus-not-visible", "1：焦点在这里时；2：焦点离开之后"),
        ("hover-shut", "鼠标停在上面时的画面"),
        ("marquee", "没有人碰网页时"),
    ],
)
def test_what_was_found_by_using_the_page_is_shown_as_it_was_then(told: tuple[Run, dict[str, bytes]], rule: str, words: str) -> None:
    run, blobs = told
    assert any(words in caption for caption in captions(run, rule)), [(one.rule, one.caption) for one in run.findings]
    for finding in run.findings:
        assert bool(finding.scene) == bool(finding.caption)
        if finding.scene:
            assert digest(blobs[finding.scene]) == finding.scene
            assert Image.open(io.BytesIO(blobs[finding.scene])).format == "WEBP"


def test_the_walk_tells_every_stop_and_shows_them_numbered(told: tuple[Run, dict[str, bytes]]) -> None:
    run, blobs = told
    walk = run.coverage[0].walk
    assert walk is not None and walk.ended is WalkEnd.LEFT
    assert [(stop.name, stop.tag, stop.visible) for stop in walk.stops] == [
        ("政务公开", "a", True), ("办事服务", "a", False), ("姓名", "input", True), ("提交申请", "button", True)
    ]  # fmt: skip
    with Image.open(io.BytesIO(blobs[walk.picture])) as picture:
        assert picture.width == 800
        assert picture.convert("RGB").getcolors(1 << 24) is not None
        marks = sum(count for count, colour in picture.convert("RGB").getcolors(1 << 24) or () if abs(colour[0] - 200) + colour[1] < 30)
    assert marks > 4 * 100, "four numbers are drawn"


def test_they_are_kept_and_given_back(told: tuple[Run, dict[str, bytes]], tmp_path: Path) -> None:
    run, blobs = told
    with Store.open(tmp_path / "a.db") as store:
        store.begin_round("r", run.started, "manual")
        for name, blob in blobs.items():
            store.blobs.put(name, blob)
        changed, counts = advance((), run, catalogue=frozenset(run.rules))
        store.save(run, changed, counts)
        assert next(store.ledger("scenes")).walk == run.coverage[0].walk
        stored = {issue.scene for issue in store.issues("scenes")}
        assert stored == {finding.scene for finding in run.findings}
        store.sweep(snapshots=0, pictures=0)
        walk = run.coverage[0].walk
        assert walk is not None and walk.picture in store.blobs
        assert all(scene in store.blobs for scene in stored - {""})


def test_a_walk_belongs_to_the_page_as_it_was_seen_last() -> None:
    walk = KeyboardWalk(stops=(), ended=WalkEnd.LEFT)
    page = Coverage(url="http://www.a.test/", state=State.AUDITED, walk=walk)
    before = known_row(page, None)
    later = {state: replace(page, state=state, walk=None) for state in (State.TIMEOUT, State.GONE, State.AUDITED)}
    kept = {state: bool(known_row(entry, before)[7]) for state, entry in later.items()}
    assert kept == {State.TIMEOUT: True, State.GONE: False, State.AUDITED: False}


def test_the_picture_of_a_walk_bears_measures_out_of_this_world() -> None:
    out = io.BytesIO()
    Image.new("RGB", (1280, 900), "white").save(out, "PNG")
    for width, points in ((0, [(5, 5)]), (1280, [(10, 100), (10, 50_000), (-900, -3), (10, 200)])):
        with Image.open(io.BytesIO(_walked(out.getvalue(), points, width))) as picture:
            assert picture.width == 800
