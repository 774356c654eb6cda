"""A blind person who hears «是» and «否» needs the question that they answer, and it must be tied to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, passed, unsure
from checks.document import Document, Node

GROUPS = frozenset({"group", "radiogroup"})
EMPTY = re.compile(r"[\s*＊:：•·、,，。?？()（）]+")
SELF_EXPLAINED = 8  # options this long, on average, say themselves what they are about
RADIOS = '<label><input type="radio" name="q"> 是</label> <label><input type="radio" name="q"> 否</label>'


@check(
    id="choice-group",
    criteria=("1.3.1",),
    title="一组选项与它的问题没有关联",
    title_en="A group of choices is not tied to its question",
    who="使用读屏软件的盲人按 Tab 键走到选项上，只听到“是”“否”，听不到问的是什么，容易选错。",
    who_en="A blind person who tabs to the choices hears only “yes” and “no”, not the question, and may choose wrongly.",
    repair=(
        "请开发单位用 <fieldset> 把这组选项包起来，把问题写进 <legend>。",
        "不便改动结构的，给包住选项的元素加上 role=\"radiogroup\"（多选用 role=\"group\"），并用 aria-labelledby 指向问题的文字。",
    ),
    repair_en=(
        "Ask the vendor to wrap the choices in a <fieldset> and to put the question into its <legend>.",
        "Where the structure cannot change, add role=\"radiogroup\" (or \"group\") around the choices and aria-labelledby pointing to the "
        "question.",
    ),
    verify="用读屏软件按 Tab 键走到第一个选项，先听到问题，再听到选项。",
    before=f'<form><div>是否同意公开：{RADIOS}</div></form>',
    after=f'<form><fieldset><legend>是否同意公开</legend>{RADIOS}</fieldset></form>',
    unsure=(
        f'<form><table><tr><td>* 是否公开：</td><td>{RADIOS}</td></tr></table></form>',
        f'<form><p>是否同意公开？</p><p>{RADIOS}</p></form>',
        '<form><div><span>办理方式</span><div><input type="radio" name="m" id="a"><label for="a">窗口</label><input type="radio" name="m" '
        'id="b">'
        '<label for="b">邮寄</label></div></div></form>',
    ),
    good=(
        f'<form><fieldset><legend>是否同意公开</legend>{RADIOS}</fieldset></form>', f'<form>{RADIOS}</form>',
        f'<form><div role="radiogroup" aria-label="是否同意公开">{RADIOS}</div></form>',
        '<form><p>您对本次服务的评价</p><label><input type="radio" name="q">对本次服务非常满意</label><label><input type="radio" name="q">'
        '对本次服务不满意的</label></form>',
        '<form><p>是否公开</p><label><input type="radio" name="q" aria-label="同意公开信件">是</label><label><input type="radio" name="q" '
        'aria-label="不同意公开信件">'
        '否</label></form>',
        '<form><span>公开</span><label><input type="radio" name="q">是</label></form>',
        f'<form style="display:none">是否公开{RADIOS}</form>',
        '<form role="search"><input type="search" aria-label="关键词"><label><input type="radio" name="t">标题</label><label><input '
        'type="radio" name="t">全文</label></form>',
    ),
)  # fmt: skip
def choice_group(document: Document) -> Iterator[Hit]:
    """1.3.1 (H71, ARIA17). Whether the options speak for themselves is for a person to judge."""
    groups: dict[tuple[int, str], list[Node]] = {}
    for field in document.elements("input"):
        if field.get("type").lower() == "radio" and field.get("name") and not field.hidden and not field.has("disabled"):
            form = field.inside("form") or field.scope.root or document.root
            groups.setdefault((form.index, field.get("name")), []).append(field)
    for options in groups.values():
        if len(options) < 2:
            continue
        if any(above.role in GROUPS and (above.name or above.tag == "fieldset") for above in options[0].ancestors()):
            yield passed(options[0])
            continue
        names = [EMPTY.sub("", one.name) for one in options]
        if any(one.has("aria-labelledby") or one.has("aria-label") for one in options):
            continue
        if not all(names) or sum(map(len, names)) / len(names) >= SELF_EXPLAINED:
            continue
        if any(above.role == "search" for above in options[0].ancestors()):
            continue
        if question := _question(options):
            told = "、".join(names[:4])
            yield unsure(
                options[0],
                f"选项“{told}”前面的文字“{question[-30:]}”像是它们的问题，但没有与选项关联；若是，请用 <fieldset> 和 <legend> 关联起来",
            )


def _question(options: list[Node]) -> str:
    """The text just before a group in what holds it all, at most three steps up from where all options meet."""
    chains = [[one, *one.ancestors()] for one in options]
    shared = next((above for above in chains[0] if all(above in chain for chain in chains[1:])), None)
    for _ in range(3):
        if shared is None or shared.tag in ("body", "html"):
            return ""
        before = _before(shared, options[0])
        if before:
            return before if 2 <= len(EMPTY.sub("", before)) <= 40 else ""
        if shared.tag == "form" or shared.tag == "tr":
            return ""
        shared = shared.parent
    return ""


def _before(holder: Node, first: Node) -> str:
    """The text in a holder right before the child with the first option; "" where another field comes between."""
    inside = next((child for child in holder.children if child is first or first in child.descendants()), None)
    if inside is None:
        return ""
    own = "".join(text.shown for place, text in holder.texts if place <= inside.order).strip()
    if EMPTY.sub("", own):
        return own
    at = inside.previous
    while at is not None and not EMPTY.sub("", at.text):
        if at.tag in ("input", "select", "textarea"):
            return ""
        at = at.previous
    if at is None or any(one.visible for one in (at, *at.descendants()) if one.tag in ("input", "select", "textarea", "button", "a")):
        return ""
    return at.text
