"""Writes the static report site of a store into a folder."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import reports
from auditor import stops
from auditor.exporting import export
from auditor.model import Disk, History, Watch
from auditor.store import Store
from checks.coverage import coverage
from checks.criteria import criteria
from checks.judge import rules
from checks.provenance import platforms
from crawlers.browsers.find import BrowserMissing
from reports import heads, site
from reports.exports import named
from reports.pages import stylesheet

OURS = (".html", ".docx", ".xlsx", ".pdf")
"""Endings of files below sites/ that are removed once they belong to nothing any more."""


def read_history(watch: Watch, store: Store) -> History:
    """Everything reports may know, as of now."""
    history = store.history(watch, rules=rules(), criteria=criteria(), now=datetime.now(UTC), reach=coverage())
    return replace(history, stops=stops.read(stops.beside(store.path)), platforms=platforms())


def publish(watch: Watch, store: Store, out: Path, *, paper: bool = False, tell: Callable[[str], None] = lambda sentence: None) -> Path:
    """Write all report pages, their pictures and work lists below `out`, with `paper` also as PDF; gives the path of the first page.

    Files are replaced one by one, each as a whole, so that a reader never meets half a page. What could not be printed is told as a
    sentence, and the pages do not speak of it. OSError where the disk is full.
    """
    history = replace(read_history(watch, store), disk=used(store))
    beside = {*_work_lists(history, store, out), *(_printed(history, store, out, tell) if paper else ())}
    history = replace(history, beside=frozenset(beside))
    written = {out / name for name in beside}
    for name, content in reports.render(history):
        _write(out / name, content)
        written.add(out / name)
    for left_over in {*out.glob("sites/*"), *out.glob("plan-*.html")} - written:
        if left_over.suffix in OURS:
            left_over.unlink()
    for digest in reports.pictures(history):
        place = out / "pictures" / f"{digest}.webp"
        picture = store.blobs.get(digest) if not place.exists() else None
        if picture is not None:
            _write(place, picture)
    return out / "index.html"


def used(store: Store) -> Disk:
    """What the store takes of its disk."""
    database = sum(file.stat().st_size for file in store.path.parent.glob(f"{store.path.name}*") if file.is_file())
    blobs = sum(entry.stat().st_size for entry in _files(store.blobs.folder))
    return Disk(database=database, blobs=blobs, free=shutil.disk_usage(store.path.parent).free)


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                yield entry


def _work_lists(history: History, store: Store, out: Path) -> Iterator[str]:
    """Write the spreadsheet of every site that was audited; gives their paths."""
    for one in history.sites:
        if one.runs:
            export(store, named("xlsx"), (one.target.site.id,), out / heads.work_list(one), language="zh", public=False)
            yield heads.work_list(one)


def _printed(history: History, store: Store, out: Path, tell: Callable[[str], None]) -> Iterator[str]:
    """Write the report of every site that was audited as PDF; gives their paths."""
    from auditor.printing import Printer, PrintError

    def beside(path: str) -> bytes | None:
        if path == "style.css":
            return stylesheet()
        digest = re.fullmatch(r"pictures/([0-9a-f]{64})\.webp", path)
        return store.blobs.get(digest[1]) if digest else None

    drawn: set[str] = set()
    try:
        with Printer() as printer:
            for one in history.sites:
                if not one.runs:
                    continue
                try:
                    done = printer.printed(f"sites/{one.target.site.id}.html", site.printable(history, one), beside, history.now)
                except PrintError as error:
                    tell(str(error))
                    continue
                _write(out / heads.paper(one), done.content)
                drawn |= set(done.drawn)
                yield heads.paper(one)
    except BrowserMissing as error:
        tell(str(error))
    if drawn:
        tell("PDF 里的中文成了图形，文件很大：请安装系统软件包 fonts-wqy-zenhei（TrueType 中文字体），再生成一次。")


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(place.name + ".new")
    try:
        draft.write_bytes(content)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
