"""JavaScript of the experiment `hover`: bodies of functions of `e` (the eyes) and `given`, as `eyes.asked` wants them."""

from __future__ import annotations

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
