"""What the mouse brings into sight by resting on something: whether one can reach it, keep it, send it away, and have it by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.document import Document, captured
from checks.probes.eyes import asked, open_eyes

NAME = "hover"
LIMIT = 45.0  # seconds
HOVERS = frozenset({"mouseover", "mouseenter", "pointerenter", "pointerover", "mousemove"})
TRIES = 16  # things the mouse is rested on
EFFECTS = 5  # of these, how many that show something are looked at closely
SLOW = 2  # of these, how many are waited for as long as the criterion asks
PERSISTS = 3000  # ms
LOADS = 3  # how often the page is loaded for what stays open
STOPS = 12  # Tab presses near one thing
ROTATES = 4500  # ms
ASPECTS = frozenset({"hoverable", "persistent", "dismissed", "keyboard"})
PACE = 12.0  # CSS px from one step of the mouse to the next

COLLECT = r"""
const [listening, most] = given, seen = e.see(), hidden = (one) => !seen.has(one), groups = new Map();
const named = (one) => one.localName + "." + [...one.classList].filter((word) =>
  !/\d|^(on|cur|current|active|hover|selected|first|last)$/i.test(word)).join(".");
const chain = (one) => [one, one.parentElement, one.parentElement?.parentElement].map((at) => at ? named(at) : "").join("<");
const hint = (one, how) => {
  const told = seen.get(one);
  if (!told || one === document.body || one === document.documentElement) return;
  const box = told.box, across = box[2] - box[0], down = box[3] - box[1];
  if (across * down > innerWidth * innerHeight * 0.35 || across < 6 || down < 6 || one.closest("[aria-hidden='true']")) return;
  const key = chain(one), group = groups.get(key) ?? { how, members: [] };
  if (!group.members.includes(one)) group.members.push(one);
  groups.set(key, group);
};
let rules = 0, unread = 0;
const read = (list) => {
  for (const rule of list) {
    if (++rules > 20000) return;
    if (rule.cssRules?.length && !rule.selectorText) { if (!rule.media ||
      matchMedia(rule.media.mediaText).matches) read(rule.cssRules); continue; }
    if (!rule.selectorText?.includes(":hover")) continue;
    const style = rule.style;
    if (!["display", "visibility", "opacity", "height", "max-height", "top", "left", "right", "bottom", "clip", "clip-path",
      "transform", "width"].some((name) => style.getPropertyValue(name))) continue;
    for (const selector of rule.selectorText.split(",")) {
      const at = selector.indexOf(":hover"), head = selector.slice(0, at).trim(), tail = selector.slice(at + 6);
      if (at < 0 || !head || !/^[^\s>+~]*\s*[\s>+~]\s*\S/.test(tail)) continue;
      const subject = (head + tail).replace(/:hover/g, "").replace(/::?(before|after)\s*$/, "");
      try {
        for (const one of Array.from(document.querySelectorAll(subject)).slice(0, 300).filter(hidden)) {
          const above = one.closest(head) ?? Array.from(one.parentElement?.children ?? []).find((beside) => beside.matches(head));
          if (above && above !== one) hint(above, "css");
        }
      } catch { /* a selector that means nothing without :hover */ }
    }
  }
};
for (const sheet of document.styleSheets) { try { read(sheet.cssRules); } catch { unread++; } }
for (const place of listening) { const one = e.elementAt(place); if (one) hint(one, "listener"); }
const speaking = "[aria-haspopup], [data-toggle='tooltip'], [data-bs-toggle='tooltip'], [aria-describedby], [data-hover]";
for (const one of document.querySelectorAll(speaking)) hint(one, "told");
for (const one of seen.keys()) {
  if (!/^(li|dd|dt|td|div|span|a|p)$/.test(one.localName)) continue;
  const shut = Array.from(one.children).some((child) => hidden(child) && /^(ul|ol|dl|div|p|span|section|img)$/.test(child.localName) &&
    (child.querySelector("a, img") || child.localName === "img" || e.wordsIn(child).length > 3));
  const box = seen.get(one).box;
  if (shut && box[3] - box[1] < 130 && box[2] - box[0] < 420) hint(one, "structure");
}
const rank = { css: 0, listener: 1, told: 2, structure: 3 }, found = [];
const active = (one) => /(^|[\s_-])(on|cur|current|active|selected|hover)($|[\s_-])/i.test(one.className?.baseVal ?? one.className);
for (const group of [...groups.values()].sort((one, two) => rank[one.how] - rank[two.how])) {
  const score = (one) => (active(one) ? 2 : 0) + (Array.from(one.querySelectorAll("a, img")).some(hidden) ? 0 : 1);
  const ranked = group.members.map((one, at) => [score(one), at, one]).sort((one, two) => one[0] - two[0] || one[1] - two[1]).slice(0, 2);
  found.push({ how: group.how, members: ranked.map(([, , one]) => ({ place: e.placeOf(one), scripted: listening.length > 0 &&
    listening.some((place) => e.elementAt(place)?.contains(one)) })) });
}
return { groups: found.slice(0, most), cut: found.length > most, unread };
"""
"""Groups of like things that may show something under the mouse, the likeliest first; of each group the likeliest members."""

REST = r"""
const one = e.elementAt(given[0]);
if (!one) return null;
const { top, bottom } = one.getBoundingClientRect();
if (top < 0 || bottom > innerHeight) one.scrollIntoView({ block: "center", behavior: "instant" });
await e.sleep(30);
const point = e.pointOf(one);
return point && { point, aside: e.aside(one) };
"""

BEFORE = "await e.quiet(700); globalThis.auditorBefore = e.see(); return true;"

SHOWN = r"""
const before = globalThis.auditorBefore, trigger = e.elementAt(given[0]), now = await e.wait(before, given[1]);
if (!trigger) return null;
const leaves = e.news(before, now).filter((one) => !trigger.contains(one) || one !== trigger);
const parts = e.tops(leaves, before).map((top) => {
  const own = leaves.filter((one) => top.contains(one)), boxes = own.map((one) => now.get(one).box);
  const box = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...boxes.map((one) => one[side])));
  const frame = now.get(top) ? [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(box[side], now.get(top).box[side])) : box;
  const words = own.map((one) => now.get(one).words).filter(Boolean).join(" ");
  const links = [...new Set(own.map((one) => one.closest("a[href]")).filter(Boolean))];
  const pictures = own.filter((one) => { const at = now.get(one); return at.picture && at.box[2] - at.box[0] >= 60 &&
    at.box[3] - at.box[1] >= 60; });
  return { top, own, box: frame, words, links, pictures, area: (frame[2] - frame[0]) * (frame[3] - frame[1]) };
}).filter((part) => part.pictures.length ||
  part.words.replace(/[\s<>‹›«»×+|-]|上一[张页个]|下一[张页个]|prev(ious)?|next/gi, "").length >= 2);
if (!parts.length) return null;
parts.sort((one, two) => two.area - one.area);
const part = parts[0], outside = (one) => !part.top.contains(one) && !trigger.contains(one) && !one.contains(trigger);
globalThis.auditorPart = part;
const covered = [];
for (const [one, at] of before) {
  if (!at.leaf || !outside(one) || (at.words.length < 2 && !one.closest("a, button, input, select"))) continue;
  const ranges = document.createRange();
  ranges.selectNodeContents(one);
  const boxes = at.words ? Array.from(ranges.getClientRects(), (line) => [line.left, line.top, line.right, line.bottom]) : [at.box];
  const lies = boxes.some((box) => {
    const common = e.meet(e.meet(box, at.box), part.box);
    if (common[2] - common[0] < 8 || common[3] - common[1] < 8) return false;
    const hit = document.elementFromPoint((common[0] + common[2]) / 2, (common[1] + common[3]) / 2);
    return hit && part.top.contains(hit);
  });
  if (lies) covered.push(at.words.slice(0, 20) || one.localName);
}
const shownLinks = new Set(Array.from(before.keys()).filter((one) => one.localName === "a" && one.href &&
  !part.top.contains(one)).map((one) => one.href));
const said = [...before.values()].map((one) => one.words).join(" ") + trigger.textContent.replace(/\s+/g, " ") +
  [trigger, ...trigger.querySelectorAll("*")].map((one) => ["title", "alt", "aria-label"].map((name) =>
    one.getAttribute(name) ?? "").join(" ")).join(" ");
const own_ = trigger.contains(part.top) ? part.top.textContent.replace(/\s+/g, " ") : "";
const fresh = (words) => words.length >= 2 && !said.replace(own_, " ").includes(words);
const addresses = part.links.map((one) => one.href).filter((one) => !/^javascript:|#$/.test(one));
const real = trigger.closest("a[href]") ?? trigger.querySelector(":scope > a[href]") ?? (e.wordsIn(trigger) ? null :
  trigger.querySelector("a[href]"));
const leads = real && !part.top.contains(real) && !/^\s*(javascript:|#)/i.test(real.getAttribute("href")) &&
  real.getAttribute("href").trim() !== "";
return { trigger: e.told(trigger), content: e.told(part.top), words: part.words.slice(0, 80), pictures: part.pictures.length,
  links: part.links.length, new_links: addresses.filter((one) => !shownLinks.has(one)).length,
  new_words: part.own.filter((one) => fresh(now.get(one).words)).length,
  leads: Boolean(leads), covered: covered.slice(0, 3), covers: covered.length, lost: e.lost(before, now).length,
  inside: trigger.contains(part.top), size: [Math.round(part.box[2] - part.box[0]), Math.round(part.box[3] - part.box[1])] };
"""
"""What came into sight: the largest part of it that says something, and what of the page it covers."""

STILL = r"""
const [time, gone] = given, part = globalThis.auditorPart;
if (!part) return false;
const before = globalThis.auditorBefore, said = new Set(part.own.map((one) => e.wordsIn(one)).filter(Boolean));
const there = () => {
  const now = e.see();
  return part.own.some((one) => now.has(one)) || Array.from(now.keys()).some((one) => !before.has(one) && now.get(one).leaf &&
    said.has(now.get(one).words));
};
for (const end = performance.now() + time; performance.now() < end; await e.sleep(60)) if (gone && !there()) return false;
return there();
"""
"""Whether it is still there after a time; with `gone` it is not waited any longer once it is not."""

NEAREST = r"""
const [x, y] = given, { top, box } = globalThis.auditorPart, points = [];
const [left, upper, right, lower] = e.meet(box, [0, 0, innerWidth, innerHeight]);
for (let down = 0.5; down < 12; down++) for (let across = 0.5; across < 12; across++) {
  const at = [left + (right - left) * across / 12, upper + (lower - upper) * down / 12], hit = document.elementFromPoint(...at);
  points.push([hit && top.contains(hit) ? 0 : 1, Math.hypot(at[0] - x, at[1] - y), at]);
}
points.sort((one, two) => one[0] - two[0] || one[1] - two[1]);
return left < right && upper < lower ? points[0][2] : null;
"""

START = r"""
const trigger = e.elementAt(given[0]), all = Array.from(document.querySelectorAll("*")).filter(e.tabbable);
const before = all.filter((one) => one.compareDocumentPosition(trigger) & Node.DOCUMENT_POSITION_FOLLOWING && !one.contains(trigger));
const last = before[before.length - 1];
document.activeElement?.blur?.();
last?.focus({ preventScroll: true });
return Boolean(last);
"""

AWAITED = r"""
const top = e.elementAt(given[0]);
if (!top) return false;
const own = [top, ...top.querySelectorAll("*")].filter((one) => e.wordsIn(one) || /^(img|svg|canvas)$/.test(one.localName));
globalThis.auditorBefore = e.see();
globalThis.auditorPart = { top, own, box: [0, 0, 0, 0] };
return own.length > 0;
"""

STOP = r"""
const trigger = e.elementAt(given[0]), part = globalThis.auditorPart, at = e.deepest();
await e.sleep(60);
if (!at || at === document.body || !trigger) return { past: true };
const item = trigger.closest("li") ?? (trigger.matches("a, button, span, img, i") ? trigger.parentElement : trigger);
const after = (one) => Boolean(one.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING) && !one.contains(at);
const submits = at.matches("input[type=submit], input[type=image]") || (at.localName === "button" && at.form && at.type === "submit");
return { own: item.contains(at), inside: part.top.contains(at), past: after(item) && (!part.top.isConnected || after(part.top)),
  submits };
"""


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """-> {"effects": [what came into sight where], "tried": [element told], "cut": whether something was left out, "unread": sheets}.

    An effect tells the trigger and the content, and whether it vanishes when the mouse leaves, can be reached by the mouse ("hoverable",
    "gap": only when it is moved fast), stays for 3 s, goes away with Esc, and how the keyboard shows it (`_by_keyboard`). What speaks
    against the page was seen on two loads of it.
    """
    if not captured(facts):
        return {}
    document = Document(facts)
    listening = [node.place for node in document.nodes if node.listeners & HOVERS and node.visible and node.scope.kind != "frame"]
    session = _Session(driver)
    await session.begin()
    told = await asked(driver, COLLECT, listening[:300], 40)
    effects = await session.tried(told["groups"])
    doubtful = [effect for effect in effects if _against(effect)]
    if doubtful and session.time_left():
        await driver.reload()
        await session.begin()
    for effect in doubtful:
        again = None
        if session.time_left():
            with suppress(NotAnswered):
                again = await session.trial(effect["place"], _against(effect) if effect["vanishes"] else frozenset())
        _agree(effect, again)
    return {"effects": effects, "tried": session.places, "cut": told["cut"] or session.cut, "unread": told["unread"]}


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)


def _against(effect: Mapping[str, Any]) -> frozenset[str]:
    """What of an effect speaks against the page."""
    return frozenset(name for name in ASPECTS if effect[name] is False or (effect[name] == "" and not effect["leads"]))


def _agree(effect: dict[str, Any], again: Mapping[str, Any] | None) -> None:
    """Keep of what speaks against the page only what was seen twice; for what stays open the keys were tried on a load of its own."""
    seen = again is not None and again["vanishes"] == effect["vanishes"]
    for name in _against(effect):
        if not seen or (effect["vanishes"] and again is not None and again[name] != effect[name]):
            effect[name] = None


class _Session:
    """The mouse on one page, under a budget of time."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.cut = False
        self.places: list[str] = []
        self._known = False
        self._slow = 0
        self._loads = 0
        self._end = asyncio.get_running_loop().time() + LIMIT * 0.8

    async def begin(self) -> None:
        await open_eyes(self.driver)
        await self.driver.move(2, 2)
        await asked(self.driver, "return e.watch(given[0])", 600 if self._known else 1200)
        self._known = True

    def time_left(self, share: float = 0.0) -> bool:
        return asyncio.get_running_loop().time() < self._end - LIMIT * share

    async def tried(self, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The effects of resting on the members of groups, one of each group; half of the time is kept for a second look."""
        effects: list[dict[str, Any]] = []
        contents: set[str] = set()
        for group in groups:
            for member in group["members"]:
                if len(self.places) >= TRIES or len(effects) >= EFFECTS or not self.time_left(0.4):
                    self.cut = True
                    return effects
                self.places.append(member["place"])
                with suppress(NotAnswered):
                    effect = await self.trial(member["place"], ASPECTS if member["scripted"] else ASPECTS - {"persistent"})
                    if effect is not None:
                        if effect["content"]["place"] not in contents:
                            contents.add(effect["content"]["place"])
                            effects.append({"place": member["place"], "how": group["how"], **effect})
                        break
        return effects

    async def rest(self, place: str, patience: int = 450) -> tuple[Any, Any]:
        """Take the mouse away and rest it on an element -> (where: its point and the one aside, what came into sight); None: nothing."""
        where = await asked(self.driver, REST, place)
        if where is None:
            return None, None
        await self.driver.move(*where["aside"])
        await self._still(1500, gone=True)  # what was shown before goes away with a delay
        await asked(self.driver, BEFORE)
        x, y = where["point"]
        await self.driver.move(x - 1, y)
        await self.driver.move(x, y)
        return where, await asked(self.driver, SHOWN, place, patience)

    async def trial(self, place: str, asked_for: frozenset[str]) -> dict[str, Any] | None:
        """What one element shows under the mouse, and what can be done with it, as far as it is asked for (of ASPECTS)."""
        await asked(self.driver, "globalThis.auditorPart = null; return true")
        where, shown = await self.rest(place)
        if shown is None:
            return None
        found = {**shown, **dict.fromkeys(ASPECTS), "gap": False, "rotates": False}
        near = await asked(self.driver, NEAREST, *where["point"])
        if "hoverable" in asked_for and near is not None:
            found["hoverable"] = await self._reached(where["point"], near)
        await self.driver.move(*where["aside"])
        found["vanishes"] = not await self._still(1500, gone=True)
        alone = shown["new_links"] or shown["new_words"] or shown["pictures"]
        if not found["vanishes"]:
            found["hoverable"] = None
            if "keyboard" in asked_for and alone and self._loads < LOADS and self.time_left(0.3):
                self._loads += 1
                found["keyboard"] = await self._by_keyboard(place, where["aside"], shown["content"]["place"])
                found["rotates"] = found["keyboard"] == "" and await self._still(ROTATES)
            return found
        if found["hoverable"] is False and near is not None:
            found["gap"] = found["hoverable"] = await self._jumped(place, near)
        if "persistent" in asked_for and self._slow < SLOW and self.time_left(0.3):
            self._slow += 1
            found["persistent"] = await self._kept(place)
        if "dismissed" in asked_for and found["covers"]:
            found["dismissed"] = await self._dismissed(place)
        if "keyboard" in asked_for and alone:
            found["keyboard"] = await self._by_keyboard(place, where["aside"])
        return found

    async def _jumped(self, place: str, near: Sequence[float]) -> bool | None:
        """Whether what the walking mouse lost is still there when it jumps."""
        _, shown = await self.rest(place, 900)
        if shown is None:
            return None
        await self.driver.move(*near)
        return await self._still(350)

    async def _kept(self, place: str) -> bool | None:
        """Whether it is there as long as the mouse rests; a second time where it was not."""
        _, shown = await self.rest(place, 900)
        return None if shown is None else await self._still(PERSISTS, gone=True)

    async def _dismissed(self, place: str) -> bool | None:
        """Whether Esc sends it away while the mouse rests."""
        _, shown = await self.rest(place, 900)
        if shown is None:
            return None
        await self.driver.press("Escape")
        return not await self._still(700, gone=True)

    async def _still(self, time: int, *, gone: bool = False) -> bool:
        return bool(await asked(self.driver, STILL, time, gone))

    async def _reached(self, start: Sequence[float], end: Sequence[float]) -> bool:
        """Whether it is still there when the mouse has walked into it."""
        steps = max(2, min(40, int((abs(end[0] - start[0]) + abs(end[1] - start[1])) / PACE)))
        for step in range(1, steps + 1):
            part = step / steps
            await self.driver.move(start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
        return await self._still(350)

    async def _by_keyboard(self, place: str, aside: Sequence[float], opened: str | None = None) -> str | None:
        """The key that shows it: "Tab", "Enter", "Space", "ArrowDown"; "" where none does; None where that could not be told.

        `opened`: the place of what the mouse has opened for good; it is looked for on a page that is loaded afresh.
        """
        if opened is not None:
            await self.driver.reload()
            await self.begin()
            if not await asked(self.driver, AWAITED, opened):
                return None
        await self.driver.move(*aside)
        if await self._still(1500, gone=True):
            return None
        await asked(self.driver, START, place)
        for _ in range(STOPS):
            await self.driver.press("Tab")
            stop = await asked(self.driver, STOP, place)
            if stop.get("inside") or await self._still(0):
                return "Tab"
            if stop["past"]:
                return ""
            if stop["own"] and not stop["submits"]:
                for key in ("Enter", "Space", "ArrowDown", "ArrowRight"):
                    await self.driver.press(key)
                    if await self._still(250):
                        return key
        return None
