"""Who follows the focus with the eyes expects it to go on to the right and down; a row that it takes backwards confuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node

LEAST = 4  # stops of a row
SLACK = 6.0  # CSS px by which stops of one row or column may differ
FIELDS = "".join(f'<input aria-label="{one}">' for one in "甲乙丙丁")
ITEMS = "".join(f'<li style="float: right; list-style: none; margin: 0 9px"><a href="/{one}">第{one}步</a></li>' for one in "一二三四")
LINES = "".join(f'<p style="margin: 0"><a href="/{one}">{one}</a></p>' for one in "甲乙丙丁戊己庚")
ROW = '<div style="{}">' + "".join(f'<a href="/{one}" style="margin: 0 9px">第{one}步</a>' for one in "一二三四五") + "</div>"


@check(
    id="focus-backwards",
    criteria=("2.4.3",),
    impact=Impact.MODERATE,
    title="Tab 键在一组控件里倒着走",
    title_en="The Tab key goes through a group backwards",
    who="按 Tab 键浏览的人看着焦点在这一组里从后往前走，和眼睛看到的先后相反，容易以为漏掉了前面的内容。",
    who_en="People who use the Tab key see the focus go through this group from its end to its beginning and think that they missed "
           "something.",
    repair=("请开发单位调整代码的先后，使它与画面一致，不要用 row-reverse、float: right 等样式把次序颠倒过来。",),
    repair_en=("Ask the vendor to put the code into the order that is seen, instead of turning it round with row-reverse or float: "
               "right.",),
    verify="按 Tab 键走过这一组，焦点从左到右、从上到下依次移动。",
    before=ROW.format("display: flex; flex-direction: row-reverse"),
    after=ROW.format("display: flex"),
    reads=("capture", "keyboard"),
    unsure=(
        ROW.format("display: flex; flex-direction: row-reverse"),
        '<form style="display: flex; flex-direction: column-reverse">' + FIELDS + "</form>",
        "<ul>" + ITEMS + "</ul>",
    ),
    good=(
        ROW.format("display: flex"),
        ROW.format("display: flex; flex-direction: column"),
        '<div dir="rtl">' + ROW.format("display: flex") + "</div>",
        '<div style="display: flex; flex-direction: row-reverse"><a href="/a">登录</a><a href="/b">注册</a></div>',
        '<div style="columns: 3; height: 60px">' + LINES + "</div>",
    ),
)  # fmt: skip
def focus_backwards(document: Document) -> Iterator[Hit]:
    """2.4.3: at least four stops of one list, row or column, one after the other, each before the one before it. One word for each page."""
    stops = [(node, stop) for stop in (document.facts.get("keyboard") or {}).get("stops", ()) if (node := document.meet(stop["element"]))]
    runs: list[list[tuple[Node, Mapping[str, Any]]]] = []
    for node, stop in stops:
        if not stop["shown"] or stop["frame"]:
            continue
        if runs and _together(runs[-1][-1][0], node):
            runs[-1].append((node, stop))
        else:
            runs.append([(node, stop)])
    for run in runs:
        if len(run) >= LEAST:
            node = run[0][0]
            if node.style("direction") != "rtl" and (way := _backwards([stop["at"] for _, stop in run])):
                names = "、".join(f"“{(one.name or one.text)[:10]}”" for one, _ in run[:3])
                yield unsure(node, f"按 Tab 键时，{names}等 {len(run)} 处的焦点{way}移动，与画面的先后相反；请确认不影响理解")
                return
            yield passed(node)


def _together(one: Node, other: Node) -> bool:
    """Whether two stops stand in one group: in one parent, or in the items of one list."""
    if one.parent is other.parent:
        return one.parent is not None and one.parent.tag not in ("body", "html")
    first, second = one.parent, other.parent
    return first is not None and second is not None and first.parent is second.parent and first.tag == second.tag == "li"


def _backwards(places: Sequence[Sequence[float]]) -> str:
    """How a run of places goes against reading order; "" where it does not."""
    pairs = list(pairwise(places))
    if all(abs(one[1] - other[1]) <= SLACK and other[0] < one[0] - 1 for one, other in pairs):
        return "从右向左"
    if all(abs(one[0] - other[0]) <= SLACK and other[1] < one[1] - 1 for one, other in pairs):
        return "从下向上"
    return ""
