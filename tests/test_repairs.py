"""The change proposed for one very element: right where it can be said, a blank where only people know, inert whatever the page holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag
from histories import HOSTILE

from auditor.model import Element
from checks.colour import Colour, contrast
from checks.judge import rules
from reports.colours import apart, nearest, read
from reports.markup import INNER, VALUE, written
from reports.repairs import Repair, Way, proposals, propose


def element(tag: str, text: str = "", **attributes: str) -> Element:
    told = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return Element(selector=f"#main > {tag}", tag=tag, text=text, attributes=told)


def codes(rule: str, where: Element, message: str = "") -> list[str]:
    found = propose(rule, where, message)
    assert found is not None
    return [way.code for way in found.ways]


def test_every_proposal_is_for_a_rule_that_exists() -> None:
    assert set(proposals()) <= set(rules())


@pytest.mark.parametrize(
    ("rule", "where", "message", "code"),
    [
        ("html-has-lang", element("html"), "", '<html lang="zh-CN">…</html>'),
        ("html-lang-valid", element("html", lang="chinese"), "", '<html lang="zh-CN">…</html>'),
        ("html-xml-lang-mismatch", element("html", lang="zh-CN", **{"xml:lang": "en"}), "", '<html lang="zh-CN">…</html>'),
        ("page-language-mismatch", element("html", lang="en"), "网页声明的语言是“en”，文字却是中文；", '<html lang="zh-CN">…</html>'),
        ("valid-lang", element("span", "Hello", lang="en_US"), "", '<span lang="en-US">Hello</span>'),
        ("meta-viewport", element("meta", name="viewport", content="width=device-width, maximum-scale=1,user-scalable = no"), "",
         '<meta name="viewport" content="width=device-width">'),
        ("meta-refresh", element("meta", http_equiv="refresh", content="600"), "", ""),
        ("tabindex", element("input", type="text", tabindex="5"), "", '<input type="text">'),
        ("paste-blocked", element("input", onpaste="return false", id="yzm"), "", '<input id="yzm">'),
        ("avoid-inline-spacing", element("p", "正文", style="line-height:1 !important;color:red"), "",
         '<p style="line-height:1;color:red">正文</p>'),
        ("mouse-only-control", element("div", "打印", onclick="print()", tabindex="0", role="button"), "",
         '<button onclick="print()" type="button">打印</button>'),
        ("script-link", element("a", "公告", href="javascript:;", onclick="window.open('/gg/1.html')"), "",
         '<a href="/gg/1.html">公告</a>'),
        ("marquee", element("marquee", "停水", scrollamount="4", class_="gg"), "", '<div class="gg">停水</div>'),
        ("aria-valid-attr", element("input", aria_lable="姓名"), "不存在的属性：aria-lable", '<input aria-label="姓名">'),
        ("aria-valid-attr-value", element("button", "更多", aria_expanded="open"), '属性值无效：aria-expanded="open"',
         '<button aria-expanded="true">更多</button>'),
        ("aria-roles", element("span", "客服", role="buton"), "", '<span role="button">客服</span>'),
        ("autocomplete-valid", element("input", autocomplete="mobile"), "", '<input autocomplete="tel">'),
        ("image-redundant-alt", element("img", src="a.png", alt="首页"), "", '<img src="a.png" alt="">'),
        ("target-size", element("a", class_="close"), "", "a.close {\n  min-width: 24px;\n  min-height: 24px;\n}"),
        ("spaced-letters", element("h2", "通 知", id="tz"), "请写成“通知”，间距由样式表设置",
         '<h2 id="tz">通知</h2>\n\n#tz {\n  letter-spacing: 0.5em;\n}'),
    ],
)  # fmt: skip
def test_what_can_be_said_mechanically_is_said_whole(rule: str, where: Element, message: str, code: str) -> None:
    found = propose(rule, where, message)
    assert found is not None and [way.code for way in found.ways] == [code] and not found.blank


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ("area-alt", element("area", href="/a")),
        ("input-image-alt", element("input", type="image", src="go.png")),
        ("label", element("input", id="xm")),
        ("select-name", element("select", "请选择 市残联")),
        ("frame-title", element("iframe", src="/w.html")),
        ("document-title", element("html", lang="zh-CN")),
        ("link-purpose", element("a", "点击进入", href="/a")),
        ("video-caption", element("video", src="/a.mp4")),
        ("mouse-only-control", element("div", "", onclick="go()")),
    ],
)
def test_what_only_people_know_is_left_as_a_blank_that_says_what_belongs_there(rule: str, where: Element) -> None:
    found = propose(rule, where)
    assert found is not None and found.blank
    assert all("【" in way.code for way in found.ways)


def test_a_picture_may_be_content_or_decoration_and_the_report_does_not_choose() -> None:
    found = propose("image-alt", element("img", src="/banner.jpg"))
    assert found is not None and not found.blank
    assert [(way.code, way.blank) for way in found.ways] == [
        ('<img src="/banner.jpg" alt="【图片的内容，图上有文字的一并写入】">', True), ('<img src="/banner.jpg" alt="">', False)
    ]  # fmt: skip


def test_words_that_the_page_has_are_taken_over_and_guesses_are_called_guesses() -> None:
    known = propose("label", element("input", id="q", placeholder="请输入姓名"))
    assert known is not None and known.ways[0].code.startswith('<label for="q">请输入姓名</label>') and "请核对" in known.note
    guessed = propose("button-name", element("button", class_="btn-search"))
    assert guessed is not None and guessed.ways[0].code == '<button class="btn-search">搜索</button>' and "推测" in guessed.note


def test_nothing_is_proposed_where_nothing_can_be_known() -> None:
    for rule, where, message in (
        ("keyboard-trap", element("div"), ""),
        ("image-alt", Element(selector="#x"), ""),
        ("mouse-only-control", element("input"), ""),
        ("color-contrast", element("p"), "无法测量文字的对比度，因为文字下面有背景图片"),
        ("aria-roles", element("i", role="glyph"), ""),
        ("aria-valid-attr", element("i", aria_qqqq="1"), "不存在的属性：aria-qqqq"),
        ("meta-viewport", element("meta", name="viewport", content="width=device-width"), ""),
    ):
        assert propose(rule, where, message) is None, rule


# ---------------------------------------------------------------------------------------------- what stands inside


def with_code(snippet: str, tag: str, text: str = "", **attributes: str) -> Element:
    return replace(element(tag, text, **attributes), snippet=snippet)


@pytest.mark.parametrize(
    ("snippet", "text", "inner"),
    [
        ('<div id="a" title="x > y"><p>一</p><p>二</p></div>', "一 二", "…"),
        ('<div id="a">一<br>二</div>', "一 二", "…"),
        ('<div id="a"></div>', "", ""),
        ('<div id="a">\n</div>', "", ""),
        ('<div id="a">公告</div>', "公告", "公告"),
        ('<div id="a">公告 &lt;一&gt;</div>', "公告 <一>", "公告 &lt;一&gt;"),
        ('<div id="a">公告很长…', "公告很长", "…"),
        ('<div id="a" style="…', "公告", "…"),
        (f'<div id="a">{"字" * (INNER + 1)}</div>', "字" * (INNER + 1), "…"),
        ('<div id="a">办事指南</div>', "办事…", "…"),
    ],
)
def test_text_stands_inside_only_where_it_is_all_and_whole(snippet: str, text: str, inner: str) -> None:
    assert written(with_code(snippet, "div", text, id="a")) == f'<div id="a">{inner}</div>'


def test_the_proposal_for_a_part_that_scrolls_keeps_what_is_inside() -> None:
    where = with_code('<div id="jzxz"><p>请带好证件。</p><p>导盲犬可入。</p></div>', "div", "请带好证件。 导盲犬可入。", id="jzxz")
    found = propose("scrollable-region-focusable", where)
    assert found is not None and found.before == '<div id="jzxz">…</div>'
    assert [way.code for way in found.ways] == ['<div id="jzxz" tabindex="0" role="region" aria-label="【这一块是什么】">…</div>']
    assert found.note.endswith("只改开始标签，里面的内容不动。")


def test_what_stays_though_it_is_not_shown_is_said() -> None:
    other = propose("script-link", with_code("<a><b>公告</b></a>", "a", "公告", onclick="location='/gg'"))
    assert other is not None and other.ways[0].code == '<a href="/gg">…</a>' and other.note.endswith("里面的内容不动。")
    words = propose("button-name", with_code('<button class="btn-search"><i></i></button>', "button", class_="btn-search"))
    assert words is not None and "里面原有的图标、图片等标签要保留" in words.note
    long = propose("tabindex", element("input", tabindex="3", style="color:red;" * 40))
    assert long is not None and "照原样保留" in long.note
    empty = propose("link-name", with_code('<a href="/a" class="ico"></a>', "a", href="/a", class_="ico"))
    assert empty is not None and empty.ways[0].code.endswith('aria-label="【点击后去哪里】"></a>') and "“…”" not in empty.note
    film = propose("video-caption", with_code('<video><source src="a.mp4"></video>', "video"))
    assert film is not None and film.ways[0].code.startswith("<video>\n  …\n  <track")


# ---------------------------------------------------------------------------------------------- labels


@pytest.mark.parametrize("kind", ["radio", "checkbox"])
def test_the_label_of_a_choice_stands_behind_it_and_takes_the_text_that_is_there(kind: str) -> None:
    tied = propose("label", element("input", type=kind, id="fuzhen"))
    assert tied is not None and tied.blank
    assert [way.code for way in tied.ways] == [f'<input type="{kind}" id="fuzhen">\n<label for="fuzhen">【它旁边的文字】</label>']
    assert "不要再写一遍" in tied.note and not any("搜索框" in way.when for way in tied.ways)
    assert codes("label", element("input", type=kind)) == [f'<label><input type="{kind}"> 【它旁边的文字】</label>']


def test_a_list_asks_what_is_chosen_and_only_a_field_is_likened_to_a_search_box() -> None:
    chosen = propose("select-name", element("select", id="bm"))
    assert chosen is not None and all("【要选什么】" in way.code for way in chosen.ways)
    assert not any("搜索框" in way.when for way in chosen.ways)
    field = propose("label", element("input", id="q"))
    assert field is not None and "【该填什么】" in field.ways[0].code and "搜索框" in field.ways[1].when


# ---------------------------------------------------------------------------------------------- entries without a container


def test_a_link_that_stands_alone_loses_its_role_first_and_is_placed_second() -> None:
    found = propose("aria-required-parent", element("a", "首页", href="/", role="menuitem", tabindex="-1"))
    assert found is not None and [way.code for way in found.ways] == [
        '<a href="/">首页</a>', '<div role="menu">\n  <a href="/" role="menuitem" tabindex="-1">首页</a>\n  …\n</div>',
    ]  # fmt: skip
    assert found.ways[0].when == "只是普通的链接" and found.ways[1].when == "确实是菜单，并且能用方向键在各项之间移动"
    assert codes("aria-required-parent", element("button", "个人", role="tab", aria_selected="true"))[0] == "<button>个人</button>"


def test_what_is_no_link_or_button_is_only_placed() -> None:
    assert codes("aria-required-parent", element("li", "一", role="option")) == [
        '<ul role="listbox">\n  <li role="option">一</li>\n  …\n</ul>'
    ]  # fmt: skip
    assert propose("aria-required-parent", element("a", "一", role="row", href="/")) is None


def test_the_check_of_such_an_entry_fits_both_repairs() -> None:
    assert rules()["aria-required-parent"].verify.endswith("去掉 role 的，听到“链接”或“按钮”即可。")


# ---------------------------------------------------------------------------------------------- colours


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("#999999", "#ffffff", 4.5), ("#c79a2a", "#fdf3d7", 4.5), ("#ff0000", "#000000", 7), ("#808080", "#7f7f7f", 4.5),
        ("#12305a", "#3c8643", 3),
    ],
)  # fmt: skip
def test_the_nearest_readable_colour_reaches_the_ratio_and_no_nearer_one_on_its_way_does(text: str, ground: str, least: float) -> None:
    was, other = read(text), read(ground)
    assert was and other
    better = nearest(was, other, least)
    assert better is not None and contrast(better, other) >= least
    short = Colour(*(here + (there - here) * 0.97 for here, there in zip((was.red, was.green, was.blue),
                                                                       (better.red, better.green, better.blue), strict=True)))  # fmt: skip
    assert contrast(short, other) < least or apart(was, better) < 20


def test_a_colour_that_is_readable_already_stays_and_an_unreachable_ratio_has_none() -> None:
    grey = Colour(127, 127, 127)
    assert nearest(Colour(0, 0, 0), Colour(255, 255, 255), 4.5) == Colour(0, 0, 0)
    assert nearest(grey, grey, 7) is None


def test_colours_are_read_from_the_message_and_the_ratios_are_never_rounded_up() -> None:
    message = "文字与背景的对比度是 2.84:1，应不低于 4.5:1（文字 #999999，背景 #ffffff，字号 16px）"
    found = propose("color-contrast", replace(element("p"), selector="#a >>> p.hint"), message)
    assert found is not None
    (way,) = found.ways
    assert way.code == "p.hint {\n  color: #767676;\n}" and way.when.endswith("对比度由 2.84:1 变为 4.54:1")


@pytest.mark.parametrize(
    ("colours", "said", "never"),
    [("文字 #999999，背景 #ffffff", "文字更深", "更浅"), ("文字 #555555，背景 #000000", "文字更浅", "更深")],
)
def test_only_the_direction_that_raises_the_contrast_is_offered(colours: str, said: str, never: str) -> None:
    found = propose("color-contrast", element("p"), f"文字与背景的对比度是 2:1，应不低于 4.5:1（{colours}，字号 16px）")
    assert found is not None and f"设计上{said}也可以" in found.note and never not in found.note


# ---------------------------------------------------------------------------------------------- hostile pages

BAD = Element(
    selector=HOSTILE * 20, tag='img src=x onerror="alert(1)"', text=HOSTILE * 40, name=HOSTILE,
    attributes={
        "id": HOSTILE, "class": HOSTILE, "title": HOSTILE, "lang": HOSTILE, "role": HOSTILE, "content": HOSTILE, "style": HOSTILE,
        "onclick": f"location.href='javascript:alert(1)'{HOSTILE}", "autocomplete": HOSTILE, "alt": HOSTILE, "aria-label": HOSTILE,
        "aria-hidden": "true", "onpaste": HOSTILE, "tabindex": HOSTILE, '"><script>alert(1)</script>': HOSTILE, "a b": "1",
        "placeholder": "“】" + HOSTILE, "aria-lable": HOSTILE * 100,
    },
)  # fmt: skip


@pytest.mark.parametrize("rule", sorted(proposals()))
@pytest.mark.parametrize("tag", ["img", "div", "input", "<script>"])
def test_no_proposal_holds_more_than_its_element_whatever_the_page_wrote(rule: str, tag: str) -> None:
    found = propose(rule, replace(BAD, tag=tag), f"不存在的属性：aria-lable，应不低于 4.5（文字 #fff，背景 {HOSTILE}，请写成“{HOSTILE}”")
    if found is None:
        return
    for code in (found.before, *(way.code for way in found.ways)):
        assert len(code) < 4000
        if not code.startswith(("<", "\n")):
            continue
        parsed = BeautifulSoup(code, "html.parser")
        assert not parsed.find("script") and not parsed.find(onerror=True), code
        assert all(str(link["href"]).split(":")[0].strip().lower() != "javascript" for link in parsed.find_all(href=True))


def test_long_values_and_texts_are_shortened_and_names_that_are_none_are_left_out() -> None:
    told = written(element("p", "字" * 500, id="x" * 500, **{"a<b": "1"}))
    assert f'id="{"x" * (VALUE - 1)}…"' in told and ">…</p>" in told and "a<b" not in told
    parsed = BeautifulSoup(written(BAD, {"alt": '"quoted" <b>&amp;'}), "html.parser")
    assert isinstance(parsed.div, Tag) and parsed.div["alt"] == '"quoted" <b>&amp;'


def test_a_repair_needs_a_person_only_where_every_way_does() -> None:
    blank, whole = Way(code="<a>【去处】</a>", blank=True), Way(code="")
    assert Repair(ways=(blank,)).blank and not Repair(ways=(blank, whole)).blank
