"""Writes the static report site of a store into a folder."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import reports
from auditor import stops
from auditor.model import History, Target, Watch
from auditor.store import Store
from checks.coverage import coverage
from checks.criteria import criteria
from checks.judge import rules
from checks.provenance import platforms


def read_history(watch: Watch, store: Store, *, brief: bool = False) -> History:
    """Everything reports may know, as of now; `brief`: what reports about all sites together count (`StoreReader.history`)."""
    history = store.history(watch, rules=rules(), criteria=criteria(), now=datetime.now(UTC), reach=coverage(), brief=brief)
    return replace(history, stops=stops.read(stops.beside(store.path)), platforms=platforms())


def read_site(history: History, watch: Watch, store: Store, target: Target) -> History:
    """The history with this site alone, told in full."""
    alone = store.history(replace(watch, targets=(target,)), rules=history.rules, criteria=history.criteria, now=history.now)
    return replace(history, sites=alone.sites)


def publish(watch: Watch, store: Store, out: Path) -> Path:
    """Write all report pages and their pictures below `out`; gives the path of the first page.

    Everything is told as of one moment; of the sites, one is held in full at a time. Files are replaced one by one, each as a whole, so
    that a reader never meets half a page. OSError where the disk is full.
    """
    with store.db.atomic():
        history = read_history(watch, store, brief=True)
        written = {_write(out / name, content) for name, content in reports.of_all_sites(history)}
        for target in watch.targets:
            site = read_site(history, watch, store, target)
            written |= {_write(out / name, content) for name, content in reports.of_single_sites(site)}
            for digest in reports.pictures(site):
                place = out / "pictures" / f"{digest}.webp"
                picture = store.blobs.get(digest) if not place.exists() else None
                if picture is not None:
                    _write(place, picture)
    for left_over in {*out.glob("sites/*.html"), *out.glob("sites/*.docx"), *out.glob("plan-*.html")} - written:
        left_over.unlink()
    return out / "index.html"


def _write(place: Path, content: bytes) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(place.name + ".new")
    try:
        draft.write_bytes(content)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    return place
