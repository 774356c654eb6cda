"""Fills in the pages of the console: what every page has in common, and the words that all of them use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from auditor.accounts import ROLE_NAMES, Right
from auditor.web.guard import TOKEN_FIELD, Visitor
from reports import pages, words

NAVIGATION = (
    ("/", "夜间检测", Right.LOOK),
    ("/sites", "网站", Right.LOOK),
    ("/cases", "督办案件", Right.LOOK),
    ("/complaints", "投诉反映", Right.COMPLAINTS),
    ("/desk", "人工判断", Right.JUDGE),
    ("/checks", "线下核查", Right.JUDGE),
    ("/reports/", "报告", Right.LOOK_ALL),
    ("/run", "运行", Right.RUN),
    ("/list", "网站清单", Right.EDIT_SITES),
    ("/people", "人员", Right.ACCOUNTS),
    ("/settings", "设置", Right.SETTINGS),
    ("/log", "操作日志", Right.LOG),
)

DONE: Mapping[str, str] = {
    "decided": "已记录这项决定。",
    "started": "检测已经启动，进度见下。",
    "paused": "计划已经暂停，到了时间不再自动检测。",
    "resumed": "计划已经恢复，从下一个计划时间开始。",
    "stopped": "停止已经生效，正在进行的访问几秒内停下。",
    "lifted": "停止已经解除。",
    "confirmed": "已确认可以访问，并写入网站清单。",
    "reloaded": "已重新读取网站清单，没有错误。",
    "password": "密码已经更换，其他地方的登录都已退出。",
    "revoked": "密钥已经作废。",
    "merged": "已并入，以后只检测并入的网站。",
    "draft": "检查已经开始，几分钟后刷新本页看结果。",
    "complaint": "已经记入这件投诉。",
    "added": "已添加这个人员。",
    "changed": "已修改，从下一次操作起生效。",
    "reset": "密码已经更换，这个人员要用新密码重新登录。",
    "disabled": "已停用：登录和密钥都已失效。",
    "enabled": "已恢复，可以用原来的密码登录；以前的密钥仍然作废。",
    "ended": "这个人员的登录都已退出。",
    "saved": "已写入网站清单。",
    "removed": "已移出网站清单，历史记录仍然保留。",
    "checked": "已记录这项核查。",
    "opened": "已经立案，通知已放入待发送的消息。",
    "case": "已经记入案件。",
    "retest": "复测已经开始，几分钟后刷新本页看结果。",
}
"""What a page says after something was done, by the word in its address."""

_TEMPLATES = pages.templates("auditor.web")


def show(visitor: Visitor, template: str, title: str, *, status: int = 200, done: str = "", **values: Any) -> HTMLResponse:
    """A page of the console."""
    zone = visitor.service.watch.timezone

    def clock(moment: datetime) -> str:
        return words.clock(moment, zone)

    html = _TEMPLATES.get_template(template).render(
        title=title, visitor=visitor, done=DONE.get(done, ""), navigation=[one[:2] for one in NAVIGATION if visitor.may(one[2])],
        token_field=TOKEN_FIELD, Right=Right, roles=ROLE_NAMES, clock=clock, **values,
    )  # fmt: skip
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


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


def stylesheet() -> bytes:
    """What the console's pages need beyond the style of the reports."""
    return files("auditor.web").joinpath("templates", "console.css").read_bytes()
