"""Our own checks as an engine: the question is the capture, the reading is what every check says of it."""

from __future__ import annotations

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from auditor.identity import stable_id
from auditor.model import Element, Finding, Page, Rule
from checks import reading
from checks.axe.catalogue import rules as axe_rules
from checks.check import ENGINE as NAME
from checks.check import Check, Hit, checks
from checks.document import Document, Node, captured
from checks.engine import PageEngine, Voice, mark
from checks.probes import backgrounds, picture_text
from checks.probes import capture as capture_probe
from checks.probes.capture import UNKNOWN

LOG = logging.getLogger(__name__)
INDEX = re.compile(r"\[[0-9]+\]")
SPACES = re.compile(r"[\s\ufeff]+")
ATTRIBUTES_AT_MOST = 40
NAMING = ("id", "class", "role", "name", "type")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one check says of one element, with what is needed to join it to the word of another engine."""

    check: Check
    hit: Hit


def said(facts: Mapping[str, Any]) -> tuple[Said, ...] | None:
    """What every check says of a captured page, check by check; None where the page was not captured, or a check broke on it.

    It is remembered with the capture: it is asked for while the page is open, for the pictures, and again when the page is judged.
    """
    if not captured(facts):
        return None
    capture = facts[capture_probe.NAME]
    if getattr(capture, "said", UNKNOWN) is not UNKNOWN:
        known: tuple[Said, ...] | None = capture.said
        return known
    known = _said(facts)
    if isinstance(capture, capture_probe.Capture):
        capture.said = known
    return known


def _said(facts: Mapping[str, Any]) -> tuple[Said, ...] | None:
    """A check that breaks must not end a night; but then nobody may conclude anything from the silence of our checks on this page."""
    try:
        document = Document(facts)
    except Exception:
        LOG.exception("页面的捕获结果无法读出，本页没有使用自有检查项")
        return None
    found: list[Said] = []
    for group in checks().values():
        for check in group:
            try:
                found += [Said(check=check, hit=hit) for hit in check.look(document)]
            except Exception:
                LOG.exception("检查项 %s 在页面 %s 上出错，本页没有使用自有检查项", check.id, document.url)
                return None
    return tuple(found)


def voices(page: Page) -> Iterator[Voice]:
    """The same as findings, with what is kept too."""
    known = judge_rules()
    for one in said(page.facts) or ():
        finding = None
        if one.hit.outcome is not None:
            rule = known[one.check.id]
            finding = Finding(
                rule=rule.id, criteria=rule.criteria, outcome=one.hit.outcome, impact=rule.impact, page=page.url, variant=page.variant,
                element=element(one.hit.node), message=one.hit.message, engines=(NAME,),
            )  # fmt: skip
        yield Voice(
            engine=NAME, rule=one.check.id, place=one.hit.node.place, mark=mark_of(one.hit.node), outcome=one.hit.outcome, finding=finding,
            overrules=one.check.overrules, covers=tuple(one.check.covers),
        )  # fmt: skip


def places(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a picture should show: one place for each rule and shape of path."""
    shapes: dict[tuple[str, str], Node] = {}
    for one in said(facts) or ():
        if one.hit.outcome is not None and one.hit.node.box is not None:
            shapes.setdefault((one.check.id, INDEX.sub("", xpath(one.hit.node))), one.hit.node)
    return [{"selector": selector(node), "box": asdict(node.box)} for node in shapes.values() if node.box]


def answered(page: Page) -> bool:
    """Whether all questions about the page were answered, and no check broke on it."""
    return all(probe.name in page.facts for probe in ENGINE.probes) and said(page.facts) is not None


def silent_frames(page: Page) -> tuple[str, ...]:
    """Selectors of the frames of which the capture is not whole."""
    told = page.facts[capture_probe.NAME]
    if not told.get("lost") and not any(entry.get("silent") for entry in told["documents"]):
        return ()
    return tuple(selector(node) for node in Document(page.facts).silent)


def asked() -> tuple[str, ...]:
    """Ids of the rules that our checks speak for."""
    reader = reading.installed() != "none"
    return tuple(id for id, group in checks().items() if reader or any(picture_text.NAME not in check.reads for check in group))


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
    told = hashlib.sha256()
    for folder in ("checks", "checks.wcag", "checks.china", "checks.probes"):
        for file in sorted(files(folder).iterdir(), key=lambda one: one.name):
            if file.name.endswith((".py", ".toml", ".json", ".js")) and not file.name.startswith("editions."):
                told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()[:16]


def element(node: Node) -> Element:
    """The place of a finding at a node, told as axe's places are."""
    return Element(
        selector=selector(node), xpath=xpath(node), snippet=snippet(node), tag=node.tag, attributes=_attributes(node),
        ancestors=tuple(_ancestors(node)), landmark=node.landmark, name=node.name[:200], text=node.text[:200], box=node.box,
    )  # fmt: skip


def selector(node: Node) -> str:
    """A CSS selector that leads to this node alone, steps into frames and shadow roots joined with " >>> "."""
    steps: list[str] = []
    at: Node | None = node
    while at is not None:
        scope, parts = at.scope, list[str]()
        here: Node | None = at
        while here is not None and here.scope is scope:
            named = here.get("id")
            if named and stable_id(named) and named not in scope.repeated:
                parts.append("#" + re.sub(r"([^\w\u0080-\uffff-])", r"\\\1", named))
                break
            parts.append(_step(here))
            here = here.parent
        steps.append(" > ".join(reversed(parts)))
        at = scope.host
    return " >>> ".join(reversed(steps))


def xpath(node: Node) -> str:
    """Tags and numbers from the top of the document or shadow root, such as /html/body/div[2]."""
    steps: list[str] = []
    at: Node | None = node
    while at is not None:
        parts: list[str] = []
        here: Node | None = at
        while here is not None and here.scope is at.scope:
            rank, alone = _rank(here)
            parts.append(here.tag if alone else f"{here.tag}[{rank}]")
            here = here.parent
        steps.append("/" + "/".join(reversed(parts)))
        at = at.scope.host
    return " >>> ".join(reversed(steps))


def mark_of(node: Node) -> str:
    """What a voice calls a node, as `axe/run.js` does. The capture has slotted text under its slot: that of hosts and slots is left out."""
    elsewhere = node.tag == "slot" or any(child.scope.host is node for child in node.children)
    own = () if elsewhere else (SPACES.sub("", text.raw[:1000]) for _, text in node.texts)
    return mark(node.tag, node.attributes, "".join(own))


def snippet(node: Node) -> str:
    """The opening tag with what it says, shortened."""
    attributes = "".join(f' {name}="{_cut(value, 120)}"' if value else f" {name}" for name, value in list(node.attributes.items())[:12])
    text = node.raw_text
    inner = _cut(text, 80) if not node.children else _cut(text, 60) + ("…" if len(text) <= 60 else "")
    return f"<{node.tag}{attributes}>" + (f"{inner}</{node.tag}>" if inner or node.children else "")


def _step(node: Node) -> str:
    if node.tag in ("html", "body"):
        return node.tag
    rank, alone = _rank(node)
    return node.tag if alone else f"{node.tag}:nth-of-type({rank})"


def _rank(node: Node) -> tuple[int, bool]:
    """Which of its siblings of the same tag it is, from 1, and whether it is the only one."""
    if node.parent is None:
        return 1, True
    ranks, totals = _family(node.parent)
    return ranks[node.index], totals[node.tag, id(node.scope)] == 1


def _family(parent: Node) -> tuple[dict[int, int], Counter[tuple[str, int]]]:
    """Index of a child -> which of its tag and scope it is, from 1; tag and scope -> how many. Remembered with the parent."""
    return parent.remembered("family", lambda: _counted(parent.children))


def _counted(children: Iterable[Node]) -> tuple[dict[int, int], Counter[tuple[str, int]]]:
    ranks: dict[int, int] = {}
    totals: Counter[tuple[str, int]] = Counter()
    for child in children:
        kind = child.tag, id(child.scope)
        totals[kind] += 1
        ranks[child.index] = totals[kind]
    return ranks, totals


def _attributes(node: Node) -> dict[str, str]:
    return {name: _cut(value, 300) for name, value in list(node.attributes.items())[:ATTRIBUTES_AT_MOST]}


def _ancestors(node: Node) -> Iterator[dict[str, str]]:
    frame = node.frame
    for number, one in enumerate(node.ancestors()):
        if number == 4 or one.frame is not frame:
            return
        named = {name: _cut(value, 300) for name, value in one.attributes.items() if name in NAMING}
        yield {"tag": one.tag, **named}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


ENGINE = PageEngine(
    name=NAME, probes=(replace(capture_probe.PROBE, places=places), backgrounds.PROBE, picture_text.PROBE), rules=rules, asked=asked,
    voices=voices, tallies=lambda page: iter(()),
    answered=answered, silent_frames=silent_frames, versions=lambda: {"checks": checks_digest(), "ocr": reading.installed()},
)  # fmt: skip
