"""One site, one round: audit(order) -> Run. Crawls, judges and hands back; needs nothing but what the order says."""

from __future__ import annotations

import asyncio
import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version

from auditor.addresses import canonical, dom_key, host_of, matches_host, port_of, url_key
from auditor.model import (
    DOCUMENTS,
    NEVER_TRIED,
    NOT_A_PAGE,
    SEEN,
    STILL_TO_DO,
    Attachment,
    Coverage,
    Finding,
    Judged,
    Looking,
    Network,
    Order,
    Page,
    Profile,
    Progress,
    Run,
    RunState,
    State,
    Target,
    Variant,
)
from auditor.opening import Opener
from auditor.reusing import Held, light
from auditor.reusing import counted as counted_reuse
from auditor.run_score import counted
from auditor.selecting import Selection
from auditor.snapshots import digest, pack
from auditor.stops import Stopped, Watched, nobody
from auditor.variants import plan
from checks import judge, miit
from checks.noted import noted
from checks.provenance import provenance
from checks.sites import ENGINE as SITE
from checks.sites import Together
from crawlers import tls
from crawlers.attachments import form_of
from crawlers.browsers import installed, open_browser
from crawlers.browsers.http import Fetcher
from crawlers.contents import page_digest
from crawlers.crawl import crawl
from crawlers.egress import Egress
from crawlers.journeys import title as journey_of
from crawlers.trials import Trials

MOST_HOSTS = 40
"""Hosts whose requests are told one by one."""

OTHERS = "*"

ENOUGH, HALF = 0.8, 0.5
"""Shares of the pages that were to be judged which must have been for `audited` and for `partial`."""

Looks = Callable[[Looking], None]


def audit(order: Order, report: Callable[[Progress], None], stopped: Stopped | None = None, looks: Looks | None = None) -> Run:
    """Audit one site as the order says; every judged page is reported at once, with its pictures and snapshot as blobs.

    `stopped` tells why a host must not be visited any more; None: what the file `order.stops` says, which helps only where that
    file can be read, on the coordinator's machine or a shared disk. It is asked every half second and has to answer at once.
    `looks` hears of every page that is being opened or judged, and when it no longer is.
    What the site does is told in `Run.coverage`. Raises BrowserMissing where this machine has no working browser, AxeUnusable where the
    axe file that was named is none.
    """
    judge.versions(order.target.profile)  # who could not judge visits nobody
    if order.crawl and not may_visit(order.target, order.network):
        return _not_confirmed(order)
    return asyncio.run(_audit(order, report, stopped or _stopped(order), looks or _nobody))


def audit_followed(order: Order, report: Callable[[Progress | Looking], None]) -> Run:
    """As `audit`; `report` hears what is being looked at, too."""
    return audit(order, report, looks=report)


def _nobody(told: Looking) -> None:
    """Who does not care."""


def _looking(item: Page | Attachment, site: str) -> Looking:
    variant = item.variant if isinstance(item, Page) else Variant.DESKTOP
    return Looking(site=site, url=item.url, variant=variant, document=isinstance(item, Attachment))


def _stopped(order: Order) -> Stopped:
    if order.called_off:
        return lambda host: order.called_off
    return Watched(order.stops) if order.stops else nobody


def may_visit(target: Target, network: Network) -> bool:
    """Whether somebody confirmed the host, or it is an address of our own choosing in `network.resolve`."""
    url = target.site.url
    place = f"{host_of(url)}:{port_of(url)}"
    return target.confirmed is not None or any(matches_host(place, pattern) for pattern in network.resolve)


def verdict(coverage: Sequence[Coverage], start: str) -> tuple[RunState, str]:
    """What a run is worth, with the reason where it is not `audited`.

    Addresses that are no page of the site (NOT_A_PAGE) do not count; pages that a stop or the time kept us from do. What was seen in
    other variants than desktop says nothing of it.
    """
    coverage = [entry for entry in coverage if entry.variant is Variant.DESKTOP]
    tried = [entry for entry in coverage if entry.state not in NEVER_TRIED and entry.state not in NOT_A_PAGE]
    seen = [entry for entry in tried if entry.state in SEEN]
    first = next((entry for entry in coverage if entry.url == start), None)
    if not seen:
        why = first.reason if first and first.reason else "没有一个页面能够检测"
        return RunState.FAILED, f"没有一个页面能够检测：{why}" if first and first.reason else why
    share = len(seen) / len(tried)
    told = f"应检测的 {len(tried)} 个页面中，检测完成 {len(seen)} 个"
    if share < HALF:
        return RunState.WITHHELD, f"{told}，不足一半，不作评价"
    start_seen = first is None or first.state in SEEN or first.state is State.DUPLICATE  # its twin stands for it
    if share < ENOUGH:
        return RunState.PARTIAL, f"{told}，不足八成"
    if not start_seen:
        return RunState.PARTIAL, f"首页未能检测：{first.reason if first else ''}"
    return RunState.AUDITED, ""


async def _audit(order: Order, report: Callable[[Progress], None], stopped: Stopped, looks: Looks) -> Run:
    started = datetime.now(UTC)
    profile = order.target.profile
    expected = await asyncio.to_thread(_expected, order)
    held = Held(order, judge.ruleset_id(order.level, profile, site=order.crawl), environment_id(*expected))
    order = replace(order, done=held.filled(order.done), carried=())
    done = [judged for judged in order.done if judged.coverage.state not in STILL_TO_DO]
    waiting: list[Coverage] = []
    site = order.target.site.id
    async with Egress(order.network, stopped=stopped) as egress:
        fetcher = Fetcher(egress, order.network.user_agent)
        browser = open_browser(
            order.target.browser, egress=egress, suffix=order.network.user_agent, viewport=order.viewport, pictures=order.evidence,
            tabs=order.target.tabs, remote=order.network.webdriver, welcome=order.welcome,
        )  # fmt: skip
        diagnose = partial(tls.diagnose, routes=egress.routes)
        asked = judge.probes(order.target.profile)
        selection = Selection(order, done, partial(_half_width, order, done)) if order.crawl else None
        documents = order.target.documents if judge.document_engines(order.target.profile) else 0
        walk = crawl(
            order, browser, fetcher, asked, stopped=stopped, diagnose=diagnose, trials=_trials(order, done), documents=documents,
            trips=lambda: plan(order, done), keeper=held, sampler=selection, explorer=selection,
            remembered=selection.remembered() if selection else (),
            looks=lambda url, variant, opened: looks(Looking(site=site, url=url, variant=variant, over=not opened)),
        )  # fmt: skip
        desk = _Desk(order)
        async with browser, fetcher, desk, aclosing(walk) as items:
            async for item in items:
                if isinstance(item, Coverage):
                    waiting.append(item)
                    continue
                if not isinstance(item, Judged):
                    looks(_looking(item, site))
                judged, blobs = await asyncio.to_thread(_judge_either, item, order, desk)
                judged = held.compared(judged)
                done.append(judged)
                report(Progress(round=order.round, site=site, judged=light(judged), blobs=blobs))
        told = (browser.version, browser.driver) if browser.version else expected
        requests = _let_out(egress)
    coverage = (*(judged.coverage for judged in done), *waiting)
    coverage = selection.marked(coverage) if selection else coverage
    state, reason = verdict(coverage, _start(order))
    together = _together(order, done, coverage, state)
    coverage = tuple(_answered(entry) if (entry.url, entry.variant) in together.answered else entry for entry in coverage)
    return Run(
        site=order.target.site.id, round=order.round, started=started, finished=datetime.now(UTC), state=state, reason=reason,
        coverage=coverage, findings=(*(finding for judged in done for finding in judged.findings), *together.findings),
        tallies=(*(tally for judged in done for tally in judged.tallies), *together.tallies),
        versions=versions(*told, profile=profile, site=order.crawl), rules=judge.asked(order.level, profile, site=order.crawl),
        ruleset_id=judge.ruleset_id(order.level, profile, site=order.crawl), environment_id=environment_id(*told), requests=requests,
        noted=miit.facts(done, order.target, start=_start(order)) if order.crawl else {},
        sample=selection.sample(coverage) if selection else None, reuse=counted_reuse(coverage),
    )  # fmt: skip


def _expected(order: Order) -> tuple[str, str]:
    """Version and driver of the browser that an order's older judgements were made with, if it is the one that would start now."""
    environments = {one.environment_id for one in order.carried}
    may_be = installed(order.target.browser) if environments else ()
    return next((told for told in may_be if environment_id(*told) in environments), ("", ""))


def _half_width(order: Order, done: Sequence[Judged], ledger: Sequence[Coverage]) -> float | None:
    """Half the width of the index's interval, in points, if the run ended with this ledger; None: there would be no index.

    Rules over the pages of a site are not in it, since they speak at the end; they move all pages alike.
    """
    told = [tally for judged in done for tally in judged.tallies]
    asked = judge.asked(order.level, order.target.profile, site=False)
    found = counted(ledger, told, judge.counting(), asked=asked)
    return (found.high - found.low) / 2 if found else None


def _trials(order: Order, done: Sequence[Judged]) -> Trials:
    """Addresses that are given one by one are all tried, those of a site as many as its target says."""
    tried = (entry for entry in order.known if judge.tried(entry))
    before = (judged.coverage for judged in done if judge.tried(judged.coverage))
    most = order.target.interaction_pages if order.crawl else None
    return Trials(judge.experiments(order.target.profile), most=most, known=tried, done=before)


def _together(order: Order, done: Sequence[Judged], coverage: Sequence[Coverage], state: RunState) -> Together:
    """What the pages say together, where a site was crawled. The states of journeys are steps of one page and take no part, nor do pages
    in other variants, of which there are too few."""
    if not order.crawl:
        return Together()
    done = [judged for judged in done if judged.coverage.variant is Variant.DESKTOP]
    coverage = [entry for entry in coverage if entry.variant is Variant.DESKTOP]
    known = [entry for entry in order.known if entry.variant is Variant.DESKTOP and not journey_of(entry.url)]
    return judge.judge_together(
        done, coverage, start=_start(order), known=known, state=state, level=order.level, profile=order.target.profile
    )


def _answered(entry: Coverage) -> Coverage:
    return replace(entry, engines=(*entry.engines, SITE.name))


def _judge_either(item: Page | Attachment | Judged, order: Order, desk: _Desk) -> tuple[Judged, Mapping[str, bytes]]:
    if isinstance(item, Judged):
        return item, {}
    return desk.judge(item) if isinstance(item, Attachment) else _judge(item, order)


def _judge(page: Page, order: Order) -> tuple[Judged, Mapping[str, bytes]]:
    """The judgement of a page and the blobs that show it."""
    if page.state is not State.AUDITED:
        return Judged(coverage=_coverage(page), links=page.links), {}
    said = judge.judge(page, order.level, order.target.profile)
    if not said.engines:
        why = "；".join(page.unanswered.values()) or "没有检测结果"
        failed = replace(page, state=State.RENDER_FAILED, reason=f"检测程序在页面中没有得到结果：{why}")
        return Judged(coverage=_coverage(failed), links=page.links), {}
    blobs: dict[str, bytes] = {}
    findings = said.findings
    snapshot = ""
    if order.evidence:
        findings = tuple(_with_picture(finding, page, blobs) for finding in findings)
        shown = {finding.scene for finding in findings} | ({said.walk.picture} if said.walk else set())
        blobs |= {scene.digest: scene.picture for scene in page.scenes.values() if scene.digest in shown}
        snapshot, packed = pack(replace(page, seen_at=None, seconds=0.0, sources=()))
        blobs[snapshot] = packed
    origin = provenance(page)
    coverage = replace(
        _coverage(page), engines=said.engines, silent_frames=said.silent_frames, snapshot=snapshot, walk=said.walk,
        labels=origin.labels, platform=origin.platform,
    )  # fmt: skip
    whole = order.crawl and not journey_of(page.url)
    extract = judge.extract(page, order.target.profile) if whole and page.variant is Variant.DESKTOP else {}
    kept = noted(page, start=page.url == _start(order)) if whole else {}
    told = Judged(
        coverage=coverage, findings=findings, tallies=said.tallies, links=page.links, extract=extract, noted=kept,
        sources=page.sources if _told_all(page, said.silent_frames) else (),
    )  # fmt: skip
    return told, blobs


def _told_all(page: Page, silent: Sequence[str]) -> bool:
    """Whether every question was answered, in all frames that can be looked into: what is missing is not to be missing for nights."""
    return not page.unanswered and set(silent) <= set(page.facts.get("closed", ()))


class _Desk:
    """Where the documents of a site are opened and judged, one after another: `async with _Desk(order) as desk`."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.opener = Opener()
        self.tagged: dict[str, bool | None] = {}  #: address of what was read -> whether it has tags; None: it is of no such kind

    async def __aenter__(self) -> _Desk:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.opener.close()

    def judge(self, item: Attachment) -> tuple[Judged, Mapping[str, bytes]]:
        """The judgement of a document, and a blob with its facts. It stays what it is in the ledger, read or not."""
        if item.reason:
            return Judged(coverage=_attachment(item)), {}
        facts = dict(self.opener.read(item.body, item.name or item.url))
        if facts.get("ours"):
            return Judged(coverage=_attachment(replace(item, reason=f"附件，{facts['trouble']}"))), {}
        if item.kind == "file" and not facts.get("unread") and facts["kind"] in ("zip", "unknown", "html"):
            return Judged(coverage=_attachment(replace(item, reason="下载文件，不是文档"))), {}
        facts["beside"] = [{"kind": form_of(url), "tagged": self.tagged.get(url)} for url in item.beside]
        self.tagged[item.url] = facts.get("tagged")
        said = judge.judge_document(item.url, facts, self.order.level)
        title = str(facts.get("title") or item.name)
        blobs: dict[str, bytes] = {}
        snapshot = ""
        if self.order.evidence:
            page = Page(
                url=item.url, final_url=item.final_url, state=item.state, status=item.status, title=title, facts={DOCUMENTS: facts}
            )
            snapshot, packed = pack(page)
            blobs[snapshot] = packed
        coverage = replace(
            _attachment(item), title=title, reason=said.told, engines=(DOCUMENTS,) if said.answered else (), snapshot=snapshot,
            digest=digest(item.body),
        )  # fmt: skip
        return Judged(coverage=coverage, findings=said.findings, tallies=said.tallies), blobs


def _attachment(item: Attachment) -> Coverage:
    return Coverage(
        url=item.url, state=item.state, reason=item.reason, final_url=item.final_url, status=item.status, url_key=url_key(item.url),
        validators=item.validators, seconds=round(item.seconds, 3),
    )  # fmt: skip


def _with_picture(finding: Finding, page: Page, blobs: dict[str, bytes]) -> Finding:
    picture = page.pictures.get(finding.element.selector)
    if picture is None:
        return finding
    name = digest(picture)
    blobs[name] = picture
    return replace(finding, picture=name)


def _coverage(page: Page) -> Coverage:
    judged = page.state is State.AUDITED
    return Coverage(
        url=page.url, state=page.state, variant=page.variant, reason=page.reason, final_url=page.final_url, status=page.status,
        title=page.title, url_key=url_key(page.url), dom_key=dom_key(page.html) if judged else "",
        digest=page_digest(page.html) if judged else "", validators=page.validators, seconds=page.seconds,
    )  # fmt: skip


def _let_out(egress: Egress) -> Mapping[str, int]:
    """Host -> requests that went out to it, most asked first; a page can name any number of hosts, the rest are summed up."""
    counts = (egress.requests - egress.denied).most_common()
    rest = sum(count for _, count in counts[MOST_HOSTS:])
    return dict(counts[:MOST_HOSTS]) | ({OTHERS: rest} if rest else {})


def _not_confirmed(order: Order) -> Run:
    reason = "尚未确认可以访问这个网站，没有访问"
    profile = order.target.profile
    entry = Coverage(url=_start(order), state=State.NOT_CONFIRMED, reason=reason, url_key=url_key(_start(order)))
    return Run(
        site=order.target.site.id, round=order.round, started=order.now, finished=order.now, state=RunState.FAILED, reason=reason,
        coverage=(entry,), versions=versions(profile=profile, site=order.crawl),
        ruleset_id=judge.ruleset_id(order.level, profile, site=order.crawl), environment_id=environment_id(),
    )  # fmt: skip


def _start(order: Order) -> str:
    return canonical(order.target.site.url) or order.target.site.url


def versions(browser: str = "", driver: str = "", *, profile: Profile = Profile.FULL, site: bool = True) -> dict[str, str]:
    """What judged: our version, the engines', the browser's and that of what drove it."""
    ours = {"auditor": version("portal-auditor"), "browser": browser, "driver": driver, "python": platform.python_version()}
    return ours | dict(judge.versions(profile, site=site))


def environment_id(browser: str = "", driver: str = "") -> str:
    """Browser with its driver, fonts and system: a change of these is verified, but does not break a series; 16 hexadecimal digits."""
    told = json.dumps([browser, driver, _fonts(), platform.system(), platform.machine()])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@cache
def _fonts() -> str:
    """Digest of the installed fonts, "" where they cannot be listed."""
    lister = shutil.which("fc-list")
    if lister is None:
        return ""
    listed = subprocess.run([lister, ":", "family", "style"], capture_output=True, timeout=20, check=False).stdout
    return hashlib.sha256(b"\n".join(sorted(listed.splitlines()))).hexdigest()
