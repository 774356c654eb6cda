"""The clock that is given to a page in place of its own, so that it can be put forward."""

from __future__ import annotations

CLOCK = r"""(() => {
  if (window.top !== window) return;
  const later = window.setTimeout.bind(window), never = window.clearTimeout.bind(window), real = performance.now.bind(performance);
  const Own = window.Date, jobs = new Map(), log = { leaves: [], asks: [], runs: 0, cut: false };
  let ahead = 0, number = 1000000, current = null, forwarding = false, armed = 0;
  const now = () => real() + ahead;
  const first = () => { let best = null; for (const job of jobs.values()) if (!best || job.at < best.at) best = job; return best; };
  const put = (work, delay, every, args) => {
    const wait = Math.max(every ? 4 : 0, Math.min(2147483647, Number(delay) || 0)), id = ++number;
    jobs.set(id, { id, work, args, every, wait, at: now() + wait });
    arm();
    return id;
  };
  const run = (job) => {
    if (job.every) job.at = Math.max(job.at + job.wait, now()); else jobs.delete(job.id);
    const before = current;
    current = job;
    log.runs++;
    try {
      if (typeof job.work === "function") job.work.apply(window, job.args); else later(job.work, 0);
    } catch (error) { later(() => { throw error; }, 0); } finally { current = before; }
  };
  const arm = () => {
    if (forwarding) return;
    never(armed);
    const next = first();
    if (next) armed = later(pump, Math.max(0, next.at - now()));
  };
  const pump = () => {
    if (forwarding) return;
    for (let turns = 0; turns < 60; turns++) {
      const next = first();
      if (!next || next.at > now() + 0.5 || log.leaves.length) break;
      run(next);
    }
    if (!log.leaves.length) arm();
  };
  window.setTimeout = function setTimeout(work, delay, ...args) { return put(work, delay, false, args); };
  window.setInterval = function setInterval(work, delay, ...args) { return put(work, delay, true, args); };
  const forget = (id) => { if (!jobs.delete(Number(id))) never(id); };
  window.clearTimeout = function clearTimeout(id) { forget(id); };
  window.clearInterval = function clearInterval(id) { forget(id); };
  window.Date = new Proxy(Own, {
    construct: (target, args, made) =>
      Reflect.construct(target, args.length ? args : [Own.now() + ahead], made === window.Date ? target : made),
    apply: () => new Own(Own.now() + ahead).toString(),
    get: (target, name) => name === "now" ? () => Own.now() + ahead : Reflect.get(target, name),
  });
  performance.now = () => now();
  const byClock = () => forwarding || (current !== null && now() > 500);
  for (const kind of ["alert", "confirm", "prompt"]) {
    window[kind] = (text) => {
      if (log.asks.length < 8) log.asks.push({ kind, text: String(text ?? "").slice(0, 120), at: Math.round(now()), byClock: byClock() });
      return kind === "confirm" ? false : kind === "prompt" ? null : undefined;
    };
  }
  window.navigation?.addEventListener("navigate", (event) => {
    if (event.hashChange || event.destination.sameDocument || event.downloadRequest !== null || event.userInitiated) return;
    if (!byClock()) return;
    if (!/^https?:|^file:/.test(event.destination.url)) return;
    if (event.cancelable) event.preventDefault();
    const kind = event.formData ? "form" : event.navigationType;
    if (log.leaves.length < 5) log.leaves.push({ url: event.destination.url.slice(0, 300), kind,
      at: Math.round(now()), wait: Math.round(current?.wait ?? 0), every: Boolean(current?.every), held: event.cancelable });
  });
  const rest = () => new Promise((done) => later(done, 0));
  const forward = async (until, patience) => {
    forwarding = true;
    never(armed);
    const begin = real();
    let next;
    while (!log.leaves.length && (next = first()) && next.at <= until) {
      if (real() - begin > patience) { log.cut = true; break; }
      ahead += Math.max(0, next.at - now());
      run(next);
      await null; await null; await null;
      if (log.runs % 40 === 0 || next.wait > 5000) await rest();
    }
    if (log.cut && !log.leaves.length) {          // in leaps: each timer once in each of them
      const leap = Math.max(0, until - now()) / 120;
      for (let step = 0; step < 120 && !log.leaves.length && real() - begin < 2 * patience; step++) {
        ahead += leap;
        for (const job of [...jobs.values()]) {
          if (log.leaves.length || real() - begin > 2 * patience) break;
          if (jobs.has(job.id) && job.at <= now()) { if (job.every) job.at = now(); run(job); }
        }
        await rest();
      }
    }
    for (let turn = 0; turn < 4; turn++) await rest();
    if (!log.leaves.length) ahead += Math.max(0, until - now());
    forwarding = false;
    if (!log.leaves.length) arm();
    return JSON.stringify({ ...log, now: Math.round(now()) });
  };
  Object.defineProperty(window, "__auditorClock", { value: { forward }, enumerable: false });
})()"""
"""Timers, Date and performance.now of the page itself, real until `forward(until, patience)` puts them forward: every timer runs in its
turn, for `patience` ms of real time, and the rest in leaps. What would lead to another page is held back and written down."""
