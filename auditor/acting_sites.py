"""What an operator changes in the list of sites: one site, a table, one that is watched no more; targets.yml stays the only list."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor import target_edits, target_tree
from auditor import targets as targets_file
from auditor.acting import Refused
from auditor.addresses import host_of
from auditor.language import say
from auditor.service import Service
from auditor.site_lists import COLUMNS, NEEDED, Row
from auditor.store_log import Act, Actor, LogBook
from auditor.store_merges import Merges
from auditor.target_tree import Node


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a table changes: ids of new sites, and of known ones what becomes another (keys of COLUMNS)."""

    added: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    unconfirmed: tuple[str, ...]  #: known sites with another host: somebody has to confirm that one

    @property
    def nothing(self) -> bool:
        """Whether everything is as the table says."""
        return not self.added and not self.changed


class Unfit(Exception):
    """Rows that cannot be taken: number of the row (0: none in particular) -> sentences."""

    def __init__(self, found: Mapping[int, Sequence[str]]) -> None:
        self.found = found
        super().__init__()


def take(service: Service, actor: Actor, rows: Sequence[Row], *, write: bool) -> Changes:
    """Bring the list up to date with some rows, all of them or none; without `write` only say what would change. Unfit, Refused."""
    if twice := _twice(rows):
        raise Unfit(twice)
    changes = _changes(service, rows)
    if changes.nothing:
        return changes
    if merged := _merged(service, rows, changes):
        raise Unfit(merged)
    wanted = _completed(rows, changes)
    after = ""

    def changed(text: str, tree: Node) -> tuple[str, Any]:
        nonlocal after
        whole = target_tree.plain(tree)
        after, whole["sites"] = target_edits.changed(text, tree.value["sites"], whole["sites"], wanted)
        return after, whole

    try:
        if not write:
            targets_file.rewrite(service.path, changed, keep=False)
            return changes
        parts = [f"新增 {id}" for id in changes.added] + [
            f"{id} 的{'、'.join(COLUMNS[key] for key in which)}" for id, which in changes.changed.items()
        ]
        with service.write() as store, LogBook(store).around(actor, Act.SITES_CHANGED, service.path.name, "；".join(parts)[:2000]):
            targets_file.rewrite(service.path, changed)
    except targets_file.TargetsError as error:
        raise Unfit(_by_row(error, after, rows)) from None
    service.reload()
    return changes


def remove(service: Service, actor: Actor, site: str) -> None:
    """Take a site off the list; its history stays. Refused where that cannot be written."""
    try:
        with service.write() as store, LogBook(store).around(actor, Act.SITES_CHANGED, site, "移出清单"):
            targets_file.rewrite(service.path, without_site(site), "没能移出这个网站，清单未动；清单里至少要留一个网站。")
    except targets_file.TargetsError as error:
        raise Refused({"": error.problems[0].sentence}) from None
    service.reload()


def without_site(site: str) -> Callable[[str, Node], tuple[str, Any]]:
    """The change of targets.yml that takes a site off the list (`targets.rewrite`)."""

    def changed(text: str, tree: Node) -> tuple[str, Any]:
        whole = target_tree.plain(tree)
        whole["sites"] = [one for one in whole["sites"] if one["id"] != site]
        return target_edits.without(text, tree.value["sites"], {site}), whole

    return changed


def _twice(rows: Sequence[Row]) -> dict[int, list[str]]:
    """The rows about a site that an earlier row is about."""
    seen: set[Any] = set()
    found: dict[int, list[str]] = {}
    for row in rows:
        id = row.values["id"]
        if id in seen:
            found[row.number] = [say("编号与上面的一行重复。", "This id is that of a row further up too.")]
        seen.add(id)
    return found


def _merged(service: Service, rows: Sequence[Row], changes: Changes) -> dict[int, list[str]]:
    """The rows that would bring back a site which became a part of another: its id carries its history."""
    with service.read() as store:
        gone = {one.site: one.into_name for one in Merges(store).all()} if changes.added else {}
    return {
        row.number: [f"id：{_taken(gone[row.values['id']])}"]
        for row in rows if row.values["id"] in changes.added and row.values["id"] in gone
    }  # fmt: skip


def _taken(into: str) -> str:
    return say(f"这个编号的网站已并入{into}，请换一个编号。", f"the site of this id was merged into {into}. Please choose another id.")


def _changes(service: Service, rows: Sequence[Row]) -> Changes:
    known = {one.site.id: one for one in service.watch.targets}
    changed: dict[str, tuple[str, ...]] = {}
    moved: list[str] = []
    for row in rows:
        target = known.get(row.values["id"])
        if target is None:
            continue
        now = {key: str(getattr(target.site, key)) for key in ("name", "url", "category", "region", "owner", "legal_basis")}
        have: dict[str, Any] = {**now, "enabled": target.enabled, "contact": target.contact, "note": target.note}
        other = tuple(key for key, value in row.values.items() if key != "id" and have[key] != value)
        if other:
            changed[target.site.id] = other
        if target.confirmed and "url" in row.values and host_of(row.values["url"]) != host_of(target.site.url):
            moved.append(target.site.id)
    added = tuple(str(row.values["id"]) for row in rows if row.values["id"] not in known)
    return Changes(added=added, changed=changed, unconfirmed=tuple(moved))


def _completed(rows: Sequence[Row], changes: Changes) -> list[dict[str, Any]]:
    """What is written of each row: of a new site only what says something, of one with another host that nobody has confirmed it."""
    added, unconfirmed = set(changes.added), set(changes.unconfirmed)

    def completed(values: Mapping[str, Any]) -> dict[str, Any]:
        if values["id"] in added:
            return {key: value for key, value in values.items() if key in NEEDED or value != target_edits.UNSET[key]}
        return {**values, **({"confirmed": None} if values["id"] in unconfirmed else {})}

    return [completed(row.values) for row in rows]


def _by_row(error: targets_file.TargetsError, text: str, rows: Sequence[Row]) -> dict[int, list[str]]:
    """The complaints about the new text beside the rows that gave occasion to them."""
    tree, _ = target_tree.read(text) if text else (None, [])
    sites = tree.value["sites"].value if tree is not None else []
    named = [site for site in sites if "id" in site.value]
    begin = [site.mark.line for site in named]
    numbers = {str(row.values["id"]): row.number for row in rows}
    found: dict[int, list[str]] = {}
    for problem in error.problems:
        place = bisect_right(begin, problem.line)
        id = str(named[place - 1].value["id"].value) if place else ""
        found.setdefault(numbers.get(id, 0), []).append(problem.sentence)
    return found
