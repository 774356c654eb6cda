"""Makes one site a part of another: it leaves the list, its history stays readable under its own name, and nights go to the other alone."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor import targets as targets_file
from auditor.acting import Refused, words
from auditor.acting_sites import without_site
from auditor.language import listed, say
from auditor.service import Service
from auditor.store_cases import read_cases
from auditor.store_log import Act, Actor, LogBook
from auditor.store_merges import Merges


def merge(service: Service, actor: Actor, by: str, site: str, into: str, why: str, *, sure: bool) -> None:
    """Make `site` a part of `into`. Its issues, decisions and cases stay with it: they are about its own pages. Refused otherwise."""
    errors: dict[str, str] = {}
    why = words(why, errors)
    if into == site or service.target(into) is None:
        errors["into"] = say("请选择另一个网站。", "Choose another site.")
    if not sure:
        errors["sure"] = say("请确认要并入。", "Confirm that they are to be merged.")
    if service.nights.running:
        errors[""] = say("现在正有一次检测在进行，请等它结束后再并入。", "An audit is running; please wait for its end.")
    with service.read() as store:
        waiting = [case.id for case in read_cases(store.db, service.watch.timezone, site) if case.closed is None]
    if waiting:  # nobody will audit its pages again, on which these cases wait
        told = listed(waiting)
        errors[""] = say(
            f"这个网站还有没有办结的案件：{told}。请先办结，再并入。",
            f"Cases of this site are still open: {told}. Please close them first.",
        )
    if errors:
        raise Refused(errors)
    told = f"{site} 并入 {into}：{why}"
    try:
        with service.write() as store, LogBook(store).around(actor, Act.SITE_MERGED, site, told), store.writing():
            store.register([target.site for target in service.watch.targets], datetime.now(UTC))  # with their names of today
            Merges(store).add(site, into, by, why, datetime.now(UTC))
            targets_file.rewrite(service.path, without_site(site), "没能并入，清单未动。")
    except targets_file.TargetsError as error:
        raise Refused({"": error.problems[0].sentence}) from None
    service.reload()
