"""A blind person jumps from heading to heading through a long page and never meets the line that sighted people see as its title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from statistics import median_high

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node, collapsed

INLINE = frozenset({"inline", "inline-block", "contents", ""})
NOT_TITLES = (
    "a", "button", "label", "li", "th", "td", "dt", "dd", "nav", "footer", "caption", "figcaption", "legend", "summary", "select",
    "heading", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "navigation", "contentinfo", "banner", "tab", "menuitem", "marquee",
)  # fmt: skip
SENTENCE_END = re.compile(r"[。；，、;,.…]$")
NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+[、.．]|第[一二三四五六七八九十\d]+[章节条部分]|[（(][一二三四五六七八九十]+[）)])")
SEPARATOR = re.compile(r"\s*[-_|–—·>»]\s*")
SITE = re.compile(r"(?:政府|委员会|[局厅网院馆校]|网站|平台|中心|门户|联合会|办事处|系统|大厅)$")  #: the name of a site heads no text
GROUPS_AT_MOST = 3
TEXT = "<p>" + "凡具有本市户籍、持有第二代残疾人证的居民，可以向户籍所在地的街道办事处提出申请，由街道办事处统一受理。" + "</p>"


def _page(title: str, body: str) -> str:
    return f'<!DOCTYPE html><html lang="zh-CN"><head><title>{title}</title></head><body>{body}</body></html>'


@check(
    id="visual-heading",
    criteria=("1.3.1",),
    impact=Impact.SERIOUS,
    covers=("p-as-heading",),
    title="看上去是标题，却没有设为标题",
    title_en="Looks like a heading but is not one",
    who="使用读屏软件的盲人靠标题在网页中跳读，这些只是加大、加粗的文字跳不到，只能从头听起。",
    who_en="Blind people move through a page by its headings; they cannot jump to words that are only larger or bold.",
    repair=(
        "在后台编辑器中选中这一行，用“标题2”“标题3”等样式代替手工加粗、放大。",
        "文章标题在模板里的，请开发单位改用 <h1>；栏目标题改用 <h2>，字号仍可由样式表决定。",
    ),
    repair_en=(
        "Select the line in the editor and give it the style “Heading 2” or “Heading 3” instead of bold or larger type.",
        "Where the title of the article stands in the template, ask the vendor for <h1>, and <h2> for sections.",
    ),
    verify="用读屏软件按 H 键在标题之间跳转，能跳到这一行。",
    before=f'<div style="font-size:20px;font-weight:bold">申请条件</div>{TEXT}',
    after=f'<h2 style="font-size:20px">申请条件</h2>{TEXT}',
    bad=(
        _page("残疾人证办理指南_云浔市人民政府", f'<div style="font-size:28px">残疾人证办理指南</div><div>2026-11-20</div>{TEXT}'),
        _page("残疾人证办理指南", f'<p style="font-size:26px"><strong>残疾人证办理指南</strong></p>{TEXT}'),
    ),
    unsure=(
        f"<p><strong>一、申请条件</strong></p>{TEXT}<p><strong>二、申请材料</strong></p>{TEXT}",
        f'<div style="font-size:22px">申请条件</div>{TEXT}',
    ),
    good=(
        f"<h2>申请条件</h2>{TEXT}", f"<p><b>注意：请携带原件。</b></p>{TEXT}", f"<p>申请条件</p>{TEXT}",
        f'<a href="/" style="font-size:30px">云浔市</a>{TEXT}',
        f'<div role="heading" aria-level="2" style="font-size:24px">申请条件</div>{TEXT}', "<ul><li><b>申请条件</b></li></ul>" + TEXT,
        f"<p><b>申请条件：</b>具有本市户籍。</p>{TEXT}", "<p><b>申请条件</b></p><p>本市户籍</p>", "<b><p>粗体</p>" + TEXT + "</b>",
        _page("云浔市人民政府", f'<div style="font-size:36px">云浔市人民政府</div><ul><li>通知</li></ul>{TEXT}'),
        _page("残疾人证办理指南", f'<h1>残疾人证办理指南</h1><div style="font-size:28px">残疾人证办理指南</div><p>短文</p>{TEXT}'),
    ),
)  # fmt: skip
def visual_heading(document: Document) -> Iterator[Hit]:
    """F2: the title of the page in large type is proof; a short line set off from the text below is a question, once for a shape."""
    weights = [(node, sum(len(text.shown) for _, text in node.texts)) for node in document.nodes if node.texts and node.rendered]
    sizes = [node.font_size for node, weight in weights for _ in range(min(weight // 10, 50))]
    usual = median_high(sizes) if sizes else 16.0
    large = [node for node, weight in weights if 2 <= weight <= 200 and node.tag != "a" and (node.bold or node.font_size > usual)]
    told = {collapsed(one.text) for one in document.headings}
    for heading in document.headings:
        yield passed(heading)
    groups: dict[str, list[Node]] = defaultdict(list)
    seen: set[int] = set()
    for node in large:
        line = _line(node) if node.visible else None
        if line is None or line.index in seen:
            continue
        seen.add(line.index)
        text = line.text
        if not 2 <= len(text) <= 80 or text in told or SENTENCE_END.search(text) or line.hidden:
            continue
        if line.tag in NOT_TITLES or line.role in NOT_TITLES or line.inside(*NOT_TITLES):
            continue
        if _is_title(document, text) and node.font_size >= 1.4 * usual and node.font_size >= 20:
            yield failed(line, f"这一行“{text[:30]}”是网页的标题，字号{node.font_size:g}像素，却没有设为标题；请改用标题元素（如 <h1>）")
        elif _set_off(line, node):
            groups[f"{line.tag}.{line.get('class')}.{node.tag}"].append(line)
    for lines in list(groups.values())[:GROUPS_AT_MOST]:
        count = f"等{len(lines)}处" if len(lines) > 1 else ""
        yield unsure(lines[0], f"“{lines[0].text[:30]}”{count}独占一行，比后面的正文大或粗，看上去是小标题；若是，请设为标题")


def _line(node: Node) -> Node | None:
    """The block whose only text is that of this element; None where other text stands beside it."""
    at, text = node, collapsed("".join(text.shown for _, text in node.texts))
    while at.style("display") in INLINE and at.parent is not None and at.tag not in ("a", "button"):
        at = at.parent
        if at.text != text:
            return None
    return at if text and at.text == text and at.style("display") not in INLINE else None


def _is_title(document: Document, text: str) -> bool:
    title = collapsed(document.title)
    begins = SEPARATOR.split(title)[0] == text or title == text or (len(text) >= 10 and title.startswith(text))
    return begins and len(text) >= 6 and not SITE.search(text)


def _set_off(line: Node, node: Node) -> bool:
    """Whether it is one line, larger or bolder than a longer text that follows it."""
    after = line.next
    while after is not None and not after.text and not any(after.descendants("img", "table", "iframe")):
        after = after.next
    if after is None or len(line.text) > 40 or len(after.text) < 40 or after.tag in ("ul", "ol", "table", "dl") or after.heading_level:
        return False
    if max((box.y for box in node.lines), default=0) - min((box.y for box in node.lines), default=0) > node.font_size / 2:
        return False
    body = next((one for one in (after, *after.descendants()) if sum(len(text.shown) for _, text in one.texts) >= 20), None)
    if body is None or body.inside("a") or body.tag == "a":
        return False
    larger = node.font_size >= 1.2 * body.font_size
    return larger or (node.bold and not body.bold and (node.font_size >= body.font_size or bool(NUMBERED.match(line.text))))
