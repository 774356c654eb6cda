"""The report of a site in English: not a word of ours stays Chinese, whatever the site is like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from histories import NOW, city_portal, element, history, hostile_history, issue
from test_indicators import facts

from auditor.language import told_in
from auditor.model import (
    DOCUMENTS,
    Coverage,
    Decision,
    Element,
    History,
    Issue,
    IssueState,
    KeyboardWalk,
    Outcome,
    Permit,
    Platform,
    SiteHistory,
    State,
    Stop,
    Variant,
    Verdict,
    WalkEnd,
)
from checks import judge, miit, toolbars
from checks.editions import clauses
from reports import notice, scores, site
from reports.repair_words import ICONS
from reports.repairs import proposals, propose

THEIRS = "甲"
"""What every Chinese character of a site's own texts is written as, so that any other one is a word of ours."""
OURS = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
SIGNS = str.maketrans("，。；：（）、《》？！〔〕“”—…·｜【】", ",.;:(),<>?![]''-.-|[]")
HOST = "http://www.everything.test"
CODE = {*ICONS.values(), "中文字幕", "跳到正文"}
"""Chinese words in the code of proposals, which are meant for a Chinese page."""


def masked(value: Any) -> Any:
    """The same data with all Chinese written as 甲, and with the signs of English."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return OURS.sub(lambda met: THEIRS * len(met[0]), value.translate(SIGNS))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: masked(getattr(value, field.name)) for field in fields(value) if field.init})
    if isinstance(value, Mapping):
        return {masked(key): masked(inside) for key, inside in value.items()}
    return type(value)(map(masked, value)) if isinstance(value, tuple | frozenset | list) else value


def broken(number: int, rule: str, page: str, where: Element, state: IssueState = IssueState.OPEN, *, group: str) -> Issue:
    """An issue of any rule there is."""
    known = judge.rules()[rule]
    made = issue(number, "image-alt", page, where, state, group=group)
    return replace(made, rule=rule, criteria=known.criteria, impact=known.impact)


def all_rules() -> SiteHistory:
    """A site that breaks every rule, half of them for a person to judge, with more addresses than the report itself lists."""
    pages = [f"{HOST}/{number}" for number in range(320)]
    places = (
        element("#a", "a", "navigation", "<a>更多</a>", id="search", onclick="location.href='/a'"),
        element("#b", "img", "banner", "<img>", alt="", src="x.png"),
        element("#c", "input", "form", "<input>", name="姓名", type="text", title="手机号", tabindex="3", required=""),
        element("#d", "div", "", "<div>", role="button"),
    )
    issues = tuple(
        replace(
            broken(number, rule, pages[number % 40], places[number % 4], list(IssueState)[number % 5], group=f"{number:032x}"),
            outcome=Outcome.CANT_TELL if number % 3 == 0 else Outcome.FAILED, message="应不低于 4.5:1（文字 #777777，背景 #ffffff）",
        )
        for number, rule in enumerate(judge.rules())
    )  # fmt: skip
    states = list(State)
    ledger = tuple(Coverage(url=url, state=State.AUDITED, title="栏目") for url in pages[:40])
    ledger += tuple(Coverage(url=url, state=states[number % len(states)], status=500) for number, url in enumerate(pages[40:]))
    ledger = (replace(ledger[0], engines=("axe",), silent_frames=("#f",)), *ledger[1:])
    decisions = tuple(
        Decision(site="all", group=issues[number].group, verdict=verdict, by="李工", why="年底撤下", made=NOW, until=until)
        for number, (verdict, until) in enumerate((
            (Verdict.CONFIRMED, None), (Verdict.EXEMPT, date(2027, 1, 1)), (Verdict.ACCEPTED, date(2020, 1, 1)),
        ))
    )  # fmt: skip
    portal = city_portal()
    target = replace(portal.target, site=replace(portal.target.site, id="all", legal_basis="32-1"))
    permit = Permit(host="www.everything.test", by="张三", date=date(2026, 11, 20), since=NOW, until=date(2026, 12, 20))
    runs = (replace(portal.runs[0], requests={"www.everything.test": 3, "*": 9}, new_rule=2), *portal.runs[1:]) * 9
    return replace(portal, target=target, issues=issues, coverage=ledger, decisions=decisions, permits=(permit,), runs=runs)


def documents_and_platform() -> SiteHistory:
    """A site with documents read, not read and not fetched, made by a known platform."""
    portal, files = city_portal(), [f"{HOST}/{number}.pdf" for number in range(4)]
    whole = Element(selector="", tag="document")
    issues = tuple(
        replace(broken(900 + number, rule, files[number % 2], whole, group=f"file{number}"), engines=(DOCUMENTS,), outcome=outcome)
        for number, (rule, outcome) in enumerate((
            ("file-scanned", Outcome.FAILED), ("file-untagged", Outcome.FAILED), ("file-garbled", Outcome.CANT_TELL),
            ("file-scanned", Outcome.FAILED),
        ))
    )  # fmt: skip
    ledger = [Coverage(url=page, state=State.AUDITED, url_key="art", dom_key="d", title="文章", platform="tr") for page in
              {one.page for one in portal.issues}]  # fmt: skip
    ledger += [
        Coverage(url=url, state=State.NOT_HTML, final_url=url if number < 3 else "", reason="附件，打不开" if number == 2 else "",
                 engines=(DOCUMENTS,) if number < 2 else ())
        for number, url in enumerate(files)
    ]  # fmt: skip
    target = replace(portal.target, site=replace(portal.target.site, id="files"))
    return replace(portal, target=target, issues=(*portal.issues, *issues), coverage=tuple(ledger), noted={})


def with_aids(used: Mapping[str, Any] | None, *, compared: bool = True) -> SiteHistory:
    """A site with a toolbar, a phone and an elder version."""
    portal, start = city_portal(), "http://x/"
    bars = [{"family": "govwza", "signs": []}]
    noted = facts(toolbars=bars, aid=[{"url": "", "words": "无障碍"}], rules={"captcha-picture": [1, 2, 3]}, keyboard=[3, 4])
    if used is not None:
        noted["pages"][0]["used"] = used  # type: ignore[index]
    ways = (Variant.DESKTOP, Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED, Variant.MOBILE, Variant.ELDER)
    ledger = tuple(
        Coverage(url=start, variant=way, state=State.AUDITED if compared or way is Variant.DESKTOP else State.TIMEOUT,
                 reason="" if compared else "超时", engines=("axe",), walk=KeyboardWalk(stops=(), ended=end))
        for way, end in zip(ways, (*WalkEnd, *WalkEnd), strict=False)
    )  # fmt: skip
    issues = tuple(
        replace(broken(number, rule, start, element("#a", "a", "main"), group=f"g{number}"), variant=way)
        for number, (rule, way) in enumerate((rule, way) for rule in ("image-alt", "link-name") for way in ways[: 3 + number_of(rule)])
    )
    name = f"aids-{compared}-{used is not None}".lower()
    target = replace(portal.target, site=replace(portal.target.site, id=name))
    return replace(portal, target=target, issues=issues, coverage=ledger, noted=noted, decisions=())


def number_of(rule: str) -> int:
    return 2 if rule == "image-alt" else 0


USED = {"opens": "Enter", "closes": "", "enlarge": {"how": "key", "ratio": 1.5}, "hides": True, "sounds": True, "key": True,
        "trapped": True, "words": "无障碍", "names": ["放大"]}  # fmt: skip


@cache
def told() -> History:
    plain = history(all_rules(), documents_and_platform(), with_aids(USED), with_aids(None, compared=False))
    stops = (Stop(host="*", since=NOW, by="张三", why="演练"),)
    return masked(replace(  # type: ignore[no-any-return]
        plain, rules={**plain.rules, **judge.rules()}, stops=stops,
        platforms={"tr": Platform(id="tr", name="云平台", vendor="某厂商", mark="V")},
    ))  # fmt: skip


def theirs() -> str:
    """What else is known in Chinese alone: clauses of standards, names of toolbars, what the ministry's rows say."""
    rows = [row for one in told().sites if one.noted for row in miit.rows(one.noted)]
    found = [text for row in rows for text in (row.why, row.requirement.title, row.requirement.wording, row.requirement.clause)]
    found += [family.name for family in toolbars.families().values()]
    found += [clause.title + clause.level for number in judge.criteria() for clause in clauses(number, date(2026, 11, 29))]
    return "\n".join([*found, *CODE])


@cache
def pages(public: bool) -> Mapping[str, bytes]:
    with told_in("en"):
        known = replace(told(), public=public)
        files = dict(site.render(known))
        return files | {f"print {one.target.site.id}": site.printable(known, one) for one in known.sites}


@cache
def parsed() -> Mapping[str, BeautifulSoup]:
    return {path: BeautifulSoup(content, "lxml") for path, content in pages(False).items()}


NOUNS = "page|place|group|document|audit|problem|failure|stop|time|day|rule"


def chinese_words_of_ours(text: str, known: str) -> Iterator[str]:
    for met in OURS.finditer(text):
        yield from (part for part in met[0].split(THEIRS) if part and part not in known)


def test_an_english_report_says_what_the_chinese_one_says() -> None:
    shown = {path: " ".join(page.get_text(" ").split()) for path, page in parsed().items()}
    for sentence in (
        "Fix these ten groups first", "Draft of the notice to repair (DOCX, an official letter, in Chinese)",
        "Work: small. Only 1 place in the code to change.", "The words in [ ] have to be written by somebody who knows the content",
        "On none of the 62 pages audited", "All other hosts 9", "Ended, or replaced by a newer decision",
    ):  # fmt: skip
        assert sentence in shown["sites/all.html"], sentence
    assert "1 group of problems is left out of the lists above" in shown["sites/files.html"]
    assert "Of no use by the standard (without structure tags, without text, or locked): 2/2 (100.0%)." in shown["sites/files.html"]
    assert "With the toolbar closed, the home page has 2 failures; with it open 2, no change" in shown["sites/aids-true-true.html"]
    assert "The problems listed below were found before; this audit confirmed none of them." in shown["sites/hall.html"]
    assert "Groups: 11 to 35" in shown["sites/all.html"] and "Addresses: 1 to 100" in shown["sites/all.html"]
    assert "Of the first 10 groups to repair" in shown["sites/all.brief.html"]
    assert "The focus stopped at 3 places, cannot be seen at 1, is covered by other content at 1." in shown["sites/shi.html"]


@pytest.mark.parametrize("public", [False, True])
def test_no_word_of_ours_stays_chinese_in_the_english_report_of_a_site(public: bool) -> None:
    known, files = theirs(), pages(public)
    for name in ("sites/all.html", "sites/all.others.html", "sites/all.judge.html", "sites/all.addresses.2.html", "sites/all.brief.html",
                 "sites/files.html", "sites/hall.html", "sites/old.brief.html", "print all"):  # fmt: skip
        assert name in files
    found: dict[str, str] = {}
    for path, content in files.items():
        for word in chinese_words_of_ours(content.decode(), known):
            found.setdefault(word, path)
    assert not found, "\n".join(f"{word}  {path}" for word, path in found.items())


def test_what_is_chinese_in_an_english_report_is_marked_as_chinese_and_no_attribute_holds_any() -> None:
    for path, page in parsed().items():
        for text in page.find_all(string=re.compile(f"[{THEIRS}\u4e00-\u9fff]")):
            inside = text.parent
            assert isinstance(text, NavigableString) and isinstance(inside, Tag)
            assert inside.name == "title" or inside.find_parent(lang="zh-CN") or inside.get("lang") == "zh-CN", (path, text)
        attributes = [str(tag.get(name, "")) for tag in page.find_all(True) for name in ("alt", "aria-label", "title")]
        assert not list(filter(OURS.search, attributes)), path


def test_english_sentences_are_parted_and_counts_agree_with_their_nouns() -> None:
    for path, page in parsed().items():
        text = page.get_text(" ")
        assert not re.findall(r"[a-z]\.[A-Z][a-z]", text), path
        assert not re.findall(rf"(?<![\d.,:/-])1 (?:{NOUNS}|addresse)s\b", text), path
        assert not re.findall(rf"(?<!\S)(?:0|[2-9]|\d\d+) (?:{NOUNS}|address)\b(?! of|-)", text), path


def test_pages_tried_out_are_told_in_their_number() -> None:
    with told_in("en"):
        assert scores._used(-1.2, 1).startswith("On the 1 page that was also tried out")
        assert scores._used(-1.2, 2).startswith("On the 2 pages that were also tried out")


def test_the_notice_is_an_official_letter_in_chinese_in_both_languages() -> None:
    known = history()
    portal = next(one for one in known.sites if one.target.site.id == "shi")
    with told_in("en"):
        letter = notice.letter(known, portal)
    assert letter and letter == notice.letter(known, portal)
    assert "an official letter, in Chinese" in pages(False)["sites/shi.html"].decode()


def test_a_hostile_page_is_as_harmless_in_english() -> None:
    with told_in("en"):
        files = dict(site.render(hostile_history()))
    for path, content in files.items():
        page = BeautifulSoup(content, "lxml")
        assert not page.find_all(["script", "iframe", "object", "style"]), path
        assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)], path
        assert not [link for link in page.find_all(href=True) if str(link["href"]).lower().startswith(("javascript:", "data:"))], path


ATTRIBUTES = {
    "id": "search", "class": "icon-close", "aria-label": "甲", "tabindex": "0", "aria-hidden": "true", "role": "buton",
    "onclick": "location.href='/a'", "alt": "x", "lang": "en_US", "xml:lang": "zh", "content": "width=1,user-scalable=no",
    "style": "line-height:1 !important", "autocomplete": "x", "accesskey": "1", "summary": "s", "aria-checked": "yes", "onpaste": "f",
    "aria-lable": "q", "aria-expaned": "open",
}  # fmt: skip
ENTRY = {"role": "menuitem", "href": "/a"}
MESSAGES = ("", "应不低于 4.5:1（文字 #777777，背景 #ffffff）", "不存在的属性：aria-lable, aria-expaned, aria-checked，aria-label",
            "请写成“甲甲”", "网页声明的语言是“en”，文字却是日文；")  # fmt: skip


@pytest.mark.parametrize("rule", sorted(proposals()))
def test_every_proposal_is_told_in_english_and_only_its_code_holds_words_for_a_chinese_page(rule: str) -> None:
    made = 0
    with told_in("en"):
        for tag in ("a", "img", "div", "input", "button", "select", "meta", "span", "h2", "html", "video", "iframe"):
            for attributes in ({}, ATTRIBUTES, {"title": "甲甲"}, {"role": "directory"}, {"aria-label": "甲"}, ENTRY, {"type": "radio"}):
                for message in MESSAGES:
                    where = Element(selector="#m", tag=tag, text="甲", attributes=attributes)
                    found = propose(rule, where, message)
                    if found is None:
                        continue
                    made += 1
                    words = [found.note, *(way.when for way in found.ways)]
                    assert not [word for word in words if set(OURS.findall(word)) - CODE - {THEIRS, THEIRS * 2}], words
                    for code in (found.before, *(way.code for way in found.ways)):
                        assert not list(chinese_words_of_ours(code, "\n".join(CODE))), code
    assert made
