"""Who hears «搜索» on one page and «查询» on the next cannot know that both are the same thing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from auditor.model import Element
from checks.survey import Hit, Impact, Sight, Survey, example, passed, place_of, sight, site_check, unsure, whole_page

NOISE = re.compile(r"[\s\d>»›<«|·:：,，.。、()（）\[\]【】“”\"'-]+")
HOME = frozenset({"", "/"})
MOST_NAMES = 3
"""What has more names than these on a site is not one thing with an unsteady name: its text changes by itself."""

SEARCH = "search"
ASKING = "意见征集 /yjzj/"


class Place(NamedTuple):
    """Where something is called by a name."""

    name: str
    element: Element


Named = dict[tuple[str, str, str], dict[str, list[Place]]]
"""Language, part of the page and address -> address of the page -> its names there."""


@site_check(
    id="consistent-identification",
    criteria=("3.2.4",),
    impact=Impact.MODERATE,
    title="同一功能在各页面的名称不一致",
    title_en="The same function has different names on different pages",
    who="使用读屏软件的盲人和认知障碍者按名称认功能，同一个入口换了名称，他们会以为是另一件事，或者找不到要用的功能。",
    who_en="Blind people and people with cognitive disabilities know functions by their names; under another name it seems to be another.",
    repair=(
        "核对各页面页头、导航和页脚中指向同一地址的链接，以及搜索按钮，统一使用一个名称。",
        "请开发单位把页头、导航和页脚做成各页面共用的一个文件，名称只写一处。",
    ),
    repair_en=(
        "Give links in header, navigation and footer that lead to the same address, and the search button, one name on all pages.",
        "Ask the vendor to keep header, navigation and footer in one file that all pages share.",
    ),
    verify="依次打开几个页面，指向同一地址的入口和搜索按钮，看到和听到的名称都相同。",
    before='<!-- 首页 -->\n<button>搜索</button>\n<!-- 栏目页 -->\n<button>查询</button>',
    after='<!-- 首页 -->\n<button>搜索</button>\n<!-- 栏目页 -->\n<button>搜索</button>',
    unsure=(
        example(sight("/", footer=(ASKING,)), sight("/a", footer=(ASKING,)), sight("/b", footer=("建言献策 /yjzj/",))),
        example(sight("/", search_button=("/so/", "搜索")), sight("/a", search_button=("/so/", "查询"))),
    ),
    good=(
        example(sight("/", footer=(ASKING,)), sight("/a", footer=(ASKING,))),
        example(sight("/", nav=("云浔市人民政府 /",)), sight("/a", nav=("首页 /",))),
        example(sight("/", nav=("信箱(3) /xx/",)), sight("/a", nav=("信箱(5) /xx/",)), sight("/b", nav=("市长信箱 /xx/",))),
        example(sight("/", footer=(ASKING,)), sight("/en/", footer=("Your opinion /yjzj/",), language="en")),
        example(sight("/", nav=("公开 /zwgk/",)), sight("/a", footer=("政府信息 /zwgk/",))),
    ),
)  # fmt: skip
def consistent_identification(survey: Survey) -> Iterator[Hit]:
    """F31. Names that hold each other (搜索, 站内搜索) are consistent; the way home is known by the logo too and is left out."""
    pages = {page.url: page for page in survey.pages}
    for (_, _, where), names in _named(survey).items():
        if len(names) > 1:
            yield from _compared(where, names, pages)


def _named(survey: Survey) -> Named:
    found: Named = defaultdict(lambda: defaultdict(list))
    home = {page.extract.language for page in survey.pages}
    for page in survey.ordered():
        told = page.extract
        for component in told.components:
            for link in component.links:
                if link.name and link.href not in HOME:
                    found[told.language, component.kind, link.href][page.url].append(Place(link.name, place_of(component, link)))
        where, name = told.search_button
        if name:
            place = told.search_element or whole_page(page)
            found[told.language if len(home) > 1 else "", SEARCH, where][page.url].append(Place(name, place))
    return found


def _compared(where: str, names: Mapping[str, list[Place]], pages: Mapping[str, Sight]) -> Iterator[Hit]:
    counts = Counter(bare for places in names.values() for bare in {_bare(place.name) for place in places})
    usual, _ = counts.most_common(1)[0]  # the start page comes first, and counts.most_common keeps that order among equals
    model, spoken = next((url, place.name) for url, places in names.items() for place in places if _bare(place.name) == usual)
    for url, places in names.items():
        if len(counts) > MOST_NAMES or any(_alike(_bare(place.name), usual) for place in places):
            yield passed(pages[url])
            continue
        what = "搜索按钮" if places[0].element.tag in ("button", "input") else f"指向 {where} 的链接"
        told = f"{what}在这里叫“{places[0].name}”，在页面 {model} 叫“{spoken}”；如果是同一功能，请统一名称"
        yield unsure(pages[url], places[0].element, told)


def _bare(name: str) -> str:
    return NOISE.sub("", name).lower() or name


def _alike(one: str, other: str) -> bool:
    return one in other or other in one
