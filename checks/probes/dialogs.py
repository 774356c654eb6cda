"""What opens over the page when a control is pressed by keyboard, where the focus goes, and controls that answer to clicks alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.document import Document, captured
from checks.probes.eyes import asked, open_eyes

NAME = "dialogs"
LIMIT = 45.0  # seconds
TRIES = 12  # controls that are pressed
DIALOGS = 4  # of these, how many that open something are looked at closely
CONTROLS = 4  # things that look like controls and are none by their tags
ROUNDS = 30  # Tab presses inside one dialog

TOOLS = r"""
globalThis.auditorOver = (before, now) => {
  const tops = e.tops([...e.news(before, now)], before), big = (box) =>
    (box[2] - box[0]) * (box[3] - box[1]) > innerWidth * innerHeight * 0.02;
  const marked = "[role=dialog], [role=alertdialog], [aria-modal=true], dialog";
  const found = [];
  for (const top of tops) {
    const named = [top, ...top.querySelectorAll(marked)].find((one) => one.matches(marked) && [one,
      ...one.querySelectorAll("*")].some((part) => now.has(part)));
    const near = top.closest(marked);
    const parts = [top, ...top.querySelectorAll("*")].filter((one) => now.has(one));
    const floats = [...parts.slice(0, 40), top.parentElement].find((one) => one &&
      /fixed|absolute/.test(getComputedStyle(one).position) && !before.has(one) && now.has(one) && big(now.get(one).box));
    const boxes = parts.map((one) => now.get(one).box);
    if (!boxes.length) continue;
    const box = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...boxes.map((one) => one[side])));
    const root = named ?? near ?? (floats ? top : null);
    if (root) found.push({ root, marked: Boolean(named ?? near), area: (box[2] - box[0]) * (box[3] - box[1]) });
  }
  if (!found.length) return null;
  found.sort((one, two) => Number(two.marked) - Number(one.marked) ||
    two.root.querySelectorAll("a, button, input").length - one.root.querySelectorAll("a, button, input").length || two.area - one.area);
  const best = found[0], spots = [[4, 4], [innerWidth - 20, 4], [4, innerHeight - 4], [innerWidth - 20, innerHeight - 4]];
  const veiled = spots.filter((spot) => { const hit = document.elementFromPoint(...spot); return hit &&
    hit !== document.documentElement && hit !== document.body && !before.has(hit); }).length;
  const modal = veiled >= 3 || best.root.matches("[aria-modal=true]") || best.root.matches(":modal");
  return { root: best.root, marked: best.marked, modal, veiled };
};
globalThis.auditorThere = () => { const now = e.see(), { root } = globalThis.auditorLayer; return root.isConnected && [root,
  ...root.querySelectorAll("*")].some((one) => now.get(one)?.leaf); };
globalThis.auditorInside = () => {
  const { root } = globalThis.auditorLayer;
  for (let at = document.activeElement; at; at = at.parentElement ?? at.getRootNode().host) if (at === root) return true;
  return false;
};
return e.watch(given[0]);
"""

COLLECT = r"""
const seen = e.see(), found = new Map(), clicked = new Set(given[0].map((place) => e.elementAt(place)).filter(Boolean));
const risky = /退出|注销|删除|提交|发布|支付|付款|投票|点赞|确认|submit|logout|delete|pay|打印|print|下载|download/i;
const likely = new RegExp("登录|注册|分享|无障碍|适老|长者|关怀|智能|客服|助手|机器人|订阅|弹|反馈|意见|打开|微信|公众号|二维码|" +
  "提示|说明|声明|查看|菜单|导航|设置|dialog|modal|popup|layer|open|menu|show|login|share", "i");
const nameOf = (one) => [one.innerText, one.title, one.getAttribute("aria-label"),
  one.querySelector?.("img")?.alt].filter(Boolean).join(" ").slice(0, 60);
const named = (one) => one.localName + "." + [...one.classList].filter((word) =>
  !/\d|^(on|cur|current|active|hover|selected)$/i.test(word)).join(".");
const chain = (one) => [one, one.parentElement, one.parentElement?.parentElement].map((at) => at ? named(at) : "").join("<");
const native = "button, a[href], summary, input[type=button], area[href]";
const openers = "button, [role=button], input[type=button], a[href^='#'], a[href^='javascript:' i], a[href=''], [aria-haspopup], " +
  "[data-toggle], [data-bs-toggle], [data-target]";
for (const one of document.querySelectorAll(openers)) {
  if (!seen.has(one) && ![...one.querySelectorAll("*")].some((part) => seen.has(part))) continue;
  const href = one.getAttribute("href")?.trim() ?? "", submits = one.localName === "button" && one.form && one.type === "submit";
  if (!e.tabbable(one) || submits || one.disabled || (href && !/^(#|javascript:)/i.test(href)) || risky.test(nameOf(one))) continue;
  if (/^#.+/.test(href) && document.getElementById(href.slice(1)) && seen.has(document.getElementById(href.slice(1))) &&
    !clicked.has(one)) continue;
  const marks = nameOf(one) + " " + one.className + " " + (one.getAttribute("onclick") ?? "") + one.id +
    [...one.attributes].map((each) => each.name + each.value).join(" ").slice(0, 300);
  const score = (/dialog|true/.test(one.getAttribute("aria-haspopup") ?? "") ||
    /modal|dialog/.test(one.dataset.toggle ?? one.dataset.bsToggle ?? "") ? 0 : likely.test(marks) ? 1 : clicked.has(one) ||
    one.hasAttribute("onclick") ? 2 : 3);
  const key = chain(one) + (one.getAttribute("onclick") ?? "").replace(/\(.*/, ""), group = found.get(key) ?? [];
  group.push([score, one]);
  found.set(key, group);
}
const triggers = [...found.values()].flatMap((group) => group.sort((one, two) => one[0] - two[0]).slice(0, group[0][0] < 2 ? 2 :
  1)).sort((one, two) => one[0] - two[0]);
const controls = new Map(),
  roles = "[role=button], [role=tab], [role=menuitem], [role=checkbox], [role=switch], [role=radio], [role=link], [role=option]";
for (const one of document.querySelectorAll("[tabindex]")) {
  if (!seen.has(one) || !e.tabbable(one) || one.matches(native +
    ", input, select, textarea, iframe, label, summary, audio, video, [contenteditable]")) continue;
  if (!one.matches(roles) && !clicked.has(one)) continue;
  if (one.matches("[aria-disabled=true], [aria-selected=true], [aria-checked=true][role=radio]") ||
    one.closest("a[href], button, label, [inert]")) continue;
  if ([...one.querySelectorAll("*")].some(e.tabbable) || risky.test(nameOf(one))) continue;
  const key = chain(one);
  if (!controls.has(key)) controls.set(key, one);
}
return { triggers: triggers.slice(0, given[1]).map(([, one]) => e.placeOf(one)), controls: [...controls.values()].slice(0,
  given[2]).map(e.placeOf), cut: triggers.length > given[1] };
"""

STANDS = r"""
const spots = [[4, 4], [innerWidth - 20, 4], [4, innerHeight - 4], [innerWidth - 20, innerHeight - 4]], now = e.see();
const layers = (at) => { for (; at; at = at.parentElement) if (getComputedStyle(at).position === "fixed") return at; return null; };
const hits = spots.map((spot) => layers(document.elementFromPoint(...spot))), cover = hits[0];
const alpha = (one) => { const parts = getComputedStyle(one).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
  return (parts[3] ?? 1) * parseFloat(getComputedStyle(one).opacity); };
const marked = [...document.querySelectorAll("dialog[open], [aria-modal=true]")].find((one) => now.has(one) &&
  (one.matches(":modal") || one.matches("[aria-modal=true]")));
let root = marked ?? null, modal = Boolean(marked);
if (!root && cover && hits.every((hit) => hit === cover)) {
  const veil = alpha(cover) > 0.1 && alpha(cover) < 0.98 && cover.getBoundingClientRect().height >= innerHeight - 20;
  const above = [.5, .3, .7, .15, .85].flatMap((across) => [.5, .3, .7, .15, .85].map((down) =>
    layers(document.elementFromPoint(innerWidth * across, innerHeight * down)))).find((one) => one && one !== cover);
  const speaks = [...cover.querySelectorAll("*")].some((one) => now.get(one)?.leaf);
  if (veil && (above || speaks)) { root = above ?? cover; modal = true; }
}
if (!root || ![...root.querySelectorAll("*")].some(e.tabbable)) return null;
globalThis.auditorLayer = { root, modal, marked: Boolean(marked) };
globalThis.auditorTrigger = null;
return { overlay: e.told(root), marked: Boolean(marked), modal, words: root.innerText.replace(/\s+/g, " ").slice(0, 40),
  inside: globalThis.auditorInside(),
  tabbables: [root, ...root.querySelectorAll("*")].filter(e.tabbable).length };
"""

AIM = r"""
const one = e.elementAt(given[0]);
if (!one) return false;
one.scrollIntoView({ block: "nearest", behavior: "instant" });
one.focus();
await e.sleep(120);
globalThis.auditorTrigger = one;
globalThis.auditorBefore = e.see();
globalThis.auditorSign = [...one.attributes].map((each) => each.name + "=" + each.value).join();
e.wanted.length = 0;
return document.activeElement === one;
"""

OPENS = r"""
const before = globalThis.auditorBefore, now = await e.wait(before, given[0], 200), over = globalThis.auditorOver(before, now);
const changed = e.news(before, now).length + e.lost(before, now).length + e.other(before, now).length + e.wanted.length > 0;
if (!over) return { over: null, changed };
globalThis.auditorLayer = over;
for (const end = performance.now() + 500; performance.now() < end && !globalThis.auditorInside(); ) await e.sleep(50);
const { root } = over, parts = [root, ...root.querySelectorAll("*")].filter(e.tabbable);
return { changed: true, over: { trigger: e.told(globalThis.auditorTrigger), overlay: e.told(root), marked: over.marked,
  modal: over.modal, inside: globalThis.auditorInside(),
  tabbables: parts.length, words: (root.innerText ?? "").replace(/\s+/g, " ").trim().slice(0, 40),
    frames: root.querySelectorAll("iframe").length } };
"""

STEP = r"""
await e.sleep(80);
const at = e.deepest(), there = globalThis.auditorThere(), nowhere = !document.hasFocus() || !at || at === document.body ||
  at === document.documentElement;
return { inside: globalThis.auditorInside(), there, nowhere, at: nowhere ? null : e.told(at) };
"""

CLOSER = r"""
const { root } = globalThis.auditorLayer, now = e.see();
const named = /^(\s*(关\s*闭|取\s*消|关闭窗口|返回|我?知道了|确\s*定|×|✕|✖|x|close|cancel|ok)\s*)$/i;
const all = [...root.querySelectorAll("a, button, [role=button], span, i, img, div")].filter((one) => now.has(one));
const fits = (one) => [one.textContent, one.title, one.getAttribute("aria-label"), one.getAttribute("alt"), one.value].some((word) =>
  word && named.test(word)) ||
  (/(^|[-_\s])(close|guanbi|btn-close)|close$/i.test(typeof one.className === "string" ? one.className : "") && one.children.length <= 1);
const closer = all.find((one) => fits(one) && e.tabbable(one)) ?? all.find(fits);
if (!closer) return null;
if (e.tabbable(closer)) { closer.focus(); return "key"; }
closer.click();
return "mouse";
"""

CLOSED = r"""
for (const end = performance.now() + given[0]; performance.now() < end && globalThis.auditorThere(); ) await e.sleep(60);
if (globalThis.auditorThere()) return { closed: false };
await e.sleep(200);
const trigger = globalThis.auditorTrigger, at = e.deepest(), none = !at || at === document.body || at === document.documentElement;
return { closed: true, back: Boolean(trigger && at && !none && (trigger === at || trigger.contains(at) || at.contains(trigger))), none };
"""

AFTER = r"""
await e.sleep(80);
const trigger = globalThis.auditorTrigger, at = e.deepest(), all = Array.from(document.querySelectorAll("*")).filter(e.tabbable);
return { next: at && at !== document.body ? e.told(at) : null, distance: all.includes(at) && all.includes(trigger) ?
  Math.abs(all.indexOf(at) - all.indexOf(trigger)) : -1 };
"""

DONE = r"""
const before = globalThis.auditorBefore, one = globalThis.auditorTrigger;
for (const end = performance.now() + given[0]; ; await e.sleep(50)) {
  const now = e.see(), sign = [...one.attributes].map((each) => each.name + "=" + each.value).join();
  const kinds = [];
  if (e.wanted.length) kinds.push("leads");
  if (e.news(before, now).length || e.lost(before, now).length) kinds.push("shows");
  if (e.other(before, now).length) kinds.push("words");
  if (!one.isConnected || sign !== globalThis.auditorSign) kinds.push("state");
  if (given[1] && document.activeElement !== one && document.activeElement !== document.body) kinds.push("focus");
  if (kinds.length || performance.now() > end) return kinds;
}
"""

POINTED = r"""
const one = globalThis.auditorTrigger, point = e.pointOf(one);
return point;
"""

REST = r"""
await e.quiet(800);
const one = globalThis.auditorTrigger;
globalThis.auditorBefore = e.see();
globalThis.auditorSign = [...one.attributes].map((each) => each.name + "=" + each.value).join();
e.wanted.length = 0;
return true;
"""


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """-> {"standing": dialog that is open on load or None, "dialogs": [what a control opened], "controls": [what answers to what], "cut"}.

    A dialog tells whether the focus was moved into it ("inside") or comes into it with the next Tab ("tab_in"), what was focused outside
    of it while it stood ("leaves"), what closed it ("closes") and whether the focus came back ("back"). What speaks against the page was
    seen on two loads of it; what was seen once only is None.
    """
    if not captured(facts):
        return {}
    document = Document(facts)
    clicked = [node.place for node in document.nodes if node.listeners & {"click", "mousedown"} and node.scope.kind != "frame"][:400]
    session = _Session(driver)
    await session.begin()
    standing = await session.standing()
    if standing is not None:
        await session.afresh()
        _agree(standing, await session.standing())
        return {"standing": standing, "dialogs": [], "controls": [], "cut": True}
    told = await asked(driver, COLLECT, clicked, TRIES, CONTROLS)
    dialogs = await session.dialogs(told["triggers"])
    for dialog in dialogs:
        if _against(dialog):
            await session.afresh()
            with suppress(NotAnswered):
                again, _ = await session.pressed(dialog["place"]) if session.time_left() else (None, False)
            _agree(dialog, again)
    controls = await session.controls(told["controls"])
    return {"standing": None, "dialogs": dialogs, "controls": controls, "cut": told["cut"] or session.cut}


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)

SIGNS = {"inside": False, "tab_in": False, "back": False}  # what speaks against a dialog


def _against(dialog: Mapping[str, Any]) -> bool:
    return dialog["leaves"] is not None or any(dialog[name] is bad for name, bad in SIGNS.items())


def _agree(dialog: dict[str, Any], again: Mapping[str, Any] | None) -> None:
    """Keep what was seen twice."""
    for name in SIGNS:
        if again is None or again[name] != dialog[name]:
            dialog[name] = None
    if again is None or again["leaves"] is None:
        dialog["leaves"] = None


class _Session:
    """The keyboard on one page, under a budget of time."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.cut = False
        self._known = False
        self._end = asyncio.get_running_loop().time() + LIMIT * 0.8

    async def begin(self) -> None:
        await open_eyes(self.driver)
        await asked(self.driver, TOOLS, 600 if self._known else 1100)
        self._known = True

    async def afresh(self) -> None:
        """A new load of the page."""
        await self.driver.reload()
        await self.begin()

    def time_left(self, share: float = 0.0) -> bool:
        return asyncio.get_running_loop().time() < self._end - LIMIT * share

    async def standing(self) -> dict[str, Any] | None:
        """The dialog that covers the page as it is loaded, and whether Tab leads into it."""
        told: dict[str, Any] | None = await asked(self.driver, STANDS)
        if told is None:
            return None
        told |= {"tab_in": told["inside"], "leaves": None, "back": None}
        for _ in range(3):
            if told["tab_in"]:
                break
            await self.driver.press("Tab")
            step = await asked(self.driver, STEP)
            told["tab_in"] = step["inside"]
        return told

    async def dialogs(self, triggers: list[str]) -> list[dict[str, Any]]:
        """What the controls open, one after the other, each on an untouched page."""
        found: list[dict[str, Any]] = []
        for place in triggers:
            if len(found) >= DIALOGS or not self.time_left(0.4):
                self.cut = True
                break
            dialog, touched = None, True
            with suppress(NotAnswered):
                dialog, touched = await self.pressed(place)
            if dialog is not None and all(dialog["overlay"]["place"] != one["overlay"]["place"] for one in found):
                found.append({"place": place, **dialog})
            if touched:
                await self.afresh()
        return found

    async def pressed(self, place: str) -> tuple[dict[str, Any] | None, bool]:
        """What Enter on a control opens, and whether the page is another one after it."""
        if not await asked(self.driver, AIM, place):
            return None, False
        await self.driver.press("Enter")
        told = await asked(self.driver, OPENS, 500)
        dialog: dict[str, Any] | None = told["over"]
        if dialog is None:
            return None, told["changed"]
        dialog |= {"tab_in": None, "leaves": None, "closes": "", "back": None, "next": None}
        if not (dialog["modal"] or dialog["marked"]) or not dialog["tabbables"]:
            return dialog, True
        if not dialog["inside"]:
            await self.driver.press("Tab")
            dialog["tab_in"] = (await asked(self.driver, STEP))["inside"]
        if dialog["inside"] or dialog["tab_in"]:
            await self._walk(dialog)
        await self._close(dialog)
        return dialog, True

    async def _walk(self, dialog: dict[str, Any]) -> None:
        """Tab through a dialog and a little further."""
        for _ in range(min(ROUNDS, dialog["tabbables"] + 2)):
            await self.driver.press("Tab")
            step = await asked(self.driver, STEP)
            if not step["there"]:
                return
            if not step["inside"] and not step["nowhere"]:
                dialog["leaves"] = step["at"]
                return

    async def _close(self, dialog: dict[str, Any]) -> None:
        """Close a dialog with Esc, or else with its button, and look where the focus is."""
        await asked(self.driver, "const { root } = auditorLayer; if (!auditorInside()) "
                    "[...root.querySelectorAll('*')].find(e.tabbable)?.focus(); return true")  # fmt: skip
        await self.driver.press("Escape")
        end = await asked(self.driver, CLOSED, 600)
        if end["closed"]:
            dialog["closes"] = "Escape"
        elif way := await asked(self.driver, CLOSER):
            if way == "key":
                await self.driver.press("Enter")
            end = await asked(self.driver, CLOSED, 800)
            dialog["closes"] = way if end["closed"] else ""
        if end["closed"] and dialog["closes"] != "mouse":
            dialog["back"] = True
            if end["none"]:
                await self.driver.press("Tab")
                after = await asked(self.driver, AFTER)
                dialog["back"] = None if after["distance"] < 0 else after["distance"] <= 2
                dialog["next"] = after["next"]
            elif not end["back"]:
                dialog["back"] = None

    async def controls(self, places: list[str]) -> list[dict[str, Any]]:
        """What looks like a control: whether keys do what a click does. Where none did, it was tried on two loads."""
        found: list[dict[str, Any]] = []
        for place in places:
            if not self.time_left(0.1):
                self.cut = True
                break
            with suppress(NotAnswered):
                await self.afresh()
                told = await self.answers(place)
                if told is not None and told["click"] and not told["key"]:
                    await self.afresh()
                    again = await self.answers(place)
                    if again is None or again["key"] or not set(again["click"]) & set(told["click"]):
                        continue
                if told is not None:
                    found.append(told)
        return found

    async def answers(self, place: str) -> dict[str, Any] | None:
        """The key that something answers to, and what a click does where there is none."""
        if not await asked(self.driver, AIM, place):
            return None
        told = await asked(self.driver, "return e.told(auditorTrigger)")
        for key in ("Enter", "Space", "ArrowRight", "ArrowDown"):
            await self.driver.press(key)
            if await asked(self.driver, DONE, 250, True):
                return {"control": told, "key": key, "click": []}
        point = await asked(self.driver, POINTED)
        if point is None:
            return None
        await self.driver.move(*point)
        await asked(self.driver, REST)
        await self.driver.click(*point)
        return {"control": told, "key": "", "click": await asked(self.driver, DONE, 400, False)}
