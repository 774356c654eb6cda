"""The script that watches a page by the page's own clock, and tells what moves, blinks or changes on it without anybody's doing."""

from __future__ import annotations

from checks.probes.script import PLACES, read

SAMPLER = PLACES + read("motion_watch.js")
"""components(...) and watch(...): how every element of a page looks from sample to sample, and what that makes of the page's parts."""

WATCH = (
    "globalThis.auditorMotion = new Promise((done) => {"
    + SAMPLER
    + r"""
  const { least, most, needed, expect } = __SETTINGS__;
  const root = document.body;
  if (!root) { done({ lost: true, components: [], seconds: 0, samples: 0, cut: false }); return; }
  const begin = performance.now(), known = new Map();
  let samples = 0, cut = false, since = null;
  const awaited = (now) => expect.map(elementAt).some((home) => {
    if (!home) return false;
    const events = [...known].filter(([element]) => home.contains(element)).flatMap(([, record]) => record.events);
    const bursts = burstsOf(inOrder(events)), [, to] = bursts[bursts.length - 1] ?? [begin, begin];
    return bursts.length < 1 && now - to <= REST;
  });
  const wanting = (now) => expect.length ? awaited(now) : [...known.entries()].some(([element, record]) => {
    if (!record.events.length || areaOf(boxOf(element)) < 2000) return false;
    const bursts = burstsOf(inOrder(record.events)), [from, to] = bursts[bursts.length - 1];
    if (to - begin < 400 || now - to > REST || (bursts.length === 1 && to - from >= 2000 && to - begin >= needed)) return false;
    return bursts.length < 2 || to - begin < needed;
  });
  const sample = () => {
    const now = performance.now();
    if (!document.body) { done({ lost: true, components: [], seconds: 0, samples: 0, cut: false }); return; }
    const elements = gathered(root);
    cut = cut || elements.length >= MOST;
    for (const element of elements) watch(element, now, since, known);
    since = now;
    const spent = now - begin;
    if (spent >= most || (spent >= least && !wanting(now))) {
      done({ components: components(known, begin, now, samples), seconds: Math.round(spent) / 1000, samples, cut, lost: false });
      return;
    }
    setTimeout(sample, STEPS[samples++ % STEPS.length]);
  };
  sample();
}); null"""
)
"""Start to watch: at least `least` ms, and on to `most` while something of size may go on changing until `needed` (ms) but has not yet
done so twice. `expect`: places; then it is rather them that are waited for, until each has changed."""

FILMS = (
    "(() => {"
    + SAMPLER
    + r"""
  const found = [];
  for (const element of gathered(document.body)) {
    if (found.length >= 300) break;
    const style = getComputedStyle(element), all = [];
    if (element.localName === "img" && (element.currentSrc || element.src)) all.push(element.currentSrc || element.src);
    if (element.localName === "input" && element.type === "image" && element.src) all.push(element.src);
    for (const one of style.backgroundImage.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) all.push(new URL(one[1], document.baseURI).href);
    if (!all.length) continue;
    const area = inSight(element);
    if (area < 16) continue;
    const [, , width, height] = shownBox(element);
    const size = [Math.round(width), Math.round(height)];
    for (const address of all) found.push({ address, area: Math.round(area), size, element: told(element) });
  }
  return found.sort((one, other) => other.area - one.area);
})()"""
)
"""The pictures that can be seen, the largest first, each with the size of what can be seen of it."""
