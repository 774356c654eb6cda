"""The scripts that play the animations of a page picture by picture, and count what its scripts make flicker."""

from __future__ import annotations

from checks.probes.motion_watch import SAMPLER

KEYFRAMES = (
    "(() => {"
    + SAMPLER
    + r"""
  const LIGHT = /^(opacity|visibility|background|backgroundColor|backgroundImage|color|filter|display|boxShadow|fill)$/;
  globalThis.auditorFast = [];
  const found = [];
  for (const animation of document.getAnimations?.() ?? []) {
    const effect = animation.effect, target = effect?.target;
    if (!target || animation.playState !== "running" || found.length >= 3) continue;
    const timing = effect.getComputedTiming(), lasts = +timing.duration;
    if (!(lasts > 0) || lasts * timing.iterations < 400) continue;
    const frames = effect.getKeyframes().filter((frame) => Object.keys(frame).some((name) => LIGHT.test(name)));
    const turns = Math.max(2, frames.length - 1);
    if (!frames.length || turns / (lasts / 1000) <= 6 || inSight(target) <= 21824) continue;
    const both = /alternate/.test(timing.direction), [x, y, w, h] = shownBox(target);
    globalThis.auditorFast.push({ animation, delay: timing.delay, lasts: both ? 2 * lasts : lasts });
    found.push({ element: told(target), lasts: both ? 2 * lasts : lasts, box: [x + scrollX, y + scrollY, w, h] });
  }
  return found;
})()"""
)
"""Animations of large parts that change their light more than six times in a second, as far as their keyframes tell."""

STEP = """(() => {
  const { animation, delay, lasts } = globalThis.auditorFast[%d];
  animation.pause();
  animation.currentTime = delay + lasts * %f;
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
})()"""
"""Stand still at a share of one run."""

BACK = "for (const { animation } of globalThis.auditorFast) { try { animation.play(); } catch {} }; null"

FLICKER = (
    "(() => new Promise((done) => {"
    + SAMPLER
    + r"""
  const big = gathered(document.body).filter((one) => areaOf(boxOf(one)) > 21824).slice(0, 150);
  if (!big.includes(document.body)) big.unshift(document.body);
  const turns = new Map(), last = new Map(), begin = performance.now();
  const markOf = (one) => {
    const style = getComputedStyle(one);
    const { backgroundColor, backgroundImage, visibility, opacity, display } = style;
    return [backgroundColor, visibility, Math.round(opacity * 4), display === "none", backgroundImage.slice(-40)].join();
  };
  const sample = () => {
    for (const one of big) {
      const mark = markOf(one);
      if (last.has(one) && last.get(one) !== mark) turns.set(one, (turns.get(one) ?? 0) + 1);
      last.set(one, mark);
    }
    const spent = performance.now() - begin;
    if (spent < 1200) { requestAnimationFrame(sample); return; }
    done([...turns].filter(([, count]) => count / (spent / 1000) > 6).slice(0, 4)
      .map(([one, count]) => ({ element: told(one), rate: Math.round(count / (spent / 1000)), area: Math.round(inSight(one)) })));
  };
  sample();
}))()"""
)
"""Large parts whose ground, opacity or visibility scripts change more than six times in a second, frame by frame."""
