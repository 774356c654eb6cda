"""Fills in the pages of the console: what every page has in common, and the words that all of them use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from auditor.accounts import ROLE_NAMES, Right
from auditor.language import Words, aside, say
from auditor.web.guard import TOKEN_FIELD, Visitor
from auditor.web.headers import LIVE
from auditor.web.languages import links
from reports import pages, words
from reports.marking import marked

NAVIGATION = (
    ("/", ("夜间检测", "Nightly audits"), Right.LOOK),
    ("/sites", ("网站", "Sites"), Right.LOOK),
    ("/cases", ("督办案件", "Cases"), Right.LOOK),
    ("/complaints", ("投诉反映", "Complaints"), Right.COMPLAINTS),
    ("/desk", ("人工判断", "Judgements"), Right.JUDGE),
    ("/checks", ("线下核查", "Checks on the spot"), Right.JUDGE),
    ("/reports/", ("报告", "Reports"), Right.LOOK_ALL),
    ("/run", ("运行", "Running"), Right.RUN),
    ("/list", ("网站清单", "List of sites"), Right.EDIT_SITES),
    ("/people", ("人员", "People"), Right.ACCOUNTS),
    ("/settings", ("设置", "Settings"), Right.SETTINGS),
    ("/log", ("操作日志", "Log"), Right.LOG),
)
"""Path, name in Chinese and English, and who finds it there."""

DONE: Mapping[str, str] = Words({
    "decided": ("已记录这项决定。", "The decision is on record."),
    "started": ("检测已经启动，进度见下。", "The audit has begun; see below how it goes on."),
    "paused": ("计划已经暂停，到了时间不再自动检测。", "The schedule is paused; no audit begins by itself."),
    "resumed": ("计划已经恢复，从下一个计划时间开始。", "The schedule goes on, from its next time."),
    "stopped": ("停止已经生效，正在进行的访问几秒内停下。", "The stop is in force; visits under way end within seconds."),
    "lifted": ("停止已经解除。", "The stop is lifted."),
    "confirmed": ("已确认可以访问，并写入网站清单。", "It is confirmed that the site may be visited, and written into the list of sites."),
    "reloaded": ("已重新读取网站清单，没有错误。", "The list of sites was read again, without errors."),
    "password": (
        "密码已经更换，其他地方的登录都已退出；密钥没有变动。",
        "The password is changed, and you are signed out everywhere else. Your keys are as they were.",
    ),
    "revoked": ("密钥已经作废。", "The key is revoked."),
    "merged": ("已并入，以后只检测并入的网站。", "It is merged; from now on the other site is audited alone."),
    "draft": ("检查已经登记，进展见下。", "The check is entered; see below how it goes on."),
    "complaint": ("已经记入这件投诉。", "It is entered in the complaint."),
    "added": ("已添加这个人员。", "The account is added."),
    "changed": ("已修改，从下一次操作起生效。", "It is changed, and holds from their next step on."),
    "reset": (
        "密码已经更换，这个人员要用新密码重新登录；以前生成的密钥都已作废。",
        "The password is changed; they have to sign in anew with it. Keys made before are revoked.",
    ),
    "disabled": ("已停用：登录和密钥都已失效。", "The account is disabled: its sessions and keys have ended."),
    "enabled": ("已恢复，可以用原来的密码登录；以前的密钥仍然作废。", "Enabled, with the old password; the old keys stay revoked."),
    "ended": ("这个人员的登录都已退出。", "Their sessions have ended."),
    "saved": ("已写入网站清单。", "It is written into the list of sites."),
    "removed": ("已移出网站清单，历史记录仍然保留。", "It is taken off the list of sites; its history is kept."),
    "checked": ("已记录这项核查。", "The check is on record."),
    "opened": ("已经立案，通知已放入待发送的消息。", "The case is open, and the notice waits among the messages to be sent."),
    "case": ("已经记入案件。", "It is entered in the case."),
    "retest": ("复测已经开始，几分钟后刷新本页看结果。", "The recheck has begun. Reload this page in a few minutes to see the result."),
})  # fmt: skip
"""What a page says after something was done, by the word in its address."""

_TEMPLATES = pages.templates("auditor.web")
_TEMPLATES.globals.update(aside=aside)


def show(
    visitor: Visitor, template: str, title: str, *, status: int = 200, done: str = "", live: bool = False, **values: Any
) -> HTMLResponse:  # fmt: skip
    """A page of the console. `live`: it has a script of ours."""
    answer = part(
        visitor, template, title=title, done=DONE.get(done, ""), live=live,
        navigation=[(path, say(*names)) for path, names, right in NAVIGATION if visitor.may(right)], languages=links(visitor.here),
        token_field=TOKEN_FIELD, Right=Right, roles=ROLE_NAMES, **values,
    )  # fmt: skip
    answer.status_code = status
    answer.headers.update(LIVE if live else {})
    return answer


def part(visitor: Visitor, template: str, **values: Any) -> HTMLResponse:
    """A piece of a page of the console, for a script that puts it in its place."""
    zone = visitor.service.watch.timezone

    def clock(moment: datetime) -> str:
        return words.clock(moment, zone)

    def dated(day: date) -> str:
        return say(day.isoformat(), words.day(day, zone))

    html = _TEMPLATES.get_template(template).render(visitor=visitor, clock=clock, dated=dated, **values)
    return HTMLResponse(marked(html), headers={"Cache-Control": "no-store"})


def back(path: str, done: str = "") -> RedirectResponse:
    """To another page after something was done, so that a reload does not do it again."""
    joint = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joint}done={done}" if done else path, status_code=303)


def beside(errors: Mapping[str, str], form: str) -> dict[str, str]:
    """Errors of one form among several of a page, whose fields have its name before their own."""
    return {f"{form}-{field}" if field else "": told for field, told in errors.items()}


def attached(content: bytes, kind: str, name: str) -> Response:
    """A file to keep. `kind`: its media type; `name`: ASCII without quotes."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


def choices(words: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Value -> label, as the options of a field without hints (`choice` in forms.html)."""
    return [(value, label, "") for value, label in words.items()]


def of_ours(name: str) -> bytes:
    """What the console's pages need beyond the style of the reports: console.css or progress.js."""
    return files("auditor.web").joinpath("templates", name).read_bytes()
