"""A service with three sites, one audited night and an account for every role, and browsers that visit it without a network."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from bs4 import BeautifulSoup
from fastapi import FastAPI
from histories import picture

from auditor.accounts import Account, Cost, Role, form_token
from auditor.lifecycle import advance
from auditor.model import Coverage, Element, Finding, Impact, Outcome, Run, RunState, State, Tally
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.web.app import create_app

QUICK = Cost(n=2, p=1)
PASSWORD = "Correct-horse-7"
NIGHT = datetime(2026, 11, 27, 18, tzinfo=UTC)
LOGO, PICTURE = picture("logo")
MAP, MAP_PICTURE = picture("map")

TARGETS = """\
version: 1
regions: [{id: "990000", name: 测试市, local: true}]
network: {user_agent: "TestAudit/1.0 (+http://test.test/; 0000-1)"}
defaults: {delay: 0, max_pages: 5, profile: static}
sites:
  - {id: one, name: 一号网站, url: "http://www.one.test/", category: portal, region: "990000", owner: 甲局,
     confirmed: {by: 王主任, date: 2026-10-01}}
  - {id: two, name: 二号网站, url: "http://www.two.test/", category: portal, region: "990000", owner: 乙局,
     confirmed: {by: 王主任, date: 2026-10-01}}
  - {id: three, name: 三号网站, url: "http://www.three.test/", category: portal, region: "990000", owner: 丙局}
"""

PEOPLE = {
    Role.OPERATOR: Account(name="caozuo", title="张三", role=Role.OPERATOR),
    Role.OWNER: Account(name="zeren", title="李四", role=Role.OWNER, sites=frozenset({"one"})),
    Role.FEDERATION: Account(name="canlian", title="王五", role=Role.FEDERATION),
    Role.REVIEWER: Account(name="hecha", title="赵六", role=Role.REVIEWER),
}


def service(folder: Path, targets: str = TARGETS, *, public: bool = False) -> Service:
    """The service, with everybody's account and what the night found: on each of `one` and `two` a barrier and a doubt."""
    (folder / "targets.yml").write_text(targets, encoding="utf-8")
    made = Service(folder / "targets.yml", folder / "auditor.db", public=public, cost=QUICK)
    with made.write() as store:
        for account in PEOPLE.values():
            Accounts(store, QUICK).add(account, PASSWORD)
        store.begin_round("20261128-020000", NIGHT, "schedule")
        store.register([target.site for target in made.watch.targets], NIGHT)
        for content, digest in ((PICTURE, LOGO), (MAP_PICTURE, MAP)):
            store.blobs.put(digest, content)
        for site, shown in (("one", LOGO), ("two", MAP)):
            found = run(site, shown)
            changed, counts = advance((), found, catalogue=frozenset(found.rules))
            store.save(found, changed, counts)
        store.end_round("20261128-020000", NIGHT + timedelta(hours=1))
    return made


def run(site: str, shown: str, state: RunState = RunState.AUDITED) -> Run:
    """A night on a site: an image without a text, and one of which a person has to say."""
    page = f"http://www.{site}.test/"
    logo = Element(
        selector="#logo", xpath="/html/body/img", tag="img", snippet='<img id="logo">', attributes={"id": "logo"}, landmark="banner"
    )
    barrier = Finding(
        rule="image-alt", criteria=("1.1.1",), outcome=Outcome.FAILED, impact=Impact.CRITICAL, page=page, element=logo,
        message="没有替代文本。", engines=("axe",), picture=shown,
    )  # fmt: skip
    other = replace(
        logo, selector="#map", xpath="/html/body/p/img", snippet='<img id="map" alt="x">', attributes={"id": "map"}, landmark="main"
    )
    doubt = replace(barrier, outcome=Outcome.CANT_TELL, element=other, message="替代文本可能没有意义。")
    tally = Tally(page=page, rule="image-alt", failed=1, cant_tell=1)
    return Run(
        site=site, round="20261128-020000", started=NIGHT, finished=NIGHT + timedelta(minutes=5), state=state, rules=("image-alt",),
        coverage=(Coverage(url=page, state=State.AUDITED, engines=("axe",), title="首页"),), findings=(barrier, doubt), tallies=(tally,),
        ruleset_id="r1", environment_id="e1",
    )  # fmt: skip


@contextmanager
def answering(made: Service) -> Iterator[str]:
    """The service on loopback, for real browsers; gives its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(made), port=0, log_level="warning", proxy_headers=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class Browser:
    """Somebody's browser, with cookies of its own: `Browser(service).sign_in(Role.OWNER).get("/")`."""

    def __init__(self, made: Service, *, address: str = "10.0.0.9", base: str = "http://audit.test", app: FastAPI | None = None) -> None:
        self.app = app or create_app(made)
        self.base, self.address = base, address
        self.cookies = httpx.Cookies()
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, *, form: dict[str, object] | None = None, **more: object) -> httpx.Response:
        """One request; redirects are not followed."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, client=(self.address, 5000), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies, headers=self.headers) as client:
                answer = await client.request(method, path, data=form, **more)  # type: ignore[arg-type]
                self.cookies = client.cookies
                return answer

        return asyncio.run(asked())

    def get(self, path: str, **more: object) -> httpx.Response:
        """Look at a page."""
        return self.ask("GET", path, **more)

    def post(self, path: str, **form: object) -> httpx.Response:
        """Send a form of ours."""
        return self.ask("POST", path, form={"form-token": self.token, **{name.replace("_", "-"): value for name, value in form.items()}})

    def page(self, path: str) -> BeautifulSoup:
        """A page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return BeautifulSoup(answer.content, "lxml")

    @property
    def key(self) -> str:
        """The key that the browser holds, "" if none."""
        return next(
            (self.cookies[name] for name in ("__Host-auditor", "auditor", "__Host-auditor-door", "auditor-door") if name in self.cookies),
            "",
        )

    @property
    def token(self) -> str:
        """What a form of this browser carries."""
        return form_token(self.key)

    def sign_in(self, role: Role, password: str = PASSWORD) -> Browser:
        """Go through the door as one of PEOPLE; `NOBODY` stays outside."""
        if role is not Role.NOBODY:
            self.get("/login")
            answer = self.post("/login", name=PEOPLE[role].name, password=password)
            assert answer.status_code == 303, answer.text
        return self
