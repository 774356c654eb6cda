"""The same unchanged site gives the same answer every time, although parts of it move, come late or come by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Web

from auditor.audit import audit
from auditor.lifecycle import advance
from auditor.model import Category, Issue, IssueState, Network, Order, Profile, Run, Site, Target
from checks import judge

pytestmark = pytest.mark.browser
TIMES = 10

HOME = """<!DOCTYPE html><html lang="zh-CN"><title>门户</title><style>
@keyframes fade { from { color: #ddd } to { color: #000 } }
@keyframes blink { 0% { color: #000 } 50% { color: #eee } 100% { color: #000 } }
.once { animation: fade 3s forwards } .always { animation: blink 0.7s infinite; }
.turned { transition: color 2s; color: #000 }
</style><main><h1>门户</h1>
<p class="once">渐渐显现的文字</p><p class="always">闪动的文字</p><p class="turned" id="t">慢慢变色的文字</p>
<marquee><a href="/news">滚动新闻</a><img src="a.png"></marquee>
<div id="slides"><img src="1.png" alt="第一张"></div><div id="late"></div><div id="float" style="position:absolute;left:600px">飘窗</div>
<a href="/news">新闻</a> <a href="/list">列表</a></main>
<script>
requestAnimationFrame(() => { t.style.color = "#111" });
let n = 1; setInterval(() => { n = n % 3 + 1; slides.innerHTML = `<img src="${n}.png">` }, 3000);
setTimeout(() => { late.innerHTML = "<button></button>" }, 250);
setInterval(() => { float.style.top = (Date.now() / 20) % 300 + "px" }, 30);
</script></html>"""
NEWS = """<!DOCTYPE html><html lang="zh-CN"><title>新闻</title><main><h1>新闻</h1><img src="b.png">
<iframe title="内嵌"
srcdoc="<style>@keyframes a{to{color:#eee}} p{animation:a 2s forwards}</style><p>框架里的文字</p>"></iframe></main></html>"""
LIST = """<!DOCTYPE html><html lang="zh-CN"><title>列表</title><main><h1>列表</h1><input><div id="ad"></div></main>
<script>if (CHANCE) ad.innerHTML = "<img src='ad.png'>"</script></html>"""


@pytest.fixture
def portal(web: Web) -> Iterator[Web]:
    web["/"], web["/news"] = HOME, NEWS
    web["/list"] = LIST.replace("CHANCE", "false")
    yield web


def look(web: Web, night: int) -> Run:
    """One night's run."""
    site = Site(id="s", name="", url=web.url("/"), category=Category.OTHER, region="", owner="")
    network = Network(resolve={f"localhost:{web.port}": f"127.0.0.1:{web.port}"})
    now = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=night)
    target = Target(site=site, delay=0.0, finders=("links",), profile=Profile.STATIC)
    order = Order(target=target, network=network, round=f"r{night}", now=now, evidence=False)
    return audit(order, lambda _: None)


@pytest.mark.slow
def test_the_same_site_gives_the_same_issues_ten_times(portal: Web) -> None:
    issues: tuple[Issue, ...] = ()
    seen: Counter[tuple[str, ...]] = Counter()
    for night in range(TIMES):
        run = look(portal, night)
        assert run.state == "audited"
        seen.update({(found.page, found.rule, found.element.selector, found.outcome.value) for found in run.findings})
        known = {issue.id: issue for issue in issues}
        changed, counts = advance(issues, run, catalogue=frozenset(judge.rules()))
        issues = tuple((known | {issue.id: issue for issue in changed}).values())
        assert night == 0 or (counts.new, counts.fixed, counts.reopened) == (0, 0, 0)
    assert {what: times for what, times in seen.items() if times != TIMES} == {}
    assert {rule for _, rule, _, _ in seen} >= {"image-alt", "button-name", "label", "color-contrast"}
    assert {issue.state for issue in issues} == {IssueState.OPEN}
