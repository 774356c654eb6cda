"""A red asterisk tells those who see it which fields must be filled in; who hears the form needs the same told in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node

MARK = re.compile(r"^[\s(（]*[*＊✱※][\s)）]*$")
EXPLAINED = re.compile(r"[*＊✱※][^。\n]{0,8}(?:必填|必须|required|mandatory)|(?:必填|必须|required)[^。\n]{0,6}[*＊✱※]", re.IGNORECASE)
SAID = re.compile(r"[*＊✱※]|必填|必须|required|mandatory", re.IGNORECASE)
FIELDS = ("input", "select", "textarea")
SILENT = frozenset({"hidden", "button", "submit", "reset", "image", "checkbox", "radio"})


@check(
    id="required-mark",
    criteria=("1.3.1", "3.3.2"),
    impact=Impact.MODERATE,
    title="必填项只用星号标出",
    title_en="Required fields are marked by an asterisk alone",
    who="使用读屏软件的盲人听不到星号，不知道哪些项必须填写，提交后才发现漏填，要从头再找。",
    who_en="A blind person does not hear the asterisk, learns only after sending the form that something is missing, and must search it "
        "all again.",
    repair=(
        "表单由后台生成的，把这些项设为“必填”，并在表单开头写明“带 * 的为必填项”。",
        "请开发单位给必填的输入框加上 required 或 aria-required=\"true\"，并把星号写进 <label>。",
    ),
    repair_en=(
        "Where the form is made in the editor, set these fields to required and say at the top what the asterisk means.",
        "Ask the vendor to add required or aria-required=\"true\" to the fields and to put the asterisk into the <label>.",
    ),
    verify="用读屏软件逐项听表单，必填的项都读出“必填”。",
    before='<form><span style="color: red">*</span><label for="xm">姓名</label><input id="xm"></form>',
    after='<form><label for="xm"><span style="color: red">*</span>姓名（必填）</label><input id="xm" required></form>',
    unsure=(
        '<form><table><tr><td><em>*</em><label for="a">标题</label></td><td><input id="a"></td></tr><tr><td><em>*</em><label for="b">'
        '内容</label></td>'
        '<td><textarea id="b"></textarea></td></tr></table></form>',
        '<form><label for="a">姓名</label><input id="a"><font color="red">＊</font></form>',
    ),
    good=(
        '<form><span>*</span><label for="a">姓名</label><input id="a" required></form>',
        '<form><label for="a"><i>*</i>姓名</label><input id="a"></form>',
        '<form><span>*</span><label for="a">姓名</label><input id="a" aria-required="true"></form>', '<p>注：<span>*</span>为示意图</p>',
        '<form><label for="a">姓名</label><span>*</span><input id="a" placeholder="必填"></form>',
        '<form><label for="a">姓名</label><input id="a"></form>',
        '<form><span style="display:none">*</span><label for="a">姓名</label><input id="a"></form>',
    ),
)  # fmt: skip
def required_mark(document: Document) -> Iterator[Hit]:
    """1.3.1 (H90, ARIA2): what the asterisk says is told in the name or state of the field too. One word for each form."""
    missing: dict[int, list[Node]] = {}
    homes: dict[int, Node] = {}
    seen: set[int] = set()
    for star in document.elements("span", "em", "i", "b", "font", "strong", "sup", "label", "td", "div", "p", "small"):
        if not star.texts or not MARK.match("".join(text.raw for _, text in star.texts)) or not star.visible or star.children:
            continue
        field = _field(star)
        if field is None or field.index in seen:
            continue
        seen.add(field.index)
        if field.state("required") or field.has("required") or SAID.search(f"{field.name} {field.description} {field.get('placeholder')}"):
            yield passed(field)
            continue
        home = field.inside("form") or document.root
        homes[home.index] = home
        missing.setdefault(home.index, []).append(field)
    for index, fields in missing.items():
        meaning = "" if EXPLAINED.search(homes[index].text) else "，也没有写明星号的意思"
        names = "、".join(f"“{one.name[:12]}”" for one in fields[:5] if one.name)
        yield unsure(
            fields[0],
            f"有 {len(fields)} 个输入框{f'（{names}等）' if names else ''}旁边有星号，但没有 required 属性{meaning}；若是必填项，请加上",
        )


def _field(star: Node) -> Node | None:
    """The field that an asterisk belongs to: the only one in what holds it, or in the next cell."""
    at: Node | None = star.parent
    for _ in range(3):
        if at is None or at.tag in ("form", "body", "html", "table", "tbody"):
            break
        found = [one for one in at.descendants(*FIELDS) if one.visible and one.get("type").lower() not in SILENT]
        if found:
            return found[0] if len(found) == 1 else None
        if at.tag in ("td", "th", "dt") and at.next is not None:
            found = [one for one in at.next.descendants(*FIELDS) if one.visible and one.get("type").lower() not in SILENT]
            if found:
                return found[0] if len(found) == 1 else None
        at = at.parent
    near = [one for one in (star.next, star.next.next if star.next else None, star.previous) if one is not None and one.tag in FIELDS]
    return near[0] if near and near[0].visible and near[0].get("type").lower() not in SILENT else None
