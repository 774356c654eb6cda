"""The list of sites as officers keep it: one by one in forms, or as a table that goes out to a spreadsheet and comes back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from auditor import acting_sites as acting
from auditor import site_lists as lists
from auditor.acting import Refused
from auditor.audit import may_visit
from auditor.language import aside, capital, say
from auditor.model import Category, Target
from auditor.site_lists import CATEGORIES, COLUMNS, HEADINGS, Row
from auditor.web.guard import EditingSites, Looking, SendingSites, Visitor
from auditor.web.showing import attached, back, show
from reports.words import CATEGORY

router = APIRouter(prefix="/list", include_in_schema=False)
READ = ["GET", "HEAD"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEW = dict.fromkeys(COLUMNS, "") | {"category": CATEGORIES[Category.PORTAL.value], "enabled": "是"}


@router.api_route("", methods=READ)
def the_list(visitor: EditingSites, done: str = "") -> Response:
    """All sites, with what can be done to them."""
    rows = [(one, may_visit(one, visitor.service.watch.network)) for one in visitor.targets()]
    return show(visitor, "list.html", say("网站清单", "List of sites"), done=done, rows=rows, file=visitor.service.path.name)


@router.api_route("/sites.csv", methods=READ)
def as_csv(visitor: Looking) -> Response:
    """The sites that the visitor may see, as CSV."""
    return attached(lists.as_csv(visitor.targets()), "text/csv; charset=utf-8", "sites.csv")


@router.api_route("/sites.xlsx", methods=READ)
def as_xlsx(visitor: Looking) -> Response:
    """The same as a workbook."""
    return attached(lists.as_xlsx(visitor.targets()), XLSX, "sites.xlsx")


@router.api_route("/new", methods=READ)
def new(visitor: EditingSites) -> Response:
    """The form for another site."""
    return _form(visitor, None, NEW)


@router.post("/new")
def add(visitor: EditingSites) -> Response:
    """Enter it."""
    if visitor.service.target(visitor.said("id").strip()) is not None:
        told = say("已经有这个编号，请换一个。", "There is a site with this id already; please choose another.")
        return _form(visitor, None, _said(visitor), {"id": told})
    return _save(visitor, None)


@router.api_route("/import", methods=READ)
def table(visitor: EditingSites) -> Response:
    """The form for a table."""
    return _import(visitor)


@router.post("/import")
def take(visitor: SendingSites) -> Response:
    """What a table would change, or the same done."""
    name, content = visitor.file("table")
    if not content:
        return _import(visitor, {"table": say("请选择一个 CSV 或者 XLSX 文件。", "Please choose a CSV or XLSX file.")})
    write = visitor.said("what") == "write"
    try:
        rows = lists.read(name, content)
        changes = acting.take(visitor.service, visitor.actor, rows, write=write)
    except lists.Unreadable as error:
        return _import(visitor, {"table": str(error)})
    except acting.Unfit as unfit:
        found = {number: list(map(_in_words, told)) for number, told in sorted(unfit.found.items())}
        wrong = "There are mistakes in the table, and nothing was changed. Please put them right and send it again."
        return _import(visitor, {"table": say("表格中有错误，没有作任何改动，请改好以后重新上传。", wrong)}, found=found)
    return _import(visitor, rows=len(rows), changes=changes, written=write)


@router.api_route("/sites/{site}/edit", methods=READ)
def edit(visitor: EditingSites, site: str) -> Response:
    """The form for a site."""
    target = visitor.target(site)
    return _form(visitor, target, dict(zip(COLUMNS, list(lists.cells([target]))[1], strict=False)))


@router.post("/sites/{site}/edit")
def save(visitor: EditingSites, site: str) -> Response:
    """Keep what was written into it."""
    return _save(visitor, visitor.target(site))


@router.post("/sites/{site}/remove")
def remove(visitor: EditingSites, site: str) -> Response:
    """Take the site off the list."""
    target = visitor.target(site)
    if visitor.said("sure") != "yes":
        sentence = say("请确认要移出这个网站。", "Please confirm that this site is to be taken off the list.")
        return _form(visitor, target, _said(visitor), {"sure": sentence})
    try:
        acting.remove(visitor.service, visitor.actor, site)
    except Refused as refused:
        return _form(visitor, target, _said(visitor), dict(refused.errors))
    return back("/list", "removed")


def _said(visitor: Visitor) -> dict[str, str]:
    return {key: visitor.said(key.replace("_", "-")) for key in COLUMNS}


def _save(visitor: Visitor, target: Target | None) -> Response:
    said = _said(visitor)
    if target is not None:
        said["id"] = target.site.id
    elif not said["id"].strip():
        return _form(visitor, target, said, {"id": say("请填写编号。", "Please enter an id.")})
    row = Row(number=1, values={key: lists.meaning(key, told) for key, told in said.items()})
    try:
        acting.take(visitor.service, visitor.actor, [row], write=True)
    except acting.Unfit as unfit:
        return _form(visitor, target, said, _beside(unfit))
    return back("/list" if target is None else f"/sites/{target.site.id}", "saved")


def _beside(unfit: acting.Unfit) -> dict[str, str]:
    """The complaints beside the fields that they begin with, such as `url：网址要…`."""
    found: dict[str, str] = {}
    for sentence in (one for sentences in unfit.found.values() for one in sentences):
        field, colon, rest = sentence.partition("：")
        found[field.replace("_", "-") if colon and field in COLUMNS else ""] = rest if colon and field in COLUMNS else sentence
    return found


def _in_words(sentence: str) -> str:
    """A complaint with the heading of the column instead of its name in targets.yml."""
    field, colon, rest = sentence.partition("：")
    return f"{HEADINGS[field]}{say('：', ': ')}{rest}" if colon and field in HEADINGS else sentence


def _form(visitor: Visitor, target: Target | None, said: dict[str, str], errors: dict[str, str] | None = None) -> Response:
    title = say(f"修改 {target.site.name}", f"Change {target.site.name}") if target else say("增加网站", "Add a site")
    regions = [(one.id, f"{one.name}{aside(one.id)}", "") for one in visitor.service.watch.regions]
    return show(
        visitor, "list_form.html", title, status=422 if errors else 200, errors=errors or {},
        target=target, row=said, regions=regions, categories=[(CATEGORIES[one.value], capital(word), "") for one, word in CATEGORY.items()],
    )  # fmt: skip


def _import(visitor: Visitor, errors: dict[str, str] | None = None, **values: Any) -> Response:
    given = {"found": {}, "changes": None, "rows": 0, "written": False, **values}
    title = say("导入网站清单", "Import a list of sites")
    return show(
        visitor, "list_import.html", title, status=422 if errors else 200, errors=errors or {}, columns=COLUMNS,
        headings=HEADINGS, categories=CATEGORIES, **given,
    )  # fmt: skip
