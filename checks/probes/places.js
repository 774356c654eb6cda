// placeOf(element), elementAt(place): the way to an element of the page itself, as `Node.place`, and back; wordsOf(element): its own text
// without white space, which tells it from another that comes to stand in its place; told(element): what `Document.meet` needs to know it
// again, with its box in CSS px of the page; deepest(): what has the focus, inside shadow roots too.
const wordsOf = (element) => {
  let words = "";
  if (element.shadowRoot || element.localName === "slot") return words;
  for (let at = element.firstChild; at && words.length < 120; at = at.nextSibling) {
    if (at.nodeType === 3) words += at.data.slice(0, 1000).replace(/\s+/g, "");
  }
  return words.slice(0, 120);
};
const placeOf = (element) => {
  const way = [];
  for (let at = element; at; ) {
    const above = at.parentNode;
    way.push(above ? Array.prototype.indexOf.call(above.children, at) : 0);
    if (above instanceof ShadowRoot) way.push("s");
    at = above instanceof ShadowRoot ? above.host : above instanceof Element ? above : null;
  }
  return way.reverse().join("/");
};
const elementAt = (place) => {
  let at = document.documentElement;
  for (const step of place.split("/").slice(1)) at = step === "s" ? at?.shadowRoot : at?.children[step];
  return at ?? null;
};
const told = (element) => {
  const box = element.getBoundingClientRect(), attributes = {};
  for (const name of ["id", "href", "src", "name", "type"]) {
    if (element.hasAttribute(name)) attributes[name] = element.getAttribute(name).slice(0, 300);
  }
  return { place: placeOf(element), tag: element.localName, attributes, words: wordsOf(element),
           box: [box.x + scrollX, box.y + scrollY, box.width, box.height] };
};
const deepest = (root = document) => {
  let at = root.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
};
