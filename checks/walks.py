"""The walk through a page with the Tab key as the report tells it: every stop, whether the focus could be seen, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.model import KeyboardWalk, Page, TabStop, WalkEnd, scene_key
from checks.document import Document, captured
from checks.probes.keyboard import NAME, SURE
from checks.probes.keyboard_look import FEW
from checks.probes.scenes import MOST_STOPS

LENGTH = 40  # letters of a name


def walk(page: Page) -> KeyboardWalk | None:
    """The walk that the keyboard experiment made on this page; None where it made none."""
    told = page.facts.get(NAME)
    if not told or not told.get("stops"):
        return None
    picture = page.scenes.get(scene_key(NAME))
    ended = WalkEnd.CUT if told["cut"] else WalkEnd.LEFT if told["left"] else WalkEnd.TRAPPED
    document = Document(page.facts) if captured(page.facts) else None
    stops = tuple(_stop(stop, document) for stop in told["stops"][:MOST_STOPS])
    return KeyboardWalk(stops=stops, ended=ended, picture=picture.digest if picture else "")


def _stop(stop: Mapping[str, Any], document: Document | None) -> TabStop:
    node = document.meet(stop["element"]) if document else None
    name = " ".join((node.name if node else stop["name"] or stop["element"]["words"]).split())
    return TabStop(
        name=name if len(name) <= LENGTH else f"{name[:LENGTH]}…", tag=stop["element"]["tag"], visible=_visible(stop),
        covered=bool(stop["cover"]),
    )  # fmt: skip


def _visible(stop: Mapping[str, Any]) -> bool | None:
    """What styles and pictures tell of the sign of the focus; a frame shows its own."""
    look = stop["look"]
    if stop["frame"]:
        return None
    if look is None:
        return True if stop["sign"] in SURE and stop["shown"] else None
    if look["near"] > FEW:
        return True
    return False if stop["looks"] >= 2 else None
