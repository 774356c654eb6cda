"""The titles of slides are the table of contents for who cannot see them."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, failed, pages_told, passed, pptx, unsure


@attachment_check(
    id="file-slide-title",
    kinds=("pptx",),
    criteria=("1.3.1",),
    impact=Impact.SERIOUS,
    title="幻灯片没有标题",
    title_en="Slides have no title",
    who="使用读屏软件的盲人靠每页的标题知道讲到哪里、要不要跳过；没有标题，只能逐页听完。",
    who_en="Blind people know by the titles where they are and what to skip; without them they must listen to every slide.",
    repair=(
        "在“大纲视图”里给每页写上标题；页面上已有标题文字的，改用版式自带的标题框，不要用普通文本框。",
        "几页讲同一件事的，标题后面写上“（一）（二）”加以区别；不想显示的，可以把标题框移到页面之外。",
    ),
    repair_en=(
        "Give each slide a title in the outline view, in the title box of the layout.",
        "Number titles that are the same; a title may stand outside of the visible slide.",
    ),
    verify="“大纲视图”里每页都有标题，而且各不相同。",
    before="第 3 页：（无标题）",
    after="第 3 页：补贴标准",
    bad=(pptx(untitled=1, slides_untitled=[3]),),
    unsure=(pptx(slides_same_title=["补贴标准"]), pptx(untitled=1, slides_untitled=[1], slides=1, characters=0)),
    good=(pptx(),),
)
def file_slide_title(facts: Facts) -> Hit | None:
    """A slide without a filled title placeholder; of a show without any text a person decides."""
    untitled = facts["untitled"]
    if untitled:
        told = f"{facts['slides']} 页幻灯片中有 {untitled} 页没有标题{pages_told(facts['slides_untitled'], untitled)}"
        return failed(told) if facts["characters"] else unsure(told)
    same = facts["slides_same_title"]
    return unsure(f"有几页的标题都是“{same[0]}”，请加以区别") if same else passed()
