"""What to repair first: the rank goes by its formula, its factors are shown in words, and pages are estimated honestly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from histories import NOW, RULES, ZONE, city_portal, element, issue

from auditor.model import Coverage, Impact, Issue, IssueState, Level, SiteHistory, Span, State
from reports.grouping import Group, board
from reports.priorities import Ranked, Templates, pages_told, ranked

HOME = "http://www.shi.gov.cn/"
PART = element("#a", "a", "main", id="a")


def page(name: str, key: str, state: State = State.AUDITED) -> Coverage:
    return Coverage(url=f"{HOME}{name}", state=state, url_key=key, dom_key=key if state is State.AUDITED else "")


def site(issues: Sequence[Issue], coverage: Sequence[Coverage] = ()) -> SiteHistory:
    return replace(city_portal(), issues=tuple(issues), coverage=tuple(coverage), decisions=())


def first(issues: Sequence[Issue], coverage: Sequence[Coverage] = ()) -> list[Ranked]:
    subject = site(issues, coverage)
    return ranked(subject, board(subject, RULES, NOW, ZONE).to_fix, Templates(subject.coverage))


def told(one: Ranked) -> Mapping[str, tuple[str, float]]:
    return {factor.name: (factor.told, factor.value) for factor in one.factors}


def test_the_rank_is_the_product_of_its_five_factors() -> None:
    (one,) = first([issue(n, "image-alt", f"{HOME}{n}", PART) for n in range(3)])
    assert told(one) == {
        "对人的影响": ("完全受阻", 10), "准则级别": ("A 级", 1.5), "涉及页数": ("查到 3 页", 2.0), "位置": ("在其他页面上", 1.0),
        "把握": ("程序能够确定", 1.0),
    }  # fmt: skip
    assert one.rank == pytest.approx(10 * 1.5 * 2)


@pytest.mark.parametrize(
    ("pages", "value", "words"),
    [
        ([HOME], 2.0, "在首页上，来访的人大多会遇到"),
        ([f"{HOME}index.html"], 2.0, "在首页上，来访的人大多会遇到"),
        ([f"{HOME}a", f"{HOME}b#第二步"], 1.5, "在填写或办理的地方，遇到就办不下去"),
        ([f"{HOME}a/index.html"], 1.0, "在其他页面上"),
    ],
)
def test_the_start_page_and_forms_reach_more_people(pages: list[str], value: float, words: str) -> None:
    (one,) = first([issue(n, "image-alt", address, PART) for n, address in enumerate(pages)])
    assert told(one)["位置"] == (words, value)


def test_a_field_is_where_people_fill_something_in() -> None:
    field = element("#name", "input", "main", id="name")
    boxed = replace(PART, ancestors=({"tag": "div"}, {"tag": "form"}))
    for where in (field, boxed):
        (one,) = first([issue(1, "image-alt", f"{HOME}x", where)])
        assert told(one)["位置"][1] == 1.5


def test_what_was_not_seen_again_or_comes_and_goes_weighs_half() -> None:
    (unseen,) = first([issue(1, "image-alt", f"{HOME}x", PART, IssueState.NOT_OBSERVED)])
    assert told(unseen)["把握"] == ("以前查到，最近一次没有能够复查", 0.5)
    spans = tuple(Span(first=f"night-{n}") for n in range(3))
    (wavering,) = first([replace(issue(1, "image-alt", f"{HOME}x", PART), spans=spans)])
    assert told(wavering)["把握"] == ("时有时无，可能随页面内容变化", 0.5)
    (both,) = first([replace(issue(1, "image-alt", f"{HOME}x", PART), engines=("axe", "auditor"))])
    assert told(both)["把握"] == ("两种检查方法都查到", 1.0)


def test_pages_are_estimated_template_by_template_with_bounds() -> None:
    ledger = [page(f"art/{n}", "art") for n in range(4)] + [page(f"art/{n}", "art", State.NOT_SAMPLED) for n in range(4, 100)]
    ledger += [page(f"col/{n}", "col") for n in range(2)] + [page("gone", "art", State.GONE)]
    templates = Templates(ledger)
    spread = templates.spread([f"{HOME}art/0", f"{HOME}col/0"])
    assert (spread.found, spread.estimated, spread.most) == (2, 26, 98)  # a quarter of 100 articles, one of two columns
    assert pages_told(spread) == "查到 2 页；按同一模板推算约 26 页（2 至 98 页）"
    assert pages_told(templates.spread([f"{HOME}col/0", f"{HOME}col/1"])) == "查到 2 页"
    unknown = templates.spread(["http://elsewhere.gov.cn/"])
    assert (unknown.found, unknown.estimated, unknown.most, unknown.templates) == (1, 1, 1, ())


def test_a_template_all_of_whose_judged_pages_show_it_is_expected_to_show_it_everywhere() -> None:
    ledger = [page(f"art/{n}", "art") for n in range(2)] + [page(f"art/{n}", "art", State.OVER_BUDGET) for n in range(2, 9)]
    spread = Templates(ledger).spread([f"{HOME}art/0", f"{HOME}art/1"])
    assert (spread.estimated, spread.most) == (9, 9)


def test_a_barrier_on_many_pages_may_come_before_a_harder_one_on_a_few() -> None:
    many = [issue(n, "reflow", f"{HOME}m{n}", element("html", "html", "")) for n in range(2000)]
    hard = issue(9000, "color-contrast", f"{HOME}x", PART)
    assert [one.group.rule for one in first([*many, hard])] == ["reflow", "color-contrast"]
    assert [one.group.rule for one in first([many[0], hard])] == ["color-contrast", "reflow"]


def test_equal_ranks_stand_in_one_order_whatever_order_the_issues_come_in() -> None:
    issues = [issue(n, "target-size", f"{HOME}x", element(f"#p{n}", "a", "main", id=f"p{n}")) for n in range(9)]
    forward, backward = ([one.group.id for one in first(given)] for given in (issues, issues[::-1]))
    assert forward == backward


def test_every_factor_has_a_value_for_all_that_can_be_met() -> None:
    group: Group = first([issue(1, "image-alt", HOME, PART)])[0].group
    for impact in Impact:
        for level in (*Level, None):
            (one,) = ranked(site([]), [replace(group, impact=impact, level=level)], Templates(()))
            assert math.isfinite(one.rank) and one.rank > 0
            assert all(factor.told for factor in one.factors)
