"""Hands the results of a store on in a format that others read, to a file or to standard output."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from auditor import store_stream
from auditor.decisions import decisions_in_force
from auditor.language import told_in
from auditor.model import Site, Watch
from auditor.store import Store
from checks import judge
from checks.criteria import address, criteria
from reports.covering import Cover, secrets
from reports.exports import Format
from reports.material import TOOL, Material, Subject

TIMEZONE = Watch().timezone
"""The store does not know that of targets.yml; days are told as they are in China."""


class ExportError(Exception):
    """Why nothing can be exported, as a sentence. `wrong`: the command is wrong, else there is nothing to tell."""

    def __init__(self, sentence: str, *, wrong: bool = False) -> None:
        super().__init__(sentence)
        self.wrong = wrong


def export(store: Store, format: Format, named: Sequence[str], out: Path | None, *, language: str, public: bool) -> tuple[Path, ...]:
    """Write the results of the sites (none named: all that were audited); gives the files written, none for standard output.

    Everything is told as of one moment. ExportError, StoreError or OSError with a sentence where it cannot be done.
    """
    if out is None and format.binary and sys.stdout.isatty():
        raise ExportError(f"{format.name} 是二进制文件，请用 -o 指定文件名。", wrong=True)
    with store.db.atomic():
        material = gathered(store, named, single=format.single, language=language, public=public)
        if out is None:
            _pour(format.chunks(material), sys.stdout.buffer)
            return ()
        keep(format.chunks(material), out)
        beside = {out.with_name(name): content for name, content in format.beside(material, out.name).items()}
        for place, content in beside.items():
            keep((content,), place)
        return (out, *beside)


def gathered(store: Store, named: Sequence[str], *, single: bool, language: str, public: bool) -> Material:
    """What the store holds of the sites, with streams that read it as they are asked."""
    now = datetime.now(UTC)
    with told_in("en" if language == "en" else "zh"):
        found = [subject for site in _sites(store, named) if (subject := _subject(store, site, now, public=public))]
    if not found:
        whose = f"网站 {'、'.join(named)} " if named else "数据库中"
        raise ExportError(f"{whose}还没有检测结果，请先运行 auditor run。")
    if single and len(found) > 1:
        known = "、".join(subject.site.id for subject in found[:12])
        raise ExportError(f"这种格式一次只写一个网站，请用 --site 指定：{known}{' 等' if len(found) > 12 else ''}。", wrong=True)
    anchors = {number: address(number).partition("#")[2] for number in criteria()}
    return Material(
        subjects=tuple(found), now=now, timezone=TIMEZONE, version=version(TOOL), rules=judge.rules(), criteria=criteria(),
        anchors=anchors, language=language, public=public,
    )  # fmt: skip


def _sites(store: Store, named: Sequence[str]) -> list[Site]:
    known = store_stream.sites(store)
    if not named:
        return list(known.values())
    chosen = {name: known.get(name) or store_stream.archived_site(store, name) for name in named}
    if unknown := [name for name, site in chosen.items() if site is None]:
        raise ExportError(f"数据库中没有网站 {'、'.join(unknown)}。", wrong=True)
    return [site for site in chosen.values() if site]


def _subject(store: Store, site: Site, now: datetime, *, public: bool) -> Subject | None:
    runs = store.runs(site.id, 1)
    if not runs:
        return None
    today = now.astimezone(ZoneInfo(TIMEZONE)).date()
    subject = Subject(
        site=site,
        run=runs[0],
        decisions=decisions_in_force(store.decisions(site.id), today),
        reach=store_stream.pages_of_groups(store, site.id),
        urgent=partial(store_stream.issues, store, site.id, urgent=True),
        by_page=partial(store_stream.issues, store, site.id, urgent=False),
        ledger=partial(store_stream.ledger, store, site.id),
        tallies=partial(store_stream.tallies, store, site.id),
    )
    return _for_everybody(subject) if public else subject


def _for_everybody(subject: Subject) -> Subject:
    """The same with personal data covered as on the public pages: what is found in one text of a page is covered in all of them."""
    cover, site = Cover(secrets(subject.by_page(), subject.ledger())), subject.site
    return replace(
        subject, site=replace(site, name=cover.text(site.name), owner=cover.text(site.owner), url=cover.text(site.url)),
        run=replace(subject.run, reason=cover.text(subject.run.reason)),
        urgent=lambda: map(cover.issue, subject.urgent()), by_page=lambda: map(cover.issue, subject.by_page()),
        ledger=lambda: map(cover.entry, subject.ledger()), tallies=lambda: map(cover.tally, subject.tallies()),
    )  # fmt: skip


def keep(chunks: Iterable[bytes], place: Path) -> Path:
    """Write a file as a whole or not at all; gives its path. OSError where it cannot be written."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(place.name + ".new")
    try:
        with draft.open("wb") as out:
            out.writelines(chunks)
        os.replace(draft, place)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return place


def _pour(chunks: Iterator[bytes], out: BinaryIO) -> None:
    try:
        out.writelines(chunks)
        out.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())  # else the interpreter complains of the same once more as it ends
        raise ExportError("标准输出已经关闭，没有写完。") from None
