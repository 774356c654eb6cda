"""Families of mutations that repair barriers and bring others: for the benchmark of identity (`identity_families`)."""

from __future__ import annotations

import re
from copy import copy

from bs4 import NavigableString, Tag

from bench.identity_pages import RULES, TRUTH, add_rule, mark_barriers, words
from bench.identity_scene import Scene, texts

UNTOLD = "-"
"""In place of the number of an element: of a replaced item of a list, the parts that differ from what stood there in numbers only
(its date) or not at all. Nobody could tell them from the element alone."""

def _renewed(scene: Scene, item: Tag) -> Tag:
    """Another item of the same kind in place of one: other words, addresses and pictures."""
    before = [_told(tag) for tag in [item, *item.find_all(True)]]
    for text in texts(item):
        title = scene.chance.choice(scene.titles)
        length = len(text.strip())
        letters = re.search(r"[^\W\d_]{2}", re.sub(r"[年月日时分第期号]", "", text))
        text.replace_with(NavigableString((title * 3)[:length] if letters and length < 8 else title if letters else scene.digits(text)))
    for tag in [item, *item.find_all(True)]:
        for name in ("href", "src"):
            value = str(tag.get(name, ""))
            if value and not value.startswith(("javascript:", "data:", "#")):
                folder, slash, file = value.partition("?")[0].rpartition("/")
                tag[name] = scene.digits(folder) + slash + f"{scene.token(10)}.{file.rpartition('.')[2] or 'html'}"
        for name in ("alt", "title"):
            if len(str(tag.get(name, ""))) > 2:
                tag[name] = scene.chance.choice(scene.titles)
    scene.fresh(item)
    for tag, told in zip([item, *item.find_all(True)], before, strict=True):
        if _told(tag) == told:
            tag[TRUTH] = UNTOLD
    return item


def _told(tag: Tag) -> tuple[str, ...]:
    """What tells an element from its like: letters of its words, its address."""
    return re.sub(r"[\W\d_]+", "", words(tag)), *(str(tag.get(name, "")) for name in ("href", "src"))


def news_replaced(scene: Scene) -> None:
    """Every item of some lists is another one."""
    for items in scene.some(scene.lists(), 0.7):
        for item in items:
            _renewed(scene, item)


def news_rolled(scene: Scene) -> None:
    """In every list one to three new items stand on top, and as many old ones have left below."""
    for items in scene.lists():
        count = min(scene.chance.randint(1, 3), len(items) - 1)
        for item in items[:count]:
            items[0].insert_before(_renewed(scene, copy(item)))
        for item in items[-count:]:
            item.extract()


def pictures_replaced(scene: Scene) -> None:
    """Other pictures, and other links without words, stand where some stood."""
    nameless = [tag for tag in scene.barriers() if tag.name == "img" or (tag.name == "a" and not words(tag))]
    for tag in scene.some([tag for tag in nameless if tag.get("src") or tag.get("href")], 0.6):
        _renewed(scene, tag)


def repaired_and_new(scene: Scene) -> None:
    """Three in ten barriers are repaired where they stand; elsewhere other elements fail the same rules."""
    sound = [tag for tag in scene.body.find_all(True) if not tag.get(RULES)]
    for tag in scene.some(scene.barriers(), 0.3):
        rule = str(tag[RULES]).split()[0]
        _repaired(tag)
        alike = [one for one in sound if one.name == tag.name and not one.get(RULES)] or [one for one in sound if not one.get(RULES)]
        if alike:
            add_rule(scene.chance.choice(alike), rule)


def _repaired(tag: Tag) -> None:
    if tag.name == "img":
        tag["alt"] = "市政府大楼"
    else:
        tag["aria-label"] = "已说明"
    del tag[RULES]


def equal_repaired(scene: Scene) -> None:
    """Of barriers that are equal in all but their place one is repaired where it stands."""
    equals: dict[tuple[object, ...], list[Tag]] = {}
    for tag in scene.barriers():
        named = sorted((name, str(value)) for name, value in tag.attrs.items() if name != TRUTH)
        equals.setdefault((tag.name, words(tag), str(named), str(tag.parent and tag.parent.get("class"))), []).append(tag)
    for members in equals.values():
        if len(members) > 1:
            _repaired(scene.chance.choice(members))


def swapped(scene: Scene) -> None:
    """Pairs of barriers of one rule and tag change places."""
    pairs: dict[tuple[str, str], list[Tag]] = {}
    for tag in scene.barriers():
        if not any(one.get(RULES) for one in [*tag.parents, *tag.find_all(True)]):
            pairs.setdefault((str(tag[RULES]), tag.name), []).append(tag)
    for members in pairs.values():
        scene.chance.shuffle(members)
        for one, other in zip(members[::4], members[1::4], strict=False):
            first, second = copy(one), copy(other)
            one.replace_with(second)
            other.replace_with(first)


def repaired_and_like_it(scene: Scene) -> None:
    """A fifth of the barriers with words are repaired; elsewhere in the page others of the same make but with other words appear."""
    for tag in scene.some([tag for tag in scene.barriers() if tag.name in ("a", "span", "p", "li", "td", "img")], 0.2):
        like = _renewed(scene, copy(tag))
        _repaired(tag)
        places = [one for one in scene.body.find_all(tag.name) if one.parent is not None and one is not tag]
        if places:
            scene.chance.choice(places).insert_after(like)


def block_replaced(scene: Scene) -> None:
    """A block with barriers makes room for one from the page of another site."""
    blocks = [tag for tag in scene.body.find_all(("div", "table", "ul")) if 1 <= len(tag.find_all(attrs={RULES: True})) <= 20]
    donors = [tag for page in scene.others for tag in (page.body or page).find_all(("div", "table", "ul")) if tag.find(attrs={RULES: True})]
    donors = [tag for tag in donors if len(tag.find_all(True)) <= 60]
    for block in scene.some(blocks, 0.1):
        if block.parent is not None and donors:
            given = scene.fresh(copy(scene.chance.choice(donors)))
            mark_barriers(given)
            block.replace_with(given)
