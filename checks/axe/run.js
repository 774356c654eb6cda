// Runs inside the auditor's own world of one frame (in the page where the browser offers none), after axe-core. Defines `auditorAxe`:
//   part(context, options, x, y) -> {partial, counted, children}   one frame's share, as axe.runPartial gives it;
//                                   x, y: where the frame's viewport begins on the page, in CSS px
//   finish(partials, options) -> axe's answer for the page, cut down to what a Finding and a Tally need
// Elements that pass are counted here and dropped, unless the rule compares elements across the page (an `after` step).
(() => {
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

  let origin = { x: 0, y: 0 };
  const describe = (element) => {
    const ancestors = [];
    for (let at = kept(element); at && ancestors.length < 4; at = kept(at)) {
      ancestors.push({ tag: at.localName, ...attributesOf(at, ["id", "class", "role", "name", "type"]) });
    }
    const place = element.getBoundingClientRect();
    const name = axe.commons.text.accessibleText(element) || "";
    return {
      tag: element.localName,
      attributes: attributesOf(element),
      ancestors,
      landmark: landmarkOf(element),
      name: cut(name.trim(), 200),
      text: cut((element.innerText ?? element.textContent ?? "").replace(/\s+/g, " ").trim(), 200),
      box: { x: place.left + origin.x, y: place.top + origin.y, width: place.width, height: place.height },
    };
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
        const standing = compares.has(result.id) ? result.nodes : result.nodes.filter((node) => !passes(node));
        counted[result.id] = result.nodes.length - standing.length;
        result.nodes = standing;
      }
      resolve(results);
    }, reject);

  const known = new WeakMap();
  axe.utils.nodeSerializer.update({
    toSpec(node) {
      const spec = node.toJSON();
      if (node.element instanceof Element) {
        if (!known.has(node.element)) known.set(node.element, describe(node.element));
        spec.seen = known.get(node.element);
      }
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
        x: place.left + origin.x + (element?.clientLeft ?? 0),
        y: place.top + origin.y + (element?.clientTop ?? 0),
      };
    });

  const message = (checks) => checks.map(({ id, data, message, result }) => ({ id, data, message, result }));

  globalThis.auditorAxe = {
    async part(context, options, x, y) {
      counted = {};
      origin = { x, y };
      const frames = children(context, options);
      const partial = await axe.runPartial(context, options);
      frames.forEach((frame, index) => { frame.shown = partial.frames[index]?.selector?.[0] ?? frame.selector; });
      return JSON.stringify({ partial, counted, children: frames });
    },

    async finish(partials, options) {
      const { raw } = await axe.finishRun(partials, { ...options, reporter: "rawEnv" });
      const rules = {};
      for (const rule of raw) {
        const entry = { passed: rule.passes.length, failed: [], incomplete: [] };
        for (const [list, outcome] of [[rule.violations, "failed"], [rule.incomplete, "incomplete"]]) {
          for (const { node, impact, any, all, none } of list) {
            entry[outcome].push({
              selector: node.selector, xpath: node.xpath, snippet: node.source, seen: node.seen ?? null, impact,
              checks: message([...any, ...all, ...none].filter((check) => check.result !== true || none.includes(check))),
            });
          }
        }
        if (entry.passed || entry.failed.length || entry.incomplete.length) rules[rule.id] = entry;
      }
      return JSON.stringify({ version: axe.version, rules });
    },
  };
  return axe.version;
})()
