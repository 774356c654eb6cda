"""Makes up nights of many sites and stores what real nights leave behind, at a price that allows a year of two hundred sites.

Nothing is visited. Every site lives one of LIVES lives: which pages change, time out and are hurt by what, is the same for all sites of a
life, so that index and move, which know no addresses, are counted once for them. Issues are advanced, and rows written, for the pages where
something happened, since nothing changes on the others; that the store then holds what nights that are computed and saved in full leave
behind is tested (tests/test_made_nights.py).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from auditor import store_save
from auditor.lifecycle import Counts, advance
from auditor.model import (
    STANDING,
    Category,
    Coverage,
    Element,
    Finding,
    Issue,
    IssueState,
    Move,
    Outcome,
    Run,
    RunState,
    Score,
    Site,
    State,
    Tally,
    Target,
)
from auditor.moves import Night, moved
from auditor.run_score import score
from auditor.store import Store
from checks import judge
from checks.provenance import platforms

SEED = 20261129
FIRST = datetime(2026, 1, 1, 18, tzinfo=UTC)
LIVES = 5
RULES_OF_A_PAGE, BARRIERS_OF_A_PAGE = 40, 3
CHANGE, TIMEOUT = 0.02, 0.005  # of a page in a night: it changes about once in fifty nights
SWEPT = 30  # nights after which blobs that nobody needs are removed
ENGINES = ("axe", "auditor", "layout")


@dataclass
class Sheet:
    """What a page holds, whatever its address."""

    version: int = 0
    tallies: Mapping[str, tuple[int, int]] = field(default_factory=dict)  #: rule -> failed, passed
    barriers: Sequence[tuple[str, int]] = ()  #: rule, place
    timed_out: bool = False


class Life:
    """The pages of all sites of a life, night after night."""

    def __init__(self, number: int, pages: int) -> None:
        self.chance = Random(f"{SEED} {number}")
        self.rules = tuple(sorted(judge.counting()))
        self.sheets = [Sheet() for _ in range(pages)]
        self.news: frozenset[int] = frozenset()  #: pages that are not as they were the night before
        self.index: tuple[Score | None, Move | None] = None, None
        self.last: Night | None = None
        for sheet in self.sheets:
            self._filled(sheet)

    def night(self, first: bool) -> None:
        """One more night: a few pages are not as they were, a few do not answer."""
        news = set()
        for number, sheet in enumerate(self.sheets):
            changes, silent = not first and self.chance.random() < CHANGE, not first and self.chance.random() < TIMEOUT
            if changes:
                self._filled(sheet)
            if changes or silent or sheet.timed_out or first:
                news.add(number)
            sheet.timed_out = silent
        self.news = frozenset(news)

    def counted(self, run: Run, tallies: Iterable[Tally]) -> tuple[Score | None, Move | None]:
        """Index and move of any site of this life; counted for the first that asks in a night."""
        if self.last is None or self.last.round != run.round:
            before, rules, told = self.last, judge.counting(), tuple(tallies)
            self.last = Night(round=run.round, coverage=run.coverage, tallies=told, asked=frozenset(run.rules))
            self.index = score(replace(run, tallies=told), rules), moved(before, self.last, rules) if before else None
        return self.index

    def _filled(self, sheet: Sheet) -> None:
        chosen = self.chance.sample(self.rules, min(RULES_OF_A_PAGE, len(self.rules)))
        sheet.version += 1
        sheet.tallies = {rule: (self.chance.choice((0, 0, 0, 1, 3)), self.chance.randint(1, 60)) for rule in chosen}
        sheet.barriers = [(self.chance.choice(self.rules), self.chance.randint(0, 99)) for _ in range(BARRIERS_OF_A_PAGE)]


class MadeSite:
    """A site of which every night is made up, with its issues as the last night left them."""

    def __init__(self, number: int, life: Life) -> None:
        url = f"http://s{number}.test/"
        kind = list(Category)[number % 3]
        self.target = Target(site=Site(id=f"s{number:04}", name=f"第{number}个网站", url=url, category=kind, region="370800", owner="某局"))
        self.life = life
        self.platform = sorted(platforms())[number % len(platforms())]
        self.urls = [url, *(f"{url}{n % 6}/{n}.html" for n in range(1, len(life.sheets)))]
        self.coverage: dict[int, Coverage] = {}
        self.tallies: dict[int, tuple[Tally, ...]] = {}
        self.findings: dict[int, tuple[Finding, ...]] = {}
        self.issues: dict[str, dict[str, Issue]] = defaultdict(dict)  #: page -> id -> issue
        self.standing: dict[str, int] = {}
        self.unsettled: frozenset[str] = frozenset()  #: pages on which an issue changes its state though nothing happens

    def run(self, round: str, now: datetime) -> Run:
        """Tonight, once its life has had the night; with the tallies of those pages only that are not as they were."""
        for number in self.life.news:
            self._looked_at(number)
        return Run(
            site=self.target.site.id, round=round, started=now, finished=now + timedelta(minutes=5), state=RunState.AUDITED,
            coverage=tuple(self.coverage[number] for number in range(len(self.urls))),
            findings=tuple(one for number in range(len(self.urls)) for one in self.findings[number]),
            tallies=tuple(one for number in sorted(self.life.news) for one in self.tallies[number]),
            rules=self.life.rules, ruleset_id="r1", environment_id="e1", versions={"auditor": "1.0", "axe": "4.12.1", "checks": "1"},
            requests={f"{self.target.site.id}.test": 50 * 12, "*": len(self.life.news)},
        )  # fmt: skip

    def advanced(self, run: Run, *, first: bool) -> tuple[tuple[Issue, ...], Counts]:
        """What `advance` makes of tonight, computed on the pages where it can make anything."""
        pages = {self.urls[number] for number in self.life.news} | self.unsettled
        part = replace(
            run, coverage=tuple(one for one in run.coverage if one.url in pages),
            findings=tuple(one for one in run.findings if one.page in pages), tallies=(),
        )  # fmt: skip
        known = [issue for url in self.urls if url in pages for issue in self.issues[url].values()]
        changed, counts = advance(known, part, catalogue=frozenset(judge.rules()), asked_before=() if first else run.rules)
        for issue in changed:
            self.issues[issue.page][issue.id] = issue
        for url in pages:
            self.standing[url] = sum(issue.state in STANDING for issue in self.issues[url].values())
        self.unsettled = frozenset(issue.page for issue in changed if issue.state in STANDING and issue.state is not IssueState.OPEN)
        return changed, replace(counts, open=sum(self.standing.values()))

    def save(self, connection: sqlite3.Connection, run: Run, changed: Sequence[Issue], counts: Counts, rounds: Mapping[str, int]) -> None:
        """What `save_run` writes of tonight, asked only about the pages that are not as they were."""
        site, now = store_save.site_number(connection, run.site), rounds[run.round]
        index, move = self.life.counted(run, (one for number in range(len(self.urls)) for one in self.tallies[number]))
        store_save._save_run_row(connection, site, now, run, counts, index, move)
        ledger = {(self.urls[number], "desktop"): self.coverage[number] for number in sorted(self.life.news)}
        if ledger or changed:
            addresses = store_save._addresses(connection, site, [*ledger, *((issue.page, "desktop") for issue in changed)])
            numbers = {place: row[0] for place, row in addresses.items()}
            here = {numbers[place] for place in ledger}
            before = {address: row for address, row in store_save._open_spans(connection, site).items() if address in here}
            tallies = {numbers[place]: told for place, told in store_save._tallies(run).items()}
            store_save._save_ledger(connection, now, ledger, addresses, before)
            asked = {numbers[place]: entry for place, entry in ledger.items()}
            store_save._save_tallies(connection, site, now, run, asked, tallies, before)
            store_save._save_issues(connection, site, changed, numbers, rounds)

    def _looked_at(self, number: int) -> None:
        sheet, url = self.life.sheets[number], self.urls[number]
        if sheet.timed_out:
            self.coverage[number] = replace(
                self.coverage[number], state=State.TIMEOUT, reason="等待 30 秒没有载入完毕", status=None, final_url="", engines=()
            )
            self.tallies[number], self.findings[number] = (), ()
            return
        digest = _digest(url, sheet.version)
        self.coverage[number] = Coverage(
            url=url, state=State.AUDITED, status=200, final_url=url, engines=ENGINES, url_key=url.rsplit("/", 1)[0], title=f"网页{number}",
            digest=digest, snapshot=_digest("snapshot", digest), labels={"SiteName": self.target.site.name, "ColumnName": "要闻"},
            platform=self.platform,
        )  # fmt: skip
        self.tallies[number] = tuple(Tally(page=url, rule=rule, failed=f, passed=p) for rule, (f, p) in sheet.tallies.items())
        self.findings[number] = tuple(self._finding(url, rule, n) for rule, n in sheet.barriers)

    def _finding(self, url: str, rule: str, n: int) -> Finding:
        known = judge.rules()[rule]
        element = Element(
            selector=f"#main > a:nth-of-type({n + 1})", xpath=f"/html[1]/body[1]/div[2]/a[{n + 1}]", tag="a", name=f"第{n}项",
            attributes={"href": f"/art/{n}.html", "class": "more"}, snippet=f'<a class="more" href="/art/{n}.html">第{n}项</a>',
            text=f"第{n}项", ancestors=({"tag": "div", "id": "main"},),
        )  # fmt: skip
        return Finding(
            rule=rule, criteria=known.criteria, outcome=Outcome.FAILED, impact=known.impact, page=url, element=element, message="示例",
            engines=("auditor",), picture=_digest("picture", url, rule, n) if n % 3 == 0 else "",
        )  # fmt: skip


def made_sites(sites: int, pages: int) -> list[MadeSite]:
    """So many sites of so many pages; MadeSites of one life belong to one call."""
    lives = [Life(number, pages) for number in range(min(sites, LIVES))]
    return [MadeSite(number, lives[number % len(lives)]) for number in range(sites)]


def store_nights(store: Store, sites: Sequence[MadeSite], nights: int) -> None:
    """Store so many nights of all sites in an empty database, from FIRST on."""
    store.register([site.target.site for site in sites], FIRST)
    lives = {id(site.life): site.life for site in sites}
    rounds: dict[str, int] = {}
    for number in range(nights):
        now = FIRST + timedelta(days=number)
        name = now.strftime("%Y%m%d-%H%M%S")
        store.begin_round(name, now, "schedule")
        rounds[name] = number + 1
        for life in lives.values():
            life.night(number == 0)
        with store._writing() as connection:  # the sites of a night together, where a real night takes a transaction for each
            for site in sites:
                run = site.run(name, now)
                changed, counts = site.advanced(run, first=number == 0)
                site.save(connection, run, changed, counts, rounds)
        _note_blobs(store, sites, number + 1)
        if number % SWEPT == SWEPT - 1:
            store.sweep()
        store.end_round(name, now + timedelta(hours=1))


def _note_blobs(store: Store, sites: Sequence[MadeSite], round: int) -> None:
    """The rows that tell of the pictures and pages of tonight; the files themselves are not part of the database."""
    news = [(site, number) for site in sites for number in site.life.news]
    found = {site.coverage[number].snapshot: "snapshot" for site, number in news}
    found |= {one.picture: "picture" for site, number in news for one in site.findings[number] if one.picture}
    store.db.conn.executemany(
        "INSERT INTO blob (digest, bytes, kind, first_round) VALUES (?, 20000, ?, ?) ON CONFLICT (digest) DO NOTHING",
        [(digest, kind, round) for digest, kind in found.items()],
    )
    store.db.conn.commit()


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
