"""Tells whether two runs of a site really differ: on the same pages, by the same rules, with the interval and what cannot be said."""

from __future__ import annotations

from auditor.comparison import FEWEST_PAIRS
from auditor.model import Cause, History, Move
from reports import words

MOST = 5  # criteria that are named


def of_move(history: History, move: Move) -> list[str]:
    """What the pages of both runs show, in a sentence or two; nothing where it was not compared (an earlier version).

    Rules of one name may find otherwise after a change that was not bridged: then the pages prove nothing of the site.
    """
    found = move.paired
    if found is None or move.bridged is False:
        return of_rules(move)
    panel = f"只看两次都检测的 {words.number(found.pages)} 页、用两次都有的规则"
    if found.change is None or found.low is None or found.high is None:
        return [*of_rules(move), f"{panel}：不足 {FEWEST_PAIRS} 页，网站是否真有变化，不能断言。"]
    whole = "" if found.covered >= 0.995 else f"（这些页面所属的模板占全站页面的 {100 * found.covered:.0f}%）"
    interval = f"{words.signed(found.change)}（95% 置信区间 {words.signed(found.low)} 至 {words.signed(found.high)}）"
    if found.low == found.high == 0:
        told = f"{panel}{whole}，每一页的得分都与上一次相同。"
    elif found.demonstrable:
        told = f"{panel}{whole}，平均{'上升' if found.change > 0 else '下降'} {interval}，大于页面之间的偶然差别，可以认为确有变化。"
    else:
        told = f"{panel}{whole}，平均变动 {interval}，区间包含 0，不能断言网站有变化。"
    return [*of_rules(move), told + _turned(history, move)]


def of_rules(move: Move) -> list[str]:
    """What the parts are worth where the rules changed in between; nothing where they did not."""
    if move.bridged is None:
        return []
    if move.bridged:
        return [f"其间检测规则有更换，“{words.CAUSE[Cause.RULES]}”一项是用新旧两套规则判断同样的网页量出来的。"]
    others = "".join(f"“{words.CAUSE[cause]}”" for cause in (Cause.REPAIRED, Cause.NEW, Cause.CONTENT))
    return [
        f"其间检测规则有更换，又没有能够用新旧两套规则判断同样的网页，{others}三项中有多少是规则改变带来的分不出来，"
        "网站是否真有变化，不能断言。"
    ]


def _turned(history: History, move: Move) -> str:
    """The criteria of which pages surely turned."""
    found = move.paired.turned if move.paired else {}
    named = [(history.criteria[number], turned) for number, turned in found.items() if number in history.criteria]
    if not named:
        return ""
    named.sort(key=lambda one: (-abs(one[1][0] - one[1][1]), one[0].number))
    listed = "；".join(
        f"{one.number} {one.name_zh}由不符合转为未查到不符合 {mended} 页，反过来 {broken} 页" for one, (mended, broken) in named[:MOST]
    )
    more = f"等 {len(named)} 条" if len(named) > MOST else ""
    return f"逐条准则看，确有变化的：{listed}{more}。"
