// How a page bears other windows, larger text and wider spacing. `layout.py` puts this into a function body, after PLACES.
const MOST = 6000, MOST_LINES = 40;
const LEFT_OUT = new Set(["script", "style", "noscript", "template", "title", "option", "textarea", "iframe", "svg", "canvas", "video",
  "object", "math", "marquee"]);
const OWN_WAYS = "table, pre, code, samp, svg, map, math, canvas, video, [role=toolbar], [role=grid], [role=treegrid], [role=application]";
const SYMBOLS = /^[^\p{L}\p{N}]*$/u;
const above = (element) => element.assignedSlot ?? (element.parentNode instanceof ShadowRoot ? element.parentNode.host : element.parentElement);

const texts = () => {
  const found = [], roots = document.body ? [document.body] : [];
  while (roots.length) {
    const walker = document.createTreeWalker(roots.shift(), 5, (node) => (LEFT_OUT.has(node.localName) ? 2 : 1));
    for (let at = walker.currentNode; at; at = walker.nextNode()) {
      if (found.length >= MOST) return found;
      if (at.nodeType === 3) { if (!SYMBOLS.test(at.data)) found.push(at); } else if (at.shadowRoot) roots.push(at.shadowRoot);
    }
  }
  return found;
};

const metrics = (() => {
  const known = new Map(), pen = new OffscreenCanvas(8, 8).getContext("2d");
  return (font) => {
    if (!known.has(font)) {
      pen.font = font;
      const seen = pen.measureText("国");
      known.set(font, seen.fontBoundingBoxAscent / (seen.fontBoundingBoxAscent + seen.fontBoundingBoxDescent || 1));
    }
    return known.get(font);
  };
})();

// One look at the page as it is now laid out. Lengths are CSS px of the page.
class Look {
  constructor(nodes) {
    this.known = new Map();
    this.boxes = new Map();  // what cuts -> what it does to the text in it
    this.runs = new Map();
    const root = document.documentElement, body = document.body;
    this.window = [root.clientWidth, root.clientHeight];
    const page = getComputedStyle(root);
    this.carrier = !body || page.overflowX !== "visible" || page.overflowY !== "visible" ? root : body;
    this.shut = /hidden|clip/.test(getComputedStyle(this.carrier).overflowX);
    this.wide = document.scrollingElement?.scrollWidth ?? 0;
    for (const node of nodes) if (node.isConnected) this.read(node);
  }
  style(element) {
    let known = this.known.get(element);
    if (!known) {
      const style = getComputedStyle(element);
      known = { display: style.display, position: style.position, x: style.overflowX, y: style.overflowY, ellipsis: style.textOverflow,
        clamp: style.webkitLineClamp, size: parseFloat(style.fontSize), family: style.fontFamily, weight: style.fontWeight,
        line: style.lineHeight, letter: style.letterSpacing,
        holds: style.position !== "static" || style.transform !== "none" || style.filter !== "none" || style.contain !== "none",
        turned: style.transform !== "none" || style.filter !== "none", seen: null, edge: null };
      this.known.set(element, known);
    }
    return known;
  }
  seen(element) {
    const style = this.style(element);
    style.seen ??= element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return style.seen;
  }
  // What its containing block is: whose overflow cuts it.
  holder(element) {
    const { position } = this.style(element);
    let at = above(element);
    if (position === "absolute") while (at && !this.style(at).holds) at = above(at);
    if (position === "fixed") while (at && !this.style(at).turned) at = above(at);
    return at;
  }
  // The room in which what stands in an element can be seen.
  edge(element) {
    const style = this.style(element);
    if (style.edge) return style.edge;
    const up = element === this.carrier || element === document.documentElement ? null : this.holder(element);
    const edge = up ? { ...this.edge(up) } : { l: -1e9, r: 1e9, t: -1e9, b: 1e9, x: null, y: null };
    if (element !== this.carrier && element !== document.documentElement && !/^inline$|contents/.test(style.display)) this.narrow(element, style, edge);
    style.edge = edge;
    return edge;
  }
  narrow(element, style, edge) {
    if (style.x === "visible" && style.y === "visible") return;
    const box = element.getBoundingClientRect();
    const across = box.width / (element.offsetWidth || box.width || 1), down = box.height / (element.offsetHeight || box.height || 1);
    const left = box.left + element.clientLeft * across + scrollX, top = box.top + element.clientTop * down + scrollY;
    const right = left + element.clientWidth * across, bottom = top + element.clientHeight * down;
    if (/auto|scroll/.test(style.x)) Object.assign(edge, { l: -1e9, r: 1e9, x: null });
    else if (/hidden|clip/.test(style.x)) {
      if (left > edge.l) edge.l = left;
      if (right < edge.r) Object.assign(edge, { r: right, x: element });
      edge.x ??= element;
    }
    if (/auto|scroll/.test(style.y)) Object.assign(edge, { t: -1e9, b: 1e9, y: null });
    else if (/hidden|clip/.test(style.y)) {
      if (top > edge.t) edge.t = top;
      if (bottom < edge.b) Object.assign(edge, { b: bottom, y: element });
      edge.y ??= element;
    }
  }
  read(node) {
    const parent = above2(node);
    if (!parent || !this.seen(parent)) return;
    const style = this.style(parent), edge = this.edge(parent), range = document.createRange(), lines = [];
    range.selectNodeContents(node);
    const share = metrics(`${style.weight} 100px ${style.family}`);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1 || lines.length >= MOST_LINES) continue;
      const em = Math.min(style.size, box.height), base = box.top + scrollY + box.height * share;
      lines.push({ l: box.left + scrollX, r: box.right + scrollX, t: base - 0.72 * em, b: base + 0.06 * em });
    }
    if (!lines.length || (edge.r - edge.l <= 2 && edge.x) || (edge.b - edge.t <= 2 && edge.y)) return;
    this.add(node, parent, style, edge, lines);
  }
  add(node, parent, style, edge, lines) {
    const run = { parent, lines, edge, size: style.size, cutX: 0, cutY: 0, goneX: 0, goneY: 0 };
    for (const line of lines) {
      const wide = Math.max(0, edge.l - line.l) + Math.max(0, line.r - edge.r), high = Math.max(0, edge.t - line.t) + Math.max(0, line.b - edge.b);
      const width = line.r - line.l, height = line.b - line.t;
      if (wide >= width - 1) run.goneX += 1;
      else if (wide >= Math.max(0.6 * style.size, 0.1 * Math.min(width, 12 * style.size)) && !this.short(parent, edge.x)) run.cutX += 1;
      if (high >= 0.95 * height) run.goneY += 1;
      else if (high >= 0.25 * height) run.cutY += 1;
    }
    if (run.goneX + run.cutX && edge.x && this.style(edge.x).ellipsis !== "clip") run.cutX = run.goneX = 0;
    if (run.goneY + run.cutY && edge.y && this.style(edge.y).clamp !== "none") run.cutY = run.goneY = 0;
    run.whole = !(run.cutX || run.cutY || run.goneX || run.goneY);
    this.runs.set(node, run);
    for (const box of new Set([edge.x, edge.y])) {
      if (!box) continue;
      const told = this.boxes.get(box) ?? { runs: 0, broken: 0 };
      told.runs += 1;
      if (!run.whole) told.broken += 1;
      this.boxes.set(box, told);
    }
  }
  // Whether the text is shortened with an ellipsis before the edge that cuts it.
  short(parent, box) {
    for (let at = parent; at; at = above(at)) {
      if (this.style(at).ellipsis !== "clip" && this.style(at).x !== "visible") return true;
      if (at === box) return false;
    }
    return false;
  }
}
const above2 = (node) => (node.parentNode instanceof ShadowRoot ? node.parentNode.host : node.parentElement);
const words = (node) => node.data.replace(/\s+/g, " ").trim();
const letters = (node) => node.data.replace(/\s+/g, "").length;

const A = (globalThis.auditorLayout = {
  looks: {},
  moving: new Set(),

  // Waits until the layout rests: the same extent in several frames in turn.
  async rest(width) {
    const frame = () => new Promise((done) => { const late = setTimeout(done, 60); requestAnimationFrame(() => { clearTimeout(late); done(); }); });
    let same = 0, last = "";
    for (let count = 0; count < 50 && same < 5; count += 1) {
      await frame();
      const root = document.documentElement, now = `${root.scrollWidth} ${root.scrollHeight} ${innerWidth}`;
      same = now === last && (!width || [innerWidth, screen.width].includes(width) || count > 20) ? same + 1 : 0;
      last = now;
    }
  },
  calm() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  },
  look(name) {
    this.nodes = texts();
    return (this.looks[name] = new Look(this.nodes));
  },
  begin(name) {
    const { runs } = this.look(name);
    this.at = new Map([...runs].map(([node, { lines }]) => [node, `${lines[0].l} ${lines[0].t}`]));
  },
  // Which text has moved by itself since `begin`.
  moved() {
    for (const [node, run] of new Look([...(this.at ?? new Map()).keys()]).runs) {
      if (this.at.get(node) !== `${run.lines[0].l} ${run.lines[0].t}`) this.moving.add(node);
    }
  },
});

// ---------------------------------------------------------------------------------- text cut off by a box

// Text that an ancestor's overflow cuts off in `after`. `before`: the same text as it was, to tell what is new.
const cutOff = (before, after) => {
  const found = new Map();
  for (const [node, run] of after.runs) {
    const was = before.runs.get(node), box = run.cutY || run.goneY ? run.edge.y : run.edge.x;
    if (run.whole || !was || !box || A.moving.has(node) || elsewhere(node, run)) continue;
    const fresh = was.whole && !before.boxes.get(box)?.broken;
    if (!fresh && !(was.cutX + was.cutY && run.cutX + run.cutY && alone(node, box, after))) continue;
    if (!run.goneY && !run.cutY && turns(node, box, after)) continue;
    const told = found.get(box) ?? { box, fresh, runs: 0, letters: 0, lost: 0, node: null, run: null, across: false, cut: false, repeated: new Set(), twice: false };
    const key = words(node);
    told.twice ||= told.repeated.has(key) && /[\u3400-\u9fff]{5}|[a-z]{3}.*[a-z]{3}/i.test(key);
    told.repeated.add(key);
    told.runs += 1;
    told.letters += letters(node);
    told.fresh &&= fresh;
    told.cut ||= run.cutX + run.cutY > 0;
    if (!told.node || rank(run) > rank(told.run)) Object.assign(told, { node, run, across: !run.cutY && !run.goneY });
    found.set(box, told);
  }
  return [...found.values()].filter((one) => !opened(one)).sort((one, other) => other.letters - one.letters);
};
const EXPANDS = /展开|全文|显示全部|查看全部|收起|show more|read more|expand/i, GOES_ON = /更多|全部|详情|详细|more|>>|»/i;
// Whether something stands with the box that opens it, or leads to all of it where whole lines are left out.
const opened = ({ box, cut }) => [...(above(box)?.querySelectorAll("a, button, summary, label, [aria-expanded], [onclick], span, i") ?? [])].slice(0, 200).some((one) => {
  const said = `${one.textContent.trim()} ${one.title ?? ""} ${one.getAttribute("aria-label") ?? ""}`.trim();
  return said.length <= 24 && (EXPANDS.test(said) || (!cut && GOES_ON.test(said)));
});
const SLIDER = /swiper|slick|carousel|slide|scroll|banner|focus|roll|marquee|viewport|owl|bx-|lunbo|gundong/i;
// Whether it may be the next of a row that a reader can turn over.
const turns = (node, box, look) => {
  if (above(box)?.querySelector("[class*=prev], [class*=next], [class*=Prev], [class*=Next], [class*=arrow]")) return true;
  for (let at = above2(node); at; at = above(at)) {
    if (SLIDER.test(`${at.id} ${at.getAttribute("class") ?? ""}`) || (at !== box && (look.style(at).turned || /absolute|fixed/.test(look.style(at).position)))) return true;
    if (at === box) break;
    if (/(^|;|\s)(margin|margin-left|left|transform)\s*:/.test(at.getAttribute("style") ?? "")) return true;
  }
  return box.scrollLeft !== 0 || SLIDER.test(`${above(box)?.id} ${above(box)?.getAttribute("class") ?? ""}`);
};
const rank = (run) => (run.cutX + run.cutY ? 100 : 0) + Math.min(run.lines.length, 50);
// Whether the whole of it can be had elsewhere: whole lines are left out of a link or of what tells all in its title.
const elsewhere = (node, run) => {
  if (run.cutY || run.cutX || run.goneY + run.goneX >= run.lines.length) return false;
  const all = words(node).replace(/\s+/g, "");
  for (let at = above2(node); at && at !== document.body; at = above(at)) {
    if (at.localName === "a" && /^(?!#|javascript:)./.test(at.getAttribute("href") ?? "")) return true;
    if ((at.getAttribute("title") ?? "").replace(/\s+/g, "").includes(all)) return true;
  }
  return false;
};
// Whether a text is all that a box holds, and is not pushed about in it as films, tickers and sliders are.
const alone = (node, box, look) => {
  if (/(…|\.{3})$/.test(words(node)) || box.scrollLeft || box.scrollTop) return false;
  for (let at = above2(node); at; at = above(at)) {
    if (at !== box && (look.style(at).position !== "static" || look.style(at).turned || at.localName === "marquee")) return false;
    if (at.localName === "a" || at.getAttribute("title")) return false;
    if (at === box) return at.innerText.replace(/\s+/g, "").length <= letters(node) + 40;
  }
  return false;
};
const toldBox = (one, look) => ({
  box: told(one.box), run: told(above2(one.node)), words: words(one.node).slice(0, 60), fresh: one.fresh, runs: one.runs,
  letters: one.letters, across: one.across, gone: !(one.run.cutX + one.run.cutY), twice: one.twice,
  size: [one.box.clientWidth, one.box.clientHeight], window: look.window[0],
});
A.cut = (before, after) => cutOff(A.looks[before], A.looks[after]).slice(0, 6).map((one) => toldBox(one, A.looks[after]));

// ---------------------------------------------------------------------------------- text wider than the window

// Whether it stands in flow: nothing from it up to the page is lifted out of it, other than what holds most of the page.
const inFlow = (element, look) => {
  for (let at = element; at && at !== document.body; at = above(at)) {
    const style = look.style(at);
    style.lifted ??= /absolute|fixed/.test(style.position) && (at.innerText ?? "").length < 0.4 * document.body.innerText.length;
    if (style.lifted) return false;
  }
  return true;
};
// What may be wider than the window by its nature; a table that lays out most of the page is none of these.
const ownWay = (element) => {
  const found = element.closest?.(OWN_WAYS);
  if (!found) return false;
  if (found.localName !== "table") return true;
  for (let at = found; at; at = at.parentElement?.closest("table")) {
    const cells = [...at.rows].reduce((sum, row) => sum + row.cells.length, 0);
    if (at.getAttribute("role") === "presentation" || at.querySelector("table, form, h1, h2, h3, ul, iframe") || at.innerText.length > 60 * cells) continue;
    if (at.rows.length >= 2 && [...at.rows].some((row) => row.cells.length >= 2)) return true;
  }
  return false;
};
A.wide = (name, before = null) => {
  const base = A.looks[before], look = A.looks[name], found = new Map(), edge = look.window[0] + 2;
  const total = { letters: 0, all: 0 };
  for (const [node, { lines, parent, edge: room }] of look.runs) {
    total.all += letters(node);
    const cell = parent.closest?.("td, th");
    const reach = Math.max(...lines.map((line) => Math.min(line.r, room.r))), shown = lines.some((line) => line.l < room.r && line.r > room.l);
    if (reach <= edge || !shown || A.moving.has(node) || !/\S\s+\S|[\u3400-\u9fff].*[\u3400-\u9fff]/su.test(node.data) || (ownWay(parent) && !(cell && cell.innerText.length > 60 && lines.some((line) => line.r - line.l > look.window[0])))) continue;
    if (!inFlow(parent, look) || inScroller(parent, look) || (look.shut && base && !(base.runs.get(node)?.lines.every((line) => line.r <= base.window[0] + 2)))) continue;
    let top = parent;
    for (let at = parent; at && at !== document.body; at = above(at)) if (at.getBoundingClientRect().right + scrollX > edge) top = at;
    const group = found.get(top) ?? { top, runs: 0, letters: 0, node, reach: 0 };
    group.runs += 1;
    group.letters += letters(node);
    total.letters += letters(node);
    if (letters(node) > letters(group.node) || (letters(node) === letters(group.node) && reach > group.reach)) group.node = node;
    group.reach = Math.max(group.reach, reach);
    found.set(top, group);
  }
  const groups = [...found.values()].sort((one, other) => other.letters - one.letters);
  return { extent: look.wide, window: look.window[0], shut: look.shut, letters: total.letters, all: total.all, groups: groups.slice(0, 3).map((one) => ({
    top: told(one.top), width: Math.round(one.top.getBoundingClientRect().width), run: told(above2(one.node)),
    words: words(one.node).slice(0, 60), runs: one.runs, letters: one.letters, reach: Math.round(one.reach) })) };
};
const inScroller = (element, look) => {
  for (let at = element; at && at !== document.body; at = above(at)) if (/auto|scroll/.test(look.style(at).x) && at.scrollWidth > at.clientWidth) return true;
  return false;
};

// What can be read in the wide window and not in the narrow one, and whether something is there to open it.
const OPENERS = /菜单|导航|目录|更多|展开|全部|menu|nav|more|open|☰|≡/i;
A.lost = (before, after) => {
  const there = A.looks[before], here = A.looks[after], left = [];
  let all = 0;
  const rest = new Set([...here.runs.keys()].map((node) => words(node)));
  for (const [node, run] of there.runs) {
    all += letters(node);
    if (run.whole && !here.runs.has(node) && node.isConnected && !rest.has(words(node)) && !A.moving.has(node)) left.push(node);
  }
  const gone = left.reduce((sum, node) => sum + letters(node), 0);
  const opener = [...document.querySelectorAll("button, summary, [role=button], [aria-expanded], a, [class*=menu], [class*=nav], [class*=btn]")].some((one) =>
    one.checkVisibility() && one.getBoundingClientRect().width > 0
    && (OPENERS.test(one.innerText?.slice(0, 12) ?? "") || OPENERS.test(`${one.className} ${one.id} ${one.getAttribute("aria-label") ?? ""}`)));
  left.sort((one, other) => letters(other) - letters(one));
  return { gone, all, opener, first: left.length ? { run: told(above2(left[0])), words: words(left[0]).slice(0, 60) } : null, runs: left.length };
};
