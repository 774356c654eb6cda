"""Tells how far results of earlier nights were carried over, and how often that was wrong where it was tried."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.intervals import wilson
from auditor.language import between, counted, say
from auditor.model import History, RunSummary
from reports import words

NIGHTS = 30  # runs of a site that the error is told over


def error(runs: Iterable[RunSummary]) -> str:
    """The error of reuse over the newest runs of a site; "" where nothing was tried.

    Of the pages that had not changed and were judged anew (in their turn, or drawn), the share that came out otherwise, with Wilson's 95 %
    interval. Turns and draws know nothing of the pages, so they stand for all that were carried over.
    """
    told = [run.reuse for run in list(runs)[:NIGHTS] if run.reuse is not None]
    return _error(sum(one.steady + one.differed for one in told), sum(one.differed for one in told))


def error_of_all(history: History) -> str:
    """The same over all sites together."""
    told = [run.reuse for site in history.sites for run in site.runs[:NIGHTS] if run.reuse is not None]
    return _error(sum(one.steady + one.differed for one in told), sum(one.differed for one in told))


def _error(tried: int, differed: int) -> str:
    if not tried:
        return ""
    low, high = (f"{bound:.1%}" for bound in wilson(differed, tried))
    share = between(low, high)
    return say(
        f"最近 {NIGHTS} 次检测中，复核没有变化的网页 {words.number(tried)} 页次，结果不同的 {words.number(differed)} 页次"
        f"（{differed / tried:.1%}，95 % 置信区间 {share}）",
        f"in the last {NIGHTS} audits {counted(tried, 'unchanged page was', 'unchanged pages were')} audited anew, {differed:,} of them "
        f"with another result ({differed / tried:.1%}, 95 % confidence interval {share})",
    )
