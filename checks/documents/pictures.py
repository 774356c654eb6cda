"""A picture in a document says nothing to who cannot see it, unless somebody wrote down what it shows."""

from __future__ import annotations

import re

from checks.attachments import OFFICE, Facts, Hit, Impact, attachment_check, docx, failed, pages_told, passed, pdf, pptx, unsure, xlsx

NAME = re.compile(
    r".*\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg)|(?:图片|图像|图形|Picture|Image|IMG|DSC|微信图片|微信截图|QQ截图|截图)[\s_\-]*[A-Za-z0-9_\-]*|[\d\W_]+",
    re.IGNORECASE,
)
"""Words that are the name of a file or of an object, not what the picture shows."""


@attachment_check(
    id="file-image-alt",
    kinds=("pdf", *OFFICE),
    criteria=("1.1.1",),
    impact=Impact.SERIOUS,
    title="文档里的图片没有替代文字",
    title_en="Pictures in the document have no text alternative",
    who="使用读屏软件的盲人听到的只是“图片”或“图形”二字，流程图、示意图和图片里的文字就此错过。",
    who_en="A blind person hears only “graphic” and misses what the chart, plan or picture says.",
    repair=(
        "Word、Excel、PowerPoint：右键点图片，选“编辑替代文字（查看可选文字）”，用一两句话写出图片的内容；只作装饰的勾选“标记为装饰”。",
        "WPS：右键点图片，“设置对象格式”→“大小与属性”→“可选文字”，填写内容。然后重新导出 PDF。",
        "只有 PDF 的：用 Acrobat 的“辅助工具”→“设置替代文本”，逐张填写。",
    ),
    repair_en=(
        "Office: right-click the picture, “Edit alt text”, and say what it shows; mark mere decoration as such.",
        "WPS: fill in the alternative text under the format of the object; export again.",
        "PDF only: “Set alternate text” in Acrobat's accessibility tools.",
    ),
    verify="用读屏软件读到图片时，能听到它的内容；Word 的“检查辅助功能”不再列出缺少替代文字。",
    before="图片 1：替代文字：（空）",
    after="图片 1：替代文字：补贴申请流程：先到社区提交材料，再由街道审核，最后由区残联发放",
    bad=(
        pdf(figures={"count": 3, "untold": 2, "pages": [1, 3]}), docx(figures={"count": 1, "untold": 1}),
        pptx(figures={"count": 2, "untold": 1, "pages": [4]}), xlsx(figures={"count": 1, "untold": 1}),
    ),
    unsure=(docx(figures={"alternatives": ["图片 1", "微信图片_20261101"]}), pdf(figures={"alternatives": ["plan.png"]})),
    good=(
        pdf(), docx(), docx(figures={"alternatives": ["图片展示补贴申请的三个步骤"]}), pptx(), xlsx(),
        pdf(tagged=False, figures={"count": 0}),
    ),
)  # fmt: skip
def file_image_alt(facts: Facts) -> Hit | None:
    """Figure with Alt or ActualText; of Office documents wp:docPr, p:cNvPr and xdr:cNvPr with a description, or marked as decoration."""
    figures = facts["figures"]
    if not figures["count"] or (facts["kind"] == "pdf" and not facts["tagged"]):
        return None
    if figures["untold"]:
        return failed(f"{figures['count']} 张图片中有 {figures['untold']} 张没有替代文字{pages_told(figures['pages'], figures['untold'])}")
    odd = [words for words in figures["alternatives"] if NAME.fullmatch(words)]
    return unsure(f"有的替代文字像是文件名：“{'”、“'.join(odd[:3])}”，请写出图片的内容") if odd else passed()
