"""Uses what a page offers: presses Enter on its skip links, and clicks on what the Tab key does not reach, to see what happens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from auditor.model import Driver
from checks.controls import CLICKS, Clicked, clicked_only, clicked_rows, field_beside, mere, twin_beside
from checks.document import Document, Node
from checks.probes.keyboard_walk import Trail, clock, prepare, press
from checks.words import SKIPS

SKIPS_AT_MOST = 2
EARLY = 20  # stops among which skip links are looked for
CLICKS_AT_MOST = 4
HANDED = ("li", "span", "div", "td", "i", "em", "img", "a", "p")

TARGET = """((href) => {
  const name = href.startsWith("#") ? href.slice(1) : "";
  let plain = name;
  try { plain = decodeURIComponent(name); } catch { plain = name; }
  const at = name && (document.getElementById(name) ?? document.getElementById(plain) ?? document.getElementsByName(plain)[0]);
  globalThis.auditorTarget = at || null;
  return at ? auditorKeys.told(at) : null;
})(%s)"""

LANDED = """((link) => {
  const at = auditorKeys.deepest(), here = at && at !== document.body && at !== document.documentElement ? at : null;
  const target = globalThis.auditorTarget, same = !!here && auditorKeys.placeOf(here) === link;
  return { place: here ? auditorKeys.placeOf(here) : "", same, reached: !!here && !!target && !same && auditorKeys.follows(here, target),
           scroll: [scrollX, scrollY] };
})(%s)"""

AIM = """(async (place) => {
  const at = auditorKeys.elementAt(place);
  if (!at) return null;
  at.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  await auditorKeys.frames(3);
  const box = auditorKeys.boxOf(at), x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
  const hit = auditorKeys.hitAt(x, y);
  return hit && (auditorKeys.within(hit, at)) ? { x, y, element: auditorKeys.told(at) } : null;
})(%s)"""

STATE = """(async (pause) => {
  await auditorKeys.wait(pause);
  const text = (document.body?.innerText ?? "").replace(/\\s+/g, " ");
  const size = [...document.querySelectorAll("body, p, h1, h2, a")].slice(0, 40).map((one) => getComputedStyle(one).fontSize).join();
  return JSON.stringify([text, size, location.hash]);
})(%d)"""

EVENTS = "auditorKeys.events.splice(0)"


async def skip_links(driver: Driver, trail: Trail, pause: int, until: float) -> list[dict[str, Any]]:
    """What Enter on each link that promises to skip something does.

    -> [{"element", "target": told or None, "moved": whether the focus or the next Tab is where it leads, "went": whether anything moved}]
    """
    wanted = [stop for stop in trail.stops[:EARLY] if stop["element"]["tag"] == "a" and SKIPS.search(stop["name"])]
    found = []
    for stop in wanted[:SKIPS_AT_MOST]:
        if clock() < until and (told := await _skip(driver, stop, trail, pause)) is not None:
            found.append(told)
    return found


async def _skip(driver: Driver, stop: Mapping[str, Any], trail: Trail, pause: int) -> dict[str, Any] | None:
    await driver.reload()
    await prepare(driver)
    place = stop["element"]["place"]
    at = json.dumps(place)
    for _ in range(trail.stops.index(stop) + 3):  # type: ignore[arg-type]
        await press(driver, "Tab", -1, pause, brief=True)
        if await driver.evaluate(f"auditorKeys.deepest() === auditorKeys.elementAt({at})"):
            break
    else:
        return None
    target = await driver.evaluate(TARGET % json.dumps(stop["link"]))
    if target is None and stop["link"].startswith("#") and len(stop["link"]) > 1:
        return None
    seen = await press(driver, "Enter", -1, 800, brief=True)
    if any(kind in ("navigate", "submit", "told") for kind, _ in seen["events"]):
        return None
    after = await driver.evaluate(LANDED % at)
    later = await press(driver, "Tab", -1, pause, brief=True)
    landed = await driver.evaluate(LANDED % at)
    order = [one["element"]["place"] for one in trail.stops]
    natural = order[(order.index(place) + 1) % len(order)]
    went = after["place"] not in ("", place) or landed["place"] != natural or not later["inside"]
    jumped = target is not None and after["place"] == "" and any(kind == "moved" for kind, _ in seen["events"])
    moved = jumped or after["reached"] or landed["reached"] or not later["inside"] or (target is None and went)
    return {"element": stop["element"], "target": target, "moved": moved, "went": went}


# ------------------------------------------------------------------------------------------------ clicks


def clickable(document: Document, reached: Sequence[Mapping[str, Any]]) -> list[Node]:
    """What seems to answer to the mouse and is not reached by the Tab key, where the markup alone does not tell: a few, one a row."""
    places = {told["place"] for told in reached}

    def held(node: Node) -> bool:
        """Whether a stop of the walk stands in it or around it."""
        return any(place == node.place or place.startswith(node.place + "/") or node.place.startswith(place + "/") for place in places)

    doubtful = [one.node for one in clicked_only(document) if one.why is Clicked.SCRIPT] + [row[0] for row in clicked_rows(document)]
    found = [node for node in doubtful if field_beside(node) is None and twin_beside(node) is None]
    if any(one.listeners & CLICKS for one in document.nodes if one.tag in ("html", "body") or one.scope.root is one) or _whole(document):
        found += _handed(document)
    return [_second(node) for node in found if not held(node) and node.scope.kind == "page"][:CLICKS_AT_MOST]


def _second(node: Node) -> Node:
    """The next one of its row, where there is one: the first is often the one that is chosen already."""
    other = node.next
    alike = other is not None and other.tag == node.tag and other.style("cursor") == "pointer" and other.visible and mere(other)
    return other if other is not None and alike and not other.listeners & CLICKS and node.text and other.text else node


def _whole(document: Document) -> bool:
    """Whether clicks are listened to by the document or by what holds the whole page (the root of a framework)."""
    return any("click" in types for number, types in document.listeners.items() if number == "0") or any(
        one.listeners & CLICKS for one in document.elements("div") if one.parent is document.body
    )


def _handed(document: Document) -> list[Node]:
    """The first of each row of things with the hand cursor and words, which nothing else accounts for."""
    rows: dict[int, Node] = {}
    for node in document.elements(*HANDED):
        above = node.parent
        if above is None or above.index in rows or node.style("cursor") != "pointer" or above.style("cursor") == "pointer":
            continue
        words = node.text or node.get("alt") or node.get("title")
        if 0 < len(words) <= 20 and node.visible and not node.veiled and not node.listeners & CLICKS and mere(node):
            near = any(one.listeners & CLICKS and one.parent is not document.body for one in node.ancestors() if one.tag != "body")
            if not near:
                rows[above.index] = node
    return list(rows.values())


async def trials(driver: Driver, wanted: Sequence[Node], until: float) -> list[dict[str, Any]]:
    """Click on each, on a fresh page after each that did something.

    -> [{"element", "effect": navigate, submit, open, dialog, text (what is to be read changed) or "" for none, "to": address}]
    """
    found: list[dict[str, Any]] = []
    fresh = False
    for node in wanted:
        if clock() > until:
            break
        if not fresh:
            await driver.reload()
            await prepare(driver)
            fresh = True
        told = await _trial(driver, node.place)
        if told is not None:
            found.append(told)
            fresh = told["effect"] == ""
    return found


async def _trial(driver: Driver, place: str) -> dict[str, Any] | None:
    aim = await driver.evaluate(AIM % json.dumps(place))
    if aim is None:
        return None
    await driver.move(aim["x"], aim["y"])
    before = [await driver.evaluate(STATE % pause) for pause in (250, 250)]
    await driver.evaluate(EVENTS)
    await driver.click(aim["x"], aim["y"])
    after = await driver.evaluate(STATE % 350)
    for kind, told in await driver.evaluate(EVENTS):
        what, _, to = told.partition(" ") if kind == "told" else (kind, "", told)
        if what in ("navigate", "submit", "open", "dialog"):
            return {"element": aim["element"], "effect": what, "to": to}
    restless = before[0] != before[1]
    return {"element": aim["element"], "effect": "text" if after != before[1] and not restless else "", "to": ""}
