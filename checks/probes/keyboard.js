// Where the focus went, what showed it, and what covers it. `keyboard_script.py` puts this into a function body, after PLACES.
const PROPERTIES = ["background-color", "background-image", "background-position", "box-shadow", "color", "opacity", "visibility",
  "display", "transform", "filter", "width", "height", "left", "top", "margin-left", "margin-top", "font-weight", "font-size",
  "text-decoration-line", "text-decoration-style", "text-shadow", "clip", "clip-path", "fill", "stroke", "z-index"];
const SIDES = ["top", "right", "bottom", "left"];
const ids = new WeakMap(), known = [], prints = new Map(), events = [], groups = new Map();
const idOf = (element) => {
  if (!ids.has(element)) { ids.set(element, known.length); known.push(element); }
  return ids.get(element);
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const frames = (count) => new Promise((done) => {
  const late = setTimeout(done, 200);
  const step = () => (count-- > 0 ? requestAnimationFrame(step) : (clearTimeout(late), done()));
  step();
});

const styleOf = (element, pseudo) => {
  const style = getComputedStyle(element, pseudo);
  if (pseudo && ["none", "normal", ""].includes(style.content)) return "";
  const told = PROPERTIES.map((name) => style.getPropertyValue(name));
  const line = (name) => {
    const kind = style.getPropertyValue(name + "-style"), width = style.getPropertyValue(name + "-width");
    return kind === "none" || width === "0px" ? "" : [kind, width, style.getPropertyValue(name + "-color")].join(" ");
  };
  return [line("outline"), ...SIDES.map((side) => line("border-" + side)), ...told].join("|");
};
const ringOf = (element) => {
  const style = getComputedStyle(element);
  return style.outlineStyle === "auto" && parseFloat(style.outlineWidth) >= 1 && !/rgba\(.*, 0\)/.test(style.outlineColor);
};
const around = (element) => {
  const parent = element.parentElement, found = [element, ...(element.labels ?? [])];
  if (parent && parent !== document.body) found.push(parent);
  if (parent?.parentElement && parent.parentElement !== document.body && parent !== document.body) found.push(parent.parentElement);
  found.push(...[...element.children].slice(0, 4));
  return found;
};
const printOf = (element) => around(element).map((one) => [null, "::before", "::after"].map((pseudo) => styleOf(one, pseudo)));

const TYPED = new Set(["text", "search", "url", "tel", "email", "password", "number", "date", "time", "month", "week", "datetime-local"]);
const caret = (element) => {
  const field = element.localName === "textarea" || (element.localName === "input" && TYPED.has(element.type));
  if (!(field && !element.readOnly) && !element.isContentEditable) return false;
  const told = getComputedStyle(element).caretColor;
  return !/^rgba\(.*, 0\)$/.test(told) && told !== "transparent";
};
const classOf = (one) => one.localName + "." + (one.getAttribute("class") ?? "").trim().replace(/\d+/g, "#").split(/\s+/).sort().join(".");
const groupOf = (element) => {
  const way = [element.localName === "input" ? "input:" + element.type : "", classOf(element)];
  for (let at = element.parentElement, steps = 0; at && at !== document.body && steps < 3; at = at.parentElement, steps++) {
    way.push(classOf(at));
  }
  const key = way.join(">");
  if (!groups.has(key)) groups.set(key, groups.size);
  return groups.get(key);
};
const boxOf = (element) => {
  let { left, top, right, bottom } = element.getBoundingClientRect();
  for (const one of element.querySelectorAll("img, span, svg, div")) {
    if (right - left >= 2 && bottom - top >= 2) break;
    const inner = one.getBoundingClientRect();
    if (inner.width >= 2 && inner.height >= 2) ({ left, top, right, bottom } = inner);
  }
  return { left, top, right, bottom };
};
const flat = (box) => [box.left, box.top, box.right - box.left, box.bottom - box.top];
const inWindow = (box) => box.right - box.left >= 2 && box.bottom - box.top >= 2 && box.right > 1 && box.bottom > 1
  && box.left < innerWidth - 1 && box.top < innerHeight - 1;
const within = (one, other) => {
  for (let at = one; at; at = at.parentNode ?? at.host) if (at === other) return true;
  return false;
};
const hitAt = (x, y) => {
  let at = document.elementFromPoint(x, y);
  while (at?.shadowRoot) {
    const inner = at.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === at) break;
    at = inner;
  }
  return at;
};
const solid = (colour) => { const part = colour.match(/[\d.]+/g) ?? []; return part.length === 3 || Number(part[3] ?? 0) >= 0.95; };
const coverOf = (hit, element) => {
  let opaque = false, clear = 1;
  for (let at = hit; at; at = at.parentElement ?? at.getRootNode().host) {
    if (within(element, at)) return null;
    const style = getComputedStyle(at);
    clear *= Number(style.opacity);
    opaque ||= solid(style.backgroundColor) || ["img", "video", "canvas", "iframe"].includes(at.localName);
    if (style.position === "fixed" || style.position === "sticky") return opaque && clear >= 0.95 ? at : null;
  }
  return null;
};
const look9 = (element) => {
  const box = boxOf(element);
  if (!inWindow(box)) return { seen: false, cover: null };
  const left = Math.max(box.left, 0), top = Math.max(box.top, 0);
  const wide = Math.min(box.right, innerWidth) - left, high = Math.min(box.bottom, innerHeight) - top;
  let free = 0, cover = null, off = 0;
  for (const dx of [0.08, 0.5, 0.92]) for (const dy of [0.1, 0.5, 0.9]) {
    const hit = hitAt(left + wide * dx, top + high * dy);
    if (!hit) { off += 1; continue; }
    if (within(hit, element) || [...(element.labels ?? [])].some((label) => within(hit, label))) { free += 1; continue; }
    const found = coverOf(hit, element);
    if (found && (!cover || cover === found)) cover = found; else { off += 1; }
  }
  return { seen: true, free, cover: free === 0 && off === 0 ? cover : null };
};
const shown = (element) => {
  for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
    const style = getComputedStyle(at);
    if (Number(style.opacity) < 0.05) return false;
    if (at === element && style.visibility !== "visible") return false;
    if (style.clipPath === "inset(50%)" || style.clipPath === "inset(100%)" || /^rect\([01](px)?,? [01]/.test(style.clip)) return false;
    if (style.overflowX !== "visible") {
      const one = at.getBoundingClientRect(), box = boxOf(element);
      const apart = box.right <= one.left || box.left >= one.right || box.bottom <= one.top || box.top >= one.bottom;
      if (at !== element && apart) return false;
      if (one.width <= 1 || one.height <= 1) return false;
    }
  }
  return inWindow(boxOf(element));
};
const nameOf = (element) => (element.innerText || element.getAttribute("aria-label") || element.title || element.value
  || element.querySelector("img[alt]")?.alt || "").toString().trim().slice(0, 60);

addEventListener("focus", (event) => {
  const at = event.composedPath()[0];
  if (at instanceof Element) events.push(["focus", idOf(at)]);
}, { capture: true, passive: true });
document.addEventListener("auditor-told", (event) => events.push(["told", String(event.detail).slice(0, 300)]));
globalThis.navigation?.addEventListener("navigate", (event) => {
  if (event.destination.sameDocument || event.hashChange) { events.push(["moved", event.destination.url]); return; }
  if (/^javascript:/i.test(event.destination.url)) return;
  events.push([event.formData ? "submit" : "navigate", event.destination.url.slice(0, 300)]);
  if (event.cancelable) event.preventDefault();
});
addEventListener("submit", (event) => { events.push(["submit", ""]); event.preventDefault(); }, { capture: true });

const calm = new CSSStyleSheet();
calm.replaceSync("* { scroll-behavior: auto !important }");
document.adoptedStyleSheets = [...document.adoptedStyleSheets, calm];

globalThis.auditorKeys = {
  known, events, told, deepest, elementAt, placeOf, idOf, frames, wait, nameOf, shown, boxOf, look9, within, hitAt,
  /* What the last key led to; `before`: id of what had the focus then, -1 for nothing */
  async look(before, pause, brief) {
    await frames(1);
    if (pause) await wait(pause);
    const at = deepest(), here = at && at !== document.body && at !== document.documentElement ? at : null;
    const answer = { inside: document.hasFocus(), id: here ? idOf(here) : -1, events: events.splice(0) };
    if (brief) return answer;
    const left = known[before];
    if (left && left !== here && prints.has(before) && !(here && within(here, left))) {
      const now = left.isConnected ? JSON.stringify(printOf(left)) : "";
      answer.left = { differs: now !== "" && now !== prints.get(before) };
    }
    if (here && !prints.has(answer.id)) {
      prints.set(answer.id, JSON.stringify(printOf(here)));
      const nine = look9(here), seen = shown(here);
      answer.stop = {
        element: told(here), group: groupOf(here), name: nameOf(here), frame: here.localName === "iframe" || here.localName === "frame",
        caret: caret(here), ring: ringOf(here), shown: seen, cover: nine.cover ? told(nine.cover) : null,
        at: [Math.round(boxOf(here).left + scrollX), Math.round(boxOf(here).top + scrollY)],
        link: here.localName === "a" ? here.getAttribute("href") ?? "" : "", hidden: !!here.closest("[aria-hidden=true]"),
      };
    }
    return answer;
  },
  /* Until the transitions around an element are over, `most` ms */
  async rest(element, most) {
    const near = new Set(around(element));
    const fading = document.getAnimations().filter((one) => one instanceof CSSTransition && near.has(one.effect?.target));
    await Promise.race([Promise.allSettled(fading.map((one) => one.finished)), wait(most)]);
    await frames(2);
  },
  /* Where what has the focus is to be looked at, in CSS px of the window */
  async pose(pause) {
    const at = deepest();
    if (!at || at === document.body) return null;
    await this.rest(at, 1200);
    if (pause) await wait(pause);
    return { place: placeOf(at), box: flat(boxOf(at)), shown: shown(at), scroll: [scrollX, scrollY], window: [innerWidth, innerHeight] };
  },
  async unfocus(place, pause) {
    const at = elementAt(place);
    at.blur();
    await frames(1);
    await this.rest(at, 1200);
    if (pause) await wait(pause);
    return { box: flat(boxOf(at)), scroll: [scrollX, scrollY], gone: deepest() !== at };
  },
  async refocus(place, pause) {
    const at = elementAt(place);
    at.focus({ preventScroll: true });
    await frames(1);
    await this.rest(at, 1200);
    if (pause) await wait(pause);
    return deepest() === at;
  },
  /* Whether what has the focus is still covered, and by what */
  async covered(place) {
    const at = elementAt(place);
    if (!at || deepest() !== at) return null;
    await frames(2);
    const first = look9(at).cover, where = first && JSON.stringify(first.getBoundingClientRect());
    await wait(250);
    const again = look9(at).cover;
    return first && again === first && JSON.stringify(first.getBoundingClientRect()) === where ? told(first) : null;
  },
  /* Whether an element lies in the document at or after another one */
  follows: (one, other) => within(one, other) || !!(other.compareDocumentPosition(one) & 4),
};
return true;
