"""Who reads slowly cannot finish a line that glides away, and who is easily distracted cannot read the page beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document, number

WAITING = re.compile(r"spin|load|rotate|progress|pulse-dot", re.IGNORECASE)
CONTROL = re.compile(r"暂停|停止|播放|pause|stop|play", re.IGNORECASE)
MOVES = "<style>@keyframes gun{from{transform:translateX(0)}to{transform:translateX(-300px)}}</style>"
TEXT = "关于2026年残疾人证换领时间的通知"


@check(
    id="endless-animation",
    criteria=("2.2.2",),
    impact=Impact.SERIOUS,
    title="文字不停地滚动或闪动",
    title_en="Text moves or blinks without end",
    who="阅读慢的人来不及读完滚动的文字，注意力容易分散的人和低视力者被不停的动画打断，读不了旁边的内容。",
    who_en="Slow readers cannot finish gliding text; people who are easily distracted cannot read beside an animation that never ends.",
    repair=("请开发单位让动画在5秒内停下，或者在旁边放一个能用键盘操作的“暂停”按钮。", "重要通知请直接放在页面上，不用滚动字幕。"),
    repair_en=(
        "Ask the vendor to let the animation end within 5 seconds, or to put a “pause” button that works by keyboard beside it.",
        "Put important notices on the page itself instead of in a ticker.",
    ),
    verify="打开网页5秒之后，页面上没有自行移动或闪动的文字，或者按“暂停”按钮就停下来。",
    before=f'{MOVES}<div style="animation:gun 10s linear infinite">{TEXT}</div>',
    after=f"<div>{TEXT}</div>",
    unsure=(
        f'{MOVES}<div style="animation:gun 12s infinite"><span>{TEXT}</span></div>',
        f'<style>@keyframes shan{{50%{{opacity:.2}}}}</style><p style="animation:shan 2s infinite">{TEXT}</p>',
    ),
    good=(
        f"<p>{TEXT}</p>", f'{MOVES}<div style="animation:gun 1s 2">{TEXT}</div>', f'{MOVES}<i style="animation:gun 1s infinite"></i>',
        f'{MOVES}<div hidden><p style="animation:gun 1s infinite">{TEXT}</p></div>',
        f'{MOVES}<div><div style="animation:gun 9s infinite">{TEXT}</div><button>暂停</button></div>',
        f'<style>@keyframes spin{{to{{rotate:1turn}}}}</style><p style="animation:spin 1s infinite">{TEXT}</p>',
    ),
)  # fmt: skip
def endless_animation(document: Document) -> Iterator[Hit]:
    """Text under an animation without end, and no control to pause it near by. How it moves, styles do not tell: a person looks."""
    told: set[str] = set()
    for node in document.nodes:
        if node.layout is None or "infinite" not in node.style("animation-iteration-count"):
            continue
        name = node.style("animation-name")
        if name in told or name == "none" or WAITING.search(name) or number(node.style("animation-duration"), 0) <= 0:
            continue
        if len(node.text) < 4 or not node.visible:
            continue
        near = node.parent.parent if node.parent and node.parent.parent else node.parent
        if near and any(one.role == "button" and CONTROL.search(one.name) for one in near.descendants()):
            continue
        told.add(name)
        yield unsure(node, f"“{node.text[:20]}”带有不停重复的动画（{name[:20]}）；若文字会移动或闪动超过5秒，请加上“暂停”按钮")
