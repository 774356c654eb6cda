"""Who cannot see the form learns by the name of a field what belongs into it."""

from __future__ import annotations

import re

from checks.attachments import Facts, Hit, Impact, attachment_check, failed, passed, pdf, unsure

SPEAKING = re.compile(r"[\u3400-\u9fff]{2,}")
"""A name of a field that may speak for itself: some programs read it out where there is no tooltip."""


@attachment_check(
    id="file-form-name",
    kinds=("pdf",),
    criteria=("4.1.2", "1.3.1"),
    impact=Impact.CRITICAL,
    title="PDF 表单的填写栏没有名称",
    title_en="Form fields of the PDF have no name",
    who="使用读屏软件的盲人在表单里按 Tab 键，只听到“编辑框”，不知道该填姓名还是银行账号，无法自己填写。",
    who_en="Moving through the form, a blind person hears only “edit” and cannot fill it in alone.",
    repair=(
        "用 Acrobat 的“准备表单”打开，双击每个填写栏，在“常规”→“工具提示”里写上它的名称，例如“申请人姓名”。",
        "更好的办法是把表单做成网页，或者提供 DOCX 版本。",
    ),
    repair_en=(
        "In Acrobat's “Prepare form”, write the name of each field into its tooltip.",
        "Better still, make the form a web page or offer it as DOCX.",
    ),
    verify="用读屏软件按 Tab 键逐栏移动，每一栏都能听到名称。",
    before="填写栏 Text1：工具提示：（空）",
    after="填写栏 Text1：工具提示：申请人姓名",
    bad=(pdf(fields={"count": 3, "unnamed": 2, "names": ["Text1", "fill_2"]}),),
    unsure=(pdf(fields={"count": 2, "unnamed": 2, "names": ["申请人姓名", "联系电话"]}), pdf(fields={"xfa": True})),
    good=(pdf(), pdf(fields={"count": 4})),
)
def file_form_name(facts: Facts) -> Hit | None:
    """/TU of terminal fields that people fill in (PDF12)."""
    fields = facts["fields"]
    if fields["xfa"] and not fields["count"]:
        return unsure("这是 XFA 动态表单，许多软件打不开，填写栏有没有名称要用 Acrobat 查看")
    if not fields["count"]:
        return None
    if not fields["unnamed"]:
        return passed()
    told = f"{fields['count']} 个填写栏中有 {fields['unnamed']} 个没有名称（工具提示），例如“{'”、“'.join(fields['names'][:3])}”"
    return unsure(f"{told}，请看读屏软件能否读出栏名") if all(SPEAKING.search(name) for name in fields["names"]) else failed(told)
