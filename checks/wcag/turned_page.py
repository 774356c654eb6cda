"""Whose phone is fixed to a wheelchair or bed sees the page lying on its side, and cannot turn the phone."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document

MATRIX = re.compile(r"matrix(?:3d)?\(([^,]+),([^,]+),")
TEXT = "<p>" + "办理残疾人证请携带身份证和户口簿原件，行动不便的可以预约上门服务。" * 3 + "</p>"
MOST = 0.8  #: share of the page's text that is turned


@check(
    id="css-orientation-lock",
    bad=(
        f"<style>@media (orientation:landscape) {{ body {{ transform: rotate(90deg) }} }}</style>{TEXT}",
        f'<div style="transform:matrix(0,-1,1,0,0,0)">{TEXT}</div>',
        f'<style>@media (orientation:landscape) {{ html {{ transform: rotate3d(0,0,1,1.5708rad) }} }}</style><main>{TEXT}</main>',
    ),
    good=(
        TEXT, f'{TEXT}<div style="transform:rotate(90deg)">侧栏</div>', f'<body style="transform:rotate(180deg)">{TEXT}</body>',
        f'<div style="transform:rotate(5deg)">{TEXT}</div>',
    ),
)  # fmt: skip
def turned_page(document: Document) -> Iterator[Hit]:
    """1.3.4, F97: nearly all the text of the page stands at a right angle, as it is shown on the screen that was captured.

    Axe, too, speaks of <html>, and of a page without style sheets it says that it cannot tell: nothing turns that by the screen.
    """
    turned = _turned(document)
    if turned:
        yield failed(document.root, "整个页面被转了90度，手机不能转动的人只能侧着看；请去掉按屏幕方向旋转页面的样式")
    for scope in document.scopes:
        if scope.root is not None and scope.sheets == 0 and not (turned and scope.root is document.root):
            yield passed(scope.root)


def _turned(document: Document) -> bool:
    letters = len(document.body.text) if document.body else 0
    for node in document.nodes if letters >= 20 else ():
        if node.layout is not None and (found := MATRIX.match(node.style("transform"))) and node.scope.kind == "page":
            angle = abs(math.degrees(math.atan2(float(found[2]), float(found[1]))))
            if 88 <= angle <= 92 and len(node.text) >= MOST * letters:
                return True
    return False
