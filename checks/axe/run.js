// Runs inside the auditor's own world of one frame (in the page where the browser offers none), after axe-core. Defines `auditorAxe`:
//   whole(options) -> {version, counted, children, answer}   the page itself; the answer at once where it has no frames, else null
//   part(context, options, at) -> {version, counted, children, partial}   a frame's share, as axe.runPartial gives it;
//                                   at: where the frame's viewport begins on the page, {x, y} in CSS px, and the `place` of its element
//   finish(partials, options) -> axe's answer for the page with the shares of its frames, cut down to what a Finding and a Tally need
// The page's own share stays here: it is ten times as large as the answer.
// Elements that pass are counted here and dropped, unless the rule compares elements across the page (an `after` step).
(() => {
  /* places.js */
  const cut = (text, most) => (text.length > most ? text.slice(0, most) + "…" : text);
  const kept = (element) => element.parentElement || (element.getRootNode().host ?? null);
  const landmarks = { header: "banner", nav: "navigation", main: "main", aside: "complementary", footer: "contentinfo", form: "form" };

  const landmarkOf = (element) => {
    for (let at = element; at; at = kept(at)) {
      const role = at.getAttribute("role") || landmarks[at.localName];
      if (role && (Object.values(landmarks).includes(role) || role === "search" || role === "region")) return role;
    }
    return "";
  };

  const attributesOf = (element, names) => {
    const found = {};
    for (const { name, value } of Array.from(element.attributes).slice(0, 40)) {
      if (!names || names.includes(name)) found[name] = cut(value, 300);
    }
    return found;
  };

  // Where nothing but text speaks, the text is the name; asking axe for it costs as much as a rule.
  const TEXTUAL = /^(a|button|summary|option|h[1-6]|t[dhr]|div|span|p|li|[uod]l|d[td]|b|i|em|strong|font|center|section|article)$/;
  const SPEAKING = "img, svg, input, select, textarea, object, embed, video, audio, canvas, iframe, math, slot, [alt], [title], [role]," +
    " [aria-label], [aria-labelledby], [aria-hidden], [aria-owns]";
  const nameOf = (element, text) => {
    const plain = TEXTUAL.test(element.localName) && !element.shadowRoot && !element.matches(SPEAKING) && !element.querySelector(SPEAKING) &&
      element.checkVisibility?.({ visibilityProperty: true });
    return plain ? text : (axe.commons.text.accessibleText(element) || "").trim();
  };

  let origin = { x: 0, y: 0, place: "" };
  const describe = (element) => {
    const ancestors = [];
    for (let at = kept(element); at && ancestors.length < 4; at = kept(at)) {
      ancestors.push({ tag: at.localName, ...attributesOf(at, ["id", "class", "role", "name", "type"]) });
    }
    const place = element.getBoundingClientRect();
    const text = (element.innerText ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
    return {
      tag: element.localName,
      attributes: attributesOf(element),
      ancestors,
      place: origin.place + placeOf(element),
      words: wordsOf(element),
      landmark: landmarkOf(element),
      name: cut(nameOf(element, text), 200),
      text: cut(text, 200),
      box: { x: place.left + origin.x, y: place.top + origin.y, width: place.width, height: place.height },
    };
  };

  const known = new WeakMap();
  const described = (element) => {
    if (!known.has(element)) known.set(element, describe(element));
    return known.get(element);
  };

  const passes = ({ any, all, none }) =>
    (any.length === 0 || any.some((check) => check.result === true)) &&
    all.every((check) => check.result === true) && none.every((check) => check.result === false);

  const compares = new Set(
    axe._audit.rules
      .filter((rule) => axe.utils.getAllChecks(rule).some((check) => axe._audit.checks[check.id || check]?.after))
      .map((rule) => rule.id));

  let counted = {};
  const run = axe._audit.run.bind(axe._audit);
  axe._audit.run = (context, options, resolve, reject) =>
    run(context, options, (results) => {
      for (const result of results) {
        const standing = result.nodes.filter((node) => !passes(node));
        for (const { node } of standing) if (node.element instanceof Element) described(node.element);
        if (compares.has(result.id)) continue;
        counted[result.id] = result.nodes.length - standing.length;
        result.nodes = standing;
      }
      resolve(results);
    }, reject);

  let own = null;
  let elements = null;  // of the page itself: those that pass are described only if a comparison fails them after all
  axe.utils.nodeSerializer.update({
    toSpec(node) {
      const spec = node.toJSON();
      if (node.element instanceof Element) spec.seen = elements ? elements.push(node.element) - 1 : described(node.element);
      return spec;
    },
    mergeSpecs(child, frame) {
      const joined = { ...child, fromFrame: true };
      for (const key of ["selector", "ancestry", "xpath"]) joined[key] = [...(frame[key] ?? []), ...(child[key] ?? [])];
      joined.nodeIndexes = [...(frame.nodeIndexes ?? []), ...(child.nodeIndexes ?? [])];
      return joined;
    },
  });

  const children = (context, options) =>
    axe.utils.getFrameContexts(context, options).map(({ frameSelector, frameContext }) => {
      const element = axe.utils.shadowSelect(frameSelector);
      const place = element ? element.getBoundingClientRect() : { left: 0, top: 0 };
      return {
        selector: frameSelector,
        context: frameContext,
        at: {
          x: place.left + origin.x + (element?.clientLeft ?? 0),
          y: place.top + origin.y + (element?.clientTop ?? 0),
          place: element ? origin.place + placeOf(element) + "/f/" : "?",
        },
      };
    });

  const message = (checks) => checks.map(({ id, data, message, result }) => ({ id, data, message, result }));

  const share = async (context, options) => {
    counted = {};
    const frames = children(context, options);
    const partial = await axe.runPartial(context, options);
    frames.forEach((frame, index) => { frame.shown = partial.frames[index]?.selector?.[0] ?? frame.selector; });
    return { version: axe.version, partial, counted, children: frames };
  };

  const seen = (place) => {
    if (typeof place !== "number") return place ?? null;
    if (!known.has(elements[place]) && !axe._tree) axe.setup(document.documentElement);
    return described(elements[place]);
  };

  const cutDown = async (partials, options) => {
    const { raw } = await axe.finishRun(partials, { ...options, reporter: "rawEnv" });
    const rules = {};
    for (const rule of raw) {
      const entry = { passed: rule.passes.length, failed: [], incomplete: [] };
      for (const [list, outcome] of [[rule.violations, "failed"], [rule.incomplete, "incomplete"]]) {
        for (const { node, impact, any, all, none } of list) {
          entry[outcome].push({
            selector: node.selector, xpath: node.xpath, snippet: node.source, impact,
            seen: seen(node.seen),
            checks: message([...any, ...all, ...none].filter((check) => check.result !== true || none.includes(check))),
          });
        }
      }
      if (entry.passed || entry.failed.length || entry.incomplete.length) rules[rule.id] = entry;
    }
    axe.teardown();
    return { version: axe.version, rules };
  };

  globalThis.auditorAxe = {
    async whole(options) {
      origin = { x: scrollX, y: scrollY, place: "" };
      elements = [];
      const { partial, ...rest } = await share(document, options);
      own = partial;
      return JSON.stringify({ ...rest, answer: rest.children.length ? null : await cutDown([own], options) });
    },

    async part(context, options, at) {
      origin = at;
      elements = null;
      return JSON.stringify(await share(context, options));
    },

    async finish(partials, options) {
      return JSON.stringify(await cutDown([own, ...partials], options));
    },
  };
})()
