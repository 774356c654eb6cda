"""The families of accessibility toolbars are known by their signs, and only by what really stands in the page."""

from __future__ import annotations

import re
import time

import pytest

from checks.toolbars import UNKNOWN, blockable, families, recognised

SIGNS = {
    "cniil-aria": '<script id="ariascripts" src="//gov.govwza.cn/dist/aria.js?appid=1"></script>',
    "hanweb-barrierfree": '<script id="barrierfree" src="/script/barrierfree/load.js"></script><div id="barrierfree_container"></div>',
    "esdtools": '<a id="toolbarSwitch" href="javascript:;">无障碍</a><script src="/esd/esdtoolsinit.js?v=3"></script>',
    "barrierfree-common": "<script id='initwzaTools'>BarrierfreeCommonInit.wza_siteid = 7</script>",
    "gd-jiyuehua": '<p wzades="导航区">导航</p><a id="wza-intro" href="#">欢迎</a>',
    "canyou": '<script src="/canyou/wzatool-pc.js"></script>',
    "wxa11y": '<script src="static/js/wxa11yinit.js" id="WXA11Y"></script>',
    "abt": '<script id="ABT" src="/wza/abt.js"></script><a onclick="ABT.show();">无障碍阅读</a>',
    "barrierfree-frame": '<script src="js/iframe.js" id="barrierFree" data="sn=1"></script>',
    "gxzf": '<div class="gxzf-wza hide"></div><script src="static/js/wza.js"></script>',
    "ahjy": "<script>Ls.cookies('wzaOam', 1)</script>",
    "unknown": '<script src="/public/wza/wza-main.js"></script>',
}


def found(html: str) -> list[str]:
    return [one.family.id for one in recognised(html)]


@pytest.mark.parametrize(("family", "html"), SIGNS.items())
def test_a_family_is_named_by_its_signs(family: str, html: str) -> None:
    assert found(f"<html><body>{html}</body></html>") == [family]


def test_every_family_has_an_example_and_says_where_its_signs_were_seen() -> None:
    assert SIGNS.keys() == families().keys()
    for family in families().values():
        assert family.confidence in {"V", "V2", "I"} and family.source and family.name, family.id
        for pattern in (*family.blocked, *(sign["is"] for sign in family.signs if sign["kind"] in ("script", "style", "inline"))):
            re.compile(pattern)


@pytest.mark.parametrize(
    "html",
    [
        "<p>本网站提供无障碍浏览。</p>",
        '<!-- <script src="/esd/esdtoolsinit.js"></script><a id="toolbarElderlySwitch">长者助手</a> -->',
        '<a id="toolbarSwitch" href="#">切换</a>',  # a name that others may use too
        '<script src="/js/load.js"></script><script id="abt" src="/x.js"></script>',
        '<p title="<script src=/esd/esdtoolsinit.js>">甲</p>',
        '<img alt="barrierfree" src="/wza.png">',
        "",
    ],
)
def test_nothing_is_named_where_no_toolbar_is(html: str) -> None:
    assert found(html) == []


def test_a_name_of_a_file_counts_only_where_no_family_is_known() -> None:
    assert UNKNOWN not in found(SIGNS["unknown"] + SIGNS["gxzf"])


def test_only_scripts_that_are_there_can_be_kept_away() -> None:
    assert blockable(recognised(SIGNS["esdtools"]), SIGNS["esdtools"]) == (r"esdtools\w{0,40}\.js",)
    assert blockable(recognised(SIGNS["ahjy"]), SIGNS["ahjy"]) == ()


@pytest.mark.parametrize("piece", ["<script ", '"<a ', "<!--", "<a title='", "<script>", "<a b"])
def test_a_hostile_page_is_read_in_no_time(piece: str) -> None:
    begun = time.monotonic()
    recognised(piece * (2_000_000 // len(piece)))
    assert time.monotonic() - begun < 60


def test_no_sign_costs_time_on_hostile_addresses() -> None:
    """Each pattern of the data file meets an address made of its own beginnings, a hundred thousand characters long."""
    begun = time.monotonic()
    for part in ("-wza", "esdtools", "wxa11y", "/wza", "_laonian", "barrierfree"):
        assert not blockable(recognised(f'<script src="https://a/{part * 20_000}"></script>'), f'<script src="{part * 20_000}"></script>')
    assert time.monotonic() - begun < 30


def test_a_folder_that_may_be_anybodys_names_no_toolbar() -> None:
    assert not recognised('<script src="/canyou/js/jquery.js"></script>')
