"""What single letters, digits and signs do while nothing has the focus, and whether that can be switched off."""

from __future__ import annotations

import asyncio
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.model import Driver, Probe
from checks.probes.eyes import asked, open_eyes
from checks.probes.scenes import keep_view

NAME = "shortcuts"
LIMIT = 40.0  # seconds
KEY_EVENTS = frozenset({"keydown", "keypress", "keyup"})
KEYS = (*string.ascii_lowercase, *string.digits, *"+-*/=.,;'[]\\`!?#@<>_", *string.ascii_uppercase)
OTHER_KEYS = ("Shift", "F9", "Control+Shift")  # what answers to these too is no shortcut of a character
GROUPS = (23, 5)  # keys pressed in one go, and again of those that did something
MOST = 3  # keys that answer, after which no others are looked for
MANY = 3  # neighbours that all do the same: whatever is typed does it
REACTION = 180  # ms

READY = r"""
document.activeElement?.blur?.();
for (let at = 0; at < 3 && document.activeElement && document.activeElement !== document.body; at++) { await e.sleep(50);
  document.activeElement.blur(); }
globalThis.auditorBefore = e.see();
globalThis.auditorScroll = [scrollX, scrollY];
globalThis.auditorLook = [document.documentElement, document.body].map((one) => one.className + "|" + one.getAttribute("style") +
  getComputedStyle(one).backgroundColor).join();
e.wanted.length = 0;
return !document.activeElement || document.activeElement === document.body;
"""

EFFECT = r"""
const before = globalThis.auditorBefore, kinds = [];
let now, news = [], lost = [], other = [], target = null;
for (const end = performance.now() + given[0]; ; ) {
  now = e.see();
  [news, lost, other] = [e.news(before, now), e.lost(before, now), e.other(before, now)];
  const at = e.deepest();
  if (at && at !== document.body && at !== document.documentElement) { kinds.push("focus"); target = at; }
  if (e.wanted.length) kinds.push("leads");
  if (news.length) { kinds.push("appears"); target = target ?? news[0]; }
  if (other.length) { kinds.push("words"); target = target ?? other[0]; }
  if (lost.length) { kinds.push("vanishes"); target = target ?? lost[0].parentElement; }
  if (kinds.length || performance.now() > end) break;
  await e.sleep(40);
}
if (!kinds.length && Math.abs(scrollY - globalThis.auditorScroll[1]) > 20) kinds.push("scrolls");
const look = [document.documentElement, document.body].map((one) => one.className + "|" + one.getAttribute("style") +
  getComputedStyle(one).backgroundColor).join();
if (!kinds.length && look !== globalThis.auditorLook) kinds.push("look");
const words = [...news, ...other].map((one) => now.get(one)?.words).filter(Boolean).join(" ");
return kinds.length ? { kinds: [...new Set(kinds)], target: target && target.isConnected ? e.told(target) : null, words: words.slice(0,
  60) } : null;
"""
"""What became different since READY; null: nothing that people would see."""

SWITCHES = r"""
const speaks = /快捷键|热键|键盘|按键|shortcut|hot ?key|keyboard|key ?binding|access ?key/i,
  acts = new RegExp("关闭|停用|禁用|取消|关掉|开启|启用|修改|更改|自定义|设置|改为|保存|应用|确定|disable|enable|turn|toggle|switch|" +
    "off\\b|remap|change|custom|setting|config|modifier|save", "i");
const seen = e.see();
const usable = "button, input, select, [role=button], [role=switch], [role=checkbox], a[href^='#'], a[href^='javascript:'], [onclick]";
const controls = Array.from(document.querySelectorAll(usable))
  .filter((one) => seen.has(one) || [...(one.labels ?? [])].some((label) => seen.has(label)));
const nameOf = (one) => [one.textContent, one.value, one.title, one.getAttribute("aria-label"),
  ...[...(one.labels ?? [])].map((label) => label.textContent),
  ...(one.getAttribute("aria-labelledby") ?? "").split(/\s+/).map((id) => document.getElementById(id)?.textContent)].filter((word) =>
    typeof word === "string").join(" ");
const around = (one) => one.closest("fieldset, section, form, [role=group], [role=region]")?.textContent.slice(0,
  400) ?? one.parentElement?.textContent.slice(0, 200) ?? "";
const named = controls.filter((one) => speaks.test(nameOf(one)) || (acts.test(nameOf(one)) && speaks.test(around(one))));
const few = named.length ? named : controls.length <= 6 ? controls : [];
const typed = (one) => one.matches("input:not([type]), input[type=text], input[type=search]");
let text = document.body.innerText.slice(0, 50000);
for (const one of few) for (const own of [nameOf(one), one.innerText, ...[...(one.labels ?? [])].map((label) =>
  label.innerText)]) if (own?.trim()) text = text.split(own.trim()).join("\n");
const promised = /(关闭|停用|禁用|取消|修改|更改|自定义|设置)[^。；\n]{0,12}(快捷键|热键)/.test(text) ||
  /(快捷键|热键)[^。；\n]{0,12}(关闭|停用|禁用|修改|更改|自定义|设置)/.test(text) ||
  /(turn(ed)? off|disable|remap|customi[sz]e|change)[^.\n]{0,25}(shortcut|hot ?key)/i.test(text);
return { switches: few.filter((one) => !typed(one) && !one.matches("input[type=submit], input[type=image], input[type=file]")).slice(0,
  8).map((one) => ({ ...e.told(one), name: nameOf(one).trim().slice(0, 40),
  options: one.localName === "select" ? one.options.length : 0 })), typed: named.some(typed), promised, named: named.length > 0 };
"""

USE = r"""
const one = e.elementAt(given[0]), option = given[1];
if (!one) return false;
if (option !== null) {
  if (one.selectedIndex === option) return false;
  one.selectedIndex = option;
  for (const name of ["input", "change"]) one.dispatchEvent(new Event(name, { bubbles: true }));
} else one.click();
await e.sleep(120);
return true;
"""


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """-> {"listens": event types, "keys": [{"key", "kinds", "target", "words"}], "switch": …, "cut": …}; keys that did something twice.

    "switch": {"works": name or "", "tried": [names], "typed": a field for another key, "promised": words about it, "opens": …}.
    """
    listens = await _listens(driver)
    if not listens:
        return {"listens": [], "keys": [], "switch": None, "cut": False}
    session = _Session(driver)
    await session.begin()
    found, cut = await session.search()
    kept: list[dict[str, Any]] = []
    if found:
        await session.afresh()
        if not await session.effect(OTHER_KEYS):
            for key, first in found[:3]:
                again = await session.effect((key,))
                if again and set(again["kinds"]) & set(first["kinds"]):
                    kept.append({"key": key, **again})
    switch = await session.switched(kept[0]["key"]) if kept else None
    many = len(found) >= MANY and _alike(found) and _neighbours(found)
    return {"listens": listens, "keys": kept, "many": many, "switch": switch, "cut": cut}


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)


async def _listens(driver: Driver) -> list[str]:
    """Types of key events that the window, the document, <html> or <body> listen to."""
    found: set[str] = set()
    for what in ("window", "document", "document.documentElement", "document.body"):
        held = await driver.cdp("Runtime.evaluate", {"expression": what, "objectGroup": "auditor"})
        if "objectId" in held["result"]:
            told = await driver.cdp("DOMDebugger.getEventListeners", {"objectId": held["result"]["objectId"]})
            found.update(listener["type"] for listener in told["listeners"])
    await driver.cdp("Runtime.releaseObjectGroup", {"objectGroup": "auditor"})
    return sorted(found & KEY_EVENTS)


class _Session:
    """The keyboard on one page, with nothing focused."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._known = False
        self._end = asyncio.get_running_loop().time() + LIMIT * 0.7

    async def begin(self) -> None:
        await open_eyes(self.driver)
        await asked(self.driver, "return e.watch(given[0])", 500 if self._known else 1500)
        self._known = True

    def time_left(self) -> bool:
        return asyncio.get_running_loop().time() < self._end

    async def effect(self, keys: Sequence[str]) -> dict[str, Any] | None:
        """What pressing these keys does that people would see."""
        if not await asked(self.driver, READY):
            return None
        for key in keys:
            await self.driver.press(key)
        told: dict[str, Any] | None = await asked(self.driver, EFFECT, REACTION)
        if told and told["target"] and len(keys) == 1:
            await keep_view(self.driver, told["target"]["place"], f"按“{keys[0]}”键之后的画面，框出的是变化的地方")
        return told

    async def search(self) -> tuple[list[tuple[str, dict[str, Any]]], bool]:
        """The keys that do something, looked for in groups that get smaller; and whether some were left out."""
        found: list[tuple[str, dict[str, Any]]] = []
        for group in _groups(KEYS, GROUPS[0]):
            if not self.time_left() or len(found) >= MOST:
                return found, True
            if await self.effect(group):
                await self.afresh()
                for part in _groups(group, GROUPS[1]):
                    if self.time_left() and len(found) < MOST and await self.effect(part):
                        await self.afresh()
                        found += [(key, told) for key in part if (told := await self.effect((key,)))]
        return found, False

    async def afresh(self) -> None:
        """A new load of the page: what a key did may not be done twice."""
        await self.driver.reload()
        await self.begin()

    async def switched(self, key: str) -> dict[str, Any]:
        """Whether something on the page switches a shortcut off: what speaks of shortcuts is used, one after the other, on a new load."""
        await self.afresh()
        told = await asked(self.driver, SWITCHES)
        found = {"works": "", "tried": [], "typed": told["typed"], "promised": told["promised"], "opens": False}
        steps: list[tuple[str, int | None]] = []
        for control, option in _choices(told["switches"]):
            if len(found["tried"]) >= 16 or not self.time_left():
                found["opens"] = True
                return found
            used = await self._use(control["place"], option)
            if used is None:
                continue
            found["tried"].append(control["name"])
            leads = "leads" in used["kinds"]
            found["opens"] = found["opens"] or "appears" in used["kinds"] or (leads and told["named"])
            if leads:  # another page may follow, on which the key does nothing
                await self.afresh()
                steps.clear()
                continue
            steps.append((control["place"], option))
            if not await self.effect((key,)) and not await self.effect((key,)) and await self._off(steps, key):
                found["works"] = control["name"] or "?"
                return found
        return found

    async def _off(self, steps: Sequence[tuple[str, int | None]], key: str) -> bool:
        """Whether the same steps switch it off on a new load too: what a key has done already it cannot be seen to do again."""
        await self.afresh()
        for place, option in steps:
            await self._use(place, option)
        return not await self.effect((key,)) and not await self.effect((key,))

    async def _use(self, place: str, option: int | None) -> dict[str, Any] | None:
        """What using a control does that people would see; None where it could not be used."""
        await asked(self.driver, READY)
        if not await asked(self.driver, USE, place, option):
            return None
        return await asked(self.driver, EFFECT, 60) or {"kinds": []}


def _choices(controls: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], int | None]]:
    """Each control, a list of choices once for each of them."""
    for control in controls:
        for option in range(control["options"]) if control["options"] else (None,):
            yield control, option


def _groups(keys: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (keys[at : at + size] for at in range(0, len(keys), size))


def _neighbours(found: Sequence[tuple[str, Any]]) -> bool:
    """Whether the keys were looked at one after the other, with none between that does nothing."""
    at = [KEYS.index(key) for key, _ in found]
    return at == list(range(at[0], at[0] + len(at)))


def _alike(found: Sequence[tuple[str, Mapping[str, Any]]]) -> bool:
    """Whether all keys do the same: it is typing that does it, whatever is typed."""
    return len({(tuple(told["kinds"]), (told["target"] or {}).get("place")) for _, told in found}) == 1
