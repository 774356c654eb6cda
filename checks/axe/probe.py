"""The question put to an open page: axe-core in every frame, in a world that the page's scripts cannot touch."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.axe.catalogue import AXE_RULES
from checks.axe.source import axe_source, axe_version, run_script

OPTIONS: Mapping[str, Any] = {
    "runOnly": {"type": "rule", "values": list(AXE_RULES)},  # a list of rules throws on a misspelt id; tags give silence
    "xpath": True,
    "preload": {"assets": ["cssom", "media"], "timeout": 3000},
}
FRAMES_AT_MOST = 60
INDEX = re.compile(r"\[[0-9]+\]")


async def ask(driver: Driver, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Axe's answer for the page and all its frames.

    -> {"version", "rules": {axe id: {"passed": count, "failed": [node], "incomplete": [node]}}, "frames": count,
    "silent": [selector of a frame that gave no answer]}.
    Raises NotAnswered where the page itself gives no answer; a frame that gives none is listed as silent.
    """
    walk = _Walk(driver)
    answer = await walk.page()
    if answer is None:
        partials = "[" + ",".join(walk.partials) + "]"
        answer = json.loads(await driver.evaluate(f"auditorAxe.finish({partials}, {json.dumps(OPTIONS)})"))
    for rule, count in walk.counted.items():
        if count:
            entry = answer["rules"].setdefault(rule, {"passed": 0, "failed": [], "incomplete": []})
            entry["passed"] += count
    if not answer["rules"]:
        raise NotAnswered("axe 没有给出任何规则的结果")
    return answer | {"frames": walk.asked, "silent": walk.silent}




def path(selector: list[Any]) -> str:
    """Axe's target (one step per frame, a list of steps inside shadow roots) as one line."""
    return " >>> ".join(" >>> ".join(step) if isinstance(step, list) else step for step in selector)


@dataclass
class _Walk:
    """The frames of a page in axe's order: parents before children, siblings in document order, silent ones as null."""

    driver: Driver
    partials: list[str] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    asked: int = 0

    async def page(self) -> dict[str, Any] | None:
        """Ask the page itself and then its frames: axe's answer if there are none, else `partials` is what it is made from."""
        part = await self._ask(None, f"auditorAxe.whole({json.dumps(OPTIONS)})")
        for child in part["children"]:
            await self._descend(None, child, ())
        answer: dict[str, Any] | None = part["answer"]
        return answer

    async def _visit(self, frame: str, child: Mapping[str, Any], trail: tuple[Any, ...]) -> None:
        call = f"auditorAxe.part({json.dumps(child['context'])}, {json.dumps(OPTIONS)}, {json.dumps(child['at'])})"
        part = await self._ask(frame, call)
        self.partials.append(json.dumps(part["partial"]))
        for inner in part["children"]:
            await self._descend(frame, inner, trail)

    async def _ask(self, frame: str | None, call: str) -> dict[str, Any]:
        await self.driver.load(axe_source() + "\n;" + run_script(), frame=frame)
        part: dict[str, Any] = json.loads(await self.driver.evaluate(call, frame=frame))
        if part["version"] != axe_version():
            raise NotAnswered("axe 未能载入页面")
        self.asked += 1
        for rule, count in part["counted"].items():
            self.counted[rule] = self.counted.get(rule, 0) + count
        return part

    async def _descend(self, frame: str | None, child: Mapping[str, Any], trail: tuple[Any, ...]) -> None:
        here = (*trail, child["shown"])
        mark = len(self.partials)
        try:
            if self.asked >= FRAMES_AT_MOST:
                raise NotAnswered("框架过多")
            inner = await self.driver.child_frame(f"axe.utils.shadowSelect({json.dumps(child['selector'])})", frame=frame)
            if inner is None:
                raise NotAnswered("框架没有内容")
            await self._visit(inner, child, here)
        except NotAnswered:
            del self.partials[mark:]
            self.partials.append("null")
            self.silent.append(path(list(here)))


def places(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where the findings are, one place for each rule and each shape of path: what the browser marks in pictures.

    Reports show one place of a component; the tenth picture of equal items of a list would show nobody anything.
    """
    shapes: set[tuple[str, str]] = set()
    seen: dict[str, Any] = {}
    for rule, entry in facts.get("axe", {}).get("rules", {}).items():
        for node in (*entry["failed"], *entry["incomplete"]):
            shape = rule, INDEX.sub("", path(node["xpath"]))
            if node["seen"] and shape not in shapes:
                shapes.add(shape)
                seen.setdefault(path(node["selector"]), node["seen"]["box"])
    return [{"selector": selector, "box": box} for selector, box in seen.items()]


PROBE = Probe(name="axe", ask=ask, places=places)
