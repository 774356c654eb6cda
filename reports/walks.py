"""Shows the walk through a page with the Tab key: a picture with the stops numbered, and the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from auditor.language import Words, aside, capital, counted, joined, say
from auditor.model import SEEN, Coverage, KeyboardWalk, TabStop, WalkEnd
from reports import text, words
from reports.cards import picture_path
from reports.pages import Section, paragraph, piece

ENDED: Mapping[WalkEnd, str] = Words({
    WalkEnd.LEFT: ("走完最后一处后，焦点离开了网页，没有被困住。", "After the last stop the focus left the page; it was not trapped."),
    WalkEnd.TRAPPED: ("焦点一直在这些位置之间打转，没能离开网页。", "The focus went round between these stops and never left the page."),
    WalkEnd.CUT: ("停靠的位置很多，或者一次按键没有得到应答，没有走到网页末尾。",
                  "There are many stops, or a key press was not answered; the end of the page was not reached."),
})  # fmt: skip


def walked(coverage: Sequence[Coverage]) -> list[tuple[Coverage, KeyboardWalk]]:
    """The pages through which a walk was made, in the order of their addresses."""
    return sorted(((entry, entry.walk) for entry in coverage if entry.walk and entry.state in SEEN), key=lambda one: one[0].url)


def section(coverage: Sequence[Coverage]) -> Section | None:
    """The walks of a site; None where none was made."""
    pages = walked(coverage)
    if not pages:
        return None
    why = say(
        "不用鼠标的人靠 Tab 键在网页上前进。程序在下列网页上从头按 Tab 键走了一遍，图中的数字是焦点停靠的先后；"
        "图下用文字列出每一处。先后跳来跳去、走不到该到的地方、看不见焦点，都会让人走不下去。",
        "People who use no mouse go through a page with the Tab key. A program did so on these pages from the top; the numbers in the "
        "picture tell in which order the focus stopped, and the text below lists each stop. An order that jumps about, places that are "
        "never reached, and a focus that cannot be seen all keep people from going on.",
    )
    items = [piece("site.html", "walk", place=place, entry=entry, ended=ENDED[walk.ended], summary=_summary(walk),
                   picture=f"../{picture_path(walk.picture)}" if walk.picture else "", stops=[_stop(stop) for stop in walk.stops])
             for place, (entry, walk) in enumerate(pages, 1)]  # fmt: skip
    title = say(f"键盘走查（{len(items)} 页）", f"Keyboard walkthroughs ({counted(len(items), 'page')})")
    return Section(id="walk", title=title, intro=paragraph(why), items=items)


def _summary(walk: KeyboardWalk) -> str:
    seen = Counter(stop.visible for stop in walk.stops)
    told = [say(f"焦点停靠 {len(walk.stops)} 处", f"The focus stopped at {counted(len(walk.stops), 'place')}")]
    if unseen := seen[False]:
        told.append(say(f"其中 {unseen} 处看不见焦点", f"cannot be seen at {unseen:,}"))
    if covered := sum(stop.covered for stop in walk.stops):
        told.append(say(f"{covered} 处被别的内容盖住", f"is covered by other content at {covered:,}"))
    return joined(told)


def _stop(stop: TabStop) -> str:
    what = capital(words.ELEMENT.get(stop.tag) or say("页面元素", "element"))
    named = say(f"“{text.line(stop.name, 60)}”", f" “{text.line(stop.name, 60)}”") if stop.name else aside(say("没有名称", "no name"))
    notes = [
        note
        for note, there in (
            (say("看不见焦点", "focus not visible"), stop.visible is False),
            (say("被别的内容盖住", "covered by other content"), stop.covered),
        )
        if there
    ]  # fmt: skip
    return joined([f"{what}{named}", *notes])
