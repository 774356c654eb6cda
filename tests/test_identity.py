"""Identity: what is the same barrier on other pages and on other nights, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auditor.identity import IDENTITY_VERSION, component_of, group_of, identify, instance_of, renewed
from auditor.model import Box, Element, Finding, Impact, Issue, IssueState, Outcome, Span

NAV = {"tag": "nav", "id": "main-nav", "class": "nav-bar"}


def element(**changes: object) -> Element:
    values: dict[str, object] = {
        "selector": "#main-nav > a:nth-child(2)",
        "xpath": "/html/body/nav/a[2]",
        "snippet": '<a href="/col/col1234/index.html" class="nav-link"></a>',
        "tag": "a",
        "attributes": {"href": "/col/col1234/index.html", "class": "nav-link", "target": "_blank"},
        "ancestors": ({"tag": "li", "class": "nav-item"}, {"tag": "ul"}, NAV, {"tag": "body", "class": "home"}),
        "landmark": "navigation",
        "name": "",
        "box": Box(x=10, y=20, width=80, height=30),
    }
    return Element(**(values | changes))  # type: ignore[arg-type]


def with_attributes(**changes: str) -> Element:
    names = {name.replace("_", "-").rstrip("-"): value for name, value in changes.items()}
    return element(attributes={"href": "/col/col1234/index.html", "class": "nav-link", "target": "_blank"} | names)


def group(item: Element, rule: str = "link-name", site: str = "portal") -> str:
    return group_of(site, rule, item)


def finding(item: Element, page: str = "http://www.example.gov.cn/", **changes: object) -> Finding:
    values: dict[str, object] = {
        "rule": "link-name", "criteria": ("2.4.4",), "outcome": Outcome.FAILED, "impact": Impact.SERIOUS, "page": page,
        "element": item, "message": "请为链接加上文字。", "engines": ("axe",),
    }  # fmt: skip
    return Finding(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("same", [
    pytest.param(element(selector="#main-nav > a:nth-child(7)", xpath="/html/body/nav/a[7]"), id="another place among its siblings"),
    pytest.param(element(box=Box(x=900, y=4, width=1, height=1)), id="another box"),
    pytest.param(element(name="通知公告"), id="another accessible name"),
    pytest.param(with_attributes(href="/col/col5678/index.html"), id="another number in the address"),
    pytest.param(with_attributes(class_="nav-link active"), id="the state class of the current page"),
    pytest.param(with_attributes(class_="hover nav-link on cur"), id="states in another order"),
    pytest.param(with_attributes(class_="nav-link css-1a2b3c"), id="the hashed class of a build"),
    pytest.param(with_attributes(class_="nav-link sc-bdVaJa"), id="a styled component"),
    pytest.param(with_attributes(class_="nav-link Header_item__3kd9a"), id="a CSS module"),
    pytest.param(with_attributes(class_="nav-link mt10 md:flex w-1/2 col-md-6 fl clearfix"), id="utility classes"),
    pytest.param(with_attributes(id="ui-id-17"), id="an id with a counter"),
    pytest.param(with_attributes(id="menu_8f3e1a90"), id="an id made by a machine"),
    pytest.param(with_attributes(style="display: none"), id="a style that a script put on"),
    pytest.param(with_attributes(aria_expanded="true", aria_current="page"), id="states in attributes"),
    pytest.param(with_attributes(data_v_7ba5bd90=""), id="the scope of a Vue component"),
    pytest.param(element(attributes={**element().attributes, "cd_frame_id_": "d41d8cd9"}), id="what ChromeDriver leaves behind"),
    pytest.param(with_attributes(target="_self"), id="another value of a plain attribute"),
    pytest.param(
        element(ancestors=({"tag": "li", "class": "nav-item selected"}, {"tag": "ul"}, NAV, {"tag": "body", "class": "article"})),
        id="another kind of page around the component",
    ),
    pytest.param(element(ancestors=({"tag": "li", "class": "nav-item"}, {"tag": "ul"}, NAV)), id="a page with fewer wrappers outside"),
])  # fmt: skip
def test_the_same_component_is_known_again_in_spite_of(same: Element) -> None:
    assert group(same) == group(element())


@pytest.mark.parametrize("other", [
    pytest.param(element(tag="button"), id="another tag"),
    pytest.param(with_attributes(role="button"), id="another role"),
    pytest.param(with_attributes(class_="logo"), id="another component class"),
    pytest.param(with_attributes(href="/zwgk/index.html"), id="an address of another kind"),
    pytest.param(with_attributes(id="login"), id="an id of its own"),
    pytest.param(with_attributes(download=""), id="an attribute that changes what it is"),
    pytest.param(element(landmark="contentinfo"), id="another landmark"),
    pytest.param(element(ancestors=({"tag": "li", "class": "nav-item"}, {"tag": "ul"}, {"tag": "footer"})), id="another skeleton"),
    pytest.param(element(selector="iframe#news >>> a"), id="a frame around it"),
])  # fmt: skip
def test_another_component_is_told_apart_by(other: Element) -> None:
    assert group(other) != group(element())


def test_site_and_rule_are_part_of_the_group() -> None:
    assert len({group(element()), group(element(), rule="image-alt"), group(element(), site="county")}) == 3


def test_identities_have_128_bits() -> None:
    found = group(element())
    assert len(found) == len(instance_of(found, "http://a/", element(), 0)) == 32
    int(found, 16)


def test_identity_of_a_known_element_stays_what_it_was() -> None:
    """When this fails, issues all over would be taken for new ones: raise IDENTITY_VERSION with the change, then the numbers here."""
    found = group(element())
    assert (IDENTITY_VERSION, found, instance_of(found, "http://www.example.gov.cn/", element(name="通知"), 0)) == (
        1, "781e75ceb47706f69d07ce0ab931e180", "02f0d6ec5dfac57b09168111e594499e",
    )  # fmt: skip


def test_relative_addresses_of_a_shared_component_are_one_whatever_the_depth_of_the_page() -> None:
    assert group(with_attributes(href="../../zwgk/index.html")) == group(with_attributes(href="./zwgk/index.html"))
    assert group(with_attributes(href="../../zwgk/index.html")) != group(with_attributes(href="../../hdjl/index.html"))


def test_inlined_pictures_and_scripts_enter_by_their_kind_only() -> None:
    assert group(with_attributes(href="javascript:go(1)")) == group(with_attributes(href="JavaScript:open('x')"))
    assert group(with_attributes(href="data:image/png;base64,AAAA")) == group(with_attributes(href="data:image/gif;base64,BBBB"))


@pytest.mark.parametrize(("one", "other"), [
    ("iframe#news >>> a", "body > div:nth-child(3) > iframe#news >>> p > a"),
    ('iframe[src="/list?page=1"] >>> a', 'iframe[src="/list?page=2"] >>> a'),
    ("iframe:nth-child(2) >>> a", "iframe:nth-child(9) >>> a"),
    ('iframe[cd_frame_id_="0a1b"] >>> a', "iframe >>> a"),
    ("div.widget.active > my-menu >>> a", "my-menu >>> a"),
    ("#layui-layer-iframe1 >>> a", "#layui-layer-iframe2 >>> a"),
])  # fmt: skip
def test_frames_and_shadow_roots_enter_by_what_is_stable_in_them(one: str, other: str) -> None:
    assert group(element(selector=one)) == group(element(selector=other))


@pytest.mark.parametrize("other", ["iframe#notices >>> a", "a", "iframe#news >>> my-menu >>> a", "#news >>> iframe#news >>> a"])
def test_different_frames_are_told_apart(other: str) -> None:
    assert group(element(selector="iframe#news >>> a")) != group(element(selector=other))


def test_a_header_on_five_pages_is_one_group_of_five_instances() -> None:
    pages = [f"http://www.example.gov.cn/art/2026/{month}/1/art_{month}.html" for month in range(1, 6)]
    found = identify("portal", [finding(element(), page) for page in pages])
    assert len({group for _, group, _ in found}) == 1
    assert len({instance for _, _, instance in found}) == 5


def test_outcome_engine_message_and_picture_play_no_part() -> None:
    other = finding(element(), outcome=Outcome.CANT_TELL, engines=("wcag",), message="请人工确认。", impact=Impact.MINOR, picture="0" * 64)
    assert identify("portal", [finding(element())])[0][1:] == identify("portal", [other])[0][1:]


def test_equals_are_counted_in_document_order_however_they_are_reported() -> None:
    places = [element(xpath=f"/html/body/nav/a[{place}]", selector=f"a:nth-child({place})") for place in (2, 9, 10)]
    forward = {item.element.xpath: instance for item, _, instance in identify("portal", [finding(place) for place in places])}
    backward = {item.element.xpath: instance for item, _, instance in identify("portal", [finding(place) for place in reversed(places)])}
    assert forward == backward
    assert len(set(forward.values())) == 3
    assert forward["/html/body/nav/a[2]"] == instance_of(group(element()), "http://www.example.gov.cn/", element(), 0)
    assert forward["/html/body/nav/a[10]"] == instance_of(group(element()), "http://www.example.gov.cn/", element(), 2)


def test_elements_with_their_own_words_keep_their_instance_when_one_before_them_goes() -> None:
    texts = [element(text=text) for text in ("首页", "政务公开", "2026年第3号")]
    before = {item.element.text: instance for item, _, instance in identify("portal", [finding(text) for text in texts])}
    after = {item.element.text: instance for item, _, instance in identify("portal", [finding(text) for text in texts[1:]])}
    assert after.items() <= before.items()
    assert len(set(before.values())) == 3


def test_pictures_without_words_are_told_apart_by_the_file_they_show() -> None:
    first, second = (element(tag="img", attributes={"src": f"/images/{name}.png?v=1"}) for name in ("p1", "p2"))
    before = identify("portal", [finding(first), finding(second)])
    assert before[0][1] == before[1][1]
    newer = replace(second, attributes={"src": "/images/p2.png?v=2"})
    assert identify("portal", [finding(newer)])[0][2] == before[1][2]


def test_order_of_the_answer_is_that_of_the_question() -> None:
    items = [finding(element(text=text)) for text in ("丙", "甲", "乙")]
    assert [item for item, _, _ in identify("portal", items)] == items


def test_a_page_has_but_one_html_and_body_whatever_they_carry_today() -> None:
    bare = element(tag="html", attributes={}, ancestors=(), text="今日要闻：一", landmark="", selector="html")
    full = replace(bare, attributes={"lang": "zh", "class": "home", "data-theme": "a"}, text="今日要闻：二", name="首页")
    assert identify("portal", [finding(bare)])[0][1:] == identify("portal", [finding(full)])[0][1:]
    assert identify("portal", [finding(bare)])[0][1:] != identify("portal", [finding(replace(full, tag="body"))])[0][1:]


def test_hostile_text_does_no_harm() -> None:
    odd = element(
        selector='a[href="]]>>>[[\\"', xpath="/html/body/a[99999999999999999999]", name="\ud800\u202e", landmark="１２",
        attributes={"href": "http://[::1/\ud800%zz", "id": "x" * 100_000, "class": "a" * 100_000 + " 1" * 1000},
    )  # fmt: skip
    assert len(identify("portal", [finding(odd)])[0][2]) == 32


def test_issues_of_an_older_identity_are_carried_over_from_their_elements() -> None:
    """The migration: whatever an older version computed, the stored element gives today's identity."""
    items = [finding(element(xpath=f"/html/body/nav/a[{place}]")) for place in (1, 2, 3)]
    night = datetime(2026, 11, 23, tzinfo=UTC)
    old = [
        Issue(
            id=str(place), site="portal", rule=item.rule, page=item.page, group="old", instance=f"old-{place}", state=IssueState.OPEN,
            outcome=item.outcome, impact=item.impact, criteria=item.criteria, element=item.element, message="", engines=("axe",),
            first_seen=night, changed=night, spans=(Span(first="n1"),), identity_version=IDENTITY_VERSION - 1,
        )
        for place, item in enumerate(items)
    ]  # fmt: skip
    new = renewed(old)
    assert [(issue.group, issue.instance) for issue in new] == [(group, instance) for _, group, instance in identify("portal", items)]
    assert {issue.identity_version for issue in new} == {IDENTITY_VERSION}
    assert renewed(new) == new
    assert [replace(issue, group="old", instance=f"old-{issue.id}", identity_version=0) for issue in new] == old


@pytest.mark.parametrize("address", ["/images/logo.png", "//www.b.gov.cn/images/logo.png", "HTTP://www.b.gov.cn/images/logo.png"])
def test_a_component_is_the_same_on_every_site_whose_own_host_it_points_to(address: str) -> None:
    image = Element(selector="img", tag="img", attributes={"src": "http://www.a.gov.cn/images/logo.png", "class": "logo"})
    other = replace(image, attributes={**image.attributes, "src": address})
    first = component_of("image-alt", image, "http://www.a.gov.cn/")
    assert component_of("image-alt", other, "http://www.b.gov.cn/x") == first
    assert (component_of("image-alt", other, "http://www.c.gov.cn/x") == first) is (address == "/images/logo.png")
    assert component_of("label", image, "http://www.a.gov.cn/") != first
    assert component_of("image-alt", replace(other, attributes={**other.attributes, "class": "photo"}), "http://www.b.gov.cn/") != first
