"""The check before release (上线前检查): an owner has a draft of a site looked at, and reads what was found while it is remembered."""

from __future__ import annotations

from fastapi import APIRouter, Response

from auditor.drafts import KEPT, LONGEST_CHECK, MOST_PAGES, DraftCheck, DraftRefused, allowed
from auditor.language import say
from auditor.model import SEEN, Outcome, Rule
from auditor.store_log import Act, LogBook
from auditor.web.guard import Drafting, Visitor
from auditor.web.showing import back, show
from checks.judge import rules
from reports import words

router = APIRouter(prefix="/sites", include_in_schema=False)
READ = ["GET", "HEAD"]
PLACES = 10
"""Places told of one rule."""
LONGEST_URL = 2000


@router.api_route("/{site}/draft", methods=READ)
def draft(visitor: Drafting, site: str, done: str = "") -> Response:
    """The form, and what came of the newest check."""
    return _page(visitor, site, done=done)


@router.post("/{site}/draft")
def check(visitor: Drafting, site: str) -> Response:
    """Begin a check."""
    target = visitor.target(site)
    url, pages = visitor.said("url").strip(), visitor.said("pages")
    errors = {}
    if not url or len(url) > LONGEST_URL:
        errors["url"] = say("请填写网址。", "Give the address.")
    elif not allowed(target, visitor.service.watch, url):
        errors["url"] = say(
            "只能检查这个网站自己的主机（已确认可以访问的），或者运行管理员在网站清单的 prerelease 中写明的主机。",
            "Only the site's own host, once it is confirmed, can be checked, or a host that the operator named under prerelease.",
        )
    if pages not in ("1", str(MOST_PAGES)):
        errors["pages"] = say("请选择检查范围。", "Choose how much is to be checked.")
    if errors:
        return _page(visitor, site, errors)
    try:
        told = f"{url.partition('?')[0]}，最多 {pages} 页"[:1000]  # a key to a draft often stands in the query, and the log stays for ever
        with visitor.service.write() as store, LogBook(store).around(visitor.actor, Act.DRAFT_CHECKED, site, told):
            visitor.service.drafts.begin(visitor.account.name, target, url, int(pages))
    except DraftRefused as refused:
        return _page(visitor, site, {"": refused.told})
    return back(f"/sites/{site}/draft", "draft")


def _page(visitor: Visitor, site: str, errors: dict[str, str] | None = None, *, done: str = "") -> Response:
    target = visitor.target(site)
    found = visitor.service.drafts.of(visitor.account.name, site)
    return show(
        visitor, "draft.html", say("上线前检查", "Check before release"), status=422 if errors else 200, errors=errors or {}, done=done,
        target=target, found=found, rows=_rows(found), seen=_seen(found), unseen=_unseen(found), said=visitor.said, places=PLACES,
        impacts=words.IMPACT, hours=int(KEPT.total_seconds() // 3600),
        ranges=_ranges(), state=_state(visitor, found),
    )  # fmt: skip


def _state(visitor: Visitor, found: DraftCheck | None) -> str:
    """How it stands with a check that has not ended or came to nothing."""
    if found is None or found.ended is not None:
        return found.told if found else ""
    zone = visitor.service.watch.timezone
    if found.begun is not None:
        until = words.clock(found.begun + LONGEST_CHECK, zone)
        return say(f"正在检查，最迟 {until} 结束，刷新本页看结果。", f"Being checked until {until} at the latest; load this page again.")
    many, begins = visitor.service.drafts.before(found)
    until = words.clock(begins, zone)
    return say(
        f"等待检查，前面还有 {many} 个，最迟 {until} 轮到，刷新本页看结果。",
        f"Waiting, with {many} before it, until {until} at the latest; load this page again.",
    )


def _ranges() -> list[tuple[str, str, str]]:
    more = say(f"连同同一目录下的页面，最多 {MOST_PAGES} 页", f"with pages of the same folder, {MOST_PAGES} at most")
    return [("1", say("只检查这一页", "this page only"), ""), (str(MOST_PAGES), more, "")]


def _rows(found: DraftCheck | None) -> list[tuple[Rule, list[tuple[str, str, str]], int, bool]]:
    """Of each rule: what it demands, some places (page, selector, message), how many there are, whether a person has to decide."""
    known = rules()
    return [
        (
            known[rule], [(one.page, one.element.selector, one.message) for one in places[:PLACES]], len(places),
            all(one.outcome is not Outcome.FAILED for one in places),
        )
        for rule, places in (found.findings.items() if found else ())
    ]  # fmt: skip


def _seen(found: DraftCheck | None) -> int:
    return sum(entry.state in SEEN for entry in found.run.coverage) if found and found.run else 0


def _unseen(found: DraftCheck | None) -> list[tuple[str, str]]:
    """Pages that were tried and not seen, with the reason."""
    entries = found.run.coverage if found and found.run else ()
    return [(entry.url, entry.reason) for entry in entries if entry.state not in SEEN and entry.reason][:PLACES]
