"""Who needs help looks for 联系我们 or the telephone number where it stood on the page before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from checks.survey import (
    BANNER,
    CONTENTINFO,
    Help,
    Hit,
    Impact,
    Sight,
    Survey,
    example,
    failed,
    passed,
    sight,
    site_check,
    unsure,
)

CERTAIN = frozenset({BANNER, "main", CONTENTINFO})
CALLED = {BANNER: "页头", "main": "主要内容", CONTENTINFO: "页脚"}
TOGETHER = ("contentinfo 联系我们 /lxwm/", "contentinfo 常见问题 /faq/")


class Spot(NamedTuple):
    """Something on a page with the places at which it stands there."""

    name: str
    certain: bool  #: that it is the same thing on another page
    orders: tuple[int, ...]


Token = tuple[str, str]


@site_check(
    id="consistent-help",
    criteria=("3.2.6",),
    impact=Impact.MODERATE,
    title="各页面求助入口的位置不一致",
    title_en="Help stands at a different place on different pages",
    who="认知障碍者和老年人遇到困难时要找电话、客服或帮助，每个页面都换地方，他们往往找不到，只好放弃办事。",
    who_en="People with cognitive disabilities and older people look for help where they found it before; when it moves, many give up.",
    repair=(
        "把联系电话、联系我们、在线客服、常见问题等求助入口放在各页面相同的位置，先后顺序相同，例如都放在页脚。",
        "请开发单位在各页面模板中引用同一段页头或页脚代码。",
    ),
    repair_en=(
        "Put telephone number, contact, chat and FAQ at the same place on all pages, in the same order, such as in the footer.",
        "Ask the vendor to let all templates include the same header and footer.",
    ),
    verify="依次打开几个页面，同一个求助入口相对于页头、主要内容、页脚和其他求助入口的先后顺序相同。",
    before='<!-- 首页 -->\n<footer><a href="/lxwm/">联系我们</a></footer>\n<!-- 栏目页 -->\n<header><a href="/lxwm/">联系我们</a></header>',
    after='<!-- 首页 -->\n<footer><a href="/lxwm/">联系我们</a></footer>\n<!-- 栏目页 -->\n<footer><a href="/lxwm/">联系我们</a></footer>',
    bad=(
        example(sight("/", helps=TOGETHER[:1]), sight("/a", helps=TOGETHER[:1]), sight("/b", helps=("banner 联系我们 /lxwm/",))),
        example(sight("/", helps=TOGETHER), sight("/a", helps=TOGETHER[::-1])),
        example(sight("/", helps=("contentinfo 热线 tel:12345",)), sight("/a", helps=("banner 12345 tel:12345",))),
    ),
    good=(
        example(sight("/", helps=TOGETHER), sight("/a", helps=TOGETHER)),
        example(sight("/", helps=TOGETHER), sight("/a")),
        example(sight("/", helps=TOGETHER), sight("/a", helps=("contentinfo 在线客服 /kf/", *TOGETHER))),
        example(sight("/", helps=TOGETHER), sight("/a", helps=("banner 联系我们 /lxwm/", *TOGETHER))),
        example(sight("/", helps=("contentinfo 联系我们 /lxwm/",)), sight("/a", helps=("banner 联系我们 /other/",))),
    ),
)  # fmt: skip
def consistent_help(survey: Survey) -> Iterator[Hit]:
    """G220. Help that is missing on a page is no failure; what stands twice on a page may be found at either place."""
    groups: dict[Token, list[tuple[Sight, Help]]] = defaultdict(list)
    for page in survey.ordered():
        for help in {help.item: help for help in reversed(page.extract.helps)}.values():
            groups[help.item].append((page, help))
    repeated = {item for item, places in groups.items() if len(places) > 1}
    maps = {page.url: _spots(page, repeated) for page in survey.pages}
    for item, places in groups.items():
        if len(places) > 1:
            yield from _compared(item, places, maps)


def _spots(page: Sight, repeated: set[Token]) -> Mapping[Token, Spot]:
    found = {("block", name): Spot(CALLED.get(name, "导航"), name in CERTAIN, (order,)) for name, order in page.extract.blocks}
    for help in page.extract.helps:
        if help.item in repeated:
            before = found.get(help.item)
            found[help.item] = Spot(help.name, True, (*(before.orders if before else ()), help.order))
    return found


def _compared(item: Token, places: list[tuple[Sight, Help]], maps: Mapping[str, Mapping[Token, Spot]]) -> Iterator[Hit]:
    """The place that most pages agree on is the right one; among equals that of the page told first."""
    agree = {page.url: 0 for page, _ in places}
    for (one, _), (other, _) in combinations(places, 2):
        if not _moved(item, maps[one.url], maps[other.url]):
            agree[one.url] += 1
            agree[other.url] += 1
    model, _ = max(places, key=lambda place: agree[place[0].url])
    for page, help in places:
        moved = _moved(item, maps[model.url], maps[page.url]) if page is not model else []
        if not moved:
            yield passed(page)
            continue
        spot = moved[0]
        told = f"求助入口“{help.name}”与{spot.name}的先后顺序在这里和页面 {model.url} 不同；请放在各页面相同的位置"
        yield failed(page, help.element, told) if spot.certain else unsure(page, help.element, told)


def _moved(item: Token, right: Mapping[Token, Spot], here: Mapping[Token, Spot]) -> list[Spot]:
    """What the help stands before on one page and after on the other, the surest first."""
    both = [token for token in here if token != item and token in right]
    found = [token for token in both if not _sides(item, token, right) & _sides(item, token, here)]
    if found and all(token[0] != "block" for token in found) and not _travelled(item, found, right, here):
        return []
    return sorted((here[token] for token in found), key=lambda spot: not spot.certain)


def _travelled(item: Token, found: list[Token], right: Mapping[Token, Spot], here: Mapping[Token, Spot]) -> bool:
    """Whether it is this help that moved, and not the other that now stands on its other side but changed sides with a block too."""
    blocks = [token for token in here if token[0] == "block" and token in right]
    return not all(any(not _sides(other, block, right) & _sides(other, block, here) for block in blocks) for other in found)


def _sides(item: Token, token: Token, spots: Mapping[Token, Spot]) -> set[bool]:
    """Whether the help stands before the other thing; both, where one of them stands there more than once."""
    return {own < other for own in spots[item].orders for other in spots[token].orders}
