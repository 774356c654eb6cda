"""Who chooses from a list with the arrow keys is carried off by the first entry where choosing alone opens a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node

OPENS = re.compile(r"location|\bopen\s*\(|\.submit\s*\(|jumpMenu|href\s*=", re.IGNORECASE)
GOES = re.compile(r"\b\w*(?:go|jump|link|open|redirect|turn|tiao)\w*\s*\(", re.IGNORECASE)
ADDRESS = re.compile(r"\s*(?:https?:)?//|\s*/[\w./-]+|[\w./-]+\.(?:html?|s?html|jsp|aspx?|php)\b", re.IGNORECASE)
BUTTON = re.compile(r"前往|进入|确定|跳转|转到|打开|查看|访问|go", re.IGNORECASE)
LINKS = '<option value="">省级部门网站</option><option value="http://a.example/">教育厅</option><option value="http://b.example/">民政厅</option>'
FIELD = f'<select aria-label="友情链接" {{}}>{LINKS}</select>'


@check(
    id="select-jump",
    criteria=("3.2.2",),
    title="下拉框一选就跳转",
    title_en="Choosing from a list opens a page at once",
    who="用键盘的人按方向键逐条看选项，刚移到第一条，页面就跳走或弹出新窗口，后面的选项永远选不到；盲人不知道发生了什么。",
    who_en="People who use the keyboard move through the entries with the arrow keys and are carried off by the first; the others are out "
        "of reach.",
    repair=(
        "友情链接这类内容，在后台改为普通的链接列表。",
        "保留下拉框的，请开发单位在旁边加一个“前往”按钮，把跳转的脚本从下拉框的 onchange 移到按钮上。",
    ),
    repair_en=(
        "Turn links to other sites into an ordinary list of links.",
        "Where the list stays, ask the vendor for a “Go” button beside it, and to move the script from onchange to that button.",
    ),
    verify="按 Tab 键走到下拉框，用方向键能看完所有选项，页面不变；按“前往”后才打开。",
    before=FIELD.format('onchange="window.open(this.value)"'),
    after=FIELD.format("") + '<button type="button" onclick="go()">前往</button>',
    bad=(
        FIELD.format('onchange="window.open(this.value)"'), FIELD.format('onchange="location.href=this.options[this.selectedIndex].value"'),
        FIELD.format("onchange=\"MM_jumpMenu('parent',this,0)\""),
        '<form><select aria-label="年份" onchange="this.form.submit()"><option>2026</option></select></form>',
    ),
    unsure=(FIELD.format('onchange="$.goSite(this)"'), FIELD.format('id="x"') + '<script>x.addEventListener("change", () => 1)</script>'),
    good=(
        FIELD.format("") + '<button type="button">前往</button>',
        '<select aria-label="区县" onchange="loadStreets(this)"><option>城关区</option></select>',
        FIELD.format('onchange="pick(this)"') + '<input type="button" value="前往">',
        '<select aria-label="年份"><option value="2026">2026</option></select>',
        f'<div style="display:none">{FIELD.format("onchange=window.open(this.value)")}</div>',
        FIELD.format('onchange="window.open(this.value)" aria-describedby="d"') + '<p id="d">选择后立即打开新窗口</p>',
    ),
)  # fmt: skip
def select_jump(document: Document) -> Iterator[Hit]:
    """3.2.2 (F36, F37, G80): choosing changes nothing but the choice, unless people were told before."""
    for select in document.elements("select"):
        if not select.visible or select.hidden or select.has("disabled") or select.has("multiple"):
            continue
        code = select.get("onchange")
        addresses = sum(1 for one in select.descendants("option") if ADDRESS.match(one.get("value")))
        if not code and "change" not in select.listeners:
            if addresses >= 2:
                yield passed(select)
        elif re.search(r"打开|跳转|opens?\b", f"{select.name} {select.description}"):
            yield passed(select)
        elif code and OPENS.search(code):
            yield failed(select, f"这个下拉框的 onchange 写有“{code.strip()[:50]}”，用方向键一选就会跳转；请改由旁边的“前往”按钮来打开")
        elif (addresses >= 2 or GOES.search(code)) and not _button(select):
            yield unsure(
                select,
                f"这个下拉框的选项{'是网址' if addresses >= 2 else '可能用来跳转'}，附近没有“前往”按钮；请用方向键试一下，"
                f"若一选就跳转，请加上按钮",
            )


def _button(select: Node) -> bool:
    """Whether something to press stands beside a list of addresses."""
    holder = select.parent
    if holder is None or holder.tag == "body":
        beside = [one for one in (select.next, select.next.next if select.next else None) if one is not None]
    else:
        beside = [one for one in holder.descendants("button", "input", "a", "img") if one.visible]
    return any(BUTTON.search(f"{one.text} {one.get('value')} {one.get('alt')} {one.get('title')}") for one in beside)
