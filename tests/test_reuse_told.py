"""What reports say of results that were carried over."""

from __future__ import annotations

from dataclasses import replace

from histories import city_portal, history

from auditor.model import Reuse, SiteHistory
from reports import about, reuse, site


def tried(*counts: Reuse) -> SiteHistory:
    site = city_portal()
    runs = tuple(replace(site.runs[0], round=f"n{number}", reuse=one) for number, one in enumerate(counts))
    return replace(site, runs=runs)


def test_the_error_of_reuse_is_the_share_of_unchanged_pages_that_came_out_otherwise() -> None:
    site = tried(Reuse(reused=40, steady=57, differed=2, changed=9), Reuse(reused=50, steady=60, differed=1))
    assert reuse.error(site.runs) == (
        "最近 30 次检测中，复核没有变化的网页 120 页次，结果不同的 3 页次（2.5%，95 % 置信区间 0.9%—7.1%）"
    )


def test_where_nothing_was_tried_nothing_is_said() -> None:
    assert reuse.error(tried(Reuse(reused=40)).runs) == ""
    assert reuse.error(city_portal().runs) == ""


def test_only_the_newest_runs_count() -> None:
    old = [Reuse(differed=5)] * 40
    assert "页次，结果不同的 150 页次" in reuse.error(tried(*old).runs)


def test_the_page_of_the_site_and_the_page_about_the_monitoring_tell_it() -> None:
    told = history(tried(Reuse(reused=40, steady=9, differed=1)))
    pages = [*about.render(told), *site.render(told)]
    assert {path for path, page in pages if "结果不同的 1 页次" in page.decode()} == {"about.html", "sites/shi.html"}
