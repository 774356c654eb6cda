"""How long a site and a round may take: known before anything begins, so that a night has an end whatever the sites do. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.addresses import host_of
from auditor.exploring import READS
from auditor.model import Target
from auditor.opening import SECONDS
from auditor.variants import most
from checks import judge
from crawlers.attachments import LIMIT_SECONDS
from crawlers.guest import AT_REST
from crawlers.journeys import stages
from crawlers.trials import LIMIT

FORESTAGE = 300.0
"""Seconds for what precedes and follows the pages of a site: robots.txt, sitemaps, the page of missing pages."""

CLOSING = 30.0
"""Seconds for closing and replacing a browser that does not answer any more."""


def site_seconds(target: Target) -> float:
    """Seconds from its beginning after which no further visit of a site begins.

    What the owner of the list says (`minutes`), else as long as its pages, those in other variants and the states of its journeys need
    if every one of them takes all of its time, and the turns of what is read without a browser.
    """
    if target.minutes is not None:
        return target.minutes * 60
    pages = target.max_pages * (target.delay + (target.page_seconds + trial_seconds(target, everywhere=True)) / _tabs(target))
    pages += READS * target.max_pages * target.delay
    pages += target.interaction_pages * trial_seconds(target, everywhere=False) / _tabs(target)
    pages += target.documents * (target.delay + LIMIT_SECONDS + SECONDS) if judge.document_engines(target.profile) else 0
    states = sum(len(stages(journey)) for journey in target.journeys)  # gone through one after the other
    return FORESTAGE + pages + (states + most(target)) * (target.delay + target.page_seconds)


def site_bound(target: Target) -> float:
    """Seconds after which a site has ended, and all visits with it that began before its time was over.

    Those are `tabs` at work and AT_REST more at rest, whose clocks stand still until it is their turn to go on, `tabs` at a time;
    and a new one can have begun just before.
    """
    tabs = _tabs(target)
    page = target.page_seconds + trial_seconds(target, everywhere=True) + trial_seconds(target, everywhere=False)
    return site_seconds(target) + (1 + (tabs + AT_REST) / tabs) * page + CLOSING


def trial_seconds(target: Target, *, everywhere: bool) -> float:
    """Seconds that the experiments on one page take at most: those of every page, or those of some pages of each template."""
    experiments = [probe for probe in judge.experiments(target.profile) if probe.everywhere is everywhere]
    return sum((probe.limit or LIMIT) + target.delay for probe in experiments)


def round_bound(targets: Sequence[Target], workers: int) -> float:
    """Seconds after which a round on so many workers has ended, if no site has to wait for its window.

    Sites of one host take turns. Whoever hands out the next piece as soon as a worker is free needs at most the work shared out
    evenly and the longest piece once more (Graham, 1966).
    """
    hosts: dict[str, float] = {}
    for target in targets:
        host = host_of(target.site.url)
        hosts[host] = hosts.get(host, 0.0) + site_bound(target)
    return sum(hosts.values()) / max(1, workers) + max(hosts.values(), default=0.0)


def _tabs(target: Target) -> int:
    return max(1, target.tabs)
