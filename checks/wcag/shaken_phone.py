"""«Shake to draw»: whose phone is fixed to a wheelchair, or whose hands tremble, can neither do it nor keep from doing it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document

SHAKE = re.compile(
    r"摇一摇|(?:摇动|晃动|摇晃|翻转|倾斜|甩动)(?:您的|你的)?(?:手机|设备)|\b(?:shake|tilt)\s+(?:your\s+)?(?:phone|device|mobile)",
    re.IGNORECASE,
)
OTHERWISE = re.compile(r"也可以?点击|或(?:者)?(?:点击|点按|按下)|关闭摇|不想摇|\bor\s+(?:press|tap|click)", re.IGNORECASE)
AT_MOST = 2


@check(
    id="shaken-phone",
    criteria=("2.5.4",),
    impact=Impact.MODERATE,
    title="要摇动手机才能使用",
    title_en="Works by shaking the phone",
    who="手机固定在轮椅支架上的人摇不动，手抖的人又会误触发。",
    who_en="People whose phone is fixed to a wheelchair cannot shake it; people whose hands tremble set it off unwillingly.",
    repair=(
        "在旁边加一个作用相同的按钮。",
        "请开发单位提供关闭“摇一摇”的设置，避免误触发。",
    ),
    repair_en=("Add a button that does the same.", "Ask the vendor for a setting that switches the shaking off."),
    verify="不动手机，点按钮也能完成；关闭后摇动手机不再有反应。",
    before="<p>摇一摇，参加抽奖</p>",
    after='<p>摇一摇，或点击按钮参加抽奖</p><button type="button">参加抽奖</button>',
    unsure=("<p>请摇动手机刷新内容</p>", '<p lang="en">Shake your phone to undo.</p>'),
    good=(
        "<p>摇一摇，也可点击“换一批”</p>", "<p>大棚里的西红柿随风摇晃</p>", "<p hidden>摇一摇</p>",
        "<p>办理业务时请勿翻转证件</p>",
    ),
)  # fmt: skip
def shaken_phone(document: Document) -> Iterator[Hit]:
    """2.5.4: only the words tell; whether a button does the same, and whether it can be switched off, a person has to try."""
    told = 0
    for node in document.nodes:
        if told < AT_MOST and node.texts and node.tag not in ("script", "option", "title") and not node.hidden and node.visible:
            around = node.parent.text if node.parent is not None else node.text
            if (found := SHAKE.search(node.own_text)) and not OTHERWISE.search(around[:400]):
                told += 1
                yield unsure(node, f"“{found[0]}”要靠动手机来操作；请看有没有作用相同的按钮，能不能关闭")
