"""Shows the walk through a page with the Tab key: a picture with the stops numbered, and the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from auditor.model import SEEN, Coverage, KeyboardWalk, TabStop, WalkEnd
from reports import text, words
from reports.cards import picture_path
from reports.pages import Section, paragraph, piece

ENDED = {
    WalkEnd.LEFT: "走完最后一处后，焦点离开了网页，没有被困住。",
    WalkEnd.TRAPPED: "焦点一直在这些位置之间打转，没能离开网页。",
    WalkEnd.CUT: "停靠的位置很多，或者一次按键没有得到应答，没有走到网页末尾。",
}


def walked(coverage: Sequence[Coverage]) -> list[tuple[Coverage, KeyboardWalk]]:
    """The pages through which a walk was made, in the order of their addresses."""
    return sorted(((entry, entry.walk) for entry in coverage if entry.walk and entry.state in SEEN), key=lambda one: one[0].url)


def section(coverage: Sequence[Coverage]) -> Section | None:
    """The walks of a site; None where none was made."""
    pages = walked(coverage)
    if not pages:
        return None
    why = (
        "不用鼠标的人靠 Tab 键在网页上前进。程序在下列网页上从头按 Tab 键走了一遍，图中的数字是焦点停靠的先后；"
        "图下用文字列出每一处。先后跳来跳去、走不到该到的地方、看不见焦点，都会让人走不下去。"
    )
    items = [piece("site.html", "walk", place=place, entry=entry, ended=ENDED[walk.ended], summary=_summary(walk),
                   picture=f"../{picture_path(walk.picture)}" if walk.picture else "", stops=[_stop(stop) for stop in walk.stops])
             for place, (entry, walk) in enumerate(pages, 1)]  # fmt: skip
    return Section(id="walk", title=f"键盘走查（{len(items)} 页）", intro=paragraph(why), items=items)


def _summary(walk: KeyboardWalk) -> str:
    seen = Counter(stop.visible for stop in walk.stops)
    told = f"焦点停靠 {len(walk.stops)} 处"
    if seen[False]:
        told += f"，其中 {seen[False]} 处看不见焦点"
    if covered := sum(stop.covered for stop in walk.stops):
        told += f"，{covered} 处被别的内容盖住"
    return told


def _stop(stop: TabStop) -> str:
    what = words.ELEMENT.get(stop.tag, "页面元素")
    told = f"{what}“{text.line(stop.name, 60)}”" if stop.name else f"{what}（没有名称）"
    notes = [note for note, there in (("看不见焦点", stop.visible is False), ("被别的内容盖住", stop.covered)) if there]
    return f"{told}，{'，'.join(notes)}" if notes else told
