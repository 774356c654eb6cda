"""Reads targets.yml into a Watch; the one place that complains about it, every mistake at once, with line and column."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pydantic import ValidationError

from auditor import target_checks, target_edits, target_notices, target_plans, target_schema, target_tree
from auditor.model import Access, Action, Confirmation, Journey, Network, Region, Step, Target, Watch
from auditor.model import Site as WatchedSite
from auditor.target_schema import Document, Options, Site, weekly
from auditor.target_tree import Node, Problem

__all__ = ["Problem", "TargetsError", "confirm", "load", "loads", "problems", "rewrite", "schema", "weekly"]


class TargetsError(Exception):
    """What is wrong with a file of targets: `problems` in the order of their places; str() is one line for each."""

    def __init__(self, problems: Iterable[Problem], name: str = "targets.yml") -> None:
        self.problems = tuple(sorted(set(problems)))
        self.name = name
        super().__init__("\n".join(problem.at(name) for problem in self.problems))


def load(path: Path) -> Watch:
    """The Watch that a file describes, `defaults` merged into every target. Raises TargetsError with every mistake."""
    return loads(_text(_bytes(path), str(path)), str(path))


def loads(text: str, name: str = "targets.yml") -> Watch:
    """The same from a text; `name` stands in front of every complaint."""
    document, _, found = _examine(text)
    if document is None or found:
        raise TargetsError(found, name)
    return _watch(document)


def problems(text: str) -> tuple[Problem, ...]:
    """Every mistake in a text of targets, in the order of their places; a YAML syntax error comes alone."""
    return TargetsError(_examine(text)[2]).problems


def schema() -> dict[str, Any]:
    """The JSON Schema of targets.yml for editors; `auditor/targets.schema.json` is its copy."""
    return target_schema.json_schema()


def confirm(path: Path, site_id: str, by: str, on: date) -> None:
    """Writes `confirmed: {by: NAME, date: YYYY-MM-DD}` for one site and leaves every other byte of the file as it is.

    The file is replaced in one step, or not at all: TargetsError where it is wrong, the site unknown or the name unusable.
    """
    name = str(path)

    def confirmed(text: str, tree: Node) -> tuple[str, Any]:
        site = _find(tree, site_id, name)
        if not by.strip() or len(by.splitlines()) != 1:
            raise TargetsError([_at(site, "确认人要写姓名，一行文字，不能留空。")], name)
        wanted = target_tree.plain(tree)
        next(each for each in wanted["sites"] if each["id"] == site_id)["confirmed"] = {"by": by, "date": on.isoformat()}
        return target_edits.with_value(text, site, "confirmed", f"{{by: {target_edits.quoted(by)}, date: {on.isoformat()}}}"), wanted

    rewrite(path, confirmed, f"没能自动改写，文件未动；请手工写上 confirmed: {{by: 姓名, date: {on.isoformat()}}}。")


def rewrite(
    path: Path,
    changed: Callable[[str, Node], tuple[str, Any]],
    sentence: str = "没能自动改写，文件未动，请手工修改。",
    *,
    keep: bool = True,
) -> Callable[[], None]:
    """Put the text that `changed` makes of the present one in its place, if it means exactly what `changed` says it should.

    Without `keep` it is only tried, and the file stays as it is. What is given back undoes it, unless somebody else wrote since: for
    whoever finds that what belongs to the change cannot be done. TargetsError then where it cannot be undone either.

    `changed` gets the text and its tree, and gives the new text and the plain value of all of it. The file is replaced in one step, or
    not at all: TargetsError where it is wrong, with places in the new text where that is; with `sentence` where it means something else.
    """
    name, before = str(path), _bytes(path)
    text = _text(before, name)
    document, tree, found = _examine(text)
    if document is None or tree is None or found:
        raise TargetsError(found, name)
    after, wanted = changed(text, tree)
    _, tree_after, found = _examine(after)
    if tree_after is not None and found and target_tree.plain(tree_after) == wanted and not target_tree.read(after)[1]:
        raise TargetsError(found, name)  # well written, and what was asked for is wrong
    if tree_after is None or found or target_tree.plain(tree_after) != wanted:
        raise TargetsError([Problem(line=1, column=1, sentence=sentence)], name)
    if not keep:
        return lambda: None
    bom = before[:3] if before.startswith(_BOM) else b""
    if _bytes(path) != before:
        raise TargetsError([Problem(line=1, column=1, sentence="文件刚刚被别人改过，未作改动；请再试一次。")], name)
    ours = bom + after.encode()
    _replace(path, ours)

    def undo() -> None:
        if _bytes(path) == ours:
            _replace(path, before, "没能把这个文件改回原样；请手工改回，或者从备份恢复。")

    return undo


# ---------------------------------------------------------------------------------------------- reading

_BOM = b"\xef\xbb\xbf"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        sentence = "没有找到这个文件。"
    except IsADirectoryError:
        sentence = "这是一个文件夹，请给出文件名。"
    except PermissionError:
        sentence = "没有读取这个文件的权限。"
    except (OSError, ValueError):
        sentence = "读不出这个文件，请检查磁盘和文件名。"
    raise TargetsError([Problem(line=1, column=1, sentence=sentence)], str(path))


def _text(content: bytes, name: str) -> str:
    content = content.removeprefix(_BOM)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        readable = content[: error.start]
        line, column = readable.count(b"\n") + 1, len(readable[readable.rfind(b"\n") + 1 :].decode()) + 1
    raise TargetsError([Problem(line=line, column=column, sentence="文件不是 UTF-8 编码，请用编辑器另存为 UTF-8。")], name)


def _examine(text: str) -> tuple[Document | None, Node | None, list[Problem]]:
    """The document if the models take it, the tree if the syntax holds, and every mistake."""
    tree, found = target_tree.read(text)
    if tree is None:
        return None, None, found
    document = None
    try:
        document = Document.model_validate(target_tree.plain(tree))
    except ValidationError as error:
        found += target_checks.refused(error, tree)
    found += target_checks.misfits(tree)
    return document, tree, found


# ---------------------------------------------------------------------------------------------- from the models to the words


def _watch(document: Document) -> Watch:
    network = document.network
    return Watch(
        plans=tuple(target_plans.plan(plan) for plan in document.plan),
        regions=tuple(Region(**dict(region)) for region in document.regions),
        network=Network(
            user_agent=network.user_agent, resolve=network.resolve, allow_private=network.allow_private, webdriver=network.webdriver
        ),
        timezone=document.timezone,
        targets=tuple(_target(site, document.defaults) for site in document.sites),
        retention=dict(document.retention),
        notices=tuple(map(target_notices.channel, document.notices)),
        service=Access(
            public=document.service.public, complaints=document.service.complaints, proxies=tuple(document.service.proxies),
            user_header=document.service.user_header, contact=document.service.contact.strip(),
        ),
    )


def _target(site: Site, defaults: Options) -> Target:
    """The site's own words, then those of `defaults`, then what Target itself says."""
    options: dict[str, Any] = {key: getattr(defaults, key) for key in defaults.model_fields_set}
    options |= {key: getattr(site, key) for key in site.model_fields_set if key not in _OF_THE_SITE}
    if site.confirmed is not None:
        options["confirmed"] = Confirmation(by=site.confirmed.by, date=site.confirmed.date)
    options["elder"] = site.elder or ""
    options["journeys"] = tuple(_journey(journey, site.url) for journey in site.journeys)
    watched = WatchedSite(**{key: getattr(site, key) for key in _OF_THE_SITE})
    frozen: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
    return Target(site=watched, **frozen)


def _journey(journey: target_schema.Journey, start: str) -> Journey:
    return Journey(name=journey.name, steps=tuple(_step(step, start) for step in journey.steps))


def _step(step: target_schema.Step, start: str) -> Step:
    action = next(action for action in Action if getattr(step, action.value) is not None)
    what = getattr(step, action.value)
    if action is Action.OPEN:
        what = urljoin(start, what)
    return Step(action=action, what=what, value=step.value, name=step.name, submit=step.submit)


_OF_THE_SITE = ("id", "name", "url", "category", "region", "owner", "legal_basis")


# ---------------------------------------------------------------------------------------------- writing a confirmation


def _find(tree: Node, site_id: str, name: str) -> Node:
    sites: Node = tree.value["sites"]
    ids = [str(site.value["id"].value) for site in sites.value]
    if site_id not in ids:
        key = tree.keys["sites"]
        sentence = f"没有编号为 {target_tree.shown(site_id)} 的站点{target_checks.near(site_id, ids)}。"
        raise TargetsError([Problem(line=key.line, column=key.column, sentence=sentence)], name)
    found: Node = sites.value[ids.index(site_id)]
    return found


def _at(site: Node, sentence: str) -> Problem:
    return Problem(line=site.mark.line, column=site.mark.column, sentence=sentence)


def _replace(path: Path, content: bytes, sentence: str = "没能写入这个文件，原文件未动；请检查权限和磁盘空间。") -> None:
    """Puts the content in the file's place in one step, through a new file beside it with the same mode."""
    real = path.resolve()
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            old = real.stat()
            os.chmod(temporary, old.st_mode & 0o7777)
            with suppress(OSError):  # only root may give a file away; the service must still be able to read it
                os.chown(temporary, old.st_uid, old.st_gid)
            os.replace(temporary, real)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError:
        raise TargetsError([Problem(line=1, column=1, sentence=sentence)], str(path)) from None
