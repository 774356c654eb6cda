"""A blind person who presses Tab must not land where nothing is spoken, in a frame or behind an open dialogue either."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed
from checks.document import Document, Node

TRAPS = frozenset({"focus", "focusin", "focusout", "blur", "keydown"})
MODAL = '<div role="dialog" aria-modal="true" aria-label="提示" style="border:1px solid"><button type="button">关闭</button></div>'
SENTINEL = '<div aria-hidden="true"><a href="#" id="s" style="position:absolute;top:-999em">回到开头</a></div>'
FRAME = '<iframe {} title="公告" srcdoc="&lt;html lang=zh&gt;&lt;body&gt;{}&lt;/body&gt;" width="300" height="100"></iframe>'
LINK = "&lt;a href=/a&gt;公告&lt;/a&gt;"


@check(
    id="aria-hidden-focus",
    bad=(MODAL + SENTINEL, FRAME.format('aria-hidden="true"', LINK), f'<div aria-hidden="true">{FRAME.format("", LINK)}</div>'),
    good=(
        MODAL + SENTINEL + '<script>s.addEventListener("focus", () => 1)</script>',
        MODAL + SENTINEL + '<script>document.addEventListener("keydown", () => 1)</script>',
        MODAL + '<div aria-hidden="true"><a href="#" tabindex="-1">返回</a></div>', FRAME.format("", LINK),
        FRAME.format('aria-hidden="true"', "公告"), FRAME.format('aria-hidden="true" style="display:none"', LINK),
        FRAME.format('aria-hidden="true" tabindex="-1"', LINK), FRAME.format('aria-hidden="true" inert', LINK),
        '<div aria-hidden="true"><p>装饰</p></div>', MODAL + '<div aria-hidden="true"><button disabled type="button">返回</button></div>',
    ),
)  # fmt: skip
def hidden_focus(document: Document) -> Iterator[Hit]:
    """What axe leaves open: the page behind an open dialogue, when nothing keeps the focus out; and frames hidden from outside."""
    watched = any(TRAPS & set(types) for types in document.listeners.values())
    modal = None if watched else _open_modal(document)
    for node in document.with_attribute("aria-hidden"):
        if node.get("aria-hidden").strip().lower() != "true" or node.tag == "body" or (node.parent and node.parent.veiled):
            continue
        within = [one for one in (node, *node.descendants()) if one.scope.root is not one and _stopped_at(one)]
        if framed := [one for one in within if one.scope is not node.scope and one.scope.kind == "frame" and _shown(one)]:
            yield failed(
                node, f"这里对读屏软件隐藏了，但框架里的{_named(framed[0])}仍能用 Tab 键走到；请去掉 aria-hidden，或把整个框架隐藏"
            )
            continue
        own = [one for one in within if one.scope.kind != "frame" or one.scope is node.scope]
        if own and modal is not None and not any(above is node for above in modal.ancestors()):
            yield failed(node, f"对话框打开着，后面对读屏软件隐藏的{_named(own[0])}仍能用 Tab 键走到；请给后面的内容加 inert 属性")


def _open_modal(document: Document) -> Node | None:
    return next((one for one in document.by_role("dialog", "alertdialog") if one.get("aria-modal") == "true" and one.visible), None)


def _stopped_at(node: Node) -> bool:
    if node.tag in ("iframe", "frame", "html", "body") or node.has("disabled") or _off(node):
        return False
    native = node.tag in ("button", "select", "textarea", "summary", "a", "input") or node.has("tabindex")
    return native and node.tabbable and not any(above.has("inert") for above in node.ancestors())


def _off(node: Node) -> bool:
    return any(above.tag == "fieldset" and above.has("disabled") for above in node.ancestors())


def _shown(node: Node) -> bool:
    """Whether people see what stands in a frame, and the keyboard is not kept out of the frame as a whole."""
    host = node.scope.host
    return host is not None and host.visible and not host.get("tabindex").strip().startswith("-") and node.visible


def _named(node: Node) -> str:
    words = node.text or node.get("aria-label") or node.get("title")
    return f"“{words[:30]}”" if words else {"a": "链接", "button": "按钮"}.get(node.tag, "控件")
