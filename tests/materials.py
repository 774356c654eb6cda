"""What exports are made from, built of the hand-made city of `histories`; and a store with very many issues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from histories import HOSTILE, city_portal, clean, history, hostile_history, withheld

from auditor import store_stream
from auditor.decisions import decisions_in_force
from auditor.lifecycle import Counts
from auditor.model import (
    Category,
    Coverage,
    Element,
    Impact,
    Issue,
    IssueState,
    Outcome,
    Run,
    RunState,
    Site,
    SiteHistory,
    Span,
    State,
    Tally,
)
from auditor.store import Store
from checks.criteria import address, criteria
from checks.judge import rules
from reports.exports import named
from reports.material import Material, Subject

SPREADSHEET = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝HYPERLINK(1)", " =2")
NASTY = HOSTILE + "\x00\x0b\x1b[2J\ud800\ufeff\u2066]]>--></script>&amp;{{7*7}}" + "长" * 40_000


def subject(site: SiteHistory, tallies: Iterable[Tally] = ()) -> Subject:
    """A site of the hand-made city as exports see it."""
    told = tuple(tallies)
    groups = {one.group for one in site.issues}
    reach = {group: len({one.page for one in site.issues if one.group == group}) for group in groups}
    return Subject(
        site=site.target.site,
        run=site.runs[0],
        decisions=decisions_in_force(site.decisions, history().now.date()),
        reach=reach,
        urgent=lambda: iter(sorted(site.issues, key=lambda one: list(Impact).index(one.impact))),
        by_page=lambda: iter(sorted(site.issues, key=lambda one: (one.page, one.rule))),
        ledger=lambda: iter(site.coverage),
        tallies=lambda: iter(told),
    )


def material(*subjects: Subject, language: str = "zh", public: bool = False) -> Material:
    """The portal, a site that was withheld and a clean one, or those given."""
    known = history()
    met = [Tally(page=entry.url, rule="html-has-lang", passed=1) for entry in city_portal().coverage[:40]]
    return Material(
        subjects=subjects or (subject(city_portal(), met), subject(withheld()), subject(clean())),
        now=known.now, timezone=known.timezone, version="1.2.3", rules={**rules(), **known.rules}, criteria=criteria(),
        anchors={number: address(number).partition("#")[2] for number in criteria()}, language=language, public=public,
    )  # fmt: skip


def hostile(language: str = "zh", public: bool = False) -> Material:
    """A site of which every text was written by somebody who wants the export to misbehave."""
    evil = hostile_history().sites[0]
    texts = (*SPREADSHEET, NASTY)
    more = tuple(
        replace(
            evil.issues[0], id=f"evil{number}", page=f"http://www.evil.gov.cn/{number}?a=1&b='\"<\u202e",
            group=f"{number:064x}", message=words,
            element=Element(selector=words, tag="a", snippet=words, name=words, text=words, landmark="main", attributes={"class": words}),
        )
        for number, words in enumerate(texts)
    )  # fmt: skip
    ledger = (*evil.coverage, *(Coverage(url=one.page, state=State.AUDITED, title=one.message) for one in more))
    target = replace(evil.target, site=replace(evil.target.site, name=NASTY, owner="=1+1", url="javascript:alert(1)"))
    return material(subject(replace(evil, target=target, issues=evil.issues + more, coverage=ledger)), language=language, public=public)


def exported(name: str, of: Material | None = None) -> bytes:
    """The whole file."""
    return b"".join(named(name).chunks(of or material()))


def full_store(path: Path, number: int, pages: int = 2000, site: str = "big") -> None:
    """Put into a store one more site of `number` issues on `pages` pages in ten times fewer components."""
    when = datetime(2026, 11, 23, 18, tzinfo=UTC)
    url = "http://www.big.gov.cn/page{}.html"
    told = sorted(id for id, rule in rules().items() if rule.level)[:20]
    span = (Span(first=f"n-{site}"),)
    issues = (
        Issue(
            id=f"{site}{one:029x}", site=site, rule=told[one % 20], page=url.format(one % pages),
            group=f"{one % (number // 10):064x}", instance=f"{one:064x}",
            state=IssueState.NEW, outcome=Outcome.FAILED, impact=list(Impact)[one % 4], criteria=rules()[told[one % 20]].criteria,
            element=Element(
                selector=f"#main > ul:nth-child({one}) > li > a", xpath=f"/html/body/main/ul[{one}]/li/a", tag="a", text=f"第{one}条",
                snippet=f'<a href="/art/{one}.html" class="title item-{one}" onclick="return go({one})">第{one}条 公告</a>' * 3,
                attributes={"href": f"/art/{one}.html", "class": "title"}, ancestors=({"tag": "li"}, {"tag": "ul"}), landmark="main",
            ),
            message="链接只说“更多”，听不出去处。" * 4, engines=("axe",), first_seen=when, changed=when, spans=span,
        )
        for one in range(number)
    )  # fmt: skip
    ledger = tuple(
        Coverage(url=url.format(page), state=State.AUDITED, status=200, title=f"第{page}页", engines=("axe",)) for page in range(pages)
    )
    counts = tuple(Tally(page=url.format(page), rule=rule, passed=3) for page in range(pages) for rule in sorted(rules())[:40])
    run = Run(site=site, round=f"n-{site}", started=when, finished=when + timedelta(hours=1), state=RunState.AUDITED, coverage=ledger,
              tallies=counts, rules=tuple(told), versions={"axe-core": "4.12.1"}, ruleset_id="r", environment_id="e")  # fmt: skip
    with Store.open(path) as store:
        big = Site(id=site, name="大网站", url="http://www.big.gov.cn/", category=Category.PORTAL, region="370800", owner="市政府办公室")
        known = store_stream.sites(store)
        store.register([*known.values(), big], when)
        store.begin_round(f"n-{site}", when, "demo")
        store.save(run, issues, Counts(new=number, open=number))
        store.end_round(f"n-{site}", run.finished)
