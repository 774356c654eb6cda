"""What happens when the mouse button goes down and is let go elsewhere, and what can only be had by dragging."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.document import Document, captured
from checks.probes.eyes import asked, open_eyes

NAME = "pointer"
LIMIT = 30.0  # seconds
DOWN = frozenset({"mousedown", "pointerdown"})
MOST = 5  # things that are pressed
DRAGS = 4

COLLECT = r"""
const seen = e.see(), groups = new Map(), risky = /退出|注销|删除|提交|支付|投票|logout|delete|submit|pay/i;
const named = (one) => one.localName + "." + [...one.classList].filter((word) => !/\d/.test(word)).join(".");
const slides = "[role=slider], .ui-slider, .noUi-target, .layui-slider, .slider-handle, .ui-draggable, [draggable=true]";
for (const place of given[0]) {
  const one = e.elementAt(place), told = one && seen.get(one);
  if (!told || one.matches("input, select, textarea, video, audio, canvas, html, body") || one.closest(slides)) continue;
  const [left, top, right, bottom] = told.box, words = (one.innerText ?? "").trim();
  if ((right - left) * (bottom - top) > 60000 || words.length > 40 || risky.test(words)) continue;
  const key = named(one) + "<" + (one.parentElement ? named(one.parentElement) : "");
  if (!groups.has(key)) groups.set(key, one);
}
const drags = new Set(), other = "button, input, select, a[href], [role=button], [role=spinbutton]";
const dragging = new Set(given[1].map((place) => e.elementAt(place)).filter(Boolean));
for (const one of document.querySelectorAll(slides)) {
  if (!seen.has(one) && ![...one.children].some((child) => seen.has(child))) continue;
  const listens = [one, ...one.querySelectorAll("*")].some((part) => dragging.has(part)) || dragging.has(one.parentElement);
  const around = one.closest("li, tr, form, fieldset") ?? one.parentElement;
  if (!listens || one.matches("input, img:not([draggable=true]), a") || [...drags].some((known) => known.contains(one))) continue;
  const others = [...(around?.querySelectorAll(other) ?? [])].filter((part) => part !== one && !one.contains(part) && seen.has(part));
  if (!others.length) drags.add(one);
}
return { presses: [...groups.values()].slice(0, given[2]).map(e.placeOf), drags: [...drags].slice(0, given[3]).map(e.told),
  cut: groups.size > given[2] };
"""

AIM = r"""
const one = e.elementAt(given[0]);
if (!one) return null;
one.scrollIntoView({ block: "nearest", behavior: "instant" });
await e.sleep(50);
const point = e.pointOf(one);
globalThis.auditorOne = one;
return point && { point, aside: e.aside(one), told: e.told(one) };
"""

REST = "await e.quiet(800); globalThis.auditorBefore = e.see(); e.wanted.length = 0; return true;"

SEEN = r"""
const before = globalThis.auditorBefore;
for (const end = performance.now() + given[0]; ; await e.sleep(50)) {
  const now = e.see(), kinds = [], news = e.news(before, now), lost = e.lost(before, now);
  if (e.wanted.some((one) => one !== "#")) kinds.push("leads");
  if (news.length || lost.length) kinds.push("shows");
  if (e.other(before, now).length) kinds.push("words");
  const own = (one) => globalThis.auditorOne.contains(one) || one.contains(globalThis.auditorOne);
  if (e.moved(before, now).filter((one) => !own(one)).length >= 3) kinds.push("layout");
  if (given[1] ? performance.now() > end || !kinds.length : performance.now() > end || kinds.length) {
    const floats = e.tops(news, before).some((top) => /fixed|absolute/.test(getComputedStyle(top).position));
    return { kinds, floats, words: news.map((one) => now.get(one).words).join(" ").slice(0, 40) };
  }
}
"""
"""What became different within a time; with the second of `given`: whether that went away again."""


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """-> {"presses": [{"control", "down": kinds, "kept": those that remain when it is let go elsewhere, "floats"}], "drags", "cut"}.

    What a press did before the button was let go was seen on two loads of the page.
    """
    if not captured(facts):
        return {}
    document = Document(facts)
    nodes = [node for node in document.nodes if node.visible and node.scope.kind != "frame"]
    down = [node.place for node in nodes if node.listeners & DOWN]
    dragging = [node.place for node in nodes if node.listeners & (DOWN | {"touchstart", "dragstart", "drag", "touchmove", "pointermove"})]
    session = _Session(driver)
    await session.begin()
    told = await asked(driver, COLLECT, down[:200], dragging[:300], MOST, DRAGS)
    return {"presses": await session.presses(told["presses"]), "drags": told["drags"], "cut": told["cut"] or session.cut}


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)


class _Session:
    """The mouse on one page, under a budget of time."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.cut = False
        self._end = asyncio.get_running_loop().time() + LIMIT * 0.8

    async def begin(self) -> None:
        await open_eyes(self.driver)
        await self.driver.move(2, 2)

    async def presses(self, places: Sequence[str]) -> list[dict[str, Any]]:
        """What pressing does, twice where it does something before the button is let go."""
        found: list[dict[str, Any]] = []
        if places:
            await asked(self.driver, "return e.watch(1200)")
        for place in places:
            if asyncio.get_running_loop().time() > self._end:
                self.cut = True
                break
            with suppress(NotAnswered):
                told = await self.press(place)
                if told is None:
                    continue
                if told["down"]:
                    await self.driver.reload()
                    await self.begin()
                    await asked(self.driver, "return e.watch(1200)")
                    again = await self.press(place)
                    for name in ("down", "kept"):
                        told[name] = [kind for kind in told[name] if again is not None and kind in again[name]]
                    await self.driver.reload()
                    await self.begin()
                found.append(told)
        return found

    async def press(self, place: str) -> dict[str, Any] | None:
        """Press the button on something and let it go elsewhere."""
        where = await asked(self.driver, AIM, place)
        if where is None:
            return None
        await self.driver.move(*where["point"])
        await asked(self.driver, REST)
        await self._button("mousePressed", where["point"])
        down = await asked(self.driver, SEEN, 300, False)
        kept: dict[str, Any] = {"kinds": []}
        await self.driver.move(*where["aside"])
        await self._button("mouseReleased", where["aside"])
        if down["kinds"]:
            kept = await asked(self.driver, SEEN, 600, True)
        return {"control": where["told"], "down": down["kinds"], "kept": kept["kinds"], "floats": down["floats"], "words": down["words"]}

    async def _button(self, what: str, at: Sequence[float]) -> None:
        await self.driver.cdp("Input.dispatchMouseEvent", {"type": what, "x": at[0], "y": at[1], "button": "left", "clickCount": 1})
