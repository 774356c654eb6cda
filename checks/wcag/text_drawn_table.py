"""A blind person hears words and then figures without end: a table drawn with blanks has no rows or columns for a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, unsure
from checks.document import Document

FRAME = re.compile("[┌┬┐├┼┤└┴┘│─╔╦╗╠╬╣╚╩╝║═]")
GAP = re.compile(r"\S(?: {2,}|\t+|\u3000{2,}|[\u00a0 ]{3,})(?=\S)")
LEAST_ROWS = 3


@check(
    id="text-drawn-table",
    criteria=("1.3.1", "1.3.2"),
    impact=Impact.SERIOUS,
    title="表格是用空格或线条符号排成的",
    title_en="Table laid out with blanks or drawn lines",
    who="使用读屏软件的盲人听不到行和列，只听到一串词和数字，不知道哪个数字属于哪一项。",
    who_en="A blind person hears neither rows nor columns, only words and figures in a row, and cannot tell which belong together.",
    repair=("在后台编辑器中插入真正的表格，把内容逐格填入，并把第一行设为表头。",),
    repair_en=("Insert a real table in the editor, fill in the cells and make the first row headers.",),
    verify="用读屏软件读到这里，能听到“表格”和行列数，并能逐格移动。",
    before="<pre>项目      标准    电话\n生活补贴  150元   12345\n护理补贴  120元   12345</pre>",
    after="<table><tr><th>项目</th><th>标准</th></tr><tr><td>生活补贴</td><td>150元</td></tr></table>",
    bad=("<pre>┌───┬───┐\n│姓名│职务│\n├───┼───┤\n│张某│主任│\n└───┴───┘</pre>",),
    unsure=("<pre>项目      标准    电话\n生活补贴  150元   12345\n护理补贴  120元   12345</pre>",),
    good=(
        "<pre>第一行\n第二行\n第三行</pre>", "<pre><code>a  = 1\nb  = 2\nc  = 3</code></pre>", "<p>项目    标准</p>",
        "<pre hidden>┌─┬─┐\n│甲│乙│\n└─┴─┘</pre>", "<pre>关于换领残疾人证的通知\n\n  各县区残联：\n  现将有关事项通知如下</pre>",
    ),
)  # fmt: skip
def text_drawn_table(document: Document) -> Iterator[Hit]:
    """F34, F48: line drawing characters prove a table; two and more gaps in each of several lines make it a question."""
    for node in document.elements("pre"):
        if node.hidden or not node.visible or any(node.descendants("code", "table")):
            continue
        lines = [line for _, text in node.texts for line in text.raw.splitlines() if line.strip()]
        if sum(len(FRAME.findall(line)) >= 3 for line in lines) >= LEAST_ROWS and "│" in (drawn := "".join(lines)) and _worded(drawn):
            yield failed(node, "这里用线条符号画出了表格；请改用真正的表格，并设表头")
        elif sum(len(GAP.findall(line)) >= 2 for line in lines) >= LEAST_ROWS:
            yield unsure(node, "这里有多行文字用空格对齐，看上去是表格；若是，请改用真正的表格")


def _worded(drawn: str) -> bool:
    return len(FRAME.sub("", drawn).strip()) >= 4
