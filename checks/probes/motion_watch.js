// How every element of a page looks from sample to sample. `motion_watch.py` puts this into a function body, after PLACES.
const STEPS = [230, 370, 290, 410, 190, 330], MOST = 5000, APART = 900, EVENTS = 120, REST = 7500;
const SKIP = /^(script|style|link|meta|head|title|template|noscript|base|source|track|param|br|wbr|option|optgroup|area|map)$/;
const gathered = (root) => {
  const found = [], waiting = [root];
  while (waiting.length && found.length < MOST) {
    const at = waiting.pop();
    if (SKIP.test(at.localName)) continue;
    found.push(at);
    const inner = at.shadowRoot ? at.shadowRoot.children : at instanceof SVGElement ? [] : at.children;
    for (let i = inner.length - 1; i >= 0; i--) waiting.push(inner[i]);
  }
  return found;
};
const aboveOf = (element) => element.parentElement ?? (element.parentNode instanceof ShadowRoot ? element.parentNode.host : null);
const boxOf = (element) => {
  const box = element.getBoundingClientRect();
  return [box.x, box.y, box.width, box.height];
};
const shownBox = (element) => {   // what its clipping ancestors and the page leave of it, in px of the viewport
  let [x, y, w, h] = boxOf(element), right = x + w, bottom = y + h;
  let fixed = getComputedStyle(element).position === "fixed";
  for (let at = aboveOf(element); at && at !== document.body && at !== document.documentElement && !fixed; at = aboveOf(at)) {
    const style = getComputedStyle(at);
    if (style.overflowX !== "visible" || style.overflowY !== "visible") {
      const [a, b, c, d] = boxOf(at);
      x = Math.max(x, a); y = Math.max(y, b); right = Math.min(right, a + c); bottom = Math.min(bottom, b + d);
    }
    fixed = style.position === "fixed";
  }
  x = Math.max(x, -scrollX); y = Math.max(y, -scrollY);
  right = Math.min(right, Math.max(innerWidth, document.documentElement.scrollWidth) - scrollX);
  return [x, y, Math.max(0, right - x), Math.max(0, bottom - y)];
};
const areaOf = ([, , w, h]) => w * h;
const inSight = (element) => {
  if (!element.isConnected || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return 0;
  return areaOf(shownBox(element));
};
const contentBox = (element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const box = range.getBoundingClientRect();
  return [box.x, box.y];
};
const drawn = new OffscreenCanvas(24, 24).getContext("2d", { willReadFrequently: true });
const canvasMark = (canvas) => {
  try {
    drawn.clearRect(0, 0, 24, 24);
    drawn.drawImage(canvas, 0, 0, 24, 24);
    return drawn.getImageData(0, 0, 24, 24).data.reduce((sum, value, at) => (sum * 31 + (value >> 4) * (at + 1)) % 1000000007, 7);
  } catch { return 0; }
};
const numbers = new WeakMap();
let counted = 0;
const numberOf = (element) => {
  if (!element) return 0;
  if (!numbers.has(element)) numbers.set(element, ++counted);
  return numbers.get(element);
};
const stateOf = (element) => {
  const box = boxOf(element), above = aboveOf(element), style = getComputedStyle(element);
  const from = above ? above.getBoundingClientRect() : { x: 0, y: 0 };
  let x = box[0] - from.x, y = box[1] - from.y, shift = element.scrollLeft + element.scrollTop;
  if (element.localName === "marquee") shift = contentBox(element).reduce((one, two) => one + two);
  let text = "", media = "";
  for (const at of element.childNodes) if (at.nodeType === 3) text += at.data;
  if (element.localName === "img") media = element.currentSrc || element.src;
  else if (element.localName === "video") media = String(Math.round(element.currentTime * 4));
  else if (element.localName === "canvas" && box[2] * box[3] > 2000) media = String(canvasMark(element));
  return { x, y, w: box[2], h: box[3], shift, opacity: +style.opacity, seen: style.visibility === "visible" && box[2] * box[3] > 0,
           text: text.replace(/\s+/g, " ").trim(), media,
           paint: [style.backgroundColor, style.backgroundPosition, style.backgroundImage.slice(-60)].join(), colour: style.color,
           turn: style.transform,
           children: element === document.body ? "" : `${numberOf(element.firstElementChild)},${element.childElementCount}` };
};
const differences = (before, now, tag) => {
  const kinds = [];
  if (before.seen !== now.seen || (before.opacity < 0.05) !== (now.opacity < 0.05)) kinds.push("show");
  else if (!now.seen) return kinds;
  if (Math.abs(before.x - now.x) + Math.abs(before.y - now.y) >= 1 || Math.abs(before.shift - now.shift) >= 1) kinds.push("move");
  if (Math.abs(before.w - now.w) + Math.abs(before.h - now.h) >= 1) kinds.push("size");
  else if (before.turn !== now.turn && !kinds.includes("move")) kinds.push("turn");
  if (Math.abs(before.opacity - now.opacity) >= 0.1) kinds.push("fade");
  if (before.paint !== now.paint) kinds.push("paint");
  if (before.colour !== now.colour) kinds.push("colour");
  if (before.text !== now.text) kinds.push("text");
  if (before.children !== now.children) kinds.push("children");
  if (before.media !== now.media) kinds.push(tag === "img" ? "picture" : tag === "canvas" ? "canvas" : "film");
  return kinds;
};
const watch = (element, now, since, known) => {
  const state = stateOf(element);
  const record = known.get(element);
  if (!record) {
    known.set(element, { state, events: [], texts: [], opacities: [], path: null, area: 0, was: since === null ? null : false });
    return;
  }
  const kinds = differences(record.state, state, element.localName);
  if (kinds.length) {
    const seen = inSight(element) >= 16, before = record.was ?? true;
    if ((seen || before) && record.events.length < EVENTS) {
      record.events.push([now, kinds]);
      if (kinds.includes("text") && record.texts.length < 6) record.texts.push(state.text.slice(0, 60));
      if (kinds.includes("fade") || kinds.includes("show")) record.opacities.push(state.seen ? state.opacity : 0);
    }
    record.was = seen;
    record.area = Math.max(record.area, inSight(element));
    for (const one of [record.state, state]) {
      const [left, top, right, bottom, least, most] = record.path ?? [one.x, one.y, one.x, one.y, one.shift, one.shift];
      record.path = [Math.min(left, one.x), Math.min(top, one.y), Math.max(right, one.x), Math.max(bottom, one.y),
                     Math.min(least, one.shift), Math.max(most, one.shift)];
    }
  }
  record.state = state;
};
const inOrder = (events) => events.map((event) => event[0]).sort((a, b) => a - b);
const burstsOf = (times) => {
  const found = [];
  for (const at of times) {
    const last = found[found.length - 1];
    if (last && at - last[1] < APART) last[1] = at; else found.push([at, at]);
  }
  return found;
};
const clips = (element) => {
  const style = getComputedStyle(element);
  return style.overflowX !== "visible" || style.overflowY !== "visible";
};
const homeOf = (element, kinds, active) => {
  if (element.localName === "marquee" || ["video", "canvas"].includes(element.localName)) return element;
  if (kinds.size === 1 && (kinds.has("text") || kinds.has("picture"))) return element;
  const position = getComputedStyle(element).position;
  if (position === "fixed") return element;
  for (let at = element, depth = 0; at && depth < 5 && at !== document.body && at !== document.documentElement; at = aboveOf(at), depth++) {
    if (depth && getComputedStyle(at).position === "fixed") return at;
    if (clips(at) && (depth || element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1)
        && areaOf(boxOf(at)) <= innerWidth * 1000) return at;
  }
  const above = aboveOf(element);
  if (!above || above === document.body || above === document.documentElement) return element;
  if ([...above.children].filter((one) => active.has(one)).length < 2) return element;
  const large = areaOf(boxOf(above)) > 0 ? above : aboveOf(above);
  return large && large !== document.body && large !== document.documentElement ? large : above;
};
const together = (one, other) => {
  const near = (at) => other.bursts.some(([begin, end]) => at[0] >= begin - 700 && at[0] <= end + 700);
  return one.bursts.filter(near).length >= 0.7 * one.bursts.length;
};
const meets = (one, other) => {
  const [a, b, c, d] = boxOf(one), [x, y, w, h] = boxOf(other);
  return a < x + w + 40 && x < a + c + 40 && b < y + h + 40 && y < b + d + 40;
};
const related = (one, other) => {
  let at = one;
  for (let depth = 0; at && depth < 4 && at !== document.body; at = aboveOf(at), depth++) if (at.contains(other)) return true;
  return false;
};
const components = (known, begin, end, samples) => {
  const active = new Set([...known].filter(([, record]) => record.events.length).map(([element]) => element));
  const homes = new Map();
  for (const element of active) {
    const record = known.get(element);
    if (!element.isConnected) continue;
    const kinds = new Set(record.events.flatMap((event) => event[1]));
    const home = homeOf(element, kinds, active);
    const part = homes.get(home) ?? { home, events: [], texts: [], opacities: [], parts: [], path: 0, wandering: 0, area: 0 };
    part.events.push(...record.events);
    part.texts.push(...record.texts);
    part.opacities.push(...record.opacities);
    part.parts.push(element);
    if (record.path) {
      const across = record.path[2] - record.path[0], down = record.path[3] - record.path[1];
      part.path = Math.max(part.path, across, down, record.path[5] - record.path[4]);
      if (home === element) part.wandering = Math.min(across, down);
      part.area = Math.max(part.area, record.area);
    }
    homes.set(home, part);
  }
  let found = [...homes.values()].map((part) => ({ ...part, bursts: burstsOf(inOrder(part.events)) }));
  found = found.filter((part) => inSight(part.home) > 0 || part.events.length > 1);
  found.sort((one, other) => areaOf(boxOf(one.home)) - areaOf(boxOf(other.home)));
  const joined = [];
  const absorb = (into, part) => {
    into.events.push(...part.events); into.texts.push(...part.texts); into.opacities.push(...part.opacities);
    into.path = Math.max(into.path, part.path); into.parts.push(...part.parts);
    into.bursts = burstsOf(inOrder(into.events));
  };
  for (const part of found.reverse()) {        // the largest first
    const textual = part.events.every((event) => event[1].every((kind) => kind === "text"));
    const into = joined.find((other) => {
      if (other.home === part.home) return true;
      if (other.home.contains(part.home)) return together(part, other) && !textual;
      return !textual && part.bursts.length > 1 && together(part, other) && related(part.home, other.home) && meets(part.home, other.home);
    });
    if (into) absorb(into, part); else joined.push(part);
  }
  return joined.map((part) => described(part, begin, end, samples));
};
const described = (part, begin, end, samples) => {
  const { home, events, bursts } = part, kinds = {};
  const stamps = new Set();
  for (const [at, names] of events) { stamps.add(at); for (const name of names) kinds[name] = (kinds[name] ?? 0) + 1; }
  const style = getComputedStyle(home), shown = shownBox(home);
  const text = (home.innerText ?? home.textContent ?? "").replace(/\s+/g, " ").trim();
  const marks = [home, ...part.parts.slice(0, 6), aboveOf(home)].map((one) =>
    `${one?.id ?? ""} ${one?.getAttribute?.("class") ?? ""} ${one?.getAttribute?.("role") ?? ""}`).join(" ").slice(0, 600);
  return { element: told(home), shown: shown.map(Math.round), area: Math.round(Math.max(part.area, inSight(home))), kinds,
           bursts: bursts.slice(0, 40).map(([one, two]) => [Math.round(one - begin), Math.round(two - begin)]),
           share: +(stamps.size / Math.max(1, samples)).toFixed(2), path: Math.round(part.path), wandering: Math.round(part.wandering),
           position: style.position, texts: [...new Set(part.texts)].slice(0, 6), text: text.slice(0, 120), letters: text.length,
           outside: Math.max(0, (document.body.innerText ?? "").replace(/\s+/g, "").length - text.replace(/\s+/g, "").length),
           pictures: home.querySelectorAll("img, picture, svg, canvas, video").length + (home.localName === "img" ? 1 : 0),
           links: home.querySelectorAll("a[href]").length, opacities: part.opacities.slice(0, 12), marks,
           parts: new Set(part.parts).size, live: Boolean(home.closest("[role=progressbar],[role=timer],[aria-busy=true]")) };
};
