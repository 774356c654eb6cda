"""Who cannot work out under which department a form is filed needs a search or a map of the site instead of the menu."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from checks.survey import Extract, Hit, Impact, Sight, Survey, example, failed, passed, sight, site_check, unsure, whole_page

AT_LEAST, LONELY_AT_LEAST = 5, 3
"""Pages of a site that was seen as a whole, and those of them with one way only, from which it can fail."""

SHARE = 0.2
"""More pages than this share of them must be reachable in one way only (methods.md 5.4)."""

STEP = re.compile(
    r"第[一二三四五六七八九十\d]+步|步骤|预约|申请|申报|填写|确认|提交|支付|缴费|登录|注册|结果|(?<![a-z])step(?![a-z])|log ?in|sign",
    re.IGNORECASE,
)
"""Titles and headings of pages that may be a step in a process, or its result."""

LONELY = tuple(sight(f"/{name}", links=("/",)) for name in "abcd")
STEPS = Extract(title="第二步　选择时间")


@site_check(
    id="multiple-ways",
    criteria=("2.4.5",),
    impact=Impact.MODERATE,
    title="找到一个页面的途径不足两种",
    title_en="There is only one way to find a page",
    who="认知障碍者不容易弄清栏目的分类，盲人逐层听菜单很费时间；没有搜索和网站地图，他们就很难找到要办的事。",
    who_en="People with cognitive disabilities and blind people need a search or a map where going through menus level by level is hard.",
    repair=(
        "在每个页面的页头提供站内搜索，或者在页脚提供“网站地图”链接，网站地图列出全部栏目。",
        "搜索框要有名称，按 Enter 键可以提交，结果页给出结果数量。",
    ),
    repair_en=(
        "Offer a site search in the header of every page, or a link to a site map with all sections in the footer.",
        "Give the search field a name, let Enter submit it, and tell the number of results.",
    ),
    verify="任选一个内容页，除了逐层点击导航之外，还能用站内搜索、网站地图或相关链接中的一种找到它。",
    before='<header><nav>……</nav></header>',
    after='<header><nav>……</nav>\n<form action="/so/"><input type="search" aria-label="站内搜索"><button>搜索</button></form></header>',
    bad=(example(sight("/", links=("/a", "/b", "/c", "/d")), *LONELY, complete=True),),
    unsure=(
        example(sight("/", links=("/a", "/b", "/c", "/d")), *LONELY),
        example(sight("/", links=("/a",)), LONELY[0], complete=True),
        example(sight("/", links=("/a", "/b", "/c", "/d")), *(replace(page, extract=STEPS) for page in LONELY), complete=True),
    ),
    good=(
        example(sight("/", search="站内搜索"), *LONELY, complete=True),
        example(sight("/"), *LONELY[:3], sight("/d", sitemap="网站地图"), complete=True),
        example(sight("/")),
    ),
)  # fmt: skip
def multiple_ways(survey: Survey) -> Iterator[Hit]:
    """G161, G63, G125. Steps of a process (forms, logins) need no second way. Whether a search finds anything is not tried."""
    start = survey.first
    if start is None or len(survey.pages) < 2:
        return
    found = next((way for page in survey.ordered() for way in (page.extract.search, page.extract.sitemap) if way), "")
    if found:
        yield passed(start)
        return
    wanted = [page for page in survey.pages if page is not start and not _step(page)]
    lonely = [page for page in wanted if _ways(page, survey) <= 1]
    told = f"检测的 {len(survey.pages)} 个页面上都没有找到站内搜索、网站地图或索引"
    if survey.complete and len(survey.pages) >= AT_LEAST and len(lonely) >= max(LONELY_AT_LEAST, SHARE * len(wanted)):
        names = "、".join(page.url for page in lonely[:3])
        told += f"，其中 {len(lonely)} 个页面只有一个页面链接到它（{names}{'等' if len(lonely) > 3 else ''}）；请提供站内搜索或网站地图"
        yield failed(start, whole_page(start), told)
    else:
        yield unsure(start, whole_page(start), f"{told}；请确认每个页面是否有两种以上的途径可以找到")


def _step(page: Sight) -> bool:
    return page.extract.form or any(STEP.search(told) for told in (page.extract.title, *page.extract.headings))


def _ways(page: Sight, survey: Survey) -> int:
    """How many other pages link to a page."""
    return Counter(bool(other.links & {page.url, page.final_url}) for other in survey.pages if other is not page)[True]
