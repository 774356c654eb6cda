"""The script that looks for what may stop something that moves: controls in it and around it, by their names."""

from __future__ import annotations

from checks.probes.script import PLACES

CONTROLS = (
    "((place, textual) => {"
    + PLACES
    + r"""
  const PAUSES = new RegExp("暂停|停止|停播|静止|pause|stop|freeze|播放\\s*[/／]\\s*暂停|继续播放|" +
    "(?:^|[\\s_-])(?:play|zanting)(?:$|[\\s_-])|^(?:❚❚|⏸|⏯|▮▮|\\|\\|)\\s*$", "i");
  const CLOSES = /关闭|关掉|收起|隐藏|不再显示|close|hide|dismiss|^\s*[×✕✖xXＸ]\s*$/i;
  const MARKS = /pause|zanting|(?:^|[\s_-])(?:stop|close|guanbi|hide)(?:$|[\s_-])|btn[-_]?(?:stop|close)|(?:stop|close)[-_]?btn/i;
  const RATES = /秒|间隔|频率|速度|更新|刷新|滚动|second|frequen|interval|speed|update|refresh/i;
  const TURNS = /下一|上一|next|prev|左|右|[<>‹›«»]/i;
  const home = elementAt(place);
  if (!home) return null;
  const labelOf = (one) => [...(one.labels ?? [])].map((label) => label.textContent).join(" ");
  const namedOf = (one) => [one.getAttribute("aria-label"), one.getAttribute("title"), one.getAttribute("alt"), one.localName === "input"
    ? `${/^(button|submit|reset)$/.test(one.type) ? one.value : ""} ${labelOf(one) ?? ""}` : (one.textContent ?? "").slice(0, 60),
    ...[...one.querySelectorAll("img")].slice(0, 2).map((img) => img.alt)].filter(Boolean).join(" ").replace(/\s+/g, " ").trim();
  const fileOf = (img) => (img.getAttribute("src") ?? "").slice(0, 300).split("/").pop();
  const marksOf = (one) => `${one.id} ${one.getAttribute("class") ?? ""} ${one.getAttribute("onclick") ?? ""} ` +
    [...one.querySelectorAll("img, i")].slice(0, 2).map((img) => `${img.getAttribute("class") ?? ""} ${fileOf(img)}`).join(" ");
  const leads = (one) => {
    const link = one.closest("a[href], area[href]"), href = link?.getAttribute("href").trim() ?? "";
    return Boolean(link) && href !== "" && !href.startsWith("#") && !/^javascript:/i.test(href);
  };
  const sends = (one) => Boolean(one.form) && (one.type === "submit" || one.type === "image") && !one.hasAttribute("onclick");
  const BUTTONS = "button, input[type=button], input[type=submit], input[type=checkbox], a, [role=button], [role=switch], [onclick]";
  const ACTS = `${BUTTONS}, [role=checkbox], summary, [tabindex], span, i, em, b, img, div, li, video`;
  const usable = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.disabled;
  const seen = new Set(), found = [];
  const consider = (one, near) => {
    if (seen.has(one) || !usable(one) || leads(one) || sends(one)) return;
    seen.add(one);
    const named = namedOf(one), marks = marksOf(one);
    const active = one.matches("button, input, a, summary, [role=button], [role=switch], [role=checkbox], [onclick], [tabindex]") ||
      getComputedStyle(one).cursor === "pointer";
    if (!active || named.length > 40) return;
    let kind = PAUSES.test(named) ? "pause" : near && CLOSES.test(named) ? "close" : near && MARKS.test(marks) && !named ? "pause" : "";
    if (!kind && near && one.matches("button, input[type=button], input[type=checkbox], [role=button], [role=switch], [onclick]") &&
        !one.querySelector("button, [onclick]")) kind = TURNS.test(named + marks) ? "turn" : "other";
    if (!kind && near && one.matches("a") && !one.querySelector("img")) kind = "turn";
    if (!kind) return;
    if (found.some((other) => other.kind === kind && (one.contains(other.one) || other.one.contains(one)))) return;
    const keyboard = one.matches("button, input, summary, a[href], area[href], [tabindex]:not([tabindex^='-'])") ||
      Boolean(one.closest("button, a[href], [tabindex]:not([tabindex^='-'])"));
    found.push({ one, kind, keyboard, named: named.slice(0, 40) });
  };
  let around = home;
  const beside = (one, way) => {
    for (let at = one[way], count = 0; at && count < 4; at = at[way], count++) if (at.querySelectorAll("*").length < 40) nested(at, true);
  };
  const wide = home.getBoundingClientRect().width * Math.max(1, home.getBoundingClientRect().height);
  const nested = (root, near) => { for (const one of [root, ...root.querySelectorAll(ACTS)].slice(0, 400)) consider(one, near); };
  nested(home, true);
  for (let depth = 0; depth < 3; depth++) {
    const above = around.parentElement ?? around.parentNode?.host;
    if (!above || above === document.body || above === document.documentElement || above.querySelectorAll("*").length > 600) {
      if (depth < 2) { beside(around, "nextElementSibling"); beside(around, "previousElementSibling"); }
      break;
    }
    const box = above.getBoundingClientRect();
    if (box.width * box.height > Math.max(4 * wide, 60000) && depth > 0) break;
    nested(above, true);
    around = above;
  }
  for (const one of [...document.querySelectorAll(BUTTONS)].slice(0, 1500)) consider(one, false);
  if (textual) {
    const all = [...document.querySelectorAll("button, input[type=button], [role=button]")].filter(usable);
    if (all.length <= 4) for (const one of all) consider(one, true);
  }
  const order = ["pause", "close", "other", "turn"];
  found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const adjust = [...(textual ? document : around).querySelectorAll("input[type=number], input[type=range], select")].filter(usable)
    .filter((one, _, all) => (textual && all.length <= 3) || RATES.test(`${labelOf(one)} ${namedOf(one)} ${one.id}`));
  const controls = found.slice(0, 12).map(({ one, ...rest }) => ({ ...rest, element: told(one) }));
  return { controls, adjust: adjust.slice(0, 2).map(told) };
})"""
)
"""(place of what moves, whether it is text that changes) -> {"controls": [{"element", "kind", "keyboard", "named"}], "adjust": [element]}.

`kind`: pause (its name says so), close (so does its name, and it stands in or near what moves), other and turn (some button there).
What leads to another page or would send a form is left out.
"""

CENTRE = (
    "((place) => {"
    + PLACES
    + r"""
  const one = elementAt(place);
  if (!one) return null;
  const box0 = one.getBoundingClientRect();
  if (box0.bottom < 0 || box0.top > innerHeight) one.scrollIntoView({ block: "center", behavior: "instant" });
  if (!globalThis.auditorHeld) {
    globalThis.auditorHeld = true;
    addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href], area[href]"), href = link?.getAttribute("href").trim() ?? "#";
      if (!href.startsWith("#") && !/^javascript:/i.test(href) && href !== "") event.preventDefault();
    }, true);
    addEventListener("submit", (event) => event.preventDefault(), true);
  }
  return true;
})"""
)
"""Bring a control into view, and keep clicks from leading away; false where it is gone."""

CLICK = "((place) => {" + PLACES + " const one = elementAt(place); if (!one) return false; one.click(); one.blur?.(); return true; })"
"""Press a control the way the Enter key does, wherever it has moved to; whether it was there."""

SHOWN = (
    "((place) => {"
    + PLACES
    + r"""
  const one = elementAt(place);
  if (!one) return false;
  const box = one.getBoundingClientRect();
  return box.width * box.height > 0 && one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
})"""
)
"""Whether an element can be seen at all."""
