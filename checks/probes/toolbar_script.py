"""JavaScript of the experiment `toolbar`: bodies of functions of `e` (the eyes) and `given`, as `eyes.asked` wants them."""

from __future__ import annotations

FIND = r"""
const seen = e.see(), [selectors, kind] = given;
const aid = /无障碍(?!环境|建设|设施|改造|出行|法|条例|专栏|知识|督导|宣传)|辅助(?:阅读|浏览|工具)/,
  elder = /长者|关怀|老年|适老|敬老|大字版/;
const shown = (one) => seen.has(one) || [...one.querySelectorAll("*")].slice(0, 40).some((part) => seen.has(part));
const nameOf = (one) => [one.innerText, one.getAttribute("aria-label"), one.title, one.alt, one.value,
  ...[...one.querySelectorAll("img, i, span")].slice(0, 4).map((part) => part.alt || part.title)]
  .map((word) => String(word ?? "").replace(/\s+/g, " ").trim()).find((word) => word && word.length <= 16 &&
    (aid.test(word) || elder.test(word))) ?? "";
const usable = "a, button, input[type=button], input[type=image], [role=button], [role=link], [onclick], [tabindex], summary";
const known = new Set(selectors.flatMap((selector) => [...document.querySelectorAll(selector)]));
const found = new Map();
const note = (one, words, sure) => {
  if (found.has(one) || !shown(one) || one === document.body || one === document.documentElement) return;
  const href = (one.getAttribute("href") ?? "").trim(), part = /^#.+/.test(href) && document.getElementById(href.slice(1));
  const leads = href && (part || !/^(#|javascript:)/i.test(href)) ? one.href : "";
  const kind = elder.test(words) || /lder/.test(one.id) ? "elder" : "aid";
  found.set(one, { ...e.told(one), words: words || "无障碍", kind, leads: String(leads), sure, tab: e.tabbable(one) });
};
for (const one of known) note(one, nameOf(one), true);
for (const one of [...document.querySelectorAll(usable + ", div, span, li, img, i")].slice(0, 6000)) {
  const words = nameOf(one);
  if (!words) continue;
  const hand = one.closest(usable);
  if (hand) note(hand, words, false);
  else if (getComputedStyle(one).cursor === "pointer" && ![...one.children].some((part) => nameOf(part))) note(one, words, false);
}
const all = [...found.values()].filter((one) => !kind || one.kind === kind);
const rank = (one) => (one.leads ? 4 : 0) + (one.tab ? 0 : 2) + (one.sure ? 0 : 1) + (one.kind === "aid" ? 0 : .5);
return all.sort((one, two) => rank(one) - rank(two)).slice(0, 8);
"""
"""given: selectors of known entrances, "aid", "elder" or "". -> what opens the site's aids, what opens something on this page first."""

AIM = r"""
const one = e.elementAt(given[0]);
if (!one) return false;
globalThis.auditorTrigger = one;
if (given[1]) { one.scrollIntoView({ block: "nearest", behavior: "instant" }); one.focus(); await e.sleep(80); }
globalThis.auditorBefore = e.see();
const look = () => [document.documentElement, document.body].map((at) => at.className + "|" + at.getAttribute("style") +
  getComputedStyle(at).backgroundColor).join();
globalThis.auditorLookOf = look;
globalThis.auditorLook = look();
const texts = [...globalThis.auditorBefore].filter(([at, told]) => told.words.length >= 8 && !one.contains(at))
  .sort(([, one], [, two]) => two.words.length - one.words.length).slice(0, 30).map(([at]) => at);
globalThis.auditorTexts = texts.filter((at) => !at.closest("[aria-hidden=true], [inert]"));
return true;
"""
"""given: a place, whether to put the focus there. Remembers the page as it is, and its longest texts that are not hidden from anybody."""

AT = r"""
await e.sleep(30);
const one = globalThis.auditorTrigger, at = e.deepest();
return { there: Boolean(at && (at === one || one.contains(at) || at.contains(one)) && at !== document.body &&
  at !== document.documentElement), left: !document.hasFocus() };
"""

OPENED = r"""
const before = globalThis.auditorBefore, now = await e.wait(before, given[0], 250), news = e.news(before, now);
const lost = e.lost(before, now).length, other = e.other(before, now).length, look = globalThis.auditorLookOf() !== globalThis.auditorLook;
const sized = globalThis.auditorTexts.some((at) => now.has(at) && now.get(at).look !== before.get(at)?.look);
if (!news.length && !lost && !other && !look && !sized) return null;
const tops = e.tops(news, before), usable = "a, button, input, select, [role=button], [onclick], [tabindex], li, span, img";
const weight = (top) => [...top.querySelectorAll(usable)].filter((part) => now.has(part)).length * 1000 + top.querySelectorAll("*").length;
const root = tops.sort((one, two) => weight(two) - weight(one))[0] ?? null;
globalThis.auditorRoot = root;
if (!root) return { root: null, names: [], tabbables: 0 };
const names = [...root.querySelectorAll(usable)].filter((part) => now.has(part)).map((part) => [part.getAttribute("aria-label"), part.title,
  part.value, part.alt, part.innerText].map((word) => String(word ?? "").replace(/\s+/g, " ").trim()).find((word) => word) ?? "");
return { root: e.told(root), names: [...new Set(names.filter((word) => word && word.length <= 20))].slice(0, 40),
         tabbables: [root, ...root.querySelectorAll("*")].filter(e.tabbable).length };
"""
"""given: ms. What came of opening: null nothing, else the topmost new part with the names of what it offers."""

HIDES = r"""
const texts = globalThis.auditorTexts, root = globalThis.auditorRoot, now = e.see();
const modal = root && (root.matches("[aria-modal=true], dialog") || root.querySelector("[aria-modal=true], dialog[open]"));
const still = texts.filter((at) => at.isConnected && now.has(at) && !(root && root.contains(at)));
const size = (all) => all.reduce((sum, at) => sum + (now.get(at)?.words.length ?? 0), 0), total = size(still);
if (modal || total < 20) return null;
for (const [how, selector] of [["aria-hidden", "[aria-hidden=true]"], ["application", "[role=application]"], ["inert", "[inert]"]]) {
  const hidden = still.filter((at) => at.closest(selector));
  if (size(hidden) >= total * 0.3) return { how, element: e.told(hidden[0].closest(selector)), share: size(hidden) / total };
}
return null;
"""
"""Whether opening took the text, which everybody goes on seeing, from those who listen; null: it did not."""

LARGER = r"""
const root = globalThis.auditorRoot ?? document.body, now = e.see();
const larger = /放大|增大|加大|大字|字号\s*\+|字体\s*\+|^\s*[Aa]\s*\+\s*$|^大$|^特?大号?$/, not = /鼠标|光标|指针|放大镜|大鼠/;
const names = (one) => [one.getAttribute("aria-label"), one.title, one.value, one.alt, one.innerText].map((word) =>
  String(word ?? "").replace(/\s+/g, "").trim()).filter((word) => word && word.length <= 12);
const all = [...root.querySelectorAll("a, button, input, [role=button], [onclick], [tabindex], li, span, div, img")].filter((part) =>
  now.has(part) && names(part).some((word) => larger.test(word) && !not.test(word)));
const one = all.find((part) => !all.some((inner) => inner !== part && part.contains(inner)));
if (!one) return null;
globalThis.auditorLarger = one.closest("a, button, [role=button], [tabindex]") ?? one;
return { ...e.told(globalThis.auditorLarger), name: names(one)[0] ?? "", tab: e.tabbable(globalThis.auditorLarger) };
"""

SIZES = r"""
const size = (at) => {
  const words = [...at.childNodes].find((part) => part.nodeType === 3 && part.data.trim());
  if (!words || !at.isConnected) return null;
  const range = document.createRange();
  range.setStart(words, words.data.search(/\S/));
  range.setEnd(words, words.data.search(/\S/) + 1);
  const { height } = range.getBoundingClientRect();
  return [height, parseFloat(getComputedStyle(at).fontSize)];
};
const now = e.see();
return globalThis.auditorTexts.map((at) => (now.has(at) ? size(at) : null));
"""
"""[height of a line, computed font size] in CSS px of each text remembered by AIM; null where it is not seen."""

FOCUS_LARGER = r"""
const one = globalThis.auditorLarger;
one.scrollIntoView({ block: "nearest", behavior: "instant" });
one.focus();
await e.sleep(60);
return [document.activeElement === one, e.pointOf(one)];
"""

REST = "await e.sleep(given[0]); return true;"

STEP = r"""
await e.sleep(40);
const root = globalThis.auditorRoot, at = e.deepest(), nowhere = !document.hasFocus() || !at || at === document.body ||
  at === document.documentElement;
let inside = false;
for (let up = at; up; up = up.parentElement ?? up.getRootNode().host) inside = inside || up === root;
return { inside: inside && !nowhere, nowhere };
"""

ENTER_ROOT = r"""
const first = [globalThis.auditorRoot, ...globalThis.auditorRoot.querySelectorAll("*")].find(e.tabbable);
first?.focus();
await e.sleep(60);
return Boolean(first);
"""

THERE = r"""
const root = globalThis.auditorRoot;
const there = () => { const now = e.see(); return root.isConnected && [root, ...root.querySelectorAll("*")].some((one) =>
  now.get(one)?.leaf); };
for (const end = performance.now() + given[0]; performance.now() < end && there(); ) await e.sleep(60);
return there();
"""

CLOSER = r"""
const root = globalThis.auditorRoot, now = e.see();
const named = /关\s*闭|退\s*出|收\s*起|隐\s*藏|返回标准|标准版|恢复原|^\s*[×✕✖xX]\s*$|close|exit/i;
const all = [...root.querySelectorAll("a, button, input, [role=button], [onclick], [tabindex], span, i, img, div, li")].filter((one) =>
  now.has(one));
const names = (one) => [one.getAttribute("aria-label"), one.title, one.value, one.alt, one.innerText].map((word) =>
  String(word ?? "").trim()).filter((word) => word && word.length <= 12);
const fits = (one) => names(one).some((word) => named.test(word)) ||
  /(^|[-_\s])(close|guanbi|exit)|close$/i.test(typeof one.className === "string" ? one.className : "");
const fitting = all.filter(fits), inmost = fitting.filter((one) => !fitting.some((inner) => inner !== one && one.contains(inner)));
const closer = fitting.find(e.tabbable) ?? inmost[0];
if (!closer) return null;
globalThis.auditorCloser = closer;
const tab = e.tabbable(closer);
if (tab) { closer.focus(); await e.sleep(50); }
return { ...e.told(closer), tab, name: names(closer)[0] ?? "", point: e.pointOf(closer) };
"""

TRIGGER = r"""
const one = globalThis.auditorTrigger;
if (!one.isConnected) return false;
one.focus();
await e.sleep(60);
return document.activeElement === one;
"""

STOPS = r"""
const root = globalThis.auditorRoot ?? document.body;
return /暂停|停止|静音|关闭(?:声音|语音|朗读)|声音关|mute|pause|stop/i.test([...root.querySelectorAll("*")].map((one) =>
  [one.getAttribute("aria-label"), one.title, one.value, e.wordsIn(one)].join(" ")).join(" "));
"""

SPEAKS_OF_KEYS = r"""
const words = (globalThis.auditorRoot ?? document.body).innerText ?? "";
return /(关闭|停用|禁用|取消|修改|自定义|设置)[^。；\n]{0,12}(快捷键|热键)/.test(words) ||
  /(快捷键|热键)[^。；\n]{0,12}(关闭|停用|禁用|修改|设置)/.test(words);
"""

HOOK = r"""(() => {
  if (window.__auditorHeard) return;
  const log = [], media = HTMLMediaElement.prototype, { play } = media, voice = window.speechSynthesis;
  Object.defineProperty(window, "__auditorHeard", { value: log, enumerable: false });
  media.play = function () { if (log.length < 20) log.push(this); return play.apply(this, arguments); };
  const speak = voice?.speak;
  if (speak) SpeechSynthesis.prototype.speak = function (words) { if (log.length < 20) log.push(words); return speak.call(this, words); };
})()"""
"""In the world of the page: remembers what is started to play from now on."""

HEARD = r"""(window.__auditorHeard || []).map((one) => one instanceof HTMLMediaElement ?
  { media: true, sounds: !one.paused && !one.muted && one.volume > 0, at: one.currentTime } :
  { media: false, sounds: Boolean(window.speechSynthesis && speechSynthesis.speaking), at: 0 })"""
