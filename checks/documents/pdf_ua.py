"""What veraPDF says of PDF/UA, where that program is installed: its word beside ours, for who makes documents by that standard."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, passed, pdf, unsure


@attachment_check(
    id="file-pdf-ua",
    kinds=("pdf",),
    criteria=(),
    impact=Impact.MINOR,
    title="PDF 不符合 PDF/UA 的机器可检条款",
    title_en="PDF breaks machine-checkable clauses of PDF/UA",
    who="按 PDF/UA（ISO 14289-1）制作的文件，各种读屏软件读起来最稳妥；不符合的条款可能让某些软件读错。",
    who_en="Files made by PDF/UA are read most reliably; clauses that are broken may mislead some screen readers.",
    repair=("先解决本报告列出的其他文档问题。", "再用 veraPDF 或 PAC 打开文件，按条款逐项修复。"),
    repair_en=("Solve the other problems of the document first.", "Then go through the clauses with veraPDF or PAC."),
    verify="veraPDF 以 PDF/UA-1 检查，显示通过。",
    before="veraPDF：PDF/UA-1 未通过，7 条规则",
    after="veraPDF：PDF/UA-1 通过",
    unsure=(pdf(verapdf={"compliant": False, "failed": 7, "clauses": ["7.1", "7.21.7"]}), pdf(tagged=False, verapdf={"compliant": False})),
    good=(pdf(), pdf(verapdf={"compliant": True, "failed": 0, "clauses": []}), pdf(verapdf={"trouble": "veraPDF 没有给出可以读的结果"})),
)
def file_pdf_ua(facts: Facts) -> Hit | None:
    """Best practice: no criterion of WCAG demands PDF/UA."""
    told = facts.get("verapdf")
    if not told or "compliant" not in told:
        return None
    if told["compliant"]:
        return passed()
    clauses = f"：{'、'.join(told['clauses'][:8])}" if told.get("clauses") else ""
    return unsure(f"veraPDF 按 PDF/UA-1 查出 {told.get('failed', 0)} 条规则不符合{clauses}")
