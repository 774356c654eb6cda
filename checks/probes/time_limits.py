"""Whether a page leads away, reloads or warns after some time: its clock is put forward, first 20 minutes, then 20 hours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.probes.scenes import BODY, keep_view
from checks.probes.script import PLACES
from checks.probes.time_clock import CLOCK

NAME = "time"
MINUTE = 60_000
SPANS = (20 * MINUTE, 20 * 60 * MINUTE + 5_000)  #: ms from the load; WCAG 2.2.1 excepts limits of more than 20 hours
PATIENCE = 2_500  #: ms of real time for each span
CONTROLS = 2

LINES = (
    "(() => {"
    + PLACES
    + r"""
  const SAYS = new RegExp("超时|过期|失效|即将|自动(?:退出|跳转|返回|刷新|关闭|登出|注销)|重新登录|长时间未|未操作|时间到|延长|保持登录|" +
    "time[sd]?\\s*out|expire|session|log(?:ged)?\\s*out|extend|inactiv", "i");
  const found = [];
  for (const one of document.body?.querySelectorAll("*") ?? []) {
    if (found.length >= 60) break;
    if (/^(script|style|noscript|template|option)$/.test(one.localName)) continue;
    const own = [...one.childNodes].filter((at) => at.nodeType === 3).map((at) => at.data).join("").replace(/\s+/g, "").trim();
    if (!own || own.length >= 200 || !SAYS.test(own)) continue;
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = one.getBoundingClientRect(), dialog = Boolean(one.closest("dialog, [role=dialog], [role=alertdialog]"));
    if (box.width * box.height > 0) found.push({ text: own.slice(0, 100), dialog, element: told(one) });
  }
  return found;
})()"""
)
"""The visible texts that speak of time running out, each with its element."""

EXTENDS = (
    "(() => {"
    + PLACES
    + r"""
  const SAYS = new RegExp("取消(?:自动)?(?:跳转|刷新|返回|倒计时)?$|停止|暂停|留在|不跳转|不再跳转|延长|续期|保持登录|" +
    "继续(?:办理|填写|使用|浏览|操作)|关闭自动|cancel|stop|pause|stay|extend|keep me|turn off", "i");
  const ACTS = "button, input[type=button], input[type=checkbox], [role=button], [role=switch], [onclick], a";
  const found = [];
  for (const one of document.querySelectorAll(ACTS)) {
    const href = one.localName === "a" ? (one.getAttribute("href") ?? "").trim() : "";
    if (href && !href.startsWith("#") && !/^javascript:/i.test(href)) continue;
    const label = one.localName === "input" ? `${one.value} ${one.labels?.[0]?.textContent ?? ""}` : one.textContent;
    const named = [one.getAttribute("aria-label"), one.title, label].filter(Boolean).join(" ").replace(/\s+/g, " ").trim();
    if (named.length > 40 || !SAYS.test(named) || one.disabled) continue;
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    found.push({ named: named.slice(0, 30), element: told(one) });
    if (found.length >= 4) break;
  }
  return found;
})()"""
)
"""Controls that may turn a time limit off or extend it, by their names."""

PRESS = "((place) => {" + PLACES + " const one = elementAt(place); if (!one) return false; one.click(); return true; })"


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What happens to the page when its clock is put forward.

    -> {"seconds": to where the clock was put, "cut": it could not be gone through step by step, "leaves": None or {"url", "kind": reload,
    push, replace or form, "at": ms after the load, "wait": ms the timer waited, "again": seen on a fresh load too, "controls": [{"named",
    "element", "kept": after its use the page stayed}]}, "notices": [{"text", "dialog", "element"}] that were not there before,
    "asks": [{"kind", "text", "at"}] of the browser's own dialogs}.
    """
    await driver.cdp("Page.enable")
    hook = str((await driver.cdp("Page.addScriptToEvaluateOnNewDocument", {"source": CLOCK}))["identifier"])
    try:
        await driver.reload()
        await driver.move(2, 400)  # from now on only safe methods leave
        before = {one["text"] for one in await driver.evaluate(LINES)}
        told = await _forward(driver, *SPANS)
        notices = [one for one in await driver.evaluate(LINES) if one["text"] not in before][:5]
        for notice in notices[:2]:
            await keep_view(driver, notice["element"]["place"], "把网页的时钟拨快之后的画面，框出的是新出现的提示", also=BODY)
        leaves = told["leaves"][0] if told["leaves"] else None
        if leaves:
            leaves = {**leaves, **await _confirmed(driver, leaves)}
        return {"seconds": told["now"] // 1000, "cut": told["cut"], "timers": told["runs"], "leaves": leaves, "notices": notices,
                "asks": told["asks"][:5]}  # fmt: skip
    finally:
        with suppress(NotAnswered):
            await driver.cdp("Page.removeScriptToEvaluateOnNewDocument", {"identifier": hook})


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=45.0)


# ------------------------------------------------------------------------------------------------ inside


async def _forward(driver: Driver, *spans: int) -> dict[str, Any]:
    """Put the clock of the page forward to each of these times after its load, until it would lead away."""
    told: dict[str, Any] = {}
    for span in spans:
        answer = await driver.cdp(
            "Runtime.evaluate",
            {"expression": f"window.__auditorClock.forward({span}, {PATIENCE})", "awaitPromise": True, "returnByValue": True},
        )
        if "exceptionDetails" in answer or not answer["result"].get("value"):
            raise NotAnswered("页面的时钟没有能拨快")
        told = json.loads(answer["result"]["value"])
        if told["leaves"]:
            break
    return told


async def _confirmed(driver: Driver, leaves: Mapping[str, Any]) -> dict[str, Any]:
    """The same on a fresh load, and what becomes of it when a control is used that promises to end it."""
    until = int(leaves["at"] * 1.1 + 3_000)
    await driver.reload()
    controls = (await driver.evaluate(EXTENDS))[:CONTROLS]
    again = await _forward(driver, until)
    same = [one for one in again["leaves"] if one["kind"] == leaves["kind"] and one["url"].split("?")[0] == leaves["url"].split("?")[0]]
    known = {one["element"]["place"] for one in controls}
    late = [one for one in await driver.evaluate(EXTENDS) if one["element"]["place"] not in known]
    for control in controls:
        await driver.reload()
        await driver.move(2, 400)
        await driver.evaluate(f"{PRESS}({json.dumps(control['element']['place'])})")
        control["kept"] = not (await _forward(driver, until))["leaves"]
    return {"again": bool(same), "controls": controls, "late": late[:2]}
