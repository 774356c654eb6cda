"""Tells what is known of a group over time, and how anybody can see for himself that it is repaired."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from auditor.language import counted, say
from auditor.model import History, IssueState, Rule, SiteHistory
from reports import text, words
from reports.grouping import Group
from reports.runs import judged


def past(history: History, site: SiteHistory, group: Group) -> Sequence[tuple[str, str]]:
    """First seen, last seen, since how many days, how often it came back: (name, told)."""
    days = (history.now - group.first_seen).days
    stands = say(f"{words.number(days)} 天前" if days else "不到一天前", f"{counted(days, 'day')} ago" if days else "less than a day ago")
    first = words.day(group.first_seen, history.timezone)
    found = [
        (say("首次发现", "First found"), say(f"{first}（{stands}）", f"{first} ({stands})")),
        (say("最近一次看到", "Last seen"), _last(history, site, group)),
    ]
    back = sum(len(issue.spans) - 1 for issue in group.issues)
    if back > 0:
        found.append((say("消失后又出现", "Gone and back"), say(f"合计 {words.number(back)} 次", f"{counted(back, 'time')} in all")))
    if group.repaired:
        told = say(
            f"同一部件另有 {words.number(group.repaired)} 处不再查到",
            f"{counted(group.repaired, 'more place')} of the same component no longer found",
        )
        found.append((say("已修复", "Fixed"), told))
    return found


def steps(group: Group, rule: Rule | None) -> Sequence[str]:
    """What the webmaster does to see that it is repaired, in order."""
    where = say("文档", "document") if group.document else say("页面", "page")
    found = [say(
        f"打开示例{where}，" + ("确认下载到的是新的文件。" if group.document else "按 Ctrl+F5 刷新，避免看到旧的内容。"),
        f"Open the example {where} and "
        + ("make sure that you were given the new file." if group.document else "reload it with Ctrl+F5, so as not to see old content."),
    )]  # fmt: skip
    if rule is not None and rule.verify:
        found.append(rule.verify)
    found.append(say(
        f"下一次检测在同一{where}上不再查到，就自动记为已修复，不需要另外申报。",
        f"When the next audit no longer finds it {'in' if group.document else 'on'} the same {where}, it is recorded as fixed; nothing "
        "has to be reported.",
    ))  # fmt: skip
    return found


def command(group: Group) -> str:
    """The command that checks the example again; "" where its address is none that can be visited."""
    address = text.web_address(group.example.page)
    return f"auditor page {shlex.quote(address.partition('#')[0])}" if address else ""


def _last(history: History, site: SiteHistory, group: Group) -> str:
    if all(issue.state is IssueState.NOT_OBSERVED for issue in group.issues):
        day = words.day(group.changed, history.timezone)
        return say(f"{day}以前；此后没有能够复查", f"before {day}; it could not be rechecked since")
    seen = next((run for run in site.runs if judged(run)), None)
    return words.day(seen.started, history.timezone) if seen else words.day(group.changed, history.timezone)
