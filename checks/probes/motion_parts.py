"""What several checks ask of the parts of a page that move by themselves: what kind of movement it is, and whether it can be ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from checks.document import Document, Node

NAME = "motion"
SHARE_OF_WINDOW = 10_240  #: CSS px²: a hundredth of the window
ALONE = 20  #: letters: with less besides, nothing is read in parallel
WAITING = re.compile(r"load|spin|progress|skeleton|(?:^|[\s_-])wait|加载", re.IGNORECASE)
LIGHT = frozenset({"show", "fade", "paint", "colour"})
STILL = frozenset({"text", "size", "colour", "paint", "move", "children", "show", "fade"})  #: what comes with another text


class Kind(StrEnum):
    """What something does by itself."""

    DRIFTS = "drifts"  #: a window of its own goes about the page
    CHANGES = "changes"  #: one picture or panel after the other
    SCROLLS = "scrolls"  #: text moves along
    BLINKS = "blinks"
    UPDATES = "updates"  #: the words become others
    PLAYS = "plays"  #: a film
    PAINTS = "paints"  #: a drawing by script
    MOVES = "moves"  #: anything else


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the page that went on for more than five seconds."""

    node: Node
    kind: Kind
    told: Mapping[str, Any]

    @property
    def area(self) -> float:
        """CSS px² in sight."""
        return float(max(self.told["area"], (self.told.get("again") or {}).get("area", 0)))

    @property
    def seconds(self) -> int:
        """How long it was seen to go on, rounded down."""
        bursts = self.told["bursts"]
        return int((bursts[-1][1] - (0 if len(bursts) > 1 else bursts[0][0])) // 1000)

    @property
    def again(self) -> bool:
        """Whether it went on after the page was loaded afresh."""
        told: Mapping[str, Any] = self.told.get("again") or {"bursts": ()}
        return bool(told["bursts"])

    @property
    def beside(self) -> bool:
        """Whether there is something else to be read."""
        return bool(self.told["outside"] >= ALONE)

    @property
    def stopped(self) -> str | None:
        """Why it is no failure, as far as controls tell: "" it can be ended by keyboard; None: nothing was found that may end it."""
        tried: Sequence[Mapping[str, Any]] = self.told["tried"]
        ended = [one for one in tried if one["ended"] in ("stopped", "hidden")]
        named = [one for one in ended if one["kind"] in ("pause", "close")]
        if any(one["keyboard"] for one in named):
            return ""
        if named:
            return f"“{named[0]['named'] or '关闭'}”能让它停下，但键盘可能到不了；请改成按钮"
        if ended:
            return f"使用“{ended[0]['named'][:12] or '其中的按钮'}”后它停了下来，但名称没有说明这一用途"
        if pause := [one for one in tried if one["kind"] == "pause"]:
            return f"找到了“{pause[0]['named'] or '暂停'}”，但试用后没有停下"
        if self.told["adjust"]:
            return "旁边有可以调整的设置，请看能不能让它停下"
        return "旁边还有没有试过的按钮" if self.told["untried"] else None


def parts(document: Document, *kinds: Kind) -> Iterator[Part]:
    """The parts of a page that do one of these things by themselves, each once; what waits for an answer is left out."""
    known: set[int] = set()
    for told in (document.facts.get(NAME) or {}).get("components", ()):
        if told.get("live") or (WAITING.search(told["marks"]) and told["letters"] < 12 and not told["links"]):
            continue
        kind = kind_of(told)
        node = met(document, told["element"]) if kind in kinds else None
        if node is not None and node.index not in known and node.tag not in ("html", "body"):
            known.add(node.index)
            yield Part(node=node, kind=kind, told=told)


def met(document: Document, told: Mapping[str, Any] | None) -> Node | None:
    """The element that was told of, even where its words or its picture have become others meanwhile."""
    found = document.meet(told)
    if found is not None or not told:
        return found
    here = next((node for node in document.elements(told["tag"]) if node.place == told["place"]), None)
    return here if here is not None and here.get("id") == told["attributes"].get("id", "") else None


def kind_of(told: Mapping[str, Any]) -> Kind:
    """What a component of the probe's answer does."""
    kinds: Mapping[str, int] = told["kinds"]
    tag = told["element"]["tag"]
    most = max(kinds.values())
    if "film" in kinds and tag == "video":
        return Kind.PLAYS
    if "canvas" in kinds and kinds["canvas"] * 2 >= most:
        return Kind.PAINTS
    floats = told["position"] in ("fixed", "absolute") and told["parts"] == 1
    if floats and told["share"] >= 0.5 and "move" in kinds and told["path"] >= 60 and told["wandering"] + told["path"] >= 100:
        return Kind.DRIFTS
    if "text" in kinds and kinds["text"] * 2 >= most and not told["pictures"] and set(kinds) <= STILL:
        return Kind.UPDATES
    if set(kinds) <= LIGHT and told["parts"] <= 2 and _back_and_forth(told):
        return Kind.BLINKS
    if told["pictures"] >= 1 and len(told["bursts"]) >= 2 and told["area"] >= SHARE_OF_WINDOW:
        return Kind.CHANGES
    if tag == "marquee":
        return Kind.SCROLLS
    if told["letters"] >= 4 and set(kinds) & {"move", "show", "children"} and told["path"] >= 8:
        return Kind.SCROLLS
    if told["letters"] >= 4 and "show" in kinds and told["parts"] >= 2:
        return Kind.CHANGES
    return Kind.MOVES


def _back_and_forth(told: Mapping[str, Any]) -> bool:
    """Whether it was brighter and darker, or there and gone, in turn; what changes its colours only is not told apart."""
    seen: Sequence[float] = told["opacities"]
    if not seen:
        return len(told["bursts"]) >= 3 or told["share"] >= 0.4
    return max(seen) - min(seen) >= 0.3
