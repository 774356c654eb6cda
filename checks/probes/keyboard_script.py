"""What the keyboard experiment asks in the page, in a world of our own: where the focus went, what showed it, and what covers it."""

from __future__ import annotations

from checks.probes.script import run

TOLD_BY_PAGE = "auditor-told"

MAIN = """(() => {
  const tell = EventTarget.prototype.dispatchEvent, Told = CustomEvent, { apply } = Reflect;
  const say = (what) => apply(tell, document, [new Told("TOLD_BY_PAGE", { detail: what })]);
  window.open = function open(address) { say("open " + String(address ?? "")); return null; };
  for (const name of ["alert", "confirm", "prompt"]) window[name] = function () { say("dialog " + name); return undefined; };
})()""".replace("TOLD_BY_PAGE", TOLD_BY_PAGE)
"""In the page's own world: windows and messages are told of, and not opened."""

INSTALL = run("keyboard.js")
"""Puts `auditorKeys` into our world of the page. Navigations that scripts begin are told of and held back; so are submissions."""

LOOK = "globalThis.auditorKeys.look(%d, %d, %s)"

WATCHED = """(() => {
  const named = ["onfocus", "onblur", "onfocusin", "onfocusout", "onkeydown", "onkeyup"].map((name) => "[" + name + "]").join(",");
  return !!document.querySelector(named);
})()"""

TEXT = "(document.body?.innerText ?? '').slice(0, 60000)"
