"""Who learnt on one page that 办事服务 is the third link of the menu looks for it there on every page, by keystrokes or by touch."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from checks.survey import (
    Component,
    Hit,
    Impact,
    Link,
    Sight,
    Survey,
    example,
    failed,
    passed,
    sight,
    site_check,
    unsure,
)

AT_LEAST = 3
"""Links that two pages must share before their order says anything."""

Item = tuple[str, str]
NAMES = {"navigation": "导航", "banner": "页头", "contentinfo": "页脚"}
MENU = ("首页 /", "政务公开 /zwgk/", "办事服务 /bsfw/", "互动交流 /hdjl/")


@site_check(
    id="navigation-order",
    criteria=("3.2.3",),
    impact=Impact.MODERATE,
    title="各页面导航的先后顺序不一致",
    title_en="Navigation comes in a different order on different pages",
    who="视力残疾人和认知障碍者靠记住“第几项”来使用导航，换一个页面顺序就变了，他们要从头重新听一遍、找一遍。",
    who_en="Blind people and people with cognitive disabilities remember where an entry stands; in another order they must search anew.",
    repair=(
        "在后台栏目管理中统一各级页面导航、页头和页脚链接的先后顺序；可以增加或减少项目，但相同的项目要保持同样的顺序。",
        "请开发单位让各个页面模板引用同一个导航文件，不要在每个模板里各写一份。",
    ),
    repair_en=(
        "Give the links that pages share the same relative order everywhere; entries may be added or left out.",
        "Ask the vendor to let all templates include one navigation instead of a copy each.",
    ),
    verify="依次打开首页和几个下级页面，对照同一个导航，相同的项目先后顺序一致。",
    before="<!-- 首页 -->\n<nav>首页 | 公开 | 服务</nav>\n<!-- 栏目页 -->\n<nav>首页 | 服务 | 公开</nav>",
    after="<!-- 首页 -->\n<nav>首页 | 公开 | 服务</nav>\n<!-- 栏目页 -->\n<nav>首页 | 公开 | 解读 | 服务</nav>",
    bad=(
        example(sight("/", nav=MENU), sight("/zwgk/", nav=MENU), sight("/bsfw/", nav=(MENU[0], MENU[2], MENU[1], MENU[3]))),
        example(sight("/", footer=MENU[:3]), sight("/a", footer=MENU[2::-1])),
    ),
    good=(
        example(sight("/", nav=MENU), sight("/a", nav=MENU)),
        example(sight("/", nav=MENU), sight("/a", nav=(MENU[0], "政策解读 /zcjd/", *MENU[1:])), sight("/b", nav=MENU[1:])),
        example(sight("/", nav=MENU[:2]), sight("/a", nav=MENU[1::-1])),
        example(sight("/", nav=MENU), sight("/a", footer=MENU[::-1])),
        example(sight("/", nav=MENU)),
    ),
)  # fmt: skip
def navigation_order(survey: Survey) -> Iterator[Hit]:
    """F66. The order that most pages have is the right one, that of the start page where as many have another; insertions are no change."""
    groups: dict[str, list[tuple[Sight, Component]]] = defaultdict(list)
    for page in survey.ordered():
        for component in page.extract.components:
            groups[component.key].append((page, component))
    for group in groups.values():
        if len(group) > 1:
            yield from _compared(group)


def _compared(group: Sequence[tuple[Sight, Component]]) -> Iterator[Hit]:
    orders: dict[tuple[Item, ...], list[tuple[Sight, Component]]] = defaultdict(list)
    for page, component in group:
        orders[tuple(items(component.links))].append((page, component))
    ranked = sorted(orders.items(), key=lambda one: -len(one[1]))  # stable: the start page's first among equals
    accepted: list[tuple[Item, ...]] = []
    for order, places in ranked:
        met = next((other for other in accepted if moved(other, order)), None)
        if met is None:
            accepted.append(order)
        for page, component in places:
            if met is None:
                if any(other is not order and len(set(other) & set(order)) >= AT_LEAST for other in orders) or len(places) > 1:
                    yield passed(page)
                continue
            told = _told(component, met, order, orders[met][0][0])
            yield failed(page, component.element, told) if component.declared else unsure(page, component.element, told)


def items(links: Sequence[Link]) -> Iterator[Item]:
    """The links that stand once in a component, in their order."""
    every = [link.item for link in links if link.name]
    return (item for item in every if every.count(item) == 1)


def moved(right: Sequence[Item], order: Sequence[Item]) -> list[Item]:
    """The fewest links that must move so that what both share comes in the right order; nothing is said of fewer than three."""
    place = {item: number for number, item in enumerate(right)}
    shared = [item for item in order if item in place]
    if len(shared) < AT_LEAST:
        return []
    kept = longest_rising([place[item] for item in shared])
    return [item for number, item in enumerate(shared) if number not in kept]


def longest_rising(numbers: Sequence[int]) -> set[int]:
    """The places of a longest increasing subsequence of different numbers."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(numbers):
        at = bisect_left(ends, value)
        before.append(places[at - 1] if at else -1)
        if at == len(ends):
            ends.append(value)
            places.append(place)
        else:
            ends[at], places[at] = value, place
    found: set[int] = set()
    at = places[-1] if places else -1
    while at >= 0:
        found.add(at)
        at = before[at]
    return found


def _told(component: Component, right: Sequence[Item], order: Sequence[Item], model: Sight) -> str:
    wrong = moved(right, order)
    here = [item for item in order if item in right]
    there = [item for item in right if item in order]
    called = NAMES.get(component.kind, "导航") + (f"“{component.element.name}”" if component.element.name else "")
    names = "、".join(f"“{name}”" for _, name in wrong[:3]) + ("等" if len(wrong) > 3 else "")
    return (
        f"{called}中{names}的先后顺序与页面 {model.url} 不同：这里是“{_row(here)}”，那里是“{_row(there)}”；"
        "请让相同的项目在各页面保持同样的先后顺序"
    )


def _row(order: Sequence[Item]) -> str:
    return "、".join(name for _, name in order[:8]) + ("……" if len(order) > 8 else "")
