// What people see of a page, and what became different between two looks. `eyes.py` puts this into a function body, after PLACES.
const SKIPPED = new Set(["script", "style", "noscript", "template", "head", "title", "meta", "link", "option", "br"]);
const PICTURES = new Set(["img", "svg", "canvas", "video", "iframe", "object", "embed", "input", "select", "textarea"]);
const MOST = 9000;
const sleep = (time) => new Promise((done) => setTimeout(done, time));
const meet = (one, other) => [Math.max(one[0], other[0]), Math.max(one[1], other[1]), Math.min(one[2], other[2]), Math.min(one[3],
  other[3])];
const real = (box) => box[2] - box[0] >= 1 && box[3] - box[1] >= 1;
const wordsIn = (element) => {
  let words = "";
  for (const one of element.childNodes) if (one.nodeType === 3) words += one.data;
  return words.replace(/\s+/g, " ").trim();
};
const see = () => {
  const seen = new Map();
  const walk = (element, flow, placed, pinned, faint) => {
    if (SKIPPED.has(element.localName) || seen.size > MOST) return;
    const style = getComputedStyle(element);
    if (style.display === "none") return;
    faint *= parseFloat(style.opacity);
    if (faint < 0.1) return;
    const { x, y, width, height } = element.getBoundingClientRect(), own = [x, y, x + width, y + height];
    const window = style.position === "fixed" ? pinned : style.position === "absolute" ? placed : flow;
    const shown = meet(own, window), flat = style.display === "contents";
    const cut = !flat && (style.overflowX !== "visible" || style.overflowY !== "visible") &&
      element !== document.body && element !== document.documentElement;
    const gone = (style.clip !== "auto" && style.position !== "static" &&
      /rect\(0px,? 0px,? 0px,? 0px\)|rect\(1px,? 1px,? 1px,? 1px\)/.test(style.clip)) ||
      /inset\((50|100)%/.test(style.clipPath);
    if (gone) return;
    if (style.visibility === "visible" && real(shown)) {
      const picture = PICTURES.has(element.localName);
      seen.set(element, { box: shown, words: wordsIn(element), leaf: picture || wordsIn(element) !== "", picture,
                          look: style.color + style.backgroundColor + style.fontSize });
    }
    if (element.localName === "svg" || element.localName === "select") return;
    const inner = cut ? shown : window;
    const holds = style.transform !== "none" || style.filter !== "none";
    const below = [inner, style.position !== "static" || holds ? inner : placed, holds ? inner : pinned, faint];
    for (const child of (element.shadowRoot ?? element).children) {
      if (child.localName === "slot") for (const one of child.assignedElements()) walk(one, ...below);
      walk(child, ...below);
    }
  };
  const whole = document.scrollingElement ?? document.documentElement;
  const page = [-scrollX, -scrollY, Math.max(whole.scrollWidth, innerWidth) - scrollX, Math.max(whole.scrollHeight,
    innerHeight) - scrollY];
  walk(document.documentElement, page, page, page, 1);
  return seen;
};
const restless = new Set();
const calm = (element) => {
  for (let at = element, deep = 0; at && deep < 4; at = at.parentElement, deep++) if (restless.has(at)) return false;
  return true;
};
const news = (before, after) => Array.from(after.keys()).filter((one) => after.get(one).leaf && !before.has(one) && calm(one));
const lost = (before, after) => Array.from(before.keys()).filter((one) => before.get(one).leaf && !after.has(one) && calm(one));
const other = (before, after) => Array.from(after.keys()).filter((one) => before.has(one) && after.get(one).leaf && calm(one) &&
  before.get(one).words !== after.get(one).words);
const moved = (before, after) => Array.from(after.keys()).filter((one) => before.has(one) && after.get(one).leaf && calm(one) &&
  before.get(one).box.some((edge, at) => Math.abs(edge - after.get(one).box[at]) > 3));
const same = (one, two) => one.length === two.length && one.every((element, at) => element === two[at]);
// the topmost elements that came into sight with some leaves
const topOf = (leaf, before) => {
  let top = leaf;
  for (let at = leaf.parentElement; at && at !== document.body && !before.has(at); at = at.parentElement) top = at;
  return top;
};
const tops = (leaves, before) => Array.from(new Set(leaves.map((leaf) => topOf(leaf, before))));
// waits until something is new and then stands still, or until `most` ms have passed
const await_ = async (before, most, quiet = 150, step = 50) => {
  const start = performance.now();
  let found = [], since = start, now = see();
  for (;;) {
    const next = [...news(before, now), ...lost(before, now)];
    if (!same(found, next)) { found = next; since = performance.now(); }
    if (performance.now() - start >= most || (found.length && performance.now() - since >= quiet)) return now;
    await sleep(step);
    now = see();
  }
};
// what changes although nobody does anything
const watch = async (time, step = 150) => {
  let last = see();
  for (const end = performance.now() + time; performance.now() < end; ) {
    await sleep(step);
    const now = see();
    for (const one of [...now.keys()].filter((one) => now.get(one).leaf && !last.has(one))) restless.add(one).add(topOf(one, last));
    for (const one of [...last.keys()].filter((one) => last.get(one).leaf && !now.has(one))) restless.add(one).add(topOf(one, now));
    for (const one of now.keys()) {
      const old = last.get(one), fresh = now.get(one);
      if (old && fresh.leaf && (old.words !== fresh.words || (Math.abs(old.box[0] - fresh.box[0]) +
        Math.abs(old.box[1] - fresh.box[1]) > 1))) {
        restless.add(one);
        if (one.parentElement) restless.add(one.parentElement);
      }
    }
    last = now;
  }
  return restless.size;
};
const quiet = async (most = 1500) => {
  let last = see();
  for (const end = performance.now() + most; performance.now() < end; ) {
    await sleep(120);
    const now = see();
    if (!news(last, now).length && !lost(last, now).length && !moved(last, now).length) return true;
    last = now;
  }
  return false;
};
// a point of an element in the window at which it is what lies on top
const pointOf = (element) => {
  for (const { x, y, width, height } of element.getClientRects()) {
    for (const [across, down] of [[.5, .5], [.25, .5], [.75, .5], [.5, .25], [.5, .75], [.1, .5], [.9, .5], [.5, .1], [.5, .9]]) {
      const at = [x + width * across, y + height * down], top = document.elementFromPoint(...at);
      if (top && (top === element || element.contains(top))) return at;
    }
  }
  return null;
};
// where the mouse rests without touching an element or what stands next to it
const aside = (element) => {
  const around = element.parentElement?.parentElement ?? element, { x, y, width, height } = element.getBoundingClientRect();
  const far = ([left, top]) => Math.hypot(left - x - width / 2, top - y - height / 2);
  const spots = [[2, 2], [innerWidth - 20, 2], [2, innerHeight - 3], [innerWidth - 20, innerHeight - 3], [2, innerHeight / 2],
                 [innerWidth - 20, innerHeight / 2], [innerWidth / 2, innerHeight - 3], [innerWidth / 2, 2]];
  const plain = (spot) => {
    const top = document.elementFromPoint(...spot);
    return top && !element.contains(top) && (!around.contains(top) || top.contains(element)) && !top.closest("a, button, li, img, input");
  };
  spots.sort((one, two) => far(two) - far(one));
  return spots.find(plain) ?? spots[0];
};
const focusables = "a[href], area[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], " +
  "[tabindex], [contenteditable]";
const tabbable = (element) => element.matches(focusables) && !element.disabled && element.tabIndex >= 0 && element.checkVisibility({
  visibilityProperty: true }) &&
  !element.closest("[inert]") && !(element.localName === "input" && element.type === "hidden");
// nothing may lead away: links, forms and scripts are stopped, and what they wanted is remembered
const wanted = [];
const hold = () => {
  if (globalThis.auditorHeld === document) return;
  globalThis.auditorHeld = document;
  globalThis.navigation?.addEventListener("navigate", (event) => {
    if (event.destination.sameDocument) { wanted.push("#"); return; }
    wanted.push(event.destination.url);
    if (event.cancelable) event.preventDefault();
  });
  addEventListener("submit", (event) => { wanted.push("submit"); event.preventDefault(); }, true);
  addEventListener("click", (event) => {
    const link = event.composedPath().find((one) => one.localName === "a" || one.localName === "area");
    const address = link?.getAttribute("href")?.trim() ?? "";
    if (link && address && !/^(#|javascript:)/i.test(address) && (link.target && link.target !== "_self")) {
      wanted.push(link.href);
      event.preventDefault();
    }
  }, true);
  document.addEventListener("auditor-opened", () => wanted.push("window"));
};
globalThis.auditorEyes = { see, news, lost, other, moved, tops, topOf, watch, quiet, pointOf, aside, tabbable, hold, wanted, sleep,
  calm, restless,
  wait: await_, told, elementAt, placeOf, deepest, wordsIn, real, meet, same };
return true;
