"""What owners and the federation are told of a case."""

from __future__ import annotations

from datetime import datetime

from auditor.case_dates import Due
from auditor.cases import ENDING_NAMES, STATE_NAMES, STEP_NAMES
from auditor.model import Case, CaseStep, Channel
from auditor.notices.message import Message
from reports import words
from reports.text import plain


def case_news(case: Case, what: CaseStep | Due, channel: Channel, site: str, now: datetime) -> Message:
    """One step of a case, or one reminder, as a message. A step is told once for each event, a reminder once for the day it is due."""
    day = words.day(case.deadline)
    if isinstance(what, Due):
        mark, word, lines = f"{what.occasion.value}-{what.since.isoformat()}", "催办", [what.sentence]
    else:
        event = case.events[-1]
        mark, word = f"{what.value}-{len(case.events)}", STEP_NAMES[what]
        lines = [f"{plain(event.by, 60)}：{plain(event.why, 300)}" if event.why else f"{plain(event.by, 60)}。"]
        lines += [f"对方单位：{plain(event.to, 60)}。"] if event.to else []
    settled = f"结果：{ENDING_NAMES[case.ending]}。" if case.ending else f"现在的情况：{STATE_NAMES[case.state]}，整改期限{day}。"
    counts = f"涉及障碍 {len(case.groups)} 组，没有查实修复的 {len(case.standing)} 组。" if case.groups else "由投诉举报引起。"
    return Message(
        id=f"case-{case.id}-{mark}", reader=channel.reader, subject=f"无障碍督办：{plain(site, 60)}，案件 {case.id}，{word}", made=now,
        link=channel.link, lines=(*lines, counts, settled),
        data={"case": case.id, "site": case.site, "state": case.state.value, "deadline": case.deadline.isoformat(), "what": word},
    )  # fmt: skip
