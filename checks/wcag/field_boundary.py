"""A person with low vision looks for the place to type and sees only paper, as the frame of the field is a breath of grey on white."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.colour import Colour, contrast, over, parsed
from checks.document import Document, Node, number

TYPES = frozenset({"", "text", "search", "tel", "email", "url", "password", "number"})
SIDES = ("top", "right", "bottom", "left")
ENOUGH, NOTHING = 3.0, 1.05
STYLE = "background:#fff;padding:6px;"


@check(
    id="field-boundary-contrast",
    criteria=("1.4.11",),
    impact=Impact.SERIOUS,
    title="输入框的边框看不清",
    title_en="Boundary of the text field is too faint",
    who="低视力者和老年人看不出哪里是输入框，不知道该在什么地方点击和填写。",
    who_en="People with low vision and elderly people cannot see where the field is and where to type.",
    repair=("请开发单位把输入框的边框或底色改深，与周围背景的对比度达到3:1，例如白底上用 #767676 的边框。",),
    repair_en=("Ask the vendor to darken border or fill to a contrast of 3:1 with the surroundings, such as #767676 on white.",),
    verify="用取色工具比较边框与背景，对比度不低于3:1；离远一些看，仍能看出输入框的位置。",
    before=f'<label>姓名 <input style="{STYLE}border:1px solid #ddd"></label>',
    after=f'<label>姓名 <input style="{STYLE}border:1px solid #767676"></label>',
    bad=(
        f'<label>姓名 <input style="{STYLE}border:1px solid #ccc"></label>',
        '<label>意见 <textarea style="border:0;background:#eee"></textarea></label>',
        '<div style="background:#f4f4f4"><label>电话 <input type="tel" style="border:1px solid #e0e0e0;background:#fff"></label></div>',
        f'<label>姓名 <input style="{STYLE}border:0;border-bottom:1px solid #bbb"></label>',
    ),
    unsure=(f'<label>姓名 <input placeholder="请填写姓名" style="{STYLE}border:1px solid #ccc"></label>',),
    good=(
        f'<div style="background:#eef2f6"><label>姓名 <input style="{STYLE}border:1px solid #8a94a3"></label></div>',
        "<label>姓名 <input></label>", f'<label>姓名 <input style="{STYLE}border:1px solid #767676"></label>',
        f'<label>姓名 <input disabled style="{STYLE}border:1px solid #ddd"></label>',
        f'<div style="border:2px solid #00529b;width:300px"><input aria-label="搜索" style="{STYLE}border:0"></div>',
        f'<label>姓名 <input style="{STYLE}border:1px solid #ddd;box-shadow:0 0 3px #000"></label>',
        '<label>姓名 <input style="border:1px solid #ddd;background:url(/x.png)"></label>',
        f'<label hidden>姓名 <input style="{STYLE}border:1px solid #ddd"></label>', f'<label>姓名 <input style="{STYLE}border:0"></label>',
        '<label>姓名 <input style="border:1px solid #ddd;background:#333"></label>', '<input type="checkbox" aria-label="同意">',
        f'<label>姓名 <input style="{STYLE}border:1px solid #ddd;border-bottom:2px solid #333"></label>',
        f'<div style="background:url(/x.png)"><input aria-label="搜索" style="{STYLE}border:1px solid #ddd"></div>',
    ),
)  # fmt: skip
def field_boundary(document: Document) -> Iterator[Hit]:
    """Every cue to a text field in computed styles: border, fill, the frame of what holds it. Shadows, pictures and the browser's own
    look are left alone; a text inside may stand for a boundary, so it makes a question of it, asked once for a page."""
    asked = False
    for node in document.elements("input", "textarea"):
        if node.tag == "input" and node.get("type").strip().lower() not in TYPES:
            continue
        if node.hidden or not node.visible or node.has("disabled") or node.state("disabled") or node.has("readonly"):
            continue
        best = _best(node)
        if best is None:
            continue
        if best >= ENOUGH:
            yield passed(node)
        elif best > NOTHING and not (node.get("placeholder") or node.get("value") or node.raw_text):
            yield failed(node, f"输入框的边框和底色与周围背景的对比度最高只有{_cut(best)}:1，至少应为3:1；请加深边框")
        elif best > NOTHING and not asked:
            asked = True
            yield unsure(node, f"输入框的边框和底色与周围背景的对比度最高只有{_cut(best)}:1，只有框内文字表示位置；请核对是否看得清")


def _best(node: Node) -> float | None:
    """The strongest contrast of anything that shows where the field is; None where styles alone do not tell or are the browser's."""
    if node.parent is None or node.style("background-image") not in ("none", "") or _shadowed(node) or _native(node):
        return None
    outside = node.parent.background
    inside = parsed(node.style("background-color"))
    if outside is None or inside is None:
        return None
    fill = over(inside, outside)
    cues = [contrast(fill, outside), *_borders(node, outside, fill)]
    box = node.box
    for holder in node.ancestors():  # a frame drawn by what holds the field alone
        if holder.box is None or box is None or holder.box.height > box.height + 24 or holder.tag in ("body", "form"):
            break
        around = holder.parent.background if holder.parent else None
        within = holder.background
        if _shadowed(holder) or around is None or within is None:
            return None
        cues += [contrast(within, around), *_borders(holder, around, within)]
    return max(cues)


def _borders(node: Node, *beside: Colour) -> Iterator[float]:
    """The contrast of each side of its border with what lies outside and inside of it."""
    for side in SIDES:
        colour = parsed(node.style(f"border-{side}-color"))
        if colour is not None and number(node.style(f"border-{side}-width"), 0) >= 0.5:
            yield from (contrast(over(colour, next_to), next_to) for next_to in beside)


def _shadowed(node: Node) -> bool:
    return node.style("box-shadow") not in ("none", "") or node.style("outline-style") not in ("none", "")


def _native(node: Node) -> bool:
    """Whether the browser draws the frame by itself: the author named no border."""
    return node.style("border-top-style") == "inset" and node.style("border-bottom-style") == "inset"


def _cut(ratio: float) -> str:
    """Two digits after the point, never rounded up."""
    return f"{int(ratio * 100) / 100:g}"
