"""Makes one site a part of another: it leaves the list, its history stays readable under its own name, and nights go to the other alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from auditor import target_tree
from auditor import targets as targets_file
from auditor.acting import Refused, words
from auditor.acting_sites import without_site
from auditor.language import listed, say
from auditor.service import Service
from auditor.store import Store, StoreError
from auditor.store_cases import read_cases
from auditor.store_log import Act, Actor, LogBook
from auditor.store_merges import Merges
from auditor.target_tree import Node


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
        errors |= _waiting(service, store, site)
    if errors:
        raise Refused(errors)
    try:
        _merge(service, actor, by, site, into, why)
    except targets_file.TargetsError as error:
        raise Refused({"": error.problems[0].sentence}) from None
    except StoreError as error:
        raise Refused({"": say(
            f"没能并入，什么都没有改动：{error}", f"The sites were not merged, and nothing was changed. What the database says: {error}"
        )}) from None  # fmt: skip
    service.reload()


def _merge(service: Service, actor: Actor, by: str, site: str, into: str, why: str) -> None:
    """Do it in the database and in targets.yml, or in neither: the file is written last, and is as it was where the database then fails.

    What was looked at before may have changed until the database is ours, and is looked at again.
    """
    told = f"{site} 并入 {into}：{why}"
    with service.write() as store, LogBook(store).around(actor, Act.SITE_MERGED, site, told), ExitStack() as undoing:
        with store.writing():
            if errors := _waiting(service, store, site):
                raise Refused(errors, logged="网站还有没有办结的案件")
            store.register([target.site for target in service.watch.targets], datetime.now(UTC))  # with their names of today
            Merges(store).add(site, into, by, why, datetime.now(UTC))
            undoing.callback(targets_file.rewrite(service.path, _leaving(site, into), "没能并入，清单未动。"))
        undoing.pop_all()


def _leaving(site: str, into: str) -> Callable[[str, Node], tuple[str, Any]]:
    """The change of targets.yml (`targets.rewrite`). Refused where one of the two left the list since it was read."""
    leave = without_site(site)

    def changed(text: str, tree: Node) -> tuple[str, Any]:
        if not {site, into} <= {one["id"] for one in target_tree.plain(tree)["sites"]}:
            told = "The list of sites has changed meanwhile. Please read it again under Settings, and look at both sites anew."
            gone = "网站清单刚刚改过，两个网站不都在其中。请在“设置”中重新读取清单，再看一看这两个网站。"
            raise Refused({"into": say(gone, told)}, logged=gone)
        return leave(text, tree)

    return changed


def _waiting(service: Service, store: Store, site: str) -> dict[str, str]:
    """What is told of open cases of a site, nothing where there are none: nobody will audit its pages again, on which they wait."""
    waiting = [case.id for case in read_cases(store.db, service.watch.timezone, site) if case.closed is None]
    if not waiting:
        return {}
    told = listed(waiting)
    chinese = f"这个网站还有没有办结的案件：{told}。请先办结，再并入。"
    return {"": say(chinese, f"Cases of this site are still open: {told}. Please close them first.")}
