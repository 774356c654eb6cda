"""Who goes through the links of a page with a screen reader hears «更多» and «详情» twenty times, and nothing of what they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node
from checks.texts import BLOCKS
from checks.words import unspoken

EMPTY_WORDS = re.compile(
    r"(?:点击|单击|点|请|请您|立即|马上|在线|查看|了解|阅读|显示|展开|进入|浏览|去)*"
    r"(?:更多|详情|详细|细节|全文|原文|这里|这儿|此处|此链接|该链接|本链接|链接|链接地址|网址|点击|点我|戳我|戳这里|查看|进入|了解|阅读|下载|打开|查看全部|"
    r"more|here|click(?:here|me|this)?|(?:tap|press|go|see|look|start)here|read(?:more|on|it)?|continue(?:reading)?|details?|thispage|this|"
    r"(?:this)?link|learnmore|find ?outmore|findoutmore|seemore|viewmore|showmore|moreinfo(?:rmation)?|view(?:details?|all)?|seeall|go|"
    r"moredetails|download(?:here|now|it)?|open|(?:pdf|epub|docx?|word|xlsx?|excel|zip|rar|ofd|wps|html?)(?:版|格式|文件|version|file)?)"
    r"(?:内容|信息|进入|下载|查看|详情|一下)?",
    re.IGNORECASE,
)
DATE = re.compile(
    r"[\[(（【]?(?:发布(?:时间|日期)[:：]\s*)?(?:\d{2,4}[-/.年]\s?\d{1,2}(?:[-/.月]\s?\d{1,2}日?)?|\d{1,2}月\s?\d{1,2}日)"
    r"(?:\s*(?:星期|周)[一二三四五六日天])?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\])）】]?"
)
CONTEXTS = frozenset({"listitem", "cell", "gridcell", "paragraph", "layout-cell", "row", "columnheader", "rowheader"})
WHOLES = frozenset({"layout-cell", "row"})  #: which may hold half a page
NAMED = frozenset({"region", "group", "navigation", "complementary", "article", "tabpanel", "figure"})
NEAR = 4  #: steps up, within which even the heading of the page speaks for a link
SENTENCE = 200  #: letters
ORNAMENT = re.compile(r"[\s>»›<«‹←→↑↓↗×✕✖▲▼◀▶►◄+＋…·.。、:：\[\]【】()（）&|-]+")


@check(
    id="link-purpose",
    criteria=("2.4.4", "2.4.9"),
    impact=Impact.SERIOUS,
    title="链接文字没有说明去处",
    title_en="Link text does not say where it leads",
    who="使用读屏软件的盲人常常逐个听链接来找要办的事，听到的若只是“更多”“详情”，又没有上下文可以依靠，就不知道点开是什么。",
    who_en="Blind people often listen to the links alone to find their way; “more” and “details” without context tell them nothing.",
    repair=(
        "在后台编辑器中把链接文字改成去处的名称，例如把“详情”改为“残疾人证办理指南”。",
        "版面上只能放“更多”的，请开发单位加上 aria-label 属性，写明是哪个栏目的更多，例如“更多通知公告”。",
    ),
    repair_en=(
        "In the editor, replace the link text with the name of what it leads to.",
        "Where the design has room for “more” only, ask the vendor for an aria-label that begins with it and names the section.",
    ),
    verify="只听这个链接，或者连同它所在的句子、列表项、表格单元格一起听，知道点开是什么。",
    before='<div><a href="/a.html">更多</a></div>',
    after='<div><a href="/a.html" aria-label="更多通知公告">更多</a></div>',
    bad=(
        '<div><a href="/a.html">更多&gt;&gt;</a></div>',
        '<p><a href="/a.html">点击这里</a></p>',
        '<div><a href="/x">2026-11-20</a></div>',
        '<div><a href="/x">2026-11-20 10:22</a> <a href="/y">11月20日</a></div>',
        '<div><a href="/a.pdf">PDF</a></div>',
        '<p>关于开展2026年度残疾人就业情况联网认证工作的通告已经发布。</p><div><a href="/a.html">查看详情</a></div>',
        '<div><div>通知公告</div><a href="/a.html" style="display:block">MORE+</a></div>',
        '<!DOCTYPE html><html lang="en"><head><title>News</title></head><body><div><a href="/a">Read more…</a></div></body></html>',
    ),
    unsure=(
        '<p>表一、表二可以下载：<a href="/1.doc">下载</a> <a href="/2.doc">下载</a></p>',
        '<div><span>通知公告</span> <a href="/a.html">更多</a></div>',
        '<div><a href="/a.html">更多</a></div><p id="d">通知公告</p>'.replace("<a ", '<a aria-describedby="d" '),
        '<div><a href="/p">&lt;</a> <a href="/n">&gt;</a></div>',
    ),
    good=(
        '<h2>通知公告</h2><div><a href="/a.html">更多</a></div>',
        '<ul><li>残疾人证办理 <a href="/a.html">详情</a></li></ul>',
        '<ul><li>残疾人证办理 <a href="/a.html">11月20日</a></li></ul><a href="/b.html">11月20日残疾人专场招聘会</a>',
        '<a href="/a.html">残疾人证办理指南</a>',
        '<p>申请表在<a href="/a.html">这里</a>。</p>',
        '<section aria-label="通知公告"><div><a href="/a.html">更多</a></div></section>',
        '<div>申请表可以在<a href="/a.html">这里</a>下载。</div>',
        '<dl><dt>残疾人证办理</dt><dd><a href="/a.html">详情</a></dd></dl>',
        '<div aria-hidden="true"><a href="/a.html" tabindex="-1">更多</a></div><a href="/b.html" hidden>更多</a>',
        '<div><a href="/a.html">更多服务事项</a> <a href="/p?n=2">2</a> <a href="/p?n=2">下一页</a></div>',
        '<a href="/a.html">&#xe601;</a>',
        '<a href="#top" title="返回顶部">↑</a>',
        '<ul><li><a href="#">更多</a><ul style="display:none"><li><a href="/a">机构</a></ul></ul>',
        '<p><a href="#m" aria-expanded="false">更多</a></p>',
        '<p>残疾人证申请表：<a href="/a.pdf">PDF</a> <a href="/a.doc">Word</a></p>',
        '<table><tr><th>事项</th><td><a href="/a.html">查看</a></td></tr></table>',
    ),
)
def link_purpose(document: Document) -> Iterator[Hit]:
    """2.4.4 lets the sentence, list item, table cell and heading before the link speak for it; 2.4.9 (AAA) does not."""
    doubtful: dict[str, list[Node]] = {}
    sharing: dict[tuple[int, str], list[Node]] = {}
    for link in document.links:
        words = ORNAMENT.sub("", link.name)
        if not link.name or unspoken(link.name) or link.hidden:
            continue
        if not words and link.description:
            yield passed(link)
        elif not words:
            doubtful.setdefault("只有符号，听不出去处；翻页、关闭等用途的请加上 aria-label 写明", []).append(link)
        elif not (EMPTY_WORDS.fullmatch(words) or DATE.fullmatch(link.name.strip())) or _opens_menu(link):
            yield passed(link)
        elif isinstance(found := _context(link, words), Node):
            sharing.setdefault((found.index, words), []).append(link)
        elif link.description:
            yield unsure(link, f"链接只说“{link.name}”，去处写在补充说明“{link.description[:60]}”里")
        elif found:
            doubtful.setdefault(found, []).append(link)
        else:
            yield failed(link, f"链接只说“{link.name}”，前后也没有说明去处的文字；请写明它通向哪里")
    yield from _of_one_context(sharing.values())
    for why, links in doubtful.items():
        count = f"，本页共有 {len(links)} 处" if len(links) > 1 else ""
        yield unsure(links[0], f"链接“{links[0].name[:20]}”{why}{count}")


def _of_one_context(groups: Iterable[list[Node]]) -> Iterator[Hit]:
    """Links whose words say nothing, by the context that speaks for them: it cannot tell two targets apart."""
    for links in groups:
        if len({link.get("href") for link in links}) > 1:
            message = f"同一处有 {len(links)} 个链接都叫“{links[0].name[:20]}”，去处各不相同；请看前后文字能不能把它们分清"
            yield unsure(links[0], message)
        else:
            yield from map(passed, links)


def _opens_menu(link: Node) -> bool:
    """Whether it unfolds a list that stands beside it: «更多» of a menu bar leads nowhere else."""
    if link.state("hasPopup") or link.state("expanded") is not None:
        return True
    nowhere = link.get("href").strip().lower().startswith(("#", "javascript:"))
    return nowhere and link.parent is not None and any(one.tag in ("ul", "ol", "dl") for one in link.parent.children)


def _context(link: Node, words: str) -> Node | str:
    """What speaks for the link (H77 to H81, G53); a text: what may, but only a person can tell; "": nothing does."""
    before, perhaps, line = _heading_before(link), "", _line(link)
    for depth, above in enumerate(link.ancestors()):
        if above.scope is not link.scope and above.scope.kind != link.scope.kind:
            break
        if above.role in CONTEXTS and _says_more(above, words) and (above.role not in WHOLES or len(above.text) <= SENTENCE):
            return above
        if above.role in NAMED and above.name:
            return above
        if above.tag == "dd" and above.parent and any(one.tag == "dt" and one.text for one in above.parent.children[: above.order]):
            return above
        heading = before if before is not None and before.index > above.index else None
        if heading is not None and (depth < NEAR or heading.heading_level != 1):
            return heading
        if above.tag in ("body", "html"):
            break
        if heading is not None:
            perhaps = "只能靠整页的大标题说明去处，请看听得懂吗"
    if line is not None and _says_more(line, words):
        if line.own_text and all(child.style("display") not in BLOCKS for child in line.children):
            return line
        if _beside(link, line):
            return "的去处只写在同一行的文字里，程序上没有联系；宜用标题或 aria-label 写明"
    return perhaps


def _heading_before(link: Node) -> Node | None:
    """The last heading with a name before it in its document."""
    earlier = [one for one in link.document.headings if one.index < link.index and one.scope is link.scope and one.name]
    return earlier[-1] if earlier else None


def _line(link: Node) -> Node | None:
    """The block whose lines it stands in: what reading line by line or by sentence gives with it."""
    block = next((above for above in link.ancestors() if above.style("display") in BLOCKS), None)
    return block if block is not None and block.tag not in ("body", "html", "td", "form") and len(block.text) <= SENTENCE else None


def _beside(link: Node, block: Node) -> bool:
    """Whether other text of the block stands on the same line."""
    if link.box is None:
        return False
    middle = link.box.y + link.box.height / 2
    others = (one for one in (block, *block.descendants()) if one is not link and link not in one.ancestors())
    return any(box.y <= middle <= box.y + box.height for one in others if not one.clipped for box in one.lines)


def _says_more(node: Node, words: str) -> bool:
    rest = ORNAMENT.sub("", DATE.sub("", node.text)).replace(words, "")
    return len(rest) >= 2 and not EMPTY_WORDS.fullmatch(rest)


@check(
    id="link-purpose-alone",
    criteria=("2.4.9",),
    impact=Impact.MINOR,
    title="单独听链接时不知道去处",
    title_en="Link text alone does not say where it leads",
    who="使用读屏软件的盲人调出本页的链接列表，满是“更多”“详情”，离开了前后的文字，分不清哪个是哪个。",
    who_en="A blind person who calls up the list of links finds it full of “more” and “details”, cut off from what stands around them.",
    repair=(
        "在后台编辑器中把链接文字写完整，例如把“详情”改为“残疾人证办理指南”。",
        "版面上只能放“更多”的，请开发单位加上 aria-label，例如“更多通知公告”。",
    ),
    repair_en=(
        "In the editor, write the link text out.",
        "Where the design has room for “more” only, ask the vendor for an aria-label such as “more notices”.",
    ),
    verify="只听链接本身，就知道点开是什么。",
    before='<ul><li>残疾人证办理 <a href="/a.html">详情</a></li></ul>',
    after='<ul><li><a href="/a.html">残疾人证办理详情</a></li></ul>',
    bad=('<h2>通知公告</h2><div><a href="/a.html">更多</a></div>', '<p>申请表在<a href="/a.html">这里</a>。</p>'),
    good=(
        '<div><a href="/a.html">更多</a></div>',
        '<h2>通知公告</h2><a href="/a.html" aria-label="更多通知公告">更多</a>',
        '<p>申请表在<a href="/a.html" title="残疾人证申请表">这里</a>。</p>',
        '<ul><li><a href="/p?n=2">2</a></li></ul>',
    ),
)
def link_purpose_alone(document: Document) -> Iterator[Hit]:
    """2.4.9 (AAA) for the links that 2.4.4 lets pass for what stands around them; the others fail both."""
    for link in document.links:
        words = ORNAMENT.sub("", link.name)
        if not words or unspoken(link.name) or link.hidden:
            continue
        if not EMPTY_WORDS.fullmatch(words) or link.description or _opens_menu(link):
            yield passed(link)
        elif isinstance(_context(link, words), Node):
            yield failed(link, f"链接只说“{link.name}”，要靠前后的文字才知道去处；宜把链接文字写完整")
