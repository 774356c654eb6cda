"""Our own checks as engines: the questions are capture and experiments, the reading is what every check says of their answers."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from importlib.resources import files
from typing import Any

from auditor.model import Finding, Page, Probe, Rule, Scene, scene_key
from checks import reading
from checks.axe.catalogue import rules as axe_rules
from checks.check import ENGINE as NAME
from checks.check import INTERACTION, LAYOUT, Check, Hit, checks
from checks.document import Document, Node, captured
from checks.elements import element, selector, xpath
from checks.engine import PageEngine, Voice
from checks.experiments import EXPERIMENT_PROBES
from checks.probes import backgrounds, picture_text
from checks.probes import capture as capture_probe

LOG = logging.getLogger(__name__)
INDEX = re.compile(r"\[[0-9]+\]")
NOT_JUDGING = ("editions.", "provenance.", "platforms.", "miit.", "noted.", "walks.")
"""Files beside the checks that change no finding."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one check says of one element, with what is needed to join it to the word of another engine."""

    check: Check
    hit: Hit


def said(facts: Mapping[str, Any], engine: str = NAME) -> tuple[Said, ...] | None:
    """What every check of an engine says of a captured page; None where the page was not captured, or a check broke on it.

    It is remembered with the capture: it is asked for while the page is open, for the pictures, and again when the page is judged.
    """
    if not captured(facts):
        return None
    capture = facts[capture_probe.NAME]
    if not isinstance(capture, capture_probe.Capture):
        return _said(facts, engine)
    if engine not in capture.said:
        capture.said[engine] = _said(facts, engine)
    known: tuple[Said, ...] | None = capture.said[engine]
    return known


def _said(facts: Mapping[str, Any], engine: str) -> tuple[Said, ...] | None:
    """A check that breaks must not end a night; but then nobody may conclude anything from the silence of our checks on this page."""
    try:
        document = Document(facts)
    except Exception:
        LOG.exception("页面的捕获结果无法读出，本页没有使用自有检查项")
        return None
    found: list[Said] = []
    for check in (check for group in checks().values() for check in group if check.engine == engine):
        try:
            found += [Said(check=check, hit=hit) for hit in check.look(document)]
        except Exception:
            LOG.exception("检查项 %s 在页面 %s 上出错，本页没有使用自有检查项", check.id, document.url)
            return None
    return tuple(found)


def voices(page: Page, engine: str = NAME) -> Iterator[Voice]:
    """The same as findings, with what is kept too."""
    known = judge_rules()
    for one in said(page.facts, engine) or ():
        finding = None
        if one.hit.outcome is not None:
            rule = known[one.check.id]
            scene = _scene(page, one)
            finding = Finding(
                rule=rule.id, criteria=rule.criteria, outcome=one.hit.outcome, impact=rule.impact, page=page.url, variant=page.variant,
                element=element(one.hit.node), message=one.hit.message, engines=(engine,),
                scene=scene.digest if scene else "", caption=scene.caption if scene else "",
            )  # fmt: skip
        yield Voice(
            engine=engine, rule=one.check.id, place=one.hit.node.place, mark=one.hit.node.mark, outcome=one.hit.outcome, finding=finding,
            overrules=one.check.overrules, covers=tuple(one.check.covers),
        )  # fmt: skip


def _scene(page: Page, one: Said) -> Scene | None:
    """What an experiment that the check reads has shown of the element."""
    keys = (scene_key(probe, one.hit.node.place) for probe in one.check.reads)
    return next((page.scenes[key] for key in keys if key in page.scenes), None)


def places(facts: Mapping[str, Any], engine: str = NAME) -> list[dict[str, Any]]:
    """What a picture should show: one place for each rule and shape of path."""
    shapes: dict[tuple[str, str], Node] = {}
    for one in said(facts, engine) or ():
        if one.hit.outcome is not None and one.hit.node.box is not None:
            shapes.setdefault((one.check.id, INDEX.sub("", xpath(one.hit.node))), one.hit.node)
    return [{"selector": selector(node), "box": asdict(node.box)} for node in shapes.values() if node.box]


def silent_frames(page: Page) -> tuple[str, ...]:
    """Selectors of the frames of which the capture is not whole."""
    told = page.facts[capture_probe.NAME]
    if not told.get("lost") and not any(entry.get("silent") for entry in told["documents"]):
        return ()
    return tuple(selector(node) for node in Document(page.facts).silent)


def judge_rules() -> Mapping[str, Rule]:
    """The rules that our checks speak for, axe's among them."""
    return {**axe_rules(), **rules()}


@cache
def rules() -> Mapping[str, Rule]:
    """The rules that only our own checks know, by id."""
    return {id: check.rule for id, group in checks().items() for check in group if check.rule}


@cache
def checks_digest() -> str:
    """SHA-256 over the text of everything that our checks are made of, as 16 hexadecimal digits."""
    return _digest("checks", "checks.wcag", "checks.china", "checks.probes")


@cache
def probes_digest() -> str:
    """The same over what is asked of an open page: where it is unchanged, kept answers can be judged by other checks."""
    return _digest("checks.probes")


def _digest(*folders: str) -> str:
    told = hashlib.sha256()
    for folder in folders:
        for file in sorted(files(folder).iterdir(), key=lambda one: one.name):
            if file.name.endswith((".py", ".toml", ".json", ".js")) and not file.name.startswith(NOT_JUDGING):
                told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()[:16]


# ------------------------------------------------------------------------------------------------ the engines


def _engine(name: str, probes: tuple[Probe, ...]) -> PageEngine:
    """The engine of all checks that read these probes."""
    names = [probe.name for probe in probes]
    probes = (replace(probes[0], places=partial(places, engine=name)), *probes[1:]) if probes else ()

    def answered(page: Page) -> bool:
        """Whether all questions were answered, and no check broke on the page."""
        return bool(names) and all(asked in page.facts for asked in names) and said(page.facts, name) is not None

    def asked() -> tuple[str, ...]:
        reader = reading.installed() != "none"
        own = {id: [check for check in group if check.engine == name] for id, group in checks().items()}
        return tuple(id for id, group in own.items() if any(reader or picture_text.NAME not in check.reads for check in group))

    return PageEngine(
        name=name, probes=probes, asked=asked, voices=partial(voices, engine=name), tallies=lambda page: iter(()), answered=answered,
        rules=lambda: {id: rule for id, rule in rules().items() if name in rule.engines},
        silent_frames=silent_frames if name == NAME else lambda page: (),
        versions=lambda: {"checks": checks_digest(), "probes": probes_digest(), "ocr": reading.installed()},
    )  # fmt: skip


ENGINE = _engine(NAME, (capture_probe.PROBE, backgrounds.PROBE, picture_text.PROBE))
EXPERIMENTING = tuple(
    _engine(name, tuple(probe for probe in EXPERIMENT_PROBES if probe.everywhere is (name == LAYOUT))) for name in (LAYOUT, INTERACTION)
)
"""What is asked by changing the page: how it bears other layouts, on every page; how it is used, on some pages of each template."""
