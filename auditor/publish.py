"""Writes the static report site of a store into a folder."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import reports
from auditor import stops
from auditor.model import History, Watch
from auditor.store import Store
from checks.coverage import coverage
from checks.criteria import criteria
from checks.judge import rules
from checks.provenance import platforms


def read_history(watch: Watch, store: Store) -> History:
    """Everything reports may know, as of now."""
    history = store.history(watch, rules=rules(), criteria=criteria(), now=datetime.now(UTC), reach=coverage())
    return replace(history, stops=stops.read(stops.beside(store.path)), platforms=platforms())


def publish(watch: Watch, store: Store, out: Path) -> Path:
    """Write all report pages and their pictures below `out`; gives the path of the first page.

    Files are replaced one by one, each as a whole, so that a reader never meets half a page. OSError where the disk is full.
    """
    history = read_history(watch, store)
    written = set()
    for name, content in reports.render(history):
        _write(out / name, content)
        written.add(out / name)
    for left_over in {*out.glob("sites/*.html"), *out.glob("plan-*.html")} - written:
        left_over.unlink()
    for digest in reports.pictures(history):
        place = out / "pictures" / f"{digest}.webp"
        picture = store.blobs.get(digest) if not place.exists() else None
        if picture is not None:
            _write(place, picture)
    return out / "index.html"


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(place.name + ".new")
    try:
        draft.write_bytes(content)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
