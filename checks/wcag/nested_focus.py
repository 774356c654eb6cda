"""A link inside a button is silent: who hears the page lands on it with the Tab key and is told of the button, or of nothing."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.controls import reached_by_tab
from checks.document import Document, Node

ATOMS = ("button", "checkbox", "img", "math", "menuitemcheckbox", "menuitemradio", "meter", "option", "progressbar", "radio", "scrollbar",
         "separator", "slider", "switch", "tab")  # fmt: skip
"""Roles whose children are presentational (WAI-ARIA 1.2, 5.2.8)."""
NATIVE = ("button", "option")


@check(
    id="nested-interactive",
    overrules=True,
    bad=(
        '<div role="button" tabindex="0">查询<a href="/a">说明</a></div>', '<button type="button"><span tabindex="0">打印</span></button>',
        '<div role="tablist"><div role="tab" tabindex="0">要闻<input type="checkbox" aria-label="置顶"></div></div>',
        '<div role="checkbox" aria-checked="false" aria-label="同意" tabindex="0"><div><a href="/a">条款</a></div></div>',
    ),
    good=(
        '<select aria-label="网站"><option value="http://a.example/"><a href="http://a.example/">教育厅</a></option></select>',
        '<button type="button"><span>打印</span></button>', '<a href="/a"><img src="/a.png" alt="公开"></a>',
        '<div role="button" tabindex="0">查询<a href="/a" tabindex="-1">说明</a></div>',
        '<div role="button" tabindex="0">查询<a href="/a" hidden>说明</a></div>',
        '<div role="img" aria-label="图"><a>说明</a></div>', '<button type="button"><input type="text" disabled aria-label="数"></button>',
        '<div role="button" tabindex="0" style="display:none">查询<a href="/a">说明</a></div>',
        '<label><a href="/a">条款</a><input type="checkbox"></label>',
    ),
)  # fmt: skip
def nested_focus(document: Document) -> Iterator[Hit]:
    """ACT 307n5z. What cannot have the focus does no harm: a link in the <option> of a closed list is not there for anyone."""
    for node in _atoms(document):
        inner = [
            one for one in node.descendants() if one.tag in ("a", "area", "button", "input", "select", "textarea") or one.has("tabindex")
        ]
        reached = [one for one in inner if one.scope is node.scope and one.rendered and reached_by_tab(one)]
        if reached and node.rendered and not node.hidden:
            words = reached[0].text or reached[0].name or f"<{reached[0].tag}>"
            yield failed(node, f"这个控件里还套着能用 Tab 键走到的“{words[:20]}”，读屏软件读不出它；请把里外两个控件并列放置")
        elif inner and not _list(node).veiled:
            yield passed(node)


def _list(node: Node) -> Node:
    """The list that an option stands in, whose options are no boxes of the page while it is closed; else the node itself."""
    return (node.inside("select") or node) if node.tag == "option" else node


def _atoms(document: Document) -> Iterator[Node]:
    marked = (node for node in document.with_attribute("role") if node.tag not in NATIVE and node.get("role").strip().lower() in ATOMS)
    return (
        node
        for group in (document.elements(*NATIVE), marked)
        for node in group
        if not node.has("role") or node.get("role").lower() in ATOMS
    )
