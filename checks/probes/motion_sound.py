"""The scripts that tell what sounds, or would sound, on a page without anybody's doing."""

from __future__ import annotations

from checks.probes.script import PLACES

SOUNDS = (
    "(() => {"
    + PLACES
    + r"""
  const named = /静音|暂停|停止|声音|音乐|音量|关闭音|mute|pause|stop|sound|music|volume|audio\s*(?:on|off)/i;
  const control = [...document.querySelectorAll("button, a, input, [role=button], [onclick], [tabindex], img, i, span")].slice(0, 3000)
    .find((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && (one.matches("button, a, input, [role=button], [onclick], [tabindex]") || getComputedStyle(one).cursor === "pointer")
      && named.test([one.getAttribute("aria-label"), one.title, one.alt, one.value, (one.textContent ?? "").slice(0, 30), one.id,
                     one.getAttribute("class")].filter(Boolean).join(" ").slice(0, 160)));
  const all = [...document.querySelectorAll("audio, video")].slice(0, 12), told_ = [];
  for (const one of all) {
    const fact = { element: told(one), autoplay: one.autoplay, muted: one.muted || one.volume === 0, controls: one.controls, loop: one.loop,
      paused: one.paused, seen: one.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      duration: Number.isFinite(one.duration) ? one.duration : one.duration === Infinity ? -1 : null,
      failed: one.error !== null || one.networkState === 3, audio: one.webkitAudioDecodedByteCount ?? null };
    told_.push(fact);
  }
  const scripts = [...document.scripts].map((one) => one.src ? "" : one.text.slice(0, 200000)).join("\n");
  const entries = performance.getEntriesByType("resource");
  const scripted = /\bAudio\s*\(|AudioContext|createElement\(\s*['"](?:audio|video)/.test(scripts)
    || (all.length > 0 && /\.play\s*\(/.test(scripts))
    || entries.some((one) => one.initiatorType === "audio" || /\.(?:mp3|wav|ogg|m4a|aac|flac)(?:\?|$)/i.test(one.name))
    || all.some((one) => !one.autoplay && !one.paused && !one.muted);
  return { media: told_, control: control ? told(control) : null, scripted };
})()"""
)
"""-> {"media": [...], "control": what may silence it by its name, "scripted": whether scripts may start some sound}."""

HOOK = r"""(() => {
  if (window.top !== window) return;
  const log = [], began = performance.now();
  Object.defineProperty(window, "__auditorSounds", { value: log, enumerable: false });
  const now = () => performance.now() - began;
  const noted = (kind, one, more) => { if (log.length < 30) log.push({ kind, one, at: now(), stopped: null, ...more }); };
  const ended = (one) => { for (const entry of log) if (entry.one === one && entry.stopped === null) entry.stopped = now(); };
  const media = HTMLMediaElement.prototype, { play, pause } = media;
  media.play = function () { noted("media", this, { muted: this.muted || this.volume === 0 }); return play.apply(this, arguments); };
  media.pause = function () { ended(this); return pause.apply(this, arguments); };
  const source = window.AudioScheduledSourceNode?.prototype;
  if (source) {
    const { start, stop } = source, buffered = AudioBufferSourceNode.prototype, first = buffered.start;
    source.start = function () { noted("tone", this, {}); return start.apply(this, arguments); };
    buffered.start = function () { noted("buffer", this, {}); return first.apply(this, arguments); };
    source.stop = function (when) {
      const wait = Math.max(0, (when ?? 0) - this.context.currentTime) * 1000;
      for (const entry of log) if (entry.one === this) entry.stopped = performance.now() - began + wait;
      return stop.apply(this, arguments);
    };
  }
})()"""
"""Written down before the page's own scripts run: what they start to play, and when they end it."""

HEARD = r"""(window.__auditorSounds || []).map(({ kind, one, at, stopped, muted }) => ({
  kind, at: Math.round(at), stopped: stopped === null ? null : Math.round(stopped), muted: Boolean(muted) || one.muted === true,
  tag: kind === "media" ? one.localName : "", inPage: kind === "media" && one.isConnected, controls: one.controls === true,
  loop: one.loop === true, failed: kind === "media" && (one.error !== null || one.networkState === 3), autoplay: one.autoplay === true,
  duration: kind === "buffer" ? one.buffer?.duration ?? null : Number.isFinite(one.duration) ? one.duration : null,
}))"""
"""What the hook wrote down."""

PLAY = r"""(async () => {
  const all = [...document.querySelectorAll("audio, video")].slice(0, 12), before = all.map((one) => one.webkitAudioDecodedByteCount ?? 0);
  const started = all.filter((one) => one.autoplay && !one.muted && one.volume > 0 && one.error === null && one.networkState !== 3);
  for (const one of started) { one.muted = true; one.play().catch(() => null); }
  await new Promise((done) => setTimeout(done, 1500));
  const told = all.map((one, at) => started.includes(one) ? (one.webkitAudioDecodedByteCount ?? 0) - before[at] : null);
  for (const one of started) { one.pause(); one.muted = false; }
  return told;
})()"""
"""Let what begins by itself play, muted: how many bytes of sound each of the page's media gave in 1.5 seconds; null: it does not begin."""
