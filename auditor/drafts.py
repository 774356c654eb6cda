"""Looks at a draft before it is published (上线前检查): a page, or some below one path, by its owner, apart from nights, issues and scores.

Nothing of it is stored: the newest result of each account is kept in memory for a day.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from auditor import stops
from auditor.addresses import canonical, host_of, port_of
from auditor.apart import WorkerLost
from auditor.audit import may_visit
from auditor.language import Pair, say
from auditor.looking import GRACE, GivenWay, TookTooLong, look
from auditor.model import Category, Confirmation, Finding, Impact, Order, Outcome, Run, Site, State, Target, Watch
from crawlers.browsers.find import BrowserMissing
from crawlers.routes import narrowed

log = logging.getLogger("auditor")

MOST_PAGES = 20
LONGEST = timedelta(minutes=20)
"""How long visits of a check may begin."""
LONGEST_CHECK = LONGEST + GRACE
"""How long a check may take."""
KEPT = timedelta(hours=24)
WAITING = 5
"""Checks of different accounts that may wait for their turn."""

_PUBLIC_PORTS = (80, 443)


@dataclass(frozen=True, kw_only=True)
class DraftCheck:
    """What somebody asked to be looked at, and what came of it."""

    account: str
    site: str  #: id of the site of theirs that it is to become a part of
    url: str
    pages: int
    asked: datetime
    begun: datetime | None = None  #: None: it waits for its turn
    ended: datetime | None = None
    run: Run | None = None  #: None: it has not ended, or `why` says why there is nothing
    why: Pair | None = None

    @property
    def told(self) -> str:
        """Why there is nothing, in the language that is told; "" where there is something."""
        return say(*self.why) if self.why else ""

    @property
    def findings(self) -> Mapping[str, tuple[Finding, ...]]:
        """Rule -> what was found, the hardest first."""
        found: dict[str, list[Finding]] = {}
        for one in self.run.findings if self.run else ():
            found.setdefault(one.rule, []).append(one)
        ranks = list(Impact)
        order = sorted(found, key=lambda rule: (found[rule][0].outcome is not Outcome.FAILED, ranks.index(found[rule][0].impact), rule))
        return {rule: tuple(found[rule]) for rule in order}


class NotAllowed(Exception):
    """When its turn came, who asked for a check was not allowed to have that address checked any more."""


class DraftRefused(Exception):
    """A check that was not begun; `told` says why in the language that is told, the text in Chinese, in which the log is kept."""

    def __init__(self, chinese: str, english: str) -> None:
        self.told = say(chinese, english)
        super().__init__(chinese)


def allowed(target: Target, watch: Watch, url: str) -> bool:
    """Whether a draft of a site may be at an address: on the site's own host, once somebody confirmed that, or one that the operator named.

    Ports are those of the web, that of the site, or the one that was named with the host: nobody reaches other services of a machine.
    """
    parts = urlsplit(url)
    place = host_of(url), port_of(url)
    if parts.scheme not in ("http", "https") or not place[0] or "@" in parts.netloc or canonical(url) is None:
        return False
    named = [one if ":" in one else f"{one}:{port}" for one in target.prerelease for port in _PUBLIC_PORTS]
    places = {(host_of(f"http://{one}/"), port_of(f"http://{one}/")) for one in named}
    if may_visit(target, watch.network):
        own = host_of(target.site.url)
        places |= {(own, port) for port in (*_PUBLIC_PORTS, port_of(target.site.url))}
    return place in places


_WHY: Mapping[type[Exception], Pair] = {
    NotAllowed: (
        "轮到这次检查时，您已经不能检查这个网址，没有检查。",
        "When the turn of this check came, you were not allowed to have this address checked any more; nothing was checked.",
    ),
    GivenWay: ("夜间检测已经开始，检查中断，请等它结束后再检查。", "The nightly audit began and ended the check. Try again after it."),
    TookTooLong: ("检查没有在规定的时间内结束，已经中断，没有结果。", "The check did not end in time and was broken off, with no result."),
    WorkerLost: (
        "检测进程意外结束，可能是网页占用的内存太多，没有结果。",
        "The process of the check ended unexpectedly, perhaps as the page takes too much memory; there is no result.",
    ),
    BrowserMissing: ("这台机器上没有可用的浏览器，没有检查。", "This machine has no working browser; nothing was checked."),
}
"""Why there is nothing, by what broke a check off."""


class Drafts:
    """The checks of a running service. `submit` has one after another done, in a thread of theirs; `busy`: whether a night has the say;
    `may`: whether an account may have drafts of a site checked, as of now."""

    def __init__(
        self, db: Path, watch: Callable[[], Watch], submit: Callable[..., object], busy: Callable[[], bool],
        may: Callable[[str, str], bool],
    ) -> None:  # fmt: skip
        self._db, self._watch, self._submit, self._busy, self._may = db, watch, submit, busy, may
        self._checks: dict[str, DraftCheck] = {}
        self._lock = threading.Lock()

    def of(self, account: str, site: str) -> DraftCheck | None:
        """The newest check of an account, if it is about this site and not too old."""
        self._forget()
        found = self._checks.get(account)
        return found if found is not None and found.site == site else None

    def before(self, check: DraftCheck) -> tuple[int, datetime]:
        """How many checks are done before one that waits, and by when they will have ended at the latest."""
        before = [one for one in list(self._checks.values()) if one.ended is None and one.asked < check.asked]
        under_way = (one.begun + LONGEST_CHECK for one in before if one.begun)
        return len(before), max([datetime.now(UTC), *under_way]) + LONGEST_CHECK * sum(one.begun is None for one in before)

    def begin(self, account: str, target: Target, url: str, pages: int) -> DraftCheck:
        """Have a page looked at, and with `pages` more than 1 those below its path; DraftRefused where that cannot be now."""
        self._forget()
        if not 1 <= pages <= MOST_PAGES or not allowed(target, self._watch(), url):
            raise DraftRefused("这个网址不能检查。", "This address cannot be checked.")
        with self._lock:
            under_way = [one for one in self._checks.values() if one.ended is None]
            if any(one.account == account for one in under_way):
                raise DraftRefused("您的上一次检查还没有结束，请等它结束后再开始。", "Your last check has not ended yet.")
            if self._busy():
                raise DraftRefused(
                    "夜间检测正在进行，机器忙，请等它结束后再检查。",
                    "A nightly audit is under way. Please have the draft checked once it has ended.",
                )
            if len(under_way) >= WAITING:
                raise DraftRefused("等待检查的太多，请稍后再试。", "Too many checks are waiting. Please try again later.")
            asked = DraftCheck(account=account, site=target.site.id, url=canonical(url) or url, pages=pages, asked=datetime.now(UTC))
            self._checks[account] = asked
        self._submit(self._perform, asked)
        return asked

    def _perform(self, asked: DraftCheck) -> None:
        run, why = None, None
        asked = self._checks[asked.account] = replace(asked, begun=datetime.now(UTC))
        try:
            run = self._looked(asked)
        except tuple(_WHY) as error:
            why = next(told for kind, told in _WHY.items() if isinstance(error, kind))
            log.warning("the check of a draft of %s came to nothing: %s", asked.site, why[0])
        except Exception as error:
            log.exception("the check of a draft of %s broke off", asked.site)
            kind = type(error).__name__
            why = f"检测程序出错，没有结果：{kind}。", f"The program failed, no result: {kind}."
        finally:
            self._checks[asked.account] = replace(asked, ended=datetime.now(UTC), run=run, why=why)

    def _looked(self, asked: DraftCheck) -> Run:
        if self._busy():
            raise GivenWay
        watch = self._watch()  # it may have changed while the check waited, as may the account
        target = next((one for one in watch.targets if one.site.id == asked.site), None)
        if target is None or not allowed(target, watch, asked.url) or not self._may(asked.account, asked.site):
            raise NotAllowed
        return look(order_of(target, watch, asked, datetime.now(UTC), stops.beside(self._db)), self._busy)

    def _forget(self) -> None:
        now = datetime.now(UTC)
        with self._lock:
            for account, one in list(self._checks.items()):
                if one.ended is not None and now - one.ended >= KEPT:
                    del self._checks[account]


def order_of(target: Target, watch: Watch, asked: DraftCheck, now: datetime, stop_file: Path) -> Order:
    """The order of a check that begins now: on the one host, below the one path, without evidence.

    Through the same egress as at night, which opens no inner address to it but those of its own host.
    """
    site = Site(id="draft", name="", url=asked.url, category=Category.OTHER, region="", owner="")
    below = asked.url.partition("?")[0].partition("#")[0].rpartition("/")[0] + "/*"
    confirmed = Confirmation(by="targets.yml", date=asked.asked.date())  # `allowed` has asked
    looked_at = Target(
        site=site, confirmed=confirmed, level=target.level, profile=target.profile, finders=("links",), include=(below,),
        pages=(asked.url,), max_pages=asked.pages, interaction_pages=min(2, asked.pages), documents=0, delay=target.delay,
        page_seconds=target.page_seconds,
        window=None, browser=target.browser,
    )  # fmt: skip
    return Order(
        target=looked_at, network=narrowed(watch.network, host_of(asked.url)), round="draft", now=now, deadline=now + LONGEST,
        page_limit=target.page_seconds, level=target.level, crawl=asked.pages > 1, evidence=False,
        welcome=frozenset({State.LOGIN_WALL, State.RENDER_FAILED}), stops=str(stop_file),
    )  # fmt: skip
