"""Writes the static report site of a store into a folder."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import reports
from auditor import stops
from auditor.everybody import for_everybody
from auditor.exporting import export, keep
from auditor.language import Language, spoken, told_in
from auditor.model import Disk, History, Target, Watch
from auditor.store import Store
from checks.coverage import coverage
from checks.criteria import criteria
from checks.judge import rules
from checks.provenance import platforms
from crawlers.browsers.find import BrowserMissing
from reports import heads, open_data, site
from reports.exports import named
from reports.pages import stylesheet

OURS = (".html", ".docx", ".xlsx", ".pdf", ".csv", ".webp")
"""Endings of files that are removed once they belong to nothing any more."""
KEPT_CLEAN = ("sites/*", "plan-*.html", "data/*")
KEPT_CLEAN_PUBLIC = ("night*.html", "index*.html", "indicators*.html", "trends*.html", "about*.html", "pictures/*")
"""Where else nothing of an earlier report may stay that everybody can see."""


def read_history(watch: Watch, store: Store, *, brief: bool = False) -> History:
    """Everything reports may know, as of now; `brief`: what reports about all sites together count (`StoreReader.history`)."""
    history = store.history(watch, rules=rules(), criteria=criteria(), now=datetime.now(UTC), reach=coverage(), brief=brief)
    return replace(history, stops=stops.read(stops.beside(store.path)), platforms=platforms(), contact=watch.service.contact)


def read_site(history: History, watch: Watch, store: Store, target: Target) -> History:
    """The history with this site alone, told in full."""
    alone = store.history(replace(watch, targets=(target,)), rules=history.rules, criteria=history.criteria, now=history.now)
    return replace(history, sites=alone.sites)


def publish(
    watch: Watch, store: Store, out: Path, *, paper: bool = False, language: Language = "zh", public: bool = False,
    tell: Callable[[str], None] = lambda sentence: None,
) -> Path:  # fmt: skip
    """Write all report pages, their pictures and work lists below `out`, with `paper` also as PDF; gives the path of the first page.

    `public`: what everybody may read (`auditor.everybody`), and nothing else of ours stays in the folder.

    Everything is told as of one moment; of the sites, one is held in full at a time. Files are replaced one by one, each as a whole, so
    that a reader never meets half a page. What could not be printed is told as a sentence, and the pages do not speak of it. OSError where
    the disk is full.
    """
    with told_in(language), store.db.atomic(), _press(store, out, tell, wanted=paper) as printed:
        history = replace(read_history(watch, store, brief=True), disk=used(store))
        told = for_everybody(history) if public else history
        written = {keep((content,), out / name) for name, content in reports.of_all_sites(told)}
        written |= {keep(chunks, out / name) for name, chunks in open_data.files(told)}
        for target in watch.targets:
            alone = read_site(history, watch, store, target)
            written |= set(_of_one_site(for_everybody(alone) if public else alone, store, out, printed))
    for left_over in {one for pattern in (*KEPT_CLEAN, *(KEPT_CLEAN_PUBLIC if public else ())) for one in out.glob(pattern)} - written:
        if left_over.suffix in OURS:
            left_over.unlink()
    return out / "index.html"


def _of_one_site(history: History, store: Store, out: Path, printed: Callable[[History], str]) -> Iterator[Path]:
    """Write all that is about the one site of a history; gives the files that belong to it, pictures too."""
    (one,) = history.sites
    if one.runs:
        history = replace(history, beside=frozenset({_work_list(history, store, out)}))
        history = replace(history, beside=history.beside | ({printed(history)} - {""}))  # on paper too the work list is at hand
    yield from (out / name for name in history.beside)
    for name, content in reports.of_single_sites(history):
        yield keep((content,), out / name)
    for digest in reports.pictures(history):
        place = out / "pictures" / f"{digest}.webp"
        yield place
        picture = store.blobs.get(digest) if not place.exists() else None
        if picture is not None:
            keep((picture,), place)


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


def _work_list(history: History, store: Store, out: Path) -> str:
    """Write the spreadsheet of the one site of a history, which was audited; gives its path."""
    (one,) = history.sites
    export(store, named("xlsx"), (one.target.site.id,), out / heads.work_list(one), language=spoken(), public=history.public)
    return heads.work_list(one)


@contextmanager
def _press(store: Store, out: Path, tell: Callable[[str], None], *, wanted: bool) -> Iterator[Callable[[History], str]]:
    """What prints the report of the one site of a history as PDF and gives its path, "" where it is not printed."""
    from auditor.printing import Printer, PrintError

    drawn: set[str] = set()

    def beside(path: str) -> bytes | None:
        if path == "style.css":
            return stylesheet()
        digest = re.fullmatch(r"pictures/([0-9a-f]{64})\.webp", path)
        return store.blobs.get(digest[1]) if digest else None

    def printed(printer: Printer, history: History) -> str:
        (one,) = history.sites
        try:
            done = printer.printed(f"sites/{one.target.site.id}.html", site.printable(history, one), beside, history.now)
        except PrintError as error:
            tell(str(error))
            return ""
        keep((done.content,), out / heads.paper(one))
        drawn.update(done.drawn)
        return heads.paper(one)

    with ExitStack() as stack:
        printer = None
        try:
            printer = stack.enter_context(Printer()) if wanted else None
        except BrowserMissing as error:
            tell(str(error))
        yield partial(printed, printer) if printer else lambda history: ""
    if drawn:
        tell("PDF 里的中文成了图形，文件很大：请安装系统软件包 fonts-wqy-zenhei（TrueType 中文字体），再生成一次。")
