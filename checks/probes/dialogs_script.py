"""JavaScript of the experiment `dialogs`: bodies of functions of `e` (the eyes) and `given`, as `eyes.asked` wants them."""

from __future__ import annotations

TOOLS = r"""
globalThis.auditorOver = (before, now) => {
  const tops = e.tops([...e.news(before, now)], before), big = (box) =>
    (box[2] - box[0]) * (box[3] - box[1]) > innerWidth * innerHeight * 0.02;
  const marked = "[role=dialog], [role=alertdialog], [aria-modal=true], dialog";
  const found = [];
  for (const top of tops) {
    const named = [top, ...top.querySelectorAll(marked)].find((one) => one.matches(marked) && [one,
      ...one.querySelectorAll("*")].some((part) => now.has(part)));
    const near = top.closest(marked);
    const parts = [top, ...top.querySelectorAll("*")].filter((one) => now.has(one));
    const floats = [...parts.slice(0, 40), top.parentElement].find((one) => one &&
      /fixed|absolute/.test(getComputedStyle(one).position) && !before.has(one) && now.has(one) && big(now.get(one).box));
    const boxes = parts.map((one) => now.get(one).box);
    if (!boxes.length) continue;
    const box = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...boxes.map((one) => one[side])));
    const root = named ?? near ?? (floats ? top : null);
    if (root) found.push({ root, marked: Boolean(named ?? near), area: (box[2] - box[0]) * (box[3] - box[1]) });
  }
  if (!found.length) return null;
  found.sort((one, two) => Number(two.marked) - Number(one.marked) ||
    two.root.querySelectorAll("a, button, input").length - one.root.querySelectorAll("a, button, input").length || two.area - one.area);
  const best = found[0], spots = [[4, 4], [innerWidth - 20, 4], [4, innerHeight - 4], [innerWidth - 20, innerHeight - 4]];
  const veiled = spots.filter((spot) => { const hit = document.elementFromPoint(...spot); return hit &&
    hit !== document.documentElement && hit !== document.body && !before.has(hit); }).length;
  const modal = veiled >= 3 || best.root.matches("[aria-modal=true]") || best.root.matches(":modal");
  return { root: best.root, marked: best.marked, modal, veiled };
};
globalThis.auditorThere = () => { const now = e.see(), { root } = globalThis.auditorLayer; return root.isConnected && [root,
  ...root.querySelectorAll("*")].some((one) => now.get(one)?.leaf); };
globalThis.auditorInside = () => {
  const { root } = globalThis.auditorLayer;
  for (let at = document.activeElement; at; at = at.parentElement ?? at.getRootNode().host) if (at === root) return true;
  return false;
};
return e.watch(given[0]);
"""

COLLECT = r"""
const seen = e.see(), found = new Map(), clicked = new Set(given[0].map((place) => e.elementAt(place)).filter(Boolean));
const risky = /退出|注销|删除|提交|发布|支付|付款|投票|点赞|确认|submit|logout|delete|pay|打印|print|下载|download/i;
const likely = new RegExp("登录|注册|分享|无障碍|适老|长者|关怀|智能|客服|助手|机器人|订阅|弹|反馈|意见|打开|微信|公众号|二维码|" +
  "提示|说明|声明|查看|菜单|导航|设置|dialog|modal|popup|layer|open|menu|show|login|share", "i");
const nameOf = (one) => [one.innerText, one.title, one.getAttribute("aria-label"),
  one.querySelector?.("img")?.alt].filter(Boolean).join(" ").slice(0, 60);
const named = (one) => one.localName + "." + [...one.classList].filter((word) =>
  !/\d|^(on|cur|current|active|hover|selected)$/i.test(word)).join(".");
const chain = (one) => [one, one.parentElement, one.parentElement?.parentElement].map((at) => at ? named(at) : "").join("<");
const native = "button, a[href], summary, input[type=button], area[href]";
const openers = "button, [role=button], input[type=button], a[href^='#'], a[href^='javascript:' i], a[href=''], [aria-haspopup], " +
  "[data-toggle], [data-bs-toggle], [data-target]";
for (const one of document.querySelectorAll(openers)) {
  if (!seen.has(one) && ![...one.querySelectorAll("*")].some((part) => seen.has(part))) continue;
  const href = one.getAttribute("href")?.trim() ?? "", submits = one.localName === "button" && one.form && one.type === "submit";
  if (!e.tabbable(one) || submits || one.disabled || (href && !/^(#|javascript:)/i.test(href)) || risky.test(nameOf(one))) continue;
  if (/^#.+/.test(href) && document.getElementById(href.slice(1)) && seen.has(document.getElementById(href.slice(1))) &&
    !clicked.has(one)) continue;
  const marks = nameOf(one) + " " + one.className + " " + (one.getAttribute("onclick") ?? "") + one.id +
    [...one.attributes].map((each) => each.name + each.value).join(" ").slice(0, 300);
  const score = (/dialog|true/.test(one.getAttribute("aria-haspopup") ?? "") ||
    /modal|dialog/.test(one.dataset.toggle ?? one.dataset.bsToggle ?? "") ? 0 : likely.test(marks) ? 1 : clicked.has(one) ||
    one.hasAttribute("onclick") ? 2 : 3);
  const key = chain(one) + (one.getAttribute("onclick") ?? "").replace(/\(.*/, ""), group = found.get(key) ?? [];
  group.push([score, one]);
  found.set(key, group);
}
const triggers = [...found.values()].flatMap((group) => group.sort((one, two) => one[0] - two[0]).slice(0, group[0][0] < 2 ? 2 :
  1)).sort((one, two) => one[0] - two[0]);
const controls = new Map(),
  roles = "[role=button], [role=tab], [role=menuitem], [role=checkbox], [role=switch], [role=radio], [role=link], [role=option]";
for (const one of document.querySelectorAll("[tabindex]")) {
  if (!seen.has(one) || !e.tabbable(one) || one.matches(native +
    ", input, select, textarea, iframe, label, summary, audio, video, [contenteditable]")) continue;
  if (!one.matches(roles) && !clicked.has(one)) continue;
  if (one.matches("[aria-disabled=true], [aria-selected=true], [aria-checked=true][role=radio]") ||
    one.closest("a[href], button, label, [inert]")) continue;
  if ([...one.querySelectorAll("*")].some(e.tabbable) || risky.test(nameOf(one))) continue;
  const key = chain(one);
  if (!controls.has(key)) controls.set(key, one);
}
return { triggers: triggers.slice(0, given[1]).map(([, one]) => e.placeOf(one)), controls: [...controls.values()].slice(0,
  given[2]).map(e.placeOf), cut: triggers.length > given[1] };
"""

STANDS = r"""
const spots = [[4, 4], [innerWidth - 20, 4], [4, innerHeight - 4], [innerWidth - 20, innerHeight - 4]], now = e.see();
const layers = (at) => { for (; at; at = at.parentElement) if (getComputedStyle(at).position === "fixed") return at; return null; };
const hits = spots.map((spot) => layers(document.elementFromPoint(...spot))), cover = hits[0];
const alpha = (one) => { const parts = getComputedStyle(one).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
  return (parts[3] ?? 1) * parseFloat(getComputedStyle(one).opacity); };
const marked = [...document.querySelectorAll("dialog[open], [aria-modal=true]")].find((one) => now.has(one) &&
  (one.matches(":modal") || one.matches("[aria-modal=true]")));
let root = marked ?? null, modal = Boolean(marked);
if (!root && cover && hits.every((hit) => hit === cover)) {
  const veil = alpha(cover) > 0.1 && alpha(cover) < 0.98 && cover.getBoundingClientRect().height >= innerHeight - 20;
  const above = [.5, .3, .7, .15, .85].flatMap((across) => [.5, .3, .7, .15, .85].map((down) =>
    layers(document.elementFromPoint(innerWidth * across, innerHeight * down)))).find((one) => one && one !== cover);
  const speaks = [...cover.querySelectorAll("*")].some((one) => now.get(one)?.leaf);
  if (veil && (above || speaks)) { root = above ?? cover; modal = true; }
}
if (!root || ![...root.querySelectorAll("*")].some(e.tabbable)) return null;
globalThis.auditorLayer = { root, modal, marked: Boolean(marked) };
globalThis.auditorTrigger = null;
return { overlay: e.told(root), marked: Boolean(marked), modal, words: root.innerText.replace(/\s+/g, " ").slice(0, 40),
  inside: globalThis.auditorInside(),
  tabbables: [root, ...root.querySelectorAll("*")].filter(e.tabbable).length };
"""

AIM = r"""
const one = e.elementAt(given[0]);
if (!one) return false;
one.scrollIntoView({ block: "nearest", behavior: "instant" });
one.focus();
await e.sleep(120);
globalThis.auditorTrigger = one;
globalThis.auditorBefore = e.see();
globalThis.auditorSign = [...one.attributes].map((each) => each.name + "=" + each.value).join();
e.wanted.length = 0;
return document.activeElement === one;
"""

OPENS = r"""
const before = globalThis.auditorBefore, now = await e.wait(before, given[0], 200), over = globalThis.auditorOver(before, now);
const changed = e.news(before, now).length + e.lost(before, now).length + e.other(before, now).length + e.wanted.length > 0;
if (!over) return { over: null, changed };
globalThis.auditorLayer = over;
for (const end = performance.now() + 500; performance.now() < end && !globalThis.auditorInside(); ) await e.sleep(50);
const { root } = over, parts = [root, ...root.querySelectorAll("*")].filter(e.tabbable);
return { changed: true, over: { trigger: e.told(globalThis.auditorTrigger), overlay: e.told(root), marked: over.marked,
  modal: over.modal, inside: globalThis.auditorInside(),
  tabbables: parts.length, words: (root.innerText ?? "").replace(/\s+/g, " ").trim().slice(0, 40),
    frames: root.querySelectorAll("iframe").length } };
"""

STEP = r"""
await e.sleep(80);
const at = e.deepest(), there = globalThis.auditorThere(), nowhere = !document.hasFocus() || !at || at === document.body ||
  at === document.documentElement;
return { inside: globalThis.auditorInside(), there, nowhere, at: nowhere ? null : e.told(at) };
"""

CLOSER = r"""
const { root } = globalThis.auditorLayer, now = e.see();
const named = /^(\s*(关\s*闭|取\s*消|关闭窗口|返回|我?知道了|确\s*定|×|✕|✖|x|close|cancel|ok)\s*)$/i;
const all = [...root.querySelectorAll("a, button, [role=button], span, i, img, div")].filter((one) => now.has(one));
const fits = (one) => [one.textContent, one.title, one.getAttribute("aria-label"), one.getAttribute("alt"), one.value].some((word) =>
  word && named.test(word)) ||
  (/(^|[-_\s])(close|guanbi|btn-close)|close$/i.test(typeof one.className === "string" ? one.className : "") && one.children.length <= 1);
const closer = all.find((one) => fits(one) && e.tabbable(one)) ?? all.find(fits);
if (!closer) return null;
if (e.tabbable(closer)) { closer.focus(); return "key"; }
closer.click();
return "mouse";
"""

CLOSED = r"""
for (const end = performance.now() + given[0]; performance.now() < end && globalThis.auditorThere(); ) await e.sleep(60);
if (globalThis.auditorThere()) return { closed: false };
await e.sleep(200);
const trigger = globalThis.auditorTrigger, at = e.deepest(), none = !at || at === document.body || at === document.documentElement;
return { closed: true, back: Boolean(trigger && at && !none && (trigger === at || trigger.contains(at) || at.contains(trigger))), none };
"""

AFTER = r"""
await e.sleep(80);
const trigger = globalThis.auditorTrigger, at = e.deepest(), all = Array.from(document.querySelectorAll("*")).filter(e.tabbable);
return { next: at && at !== document.body ? e.told(at) : null, distance: all.includes(at) && all.includes(trigger) ?
  Math.abs(all.indexOf(at) - all.indexOf(trigger)) : -1 };
"""

DONE = r"""
const before = globalThis.auditorBefore, one = globalThis.auditorTrigger;
for (const end = performance.now() + given[0]; ; await e.sleep(50)) {
  const now = e.see(), sign = [...one.attributes].map((each) => each.name + "=" + each.value).join();
  const kinds = [];
  if (e.wanted.length) kinds.push("leads");
  if (e.news(before, now).length || e.lost(before, now).length) kinds.push("shows");
  if (e.other(before, now).length) kinds.push("words");
  if (!one.isConnected || sign !== globalThis.auditorSign) kinds.push("state");
  if (given[1] && document.activeElement !== one && document.activeElement !== document.body) kinds.push("focus");
  if (kinds.length || performance.now() > end) return kinds;
}
"""

POINTED = r"""
const one = globalThis.auditorTrigger, point = e.pointOf(one);
return point;
"""

REST = r"""
await e.quiet(800);
const one = globalThis.auditorTrigger;
globalThis.auditorBefore = e.see();
globalThis.auditorSign = [...one.attributes].map((each) => each.name + "=" + each.value).join();
e.wanted.length = 0;
return true;
"""
