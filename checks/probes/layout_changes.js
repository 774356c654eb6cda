// What wider spacing, larger text and a turned phone do to a page; `layout.py` puts this after layout.js.

// ---------------------------------------------------------------------------------- spacing and text size

const lined = (look) => [...look.runs].filter(([node]) => !A.moving.has(node))
  .flatMap(([node, run]) => run.lines.map((line) => ({ node, run, l: Math.max(line.l, run.edge.l), r: Math.min(line.r, run.edge.r) - 0.13 * run.size,
    t: Math.max(line.t, run.edge.t), b: Math.min(line.b, run.edge.b), size: run.size })))
  .filter((line) => line.r > line.l && line.b > line.t).sort((one, other) => one.t - other.t);
// Pairs of texts that are painted over each other.
const overlaps = (look) => {
  const found = new Map(), open = [];
  for (const line of lined(look)) {
    for (let at = open.length - 1; at >= 0; at -= 1) {
      const other = open[at];
      if (other.b <= line.t) { open.splice(at, 1); continue; }
      if (other.node === line.node) continue;
      const wide = Math.min(line.r, other.r) - Math.max(line.l, other.l), high = Math.min(line.b, other.b) - line.t;
      if (wide < 0.6 * Math.min(line.size, other.size) || high < 0.3 * 0.78 * Math.min(line.size, other.size)) continue;
      const pair = found.get(line.node) ?? new Map();
      pair.set(other.node, Math.max(wide, pair.get(other.node) ?? 0));
      found.set(line.node, pair);
    }
    open.push(line);
  }
  return found;
};
const SPACED = { loose: "letter-spacing:.12em!important;line-height:1.5!important", full: "letter-spacing:.12em!important;word-spacing:.16em!important;line-height:1.5!important" };
// Not by setAttribute, which the policy of the page (CSP) may forbid.
const back = (element, before) => { if (before === null) element.removeAttribute("style"); else element.style.cssText = before; };
// Lays the page out with wider spacing: no value that the page itself sets wider is made narrower. Tells how to undo it.
const loosened = (kind, base) => {
  const wider = [], sheet = new CSSStyleSheet(), roots = new Set([document]);
  sheet.replaceSync(`*, *::before, *::after { ${SPACED[kind]} } ${kind === "full" ? "p { margin-bottom: 2em !important }" : ""} * { transition: none !important }`);
  for (const [element, style] of base.known) {
    const own = element.getRootNode();
    if (own instanceof ShadowRoot) roots.add(own);
    if (parseFloat(style.line) >= 1.5 * style.size) wider.push([element, "line-height", style.line]);
    if (parseFloat(style.letter) >= 0.12 * style.size) wider.push([element, "letter-spacing", style.letter]);
  }
  const kept = wider.map(([element, name, value]) => {
    const before = [element.style.getPropertyValue(name), element.style.getPropertyPriority(name), element.getAttribute("style")];
    element.style.setProperty(name, value, "important");
    return [element, before[2]];
  });
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return () => {
    for (const root of roots) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
    for (const [element, before] of kept.reverse()) back(element, before);
  };
};
const spaced = (kind, base, work) => {
  const undo = loosened(kind, base);
  try { return work(); } finally { undo(); }
};
const toldPair = (one, other) => ({ first: told(above2(one)), second: told(above2(other)), words: [words(one).slice(0, 40), words(other).slice(0, 40)] });
const layer = (element, look) => {
  for (let at = element; at && at !== document.body; at = above(at)) if (/absolute|fixed|sticky/.test(look.style(at).position)) return at;
  return null;
};
// Whether two texts were laid out with regard to each other: neither floats over the page for itself.
const together = (one, other, look) => {
  const layers = [layer(one, look), layer(other, look)];
  return layers[0] === layers[1] || layers.every((at, which) => {
    if (!at) return true;
    const holder = look.style(at).position === "absolute" ? look.holder(at) : null;
    return holder && holder !== document.body && holder !== document.documentElement && holder.contains([other, one][which]);
  });
};
const crossing = (before, after, look) => {
  const found = [];
  for (const [one, others] of after) for (const [other, wide] of others) {
    if (before.get(one)?.has(other) || before.get(other)?.has(one)) continue;
    const [here, there] = [look.runs.get(one), look.runs.get(other)];
    if (!here.whole || !there.whole || !together(here.parent, there.parent, look)) continue;
    found.push({ one, other, wide });
  }
  return found.sort((a, b) => b.wide - a.wide);
};
// Texts that lie over each other in one window and not in another.
A.over = (before, after) => crossing(overlaps(A.looks[before]), overlaps(A.looks[after]), A.looks[after])
  .filter(({ one, other }) => letters(one) > 1 && letters(other) > 1).slice(0, 6)
  .map(({ one, other, wide }) => ({ ...toldPair(one, other), wide: Math.round(wide) }));
A.spacing = (name) => {
  const base = A.looks[name], before = overlaps(base), answer = { cut: [], over: [] };
  const seen = (kind) => spaced(kind, base, () => { const look = new Look(A.nodes); return { cut: cutOff(base, look).filter((one) => one.fresh), over: crossing(before, overlaps(look), look), look }; });
  const full = seen("full");
  if (!full.cut.length && !full.over.length) return answer;
  const strong = seen(/^(zh|ja)/i.test(document.documentElement.lang || "zh") ? "loose" : "full");
  const boxes = new Map(strong.cut.map((one) => [one.box, one])), pairs = new Set(strong.over.map((one) => one.one));
  answer.cut = full.cut.slice(0, 6).map((one) => ({ ...toldBox(boxes.get(one.box) ?? one, full.look), strong: boxes.has(one.box) }));
  answer.over = full.over.slice(0, 6).map((one) => ({ ...toldPair(one.one, one.other), wide: Math.round(one.wide), strong: pairs.has(one.one) }));
  answer.overs = full.over.length;
  return answer;
};
// The spacing of A.spacing for as long as a picture needs.
A.loosen = (name) => { A.tighten = loosened("full", A.looks[name]); };
// Twice the size of the text alone, as a reader's own setting does it.
A.larger = (name) => {
  const base = A.looks[name], sizes = [...base.known].filter(([element]) => element !== document.documentElement).map(([element, { size }]) => [element, size, element.getAttribute("style")]);
  for (const [element, size] of sizes) element.style.setProperty("font-size", `${2 * size}px`, "important");
  try {
    const look = new Look(A.nodes);
    return cutOff(base, look).filter((one) => one.fresh).map((one) => toldBox(one, look)).slice(0, 6);
  } finally {
    for (const [element, , before] of sizes) back(element, before);
  }
};

// ---------------------------------------------------------------------------------- upright and on its side

const SHOWN = "img, svg, canvas, video, input, button, select, textarea";
const ASKS = /请[^。]{0,12}(旋转|横屏|竖屏|转动|横过来|竖过来|横着|竖着)|(横屏|竖屏|横向|竖向)[^。]{0,4}(浏览|观看|使用|查看|访问|体验|显示|持)|(rotate|turn) your (device|phone|screen|tablet)|(only|best)[^.]{0,30}(landscape|portrait)/i;
const own = (style) => {
  let angle = 0;
  const found = style.transform.match(/^matrix(?:3d)?\(([^,]+),([^,]+),/);
  if (found) angle += (Math.atan2(Number(found[2]), Number(found[1])) * 180) / Math.PI;
  const rotate = style.rotate && style.rotate !== "none" ? style.rotate.match(/^(?:z |0 0 -?[\d.]+ )?(-?[\d.]+)deg$/) : null;
  if (rotate) angle += Number(rotate[1]);
  return angle;
};
A.upright = (name) => {
  const angles = new Map(), look = A.look(name), seen = new Map();
  const angle = (element) => {
    if (!angles.has(element)) {
      const up = above(element);
      angles.set(element, (up ? angle(up) : 0) + own(getComputedStyle(element)));
    }
    return angles.get(element);
  };
  let shown = 0, asks = null;
  for (const [node, run] of look.runs) {
    seen.set(run.parent, angle(run.parent));
    if (!run.whole && run.goneX + run.goneY >= run.lines.length) continue;
    shown += letters(node);
    if (ASKS.test(node.data)) asks = asks ?? node;
  }
  for (const one of document.querySelectorAll(SHOWN)) if (one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) seen.set(one, angle(one));
  A.turns = { ...(A.turns ?? {}), [name]: { angles, seen } };
  return { letters: shown, asks: asks ? { run: told(above2(asks)), words: words(asks).slice(0, 60), share: covered(above2(asks)) } : null };
};
// The largest part of the window that something lifted out of the page takes, on the way up from an element.
const covered = (element) => {
  let most = 0;
  for (let at = element; at && at !== document.documentElement; at = above(at)) {
    const box = at.getBoundingClientRect();
    if (/fixed|absolute/.test(getComputedStyle(at).position)) most = Math.max(most, (Math.min(innerWidth, box.right) - Math.max(0, box.left)) * (Math.min(innerHeight, box.bottom) - Math.max(0, box.top)) / (innerWidth * innerHeight));
  }
  return Math.round(most * 100) / 100;
};
A.turned = () => {
  const { portrait, landscape } = A.turns, found = new Map();
  const differ = (one, other) => Math.abs(((((one - other) % 180) + 180) % 180) - 90) <= 2;
  for (const [element, angle] of portrait.seen) {
    if (!landscape.seen.has(element) || !differ(angle, landscape.seen.get(element))) continue;
    let top = element;
    for (let at = element; at; at = above(at)) if (differ(portrait.angles.get(at) ?? 0, landscape.angles.get(at) ?? 0)) top = at;
    const one = found.get(top) ?? { top, count: 0, text: "", angles: [angle, landscape.seen.get(element)].map((value) => Math.round(((value % 360) + 360) % 360)) };
    one.count += 1;
    one.text ||= (element.innerText ?? "").trim().slice(0, 40);
    found.set(top, one);
  }
  return [...found.values()].slice(0, 3).map((one) => ({ top: told(one.top), count: one.count, words: one.text, angles: one.angles,
    moving: one.top.getAnimations?.({ subtree: false }).length > 0 }));
};
A.full = () => A.nodes.length >= MOST;
