"""`auditor serve`: the schedule, the console, the report pages and the health address in one process on the embedded database."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import uvicorn

from auditor.notices.post import Postman
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.store_lock import serving_lock
from auditor.telling import JsonLines, LogLines
from auditor.upkeep import Upkeep
from auditor.web.app import create_app
from auditor.web.counting import log as requests

log = logging.getLogger("auditor")

SWITCH = 0.001
"""Seconds after which a thread that judges pages lets one that answers a reader go on; Python's own 5 ms add up over an answer."""

IDLE = 75
"""Seconds that a connection may lie idle: longer than readers look at a page, and than proxies keep theirs."""


def serve(path: Path, db: Path, host: str, port: int, *, public: bool = False, structured: bool = False) -> None:
    """Run until the process is told to stop. StoreBusy where another process serves the database: every night would start twice.

    `structured`: the log is JSON, with an entry for each answer.
    """
    sys.setswitchinterval(SWITCH)
    console = logging.StreamHandler()
    console.setFormatter(JsonLines() if structured else LogLines("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[console])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every request that a crawl makes
    requests.setLevel(logging.INFO if structured else logging.WARNING)  # one entry for each answer is for machines
    service, lock = Service(path, db, public=public), serving_lock(db)
    lock.acquire()
    app = create_app(service)
    with service.read() as store:
        if not Accounts(store).all():
            log.warning("还没有人员可以登录。添加第一个运行管理员：auditor user add 登录名 --role operator --title 姓名")
    service.nights.begin()
    log.info("serving on http://%s:%d", host, port)
    try:
        with Postman(lambda: service.watch, db), Upkeep(db):
            uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, proxy_headers=False, timeout_keep_alive=IDLE)
    finally:
        service.close()
        lock.release()
