"""Opening the toolbar that is made for blind people takes the text away from their screen readers."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.china.toolbar_parts import bar, tried
from checks.document import Document

HIDES = "m.setAttribute('aria-hidden','true')"


@check(
    id="toolbar-hides-page",
    reads=("capture", "toolbar"),
    criteria=("1.3.1", "4.1.2"),
    impact=Impact.CRITICAL,
    title="打开无障碍工具条后，读屏软件读不到正文",
    title_en="Opening the accessibility toolbar hides the text from screen readers",
    who="盲人打开无障碍工具条，正文就从读屏软件里消失了：工具条为他们而设，却把他们关在门外。",
    who_en="A blind person opens the accessibility toolbar, and the text is gone from the screen reader.",
    repair=(
        "在修好之前，请停用工具条：没有它，读屏软件反而能读。",
        "请工具条的服务商去掉打开时加在 body 或正文上的 aria-hidden、inert 和 role=\"application\"。",
    ),
    repair_en=(
        "Switch the toolbar off until it is repaired: screen readers get on better without it.",
        "Ask its vendor to drop the aria-hidden, inert or role=\"application\" that it puts on the body or the text when it opens.",
    ),
    verify="打开读屏软件，用键盘打开工具条，再按方向键，仍能逐句读到正文。",
    before=bar(opens=HIDES),
    after=bar(),
    bad=(bar(opens=HIDES), bar(opens="document.getElementById('m').setAttribute('role','application')")),
    good=(bar(), bar(opens="b.setAttribute('aria-hidden','false')"), "<p>这里没有工具条。</p>"),
)  # fmt: skip
def toolbar_hides_page(document: Document) -> Iterator[Hit]:
    """1.3.1, 4.1.2: a third of the text or more, which everybody goes on seeing, taken from assistive technology on two loads."""
    found = tried(document)
    if found is None:
        return
    told, entrance = found
    if told["hides"]:
        node = document.meet(told["hides"]["element"]) or entrance
        how = {"aria-hidden": 'aria-hidden="true"', "application": 'role="application"', "inert": "inert"}[told["hides"]["how"]]
        yield failed(node, f"打开“{told['words']}”之后，这一部分被加上 {how}，读屏软件读不到其中的文字；请让服务商去掉，修好之前停用工具条")
    elif told["opens"]:
        yield passed(entrance)
