"""How the service is set up, with the mistakes of targets.yml where it has any, and the log of who did what."""

from __future__ import annotations

from fastapi import APIRouter, Response

from auditor.store_accounts import Accounts
from auditor.store_log import Act, LogBook
from auditor.web.guard import Logging, Setting
from auditor.web.showing import show

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
ROWS = 100

ACT = {
    Act.SIGN_IN: "登录", Act.SIGN_IN_REFUSED: "登录未成功", Act.SIGN_OUT: "退出登录", Act.REFUSED: "越权，已拒绝",
    Act.ACCOUNT_ADDED: "添加人员", Act.ACCOUNT_DISABLED: "停用人员", Act.PASSWORD_CHANGED: "更换密码", Act.TOKEN_MADE: "生成密钥",
    Act.TOKEN_REVOKED: "作废密钥", Act.DECIDED: "作出决定", Act.CONFIRMED: "确认网址", Act.RUN: "启动检测", Act.RETEST: "复测",
    Act.PAUSED: "暂停计划", Act.RESUMED: "恢复计划", Act.STOPPED: "紧急停止", Act.STOP_LIFTED: "解除停止", Act.RELOADED: "重新读取清单",
    Act.CASE_OPENED: "立案通报", Act.CASE_STEP: "办理案件", Act.SITES_CHANGED: "修改网站清单", Act.CHECKED: "人工核查",
    Act.FAILED: "没有完成", Act.ACCOUNT_CHANGED: "修改人员", Act.ACCOUNT_ENABLED: "恢复人员", Act.SESSIONS_ENDED: "退出全部登录",
    Act.SITE_MERGED: "并入网站", Act.DRAFT_CHECKED: "上线前检查", Act.COMPLAINT_RECEIVED: "收到投诉", Act.COMPLAINT_STEP: "办理投诉",
}  # fmt: skip


@router.api_route("/settings", methods=READ)
def settings(visitor: Setting, done: str = "") -> Response:
    """What is in force, and since when."""
    service = visitor.service
    with service.read() as store:
        accounts = Accounts(store).all()
    return show(
        visitor, "settings.html", "设置", done=done, watch=service.watch, reading=service.reading, file=service.path.name,
        accounts=accounts, public=service.reports_public,
    )  # fmt: skip


@router.api_route("/log", methods=READ)
def log(visitor: Logging, before: int | None = None) -> Response:
    """Who did what, newest first, and whether the log is whole."""
    with visitor.service.read() as store:
        book = LogBook(store)
        entries, verdict = book.entries(ROWS, before=before), book.verify()
    return show(visitor, "log.html", "操作日志", entries=entries, verdict=verdict, acts=ACT, before=before)
