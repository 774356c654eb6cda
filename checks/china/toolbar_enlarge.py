"""The toolbar promises larger text, and nothing becomes larger."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.china.toolbar_parts import bar, tried
from checks.document import Document


@check(
    id="toolbar-enlarge",
    reads=("capture", "toolbar"),
    criteria=(),
    impact=Impact.MODERATE,
    title="无障碍工具条的放大按钮没有作用",
    title_en="The enlarging button of the accessibility toolbar does nothing",
    who="看不清小字的老年人按了“放大”，正文还是原来那么大，只好放弃。",
    who_en="Old people who cannot read small print press “larger”, and the text stays as small as it was.",
    repair=("请工具条的服务商检查放大功能：正文的字号写成固定像素或带 !important 时，工具条改不动它。",
            "请开发单位把正文的字号改用 rem 或 em，这样工具条和浏览器都能放大。"),
    repair_en=(
        "Ask the vendor to look at enlarging: where sizes are fixed in pixels or by !important, the toolbar cannot change them.",
        "Ask the developer for sizes in rem or em, so that both toolbar and browser can enlarge them.",
    ),
    verify="打开工具条，按“放大”，正文的字明显变大。",
    before=bar(enlarge=""),
    after=bar(),
    bad=(
        bar(enlarge=""),
        bar(enlarge="document.documentElement.style.fontSize='150%'").replace("font-size:1em", "font-size:16px !important"),
    ),
    good=(
        bar(), bar(enlarge="m.style.zoom=1.5"), bar(enlarge="document.body.style.transform='scale(1.3)'"), 
        bar(tools="<button>关闭</button>"),
    ),
)  # fmt: skip
def toolbar_enlarge(document: Document) -> Iterator[Hit]:
    """No criterion of WCAG asks for it (附件1 of the ministry does): pressed by key and by mouse on two loads, the lines stayed as high."""
    found = tried(document)
    if found is None:
        return
    told, entrance = found
    enlarge = told["enlarge"]
    if enlarge and enlarge["how"] == "":
        what = enlarge["control"]["name"] or "放大"
        yield failed(entrance, f"“{told['words']}”里的“{what}”用键盘和鼠标都按过，正文没有变大；请让服务商检查")
    elif enlarge and enlarge["how"] == "key":
        yield passed(entrance)
