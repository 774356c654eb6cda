"""Tells whether two runs of a site really differ: on the same pages, by the same rules, with the interval and what cannot be said."""

from __future__ import annotations

from auditor.comparison import FEWEST_PAIRS
from auditor.language import counted, say, sentences
from auditor.model import Cause, History, Move, Paired
from reports import words

MOST = 5  # criteria that are named


def of_move(history: History, move: Move) -> list[str]:
    """What the pages of both runs show, in a sentence or two; nothing where it was not compared (an earlier version).

    Rules of one name may find otherwise after a change that was not bridged: then the pages prove nothing of the site.
    """
    found = move.paired
    if found is None or move.bridged is False:
        return of_rules(move)
    panel = say(
        f"只看两次都检测的 {words.number(found.pages)} 页、用两次都有的规则",
        f"On the {counted(found.pages, 'page')} audited both times, by the rules of both",
    )
    if found.change is None or found.low is None or found.high is None:
        few = say(
            f"{panel}：不足 {FEWEST_PAIRS} 页，网站是否真有变化，不能断言。",
            f"{panel}: fewer than {FEWEST_PAIRS} pages; whether the site really changed cannot be said.",
        )
        return [*of_rules(move), few]
    share = f"{100 * found.covered:.0f}%"
    whole = say(f"（这些页面所属的模板占全站页面的 {share}）", f" (their templates have {share} of the pages of the site)")
    return [*of_rules(move), sentences([_change(found, panel if found.covered >= 0.995 else panel + whole), _turned(history, move)])]


def _change(found: Paired, panel: str) -> str:
    """What the pages of both runs show, whose number is enough."""
    change, low, high = (words.signed(points or 0.0) for points in (found.change, found.low, found.high))
    interval = say(f"{change}（95% 置信区间 {low} 至 {high}）", f"{change} (95% confidence interval {low} to {high})")
    if found.low == found.high == 0:
        return say(f"{panel}，每一页的得分都与上一次相同。", f"{panel}, every page scores as it did before.")
    if found.demonstrable:
        rise = (found.change or 0.0) > 0
        return say(
            f"{panel}，平均{'上升' if rise else '下降'} {interval}，大于页面之间的偶然差别，可以认为确有变化。",
            f"{panel}, the mean {'rose' if rise else 'fell'} by {interval}, more than pages differ by chance: it may be taken as a real "
            "change.",
        )
    return say(
        f"{panel}，平均变动 {interval}，区间包含 0，不能断言网站有变化。",
        f"{panel}, the mean changed by {interval}; the interval holds 0, so that it cannot be said that the site changed.",
    )


def of_rules(move: Move) -> list[str]:
    """What the parts are worth where the rules changed in between; nothing where they did not."""
    if move.bridged is None:
        return []
    if move.bridged:
        part = words.CAUSE[Cause.RULES]
        return [
            say(
                f"其间检测规则有更换，“{part}”一项是用新旧两套规则判断同样的网页量出来的。",
                f"The rules changed in between; the part “{part}” was measured by judging the same pages by the old and the new rules.",
            )
        ]
    others = say("", ", ").join(f"“{words.CAUSE[cause]}”" for cause in (Cause.REPAIRED, Cause.NEW, Cause.CONTENT))
    return [
        say(
            f"其间检测规则有更换，又没有能够用新旧两套规则判断同样的网页，{others}三项中有多少是规则改变带来的分不出来，"
            "网站是否真有变化，不能断言。",
            "The rules changed in between, and the same pages could not be judged by the old and the new ones. How much of the three parts "
            f"{others} comes from the change of the rules cannot be told; whether the site really changed cannot be said.",
        )
    ]


def _turned(history: History, move: Move) -> str:
    """The criteria of which pages surely turned."""
    found = move.paired.turned if move.paired else {}
    named = [(history.criteria[number], turned) for number, turned in found.items() if number in history.criteria]
    if not named:
        return ""
    named.sort(key=lambda one: (-abs(one[1][0] - one[1][1]), one[0].number))
    listed = say("；", "; ").join(
        say(
            f"{one.number} {one.name_zh}由不符合转为未查到不符合 {mended} 页，反过来 {broken} 页",
            f"{one.number} {one.name_en}, from failed to no failure found on {counted(mended, 'page')}, the other way round on {broken}",
        )
        for one, (mended, broken) in named[:MOST]
    )
    more = say(f"等 {len(named)} 条", f"; {len(named)} criteria in all") if len(named) > MOST else ""
    return say(f"逐条准则看，确有变化的：{listed}{more}。", f"Criterion by criterion, those that surely changed: {listed}{more}.")
