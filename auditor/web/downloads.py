"""The results of a site in the formats that others read, for whoever may see the site."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Response

from auditor.exporting import ExportError, gathered
from auditor.language import Words, spoken
from auditor.web.guard import Looking
from auditor.web.showing import attached
from reports.exports import named

router = APIRouter(include_in_schema=False)

DOWNLOADS: Mapping[str, str] = Words({
    "xlsx": ("问题清单（XLSX，可填写处理情况）", "List of problems (XLSX, with room to enter what is done)"),
    "csv": ("问题清单（CSV）", "List of problems (CSV)"), "statement": ("无障碍声明草案", "Draft of an accessibility statement"),
    "json": ("检测结果（JSON）", "Results (JSON)"), "earl": ("检测结果（EARL）", "Results (EARL)"),
    "wcag-em": ("WCAG-EM 评价底稿", "Draft of a WCAG-EM evaluation"),
    "openacr": ("符合性报告底稿（OpenACR）", "Draft of a conformance report (OpenACR)"),
    "sarif": ("供开发工具读取（SARIF）", "For development tools (SARIF)"),
    "junit": ("供开发工具读取（JUnit XML）", "For development tools (JUnit XML)"),
})  # fmt: skip
"""Formats of `reports.exports` -> what they are called."""

KINDS: Mapping[str, tuple[str, str]] = {
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), "csv": ("csv", "text/csv; charset=utf-8"),
    "statement": ("html", "text/html; charset=utf-8"), "earl": ("jsonld", "application/ld+json"), "wcag-em": ("json", "application/json"),
    "openacr": ("yaml", "application/yaml"), "sarif": ("sarif", "application/json"), "json": ("json", "application/json"),
    "junit": ("xml", "application/xml"),
}  # fmt: skip


@router.api_route("/sites/{site}/export/{name}", methods=["GET", "HEAD"])
def export(visitor: Looking, site: str, name: str) -> Response:
    """One format as a file, in the language of the console."""
    visitor.target(site)
    if name not in DOWNLOADS:
        raise HTTPException(404)
    format = named(name)
    try:
        with visitor.service.read() as store, store.db.atomic():
            content = b"".join(format.chunks(gathered(store, [site], single=format.single, language=spoken(), public=False)))
    except ExportError:
        raise HTTPException(404) from None
    suffix, kind = KINDS[name]
    return attached(content, kind, f"{site}-{name}.{suffix}")
