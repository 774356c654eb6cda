"""How the service is set up, with the mistakes of targets.yml where it has any, and the log of who did what."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response

from auditor.language import Words, say
from auditor.store_accounts import Accounts
from auditor.store_log import Act, LogBook
from auditor.web.guard import Logging, Setting
from auditor.web.showing import show

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
ROWS = 100

ACT: Mapping[Act, str] = Words({
    Act.SIGN_IN: ("登录", "signed in"), Act.SIGN_IN_REFUSED: ("登录未成功", "sign-in refused"), Act.SIGN_OUT: ("退出登录", "signed out"),
    Act.REFUSED: ("越权，已拒绝", "no right, refused"), Act.ACCOUNT_ADDED: ("添加人员", "account added"),
    Act.ACCOUNT_DISABLED: ("停用人员", "account disabled"), Act.PASSWORD_CHANGED: ("更换密码", "password changed"),
    Act.TOKEN_MADE: ("生成密钥", "key made"), Act.TOKEN_REVOKED: ("作废密钥", "key revoked"), Act.DECIDED: ("作出决定", "decided"),
    Act.CONFIRMED: ("确认网址", "host confirmed"), Act.RUN: ("启动检测", "audit started"), Act.RETEST: ("复测", "recheck"),
    Act.PAUSED: ("暂停计划", "schedule paused"), Act.RESUMED: ("恢复计划", "schedule resumed"), Act.STOPPED: ("紧急停止", "emergency stop"),
    Act.STOP_LIFTED: ("解除停止", "stop lifted"), Act.RELOADED: ("重新读取清单", "list read again"),
    Act.CASE_OPENED: ("立案通报", "case opened"), Act.CASE_STEP: ("办理案件", "step in a case"),
    Act.SITES_CHANGED: ("修改网站清单", "list of sites changed"), Act.CHECKED: ("人工核查", "check by hand"),
    Act.FAILED: ("没有完成", "not completed"), Act.ACCOUNT_CHANGED: ("修改人员", "account changed"),
    Act.ACCOUNT_ENABLED: ("恢复人员", "account enabled"), Act.SESSIONS_ENDED: ("退出全部登录", "sessions ended"),
    Act.SITE_MERGED: ("并入网站", "site merged"), Act.DRAFT_CHECKED: ("上线前检查", "draft checked"),
    Act.COMPLAINT_RECEIVED: ("收到投诉", "complaint received"), Act.COMPLAINT_STEP: ("办理投诉", "step in a complaint"),
})  # fmt: skip


@router.api_route("/settings", methods=READ)
def settings(visitor: Setting, done: str = "") -> Response:
    """What is in force, and since when."""
    service = visitor.service
    with service.read() as store:
        accounts = Accounts(store).all()
    return show(
        visitor, "settings.html", say("设置", "Settings"), done=done, watch=service.watch, reading=service.reading, file=service.path.name,
        accounts=accounts, public=service.reports_public,
    )  # fmt: skip


@router.api_route("/log", methods=READ)
def log(visitor: Logging, before: int | None = None) -> Response:
    """Who did what, newest first, and whether the log is whole."""
    with visitor.service.read() as store:
        book = LogBook(store)
        entries, verdict = book.entries(ROWS, before=before), book.verify()
    return show(visitor, "log.html", say("操作日志", "Log"), entries=entries, verdict=verdict, acts=ACT, before=before)
