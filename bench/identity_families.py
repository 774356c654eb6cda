"""What happens to a page from one night to the next: fixed families of seeded mutations for the benchmark of identity.

Written before the matcher was tuned, and not changed to please it. An element keeps its number (`identity_pages.TRUTH`) whatever is
done to it; what takes its place gets another one (`identity_others`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from datetime import date, timedelta

from bs4 import NavigableString, Tag

from bench import identity_others as others
from bench.identity_pages import RULES, words
from bench.identity_scene import Scene, classes, texts

ADDRESSES = ("href", "src", "onclick", "action", "data-src", "data-url")


def _rewritten(change: Callable[[str], str], names: Sequence[str], roots: Iterable[Tag]) -> None:
    for tag in roots:
        for name in names:
            if isinstance(tag.get(name), str):
                tag[name] = change(str(tag[name]))


# ---------------------------------------------------------------------------------------------- the same barriers


def ids_renumbered(scene: Scene) -> None:
    """Digits in ids are others tonight."""
    _rewritten(scene.digits, ("id", "for"), scene.body.find_all(True))


def ids_generated(scene: Scene) -> None:
    """A script gives ids of its own to a third of the elements, whether they had one or not."""
    for tag in scene.some(scene.body.find_all(True), 0.33):
        tag["id"] = scene.chance.choice([f"ember{scene.chance.randrange(9999)}", f":r{scene.token(2)}:", f"el-id-{scene.token()}"])


def counters(scene: Scene) -> None:
    """Numbers in words and in the queries of addresses were counted up."""
    dated = re.compile(r"\d{4}[-年/.]\d|\d{1,2}[-月/]\d{1,2}")
    for text in texts(scene.body):
        if not dated.search(text):
            text.replace_with(NavigableString(re.sub(r"\d{1,6}", lambda found: str(int(found[0]) + scene.chance.randint(1, 30)), text)))
    for tag in scene.body.find_all(True):
        for name in ADDRESSES:
            value = tag.get(name)
            if isinstance(value, str) and ("?" in value or name == "onclick" or value.startswith("javascript:")):
                head, mark, query = value.partition("?") if "?" in value else ("", "", value)
                tag[name] = head + mark + scene.digits(query)


def dates(scene: Scene) -> None:
    """All dates in words and addresses are those of another day."""
    later = timedelta(days=scene.chance.randint(1, 28))

    def moved(found: re.Match[str]) -> str:
        year, first, month, second, day = found.groups()
        try:
            then = date(int(year), int(month), int(day)) + later
        except ValueError:
            return found[0]
        return f"{then.year:04}{first}{then.month:0{len(month)}}{second}{then.day:0{len(day)}}"

    full = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/年.]?)(\d\d?)([-/月.]?)(\d\d?)(?!\d{3,})")
    short = re.compile(r"(?<![\d-])(\d\d)([-/])(\d\d)(?![\d-])")

    def change(text: str) -> str:
        told = short.sub(lambda found: f"{found[1]}{found[2]}{1 + (int(found[3]) + later.days) % 28:02}", text)
        return full.sub(moved, told)

    for text in texts(scene.body):
        text.replace_with(NavigableString(change(text)))
    _rewritten(change, ADDRESSES, scene.body.find_all(True))


def siblings_inserted(scene: Scene) -> None:
    """Before some barriers, or what they stand in, something harmless of the same tag is put."""
    for barrier in scene.some(scene.barriers(), 0.3):
        above = [one for one in [barrier, *barrier.parents][:3] if one.parent is not None and one.name not in ("body", "html")]
        if above:
            place = scene.chance.choice(above)
            added = scene.soup.new_tag(place.name)
            added.string = scene.chance.choice(scene.titles)
            place.insert_before(scene.fresh(added))


def siblings_removed(scene: Scene) -> None:
    """Of what holds no barrier, a third is taken out."""
    harmless = [tag for tag in scene.body.find_all(True) if not any(one.get(RULES) for one in [tag, *tag.find_all(True)])]
    for tag in scene.some(harmless, 0.33):
        tag.extract()


def equals_removed(scene: Scene) -> None:
    """Some barriers are taken out of the page; those behind them move up."""
    for tag in scene.some(scene.barriers(), 0.15):
        tag.extract()


def lists_reordered(scene: Scene) -> None:
    """The items of lists stand in another order."""
    for items in scene.lists():
        order = [copy(item) for item in items]
        scene.chance.shuffle(order)
        for item, other in zip(items, order, strict=True):
            item.replace_with(other)


def classes_renamed(scene: Scene) -> None:
    """A new style sheet: four in ten class names are others, everywhere."""
    known = sorted({name for tag in scene.body.find_all(True) for name in classes(tag)})
    renamed = {name: scene.chance.choice(["site-", "gov-", "v2-"]) + re.sub(r"\d+", "", name) for name in scene.some(known, 0.4)}
    for tag in scene.body.find_all(class_=True):
        tag["class"] = [renamed.get(name, name) for name in classes(tag)]


def classes_hashed(scene: Scene) -> None:
    """A build adds hashes to all class names, as CSS modules do."""
    for tag in scene.body.find_all(class_=True):
        tag["class"] = [f"{name}__{scene.token(5)}" for name in classes(tag)]


def classes_added(scene: Scene) -> None:
    """A third of the elements get a class more: a state, a utility, an effect."""
    for tag in scene.some(scene.body.find_all(True), 0.33):
        tag["class"] = [*classes(tag), scene.chance.choice(["active", "mt-10", "wow", "fadeInUp", "clearfix", "a11y-fix", "lazyload"])]


def wrapped(scene: Scene) -> None:
    """Around some parts of the page stands one more div."""
    for barrier in scene.some(scene.barriers(), 0.2):
        above = [one for one in [barrier, *barrier.parents][:5] if one.name in ("div", "ul", "table", "a", "p", "img", "h2", "h3")]
        if above:
            scene.chance.choice(above).wrap(scene.fresh(scene.soup.new_tag("div", attrs={"class": "wrapper-inner"})))


def moved(scene: Scene) -> None:
    """Two blocks with barriers stand elsewhere in the page."""
    for barrier in scene.some(scene.barriers(), 0.05)[:2]:
        block = next((one for one in barrier.parents if one.name in ("div", "ul", "table", "p")), barrier)
        inside = {id(one) for one in [block, *block.find_all(True)]}
        places = [one for one in scene.body.find_all(("div", "table", "p")) if id(one) not in inside]
        if places and block.name not in ("body", "html"):
            place = scene.chance.choice(places)
            place.insert_before(block.extract())


def words_corrected(scene: Scene) -> None:
    """Somebody went over the words: in half of the texts and alternatives one character in ten is another, one at least."""

    def corrected(text: str) -> str:
        letters = list(text)
        places = [place for place, letter in enumerate(letters) if letter.isalpha()]
        if len(places) < 4:
            return text
        for place in scene.chance.sample(places, max(1, len(places) // 10)):
            letters[place] = scene.chance.choice("的了一在有和新市政务公开办")
        return "".join(letters)

    for text in scene.some(texts(scene.body), 0.5):
        text.replace_with(NavigableString(corrected(text)))
    _rewritten(corrected, ("alt", "title"), scene.some(scene.body.find_all(True), 0.5))


def alternatives_changed(scene: Scene) -> None:
    """Pictures get another alternative, as bad as before; links and fields another title."""
    for tag in scene.some(scene.barriers(), 0.6):
        if tag.get("alt") is not None:
            tag["alt"] = scene.chance.choice(["图", "1", "图片", "img", "x"])
        tag["title"] = scene.chance.choice(["点击查看", "图片", "链接"])
        if set(str(tag[RULES]).split()) & {"label", "frame-title", "link-name", "button-name"}:
            del tag["title"]  # that would repair it


def attributes_added(scene: Scene) -> None:
    """Four in ten barriers, and what they stand in, get attributes more."""
    plenty = {"target": "_blank", "rel": "noopener", "data-id": "", "loading": "lazy", "tabindex": "0", "data-track": "click",
              "aria-hidden": "false"}  # fmt: skip
    for barrier in scene.some(scene.barriers(), 0.4):
        for tag in [barrier, *barrier.parents][:2]:
            for name in scene.chance.sample(sorted(plenty), 2):
                tag[name] = plenty[name] or scene.token()


def attributes_removed(scene: Scene) -> None:
    """Old attributes are tidied away: sizes, borders, styles, targets, handlers of the mouse over something."""
    gone = ("width", "height", "border", "style", "align", "valign", "target", "onmouseover", "onmouseout", "bgcolor", "cellpadding")
    for tag in scene.body.find_all(True):
        for name in gone:
            del tag[name]


def versions(scene: Scene) -> None:
    """All addresses of files and links carry the version of tonight."""
    version = scene.digits("20260000")
    for tag in scene.body.find_all(True):
        for name in ("src", "href"):
            value = str(tag.get(name, ""))
            if value and not re.match(r"#|javascript:|data:|mailto:", value):
                tag[name] = f"{value.partition('?')[0]}?v={version}"


def hosts_moved(scene: Scene) -> None:
    """Relative addresses have become absolute ones."""
    for tag in scene.body.find_all(True):
        for name in ("src", "href"):
            value = str(tag.get(name, ""))
            if value and not re.match(r"#|[a-z]+:|//", value, re.IGNORECASE):
                tag[name] = "https://www.example.gov.cn/" + re.sub(r"^(?:\.{0,2}/)+", "", value)


def header_redesigned(scene: Scene) -> None:
    """The head of the page is built anew: other classes, ids and wrappers, the same words and addresses."""
    named = re.compile(r"head|top|nav|logo", re.IGNORECASE)
    heads = [tag for tag in scene.body.find_all(("header", "div", "table"))
             if tag.name == "header" or named.search(" ".join([str(tag.get("id", "")), *classes(tag)]))]  # fmt: skip
    filled = [tag for tag in heads if any(one.get(RULES) for one in tag.find_all(True)) and len(words(tag)) < 2000]
    head = filled[0] if filled else next((tag for tag in scene.body.find_all(True, recursive=False) if tag.find_all(True)), None)
    if head is None:
        return
    for tag in [head, *head.find_all(True)]:
        tag["class"] = [f"hd2-{name}" for name in classes(tag)] or ["hd2"]
        if tag.get("id"):
            tag["id"] = f"hd2_{tag['id']}"
        if not tag.get(RULES):
            tag.name = {"ul": "div", "ol": "div", "li": "div", "span": "em", "b": "strong"}.get(tag.name, tag.name)
    for tag in scene.some([one for one in head.find_all(("a", "div", "img")) if one.parent], 0.3):
        tag.wrap(scene.fresh(scene.soup.new_tag("div", attrs={"class": "hd2-item"})))


def usual_night(scene: Scene) -> None:
    """What a night usually brings: counters, versions, some harmless siblings, states as classes."""
    for change in (counters, versions, siblings_inserted, classes_added):
        change(scene)


def _named(*families: Callable[[Scene], None]) -> dict[str, Callable[[Scene], None]]:
    return {family.__name__.replace("_", " "): family for family in families}


SAME = _named(
    ids_renumbered, ids_generated, counters, dates, siblings_inserted, siblings_removed, equals_removed, lists_reordered, classes_renamed,
    classes_hashed, classes_added, wrapped, moved, words_corrected, alternatives_changed, attributes_added, attributes_removed, versions,
    hosts_moved, header_redesigned, usual_night,
)  # fmt: skip
OTHERS = _named(
    others.news_replaced, others.news_rolled, others.pictures_replaced, others.repaired_and_new, others.equal_repaired, others.swapped,
    others.repaired_and_like_it, others.block_replaced,
)  # fmt: skip
FAMILIES = SAME | OTHERS
"""Name -> what it does to a page: families that leave the same barriers or some of them, and those that bring others or mix them up."""

MOVING = frozenset(
    {"siblings inserted", "siblings removed", "equals removed", "lists reordered", "wrapped", "moved", "header redesigned", "usual night",
     "news rolled", "swapped", "repaired and like it", "block replaced"}
)  # fmt: skip
"""Families that move elements about. Under all others everything stays at its place, which tells even equals apart."""
