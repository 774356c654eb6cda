// What newly comes to be seen or heard once a form is touched. The beginning (PLACES) is put before it.
const S = globalThis.auditorForms = { kept: new Map(), noisy: new WeakSet() };
S.keep = (places) => places.map(place => { const one = elementAt(place); S.kept.set(place, one); return one ? told(one) : null; });
S.get = (place) => S.kept.get(place);
S.wait = (time) => new Promise(done => setTimeout(done, time));
S.focus = (place) => { const one = S.get(place); if (!one?.isConnected) return false; one.scrollIntoView({ block: "center", behavior: "instant" }); one.focus(); return deepest() === one; };
S.value = (place) => S.get(place)?.value ?? null;
S.clear = (place) => { const one = S.get(place); if (one) one.value = ""; };
S.aim = (place) => {
  const one = S.get(place);
  if (!one?.isConnected) return null;
  one.scrollIntoView({ block: "center", behavior: "instant" });
  const box = one.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const top = document.elementFromPoint(x, y);
  return top && (one === top || one.contains(top)) ? [x, y] : [];
};
S.press = (place) => { S.get(place)?.click(); };
const LIVE = "[aria-live], [role=alert], [role=status], [role=log], [role=progressbar], [role=timer], output";
const liveOf = (one) => {
  for (let at = one; at; at = at.parentElement ?? at.getRootNode().host) {
    if (at.matches?.(LIVE)) return at.getAttribute("aria-live") === "off" ? null : at;
  }
  return null;
};
const dialogOf = (one) => {
  if (one.closest("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]")) return "role";
  for (let at = one; at && at !== document.body; at = at.parentElement) {
    if (!/fixed|absolute/.test(getComputedStyle(at).position)) continue;
    const parts = [...at.querySelectorAll("a, button, input[type=button], [onclick], [class*=close], [class*=btn]")];
    if (parts.some(part => /^(×|x|✕|ok|好的?|知道了|我知道了|确定|确认|关闭|取消|是|否|close)$/i.test((part.innerText || part.value || part.title || "").trim())
      || /close/i.test(part.className))) return "looks";
  }
  return "";
};
const shownNow = (parent, node) => {
  if (!parent.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return 0;
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  if (box.width < 2 || box.height < 2 || box.right + scrollX <= 0 || box.bottom + scrollY <= 0) return parent.checkVisibility() ? 1 : 0;
  for (let at = parent, steps = 0; at && steps < 4; at = at.parentElement, steps++) {
    const style = getComputedStyle(at), own = at.getBoundingClientRect();
    if (style.clip !== "auto" && /rect\((0|1)px, (0|1)px/.test(style.clip)) return 1;
    if (style.overflowX !== "visible" && (own.width <= 1 || own.height <= 1)) return 1;
    if (/inset\(50%|inset\(100%/.test(style.clipPath)) return 1;
  }
  return 2;
};
const texts = function* () {
  const roots = [document.body];
  for (let count = 0; roots.length && count < 15000; ) {
    const walker = document.createTreeWalker(roots.pop(), NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) =>
      node.nodeType === 1 && /^(script|style|noscript|template|select|textarea|iframe)$/.test(node.localName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = walker.nextNode(); node && count < 15000; node = walker.nextNode()) {
      if (node.nodeType === 1) {
        if (node.shadowRoot) roots.push(node.shadowRoot);
        if (node.localName === "img" && (node.alt || node.title)) yield [node, node.alt || node.title, node, node];
      } else if (node.data.trim()) { count++; yield [node, node.data.replace(/\s+/g, " ").trim(), node.parentElement ?? node.getRootNode().host, node]; }
    }
  }
};
const scan = () => {
  const found = new Map(), parents = new Map();
  for (const [node, words, parent] of texts()) {
    if (!parent) continue;
    if (!parents.has(parent)) parents.set(parent, shownNow(parent, node));
    found.set(node, [words, parents.get(parent)]);
  }
  return found;
};
const rgb = (colour) => { const found = colour.match(/rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?/); return found ? found.slice(1).map((one, at) => one === undefined ? 1 : +one) : null; };
const reddish = (colour, pale) => {
  const told = rgb(colour);
  if (!told || told[3] < 0.2) return false;
  const [r, g, b] = told;
  return (r >= 150 && r - g >= 60 && r - b >= 40) || (pale && r >= 235 && r - g >= 12 && r - b >= 8 && g - b < 60 && g < 246);
};
const cuesOf = (one) => {
  const cues = new Map(), around = [one];
  for (let at = one.parentElement, steps = 0; at && steps < 2 && at.querySelectorAll("input:not([type=hidden]), textarea, select").length === 1; at = at.parentElement, steps++) around.push(at);
  for (const at of around) {
    const style = getComputedStyle(at);
    for (const side of ["Top", "Bottom", "Left"]) {
      if (parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none" && reddish(style[`border${side}Color`])) cues.set("边框变红", style[`border${side}Color`]);
    }
    if (reddish(style.backgroundColor, true)) cues.set("底色变红", style.backgroundColor);
    if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && reddish(style.outlineColor)) cues.set("外框变红", style.outlineColor);
    const shadow = style.boxShadow.match(/rgba?\([^)]*\)/);
    if (shadow && reddish(shadow[0])) cues.set("阴影变红", shadow[0]);
  }
  for (const label of one.labels ?? []) if (!label.contains(one) && reddish(getComputedStyle(label).color)) cues.set("名称变红", getComputedStyle(label).color);
  return cues;
};
const drawnBy = (one) => {
  const around = [one.parentElement, ...(one.parentElement?.children ?? []), one.parentElement?.parentElement].filter(Boolean);
  return around.flatMap(at => ["::before", "::after"].map(part => getComputedStyle(at, part).content))
    .filter(text => /^"/.test(text) && /[\u3400-\u9fff]|[a-z]{3}/i.test(text)).map(text => text.slice(1, -1));
};
const spokenBy = (one) => [one.title, one.placeholder ?? "", one.getAttribute("aria-label") ?? "", one.getAttribute("aria-description") ?? "", one.value ?? "",
  ...drawnBy(one)].map(text => text.slice(0, 100));
const saidNow = (one, before) => spokenBy(one).filter((text, at) => text && text !== before[at] && (at !== 4 || /[\u3400-\u9fff]/.test(text)));
const refersTo = (one) => ["aria-describedby", "aria-errormessage"].flatMap(name => (one.getAttribute(name) ?? "").split(/\s+/)).filter(Boolean)
  .map(id => one.getRootNode().getElementById?.(id)).filter(Boolean).concat(...(one.labels ?? []));
let run = null;
const isNoisy = (parent) => {
  for (let at = parent, steps = 0; at && steps < 6; at = at.parentElement, steps++) if (S.noisy.has(at)) return true;
  return false;
};
const ticks = (before, words) => before && /\d[:：]\d|秒|\d分/.test(words) && before[0].replace(/\d+/g, "") === words.replace(/\d+/g, "");
const placed = (parent) => {
  for (let at = parent; at; at = at.parentElement) if (/fixed|absolute/.test(getComputedStyle(at).position)) return true;
  return false;
};
const whereIs = (node, parent) => {
  const range = document.createRange();
  range.selectNode(node);
  const box = range.getBoundingClientRect(), fixed = placed(parent);
  const gaps = run.fields.map(field => {
    const its = field.getBoundingClientRect();
    return Math.round(Math.max(0, box.left - its.right, its.left - box.right) + Math.max(0, box.top - its.bottom, its.top - box.bottom));
  });
  const gap = Math.min(...gaps), free = fixed && !run.home?.contains(parent);
  return { near: free ? -1 : gaps.indexOf(gap), gap: free || !Number.isFinite(gap) ? -1 : gap, fixed, dialog: dialogOf(parent) };
};
const look = () => {
  run.looked = performance.now();
  for (const [node, [words, shown]] of scan()) {
    const before = run.before.get(node);
    if (!shown || (before && before[0] === words && before[1] >= shown) || ticks(before, words)) continue;
    const parent = node.nodeType === 1 ? node : node.parentElement ?? node.getRootNode().host, known = run.fresh.get(node);
    if (!parent || isNoisy(parent) || (known && known.words === words && known.shown >= shown)) continue;
    if (run.noise) { run.fresh.set(node, { parent }); continue; }
    const live = liveOf(parent);
    run.fresh.set(node, { node, parent, shown, words: words.slice(0, 160), place: placeOf(parent), made: !before || before[0] !== words,
      live: live ? (run.lives.has(live) ? "before" : live.matches("[role=alert]") ? "alert" : "new") : "", hidden: !!parent.closest("[aria-hidden=true]"),
      button: !!parent.closest("button, a, [role=button]"), form: run.home?.contains(parent) ?? false, ...whereIs(node, parent) });
  }
};
addEventListener("invalid", (event) => {
  if (run) setTimeout(() => { if (!event.defaultPrevented) run?.native.push([run.fields.indexOf(event.target), event.target.validationMessage]); }, 0);
}, true);
S.begin = (home, fields, button = "", noise = false) => {
  S.stop();
  run = { home: S.get(home) ?? null, button: S.get(button) ?? null, fields: fields.map(S.get).filter(Boolean), before: scan(), fresh: new Map(), native: [], noise, focus: deepest(),
    lives: new WeakSet(document.querySelectorAll(LIVE)), changed: performance.now(), looked: 0, from: performance.now() };
  run.cues = run.fields.map(cuesOf);
  run.spoken = run.fields.map(spokenBy);
  run.watcher = new MutationObserver(() => { run.changed = performance.now(); });
  run.watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  run.clock = setInterval(() => { if (run.changed > run.looked) look(); }, 120);
};
S.stop = () => { if (run) { run.watcher.disconnect(); clearInterval(run.clock); } };
S.end = async (least, most) => {
  const from = performance.now();
  for (;;) {
    await S.wait(60);
    const now = performance.now();
    if ((now - from >= least && now - run.changed >= 200) || now - from >= most) break;
  }
  S.stop();
  look();
  const at = deepest();
  const focus = !at || at === document.body ? "" : run.fields.includes(at) ? `field ${run.fields.indexOf(at)}` : run.button?.contains(at) ? "button" : dialogOf(at) ? "dialog" : "other";
  if (focus.startsWith("field")) { at.blur(); await S.wait(80); look(); }
  await S.wait(60);
  const moving = (one) => one.getAnimations({ subtree: false }).length > 0;
  for (let tries = 0; tries < 8 && run.fields.some(moving); tries++) await S.wait(60);
  const referred = run.fields.map(refersTo), told = new Map();
  for (const one of run.fresh.values()) {
    if (one.node.isConnected && one.parent.checkVisibility()) Object.assign(one, whereIs(one.node, one.parent));
    const { node, parent, ...rest } = one;
    told.set([one.words, one.place, one.live].join(), { ...rest, speaks: referred.findIndex(all => all.some(other => other.contains(parent))) });
  }
  return { focus, texts: [...told.values()].slice(0, 40),
    native: run.native.slice(0, 12),
    fields: run.fields.map((one, at) => ({ at,
      cues: [...cuesOf(one)].filter(([cue]) => !run.cues[at].has(cue)).map(([cue, colour]) => `${cue} ${colour}`), invalid: one.getAttribute("aria-invalid") === "true",
      spoken: saidNow(one, run.spoken[at]), described: refersTo(one).some(other => other.localName !== "label" && other.innerText?.trim()) }))
      .filter(one => one.cues.length || one.invalid || one.spoken.length) };
};
S.quieten = async () => {
  S.begin("", [], "", true);
  await S.wait(200);
  if (run.changed > run.from) await S.wait(600);
  look();
  S.stop();
  for (const { parent } of run.fresh.values()) {
    for (let at = parent, steps = 0; at && at !== document.body && steps < 3; at = at.parentElement, steps++) {
      if (at.querySelector("input, select, textarea")) break;
      S.noisy.add(at);
    }
  }
  run = null;
};
S.pasted = { seen: 0, stopped: 0 };
addEventListener("paste", (event) => { S.pasted.seen++; setTimeout(() => { if (event.defaultPrevented) S.pasted.stopped++; }, 0); }, true);
