// ---------------------------------------------------------------------------------- targets that are small only in this window

// 2.5.8: 24 x 24 CSS px, or so far from other targets that a circle of 24 px around its middle touches none of them.
const LEAST = 24;
const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=checkbox], " +
  "[role=radio], [role=switch], [role=tab], [role=menuitem], [role=option], [onclick]";
const asBrowser = (one) => one.matches("input[type=checkbox], input[type=radio], input[type=range], input[type=color], option, area") &&
  getComputedStyle(one).appearance !== "none";
const lettersIn = (element) => (element.textContent ?? "").replace(/\s+/g, "").length;
// A link in a sentence, whose height the line gives: there is other text than links in the block it stands in.
const inLine = (one) => {
  let block = one;
  while (block && /^(inline|contents)$/.test(getComputedStyle(block).display)) block = above(block);
  if (!block || block === one) return false;
  const links = [...block.querySelectorAll("a, button")].filter((other) => !other.parentElement.closest("a, button"));
  return lettersIn(block) - links.reduce((sum, link) => sum + lettersIn(link), 0) >= 5;
};
A.small = (name, before) => {
  const found = [...document.querySelectorAll(TARGETS)].slice(0, 1500)
    .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && getComputedStyle(one).pointerEvents !== "none")
    .map((one) => ({ one, box: one.getBoundingClientRect() }))
    .filter(({ box }) => box.width >= 1 && box.height >= 1 && box.left >= 0 && box.right <= innerWidth);
  const tiny = (box) => box.width < LEAST - .5 || box.height < LEAST - .5;
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  const near = (box, other) => {
    const [x, y] = middle(box);
    const far = Math.hypot(x - Math.min(Math.max(x, other.left), other.right), y - Math.min(Math.max(y, other.top), other.bottom));
    return far < LEAST / 2 - .5 || (tiny(other) && Math.hypot(x - middle(other)[0], y - middle(other)[1]) < LEAST - 1);
  };
  const apart = ({ one, box }) => found.every((other) => other.one === one || one.contains(other.one) || other.one.contains(one) ||
    one.closest("label")?.control === other.one || !near(box, other.box));
  const small = found.filter((target) => tiny(target.box) && !asBrowser(target.one) && !inLine(target.one) && !apart(target));
  A.smalls = { ...(A.smalls ?? {}), [name]: new Set(small.map(({ one }) => one)) };
  const known = before ? A.smalls[before] : new Set();
  return small.filter(({ one }) => !known.has(one)).slice(0, 20)
    .map(({ one, box }) => ({ top: told(one), size: [Math.round(box.width), Math.round(box.height)], words: (one.innerText?.trim() || one.getAttribute("aria-label") || one.title || "").slice(0, 40) }));
};
