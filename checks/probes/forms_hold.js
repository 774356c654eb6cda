// Holds back what trying a form would send or open; it runs in the page's own world, before the page's scripts.
(() => {
  if (globalThis.auditorHeldForms) return;
  const kept = { on: false, gets: true, did: [], told: [], copy: null };
  Object.defineProperty(globalThis, "auditorHeldForms", { value: kept });
  const { apply } = Reflect, clock = performance.now.bind(performance);
  let submitted = -1e9;
  const tell = (kind, what) => { if (kept.did.length < 60) kept.did.push([kind, String(what ?? "").slice(0, 300)]); };
  const patch = (home, name, held) => {
    const own = home?.[name];
    if (typeof own !== "function") return;
    const made = { [name](...given) { return kept.on ? held(this, given, () => apply(own, this, given)) : apply(own, this, given); } }[name];
    try { Object.defineProperty(home, name, { value: made, configurable: true, writable: true, enumerable: true }); } catch { }
  };
  const say = (kind, answer) => (me, given) => {
    if (kept.told.length < 30) kept.told.push([kind, String(given[0] ?? "").slice(0, 400)]);
    return answer;
  };
  patch(globalThis, "alert", say("alert", undefined));
  patch(globalThis, "confirm", say("confirm", false));
  patch(globalThis, "prompt", say("prompt", null));
  patch(globalThis, "print", () => undefined);
  patch(globalThis, "close", () => undefined);
  patch(globalThis, "open", (me, given) => { tell("open", given[0]); return null; });
  patch(HTMLFormElement.prototype, "submit", (me) => { tell("submit", me.getAttribute("action")); });
  for (const name of ["back", "forward", "go"]) patch(History.prototype, name, () => { tell("navigate", "history"); });
  const safe = (method) => kept.gets && /^(get|head|options)$/i.test(method || "get");
  const asked = new WeakMap();
  patch(XMLHttpRequest.prototype, "open", (me, given, go) => { asked.set(me, [given[0], given[1]]); return go(); });
  patch(XMLHttpRequest.prototype, "send", (me, given, go) => {
    const [method, url] = asked.get(me) ?? ["GET", ""];
    if (safe(method)) return go();
    tell("request", `${method} ${url}`);
  });
  patch(globalThis, "fetch", (me, given, go) => {
    const method = given[1]?.method ?? given[0]?.method ?? "GET";
    if (safe(method)) return go();
    tell("request", `${method} ${given[0]?.url ?? given[0]}`);
    return new Promise(() => { });
  });
  patch(Navigator.prototype, "sendBeacon", () => true);
  patch(WebSocket.prototype, "send", () => undefined);
  addEventListener("submit", (event) => {
    if (!kept.on || !event.isTrusted) return;
    submitted = clock();
    const where = event.submitter?.getAttribute("formtarget") ?? event.target.getAttribute?.("target") ?? "";
    if (!/^(_self|_top|_parent)?$/i.test(where)) { tell("submit", event.target.getAttribute("action")); event.preventDefault(); }
  }, true);
  addEventListener("click", (event) => {
    if (!kept.on) return;
    const link = event.composedPath().find(one => one instanceof Element && one.matches("a[href], area[href]"));
    if (!link || /^(_self)?$/i.test(link.target) || /^\s*(#|javascript:)/i.test(link.getAttribute("href"))) return;
    tell("open", link.href);
    event.preventDefault();
  }, true);
  globalThis.navigation?.addEventListener("navigate", (event) => {
    if (!kept.on || event.hashChange || event.destination.sameDocument) return;
    tell(event.formData || clock() - submitted < 300 ? "submit" : "navigate", event.destination.url);
    if (event.cancelable) event.preventDefault(); else setTimeout(() => globalThis.stop(), 0);
  });
  addEventListener("copy", (event) => {
    if (kept.copy === null) return;
    event.clipboardData.setData("text/plain", kept.copy);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
})()
