"""What checks over the pages of a site speak in: small extracts of pages, the survey of a run, and the declaration of such a check.

A site check is a generator over a Survey, declared in a file of its own under `checks/site/` and found there by walking. It yields
one Hit for each place that was compared. Its examples are small lists of pages (`example`), which the tests run.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from auditor.model import Element, Impact, Outcome, Rule, Variant
from auditor.plain import from_plain, to_plain
from checks.criteria import lowest_level

ENGINE = "site"
FOLDER = "checks.site"
EXTRACT_VERSION = 1
"""Raised when an extract tells more or otherwise than before: one of another version, out of an old journal, is none."""

NAVIGATION, BANNER, CONTENTINFO = "navigation", "banner", "contentinfo"
TEL, MAIL, LINK = "tel", "mail", "link"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link of a component."""

    name: str  #: accessible name
    href: str = ""  #: where it leads: without scheme, and without host where that is the page's own; "" for scripts
    place: str = ""  #: the way from the component down to it, such as ul/li[3]/a

    @property
    def item(self) -> tuple[str, str]:
        """What it is called and where it leads: by this the same link is known on another page."""
        return self.href, self.name


@dataclass(frozen=True, kw_only=True)
class Component:
    """A part of a page that other pages may repeat: a navigation, the header or the footer, with the links that stand in it directly."""

    key: str  #: equal on all pages that carry this component
    kind: str  #: navigation, banner or contentinfo
    declared: bool = True  #: by a landmark, or (navigation) by the author's own word for it; else we guess from class or id
    order: int = 0  #: place in the page
    element: Element
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Help:
    """A way to get help, outside the main content of its page."""

    kind: str  #: tel, mail or link
    what: str  #: number, address, or where the link leads (its name, if a script)
    name: str
    order: int
    element: Element

    @property
    def item(self) -> tuple[str, str]:
        """By this the same help is known on another page."""
        return self.kind, self.what


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What the site checks need to know of one page: plain data of a few kilobytes."""

    version: int = EXTRACT_VERSION
    title: str = ""
    headings: tuple[str, ...] = ()  #: the first of level 1 and 2 outside header, footer and navigation
    language: str = ""  #: primary tag in lower case
    components: tuple[Component, ...] = ()
    blocks: tuple[tuple[str, int], ...] = ()  #: header, main, footer and components with their place in the page
    helps: tuple[Help, ...] = ()
    search: str = ""  #: name of the search field or button, or of the link to a search; "" without one
    search_button: tuple[str, str] = ("", "")  #: where the search form leads, what its button is called
    search_element: Element | None = None  #: that button
    sitemap: str = ""  #: name of the link to a map of the site or an index
    statement: str = ""  #: name of the link to, or heading of, an accessibility statement
    feedback: str = ""  #: name of the link to a place where people can say what does not work
    form: bool = False  #: it has a password field or several fields: a step of a process


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One judged page of a run."""

    url: str
    final_url: str = ""
    variant: Variant = Variant.DESKTOP
    kind: str = ""  #: its template, by the address
    extract: Extract
    links: frozenset[str] = frozenset()  #: canonical addresses that it links to


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The pages of one run that are compared with each other: one variant, one window."""

    pages: tuple[Sight, ...]
    start: str = ""  #: address of the start page
    complete: bool = False  #: every address that is known to belong to the site was seen

    @property
    def first(self) -> Sight | None:
        """The start page, if it took part."""
        return next((page for page in self.pages if self.start in (page.url, page.final_url)), None)

    def ordered(self) -> list[Sight]:
        """The start page first, then by address: the same order every night."""
        return sorted(self.pages, key=lambda page: (page is not self.first, page.url))


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What a check says of one place on one page. `outcome` None: the rule applies there and is kept."""

    page: Sight
    element: Element | None = None
    outcome: Outcome | None
    message: str = ""


def failed(page: Sight, element: Element, message: str) -> Hit:
    """The rule is broken, and the extracts prove it."""
    return Hit(page=page, element=element, outcome=Outcome.FAILED, message=message)


def unsure(page: Sight, element: Element, message: str) -> Hit:
    """A person must look: `message` says at what."""
    return Hit(page=page, element=element, outcome=Outcome.CANT_TELL, message=f"程序不能确定，请人工查看：{message}")


def passed(page: Sight) -> Hit:
    """The rule applies on this page and is kept."""
    return Hit(page=page, outcome=None)


@dataclass(frozen=True, kw_only=True)
class SiteCheck:
    """A check over pages with its rule and its examples, each a list of pages."""

    rule: Rule
    look: Callable[[Survey], Iterator[Hit]]
    bad: Sequence[Survey]  #: must fail
    unsure: Sequence[Survey]  #: must end in cantTell, and not fail
    good: Sequence[Survey]  #: must do neither


def site_check(
    *, id: str, criteria: Sequence[str] = (), impact: Impact, title: str, title_en: str, who: str, who_en: str, repair: Sequence[str],
    repair_en: Sequence[str], verify: str, before: str, after: str, good: Sequence[Survey], bad: Sequence[Survey] = (),
    unsure: Sequence[Survey] = (),
) -> Callable[[Callable[[Survey], Iterator[Hit]]], SiteCheck]:  # fmt: skip
    """Declare a check over pages; the words are those of `checks.check.check`. Without criteria it is best practice."""

    def declare(look: Callable[[Survey], Iterator[Hit]]) -> SiteCheck:
        rule = Rule(
            id=id, title=title, title_en=title_en, criteria=tuple(criteria), level=lowest_level(criteria), impact=impact, who=who,
            who_en=who_en, repair=tuple(repair), repair_en=tuple(repair_en), verify=verify, before=before.strip("\n"),
            after=after.strip("\n"), engines=(ENGINE,),
        )  # fmt: skip
        return SiteCheck(rule=rule, look=look, bad=tuple(bad), unsure=tuple(unsure), good=tuple(good))

    return declare


@cache
def site_checks() -> Mapping[str, SiteCheck]:
    """All site checks by the id of their rule, in the order of file names."""
    package = importlib.import_module(FOLDER)
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    values = [value for name in names for value in vars(importlib.import_module(f"{FOLDER}.{name}")).values()]
    return {one.rule.id: one for one in values if isinstance(one, SiteCheck)}


def packed(extract: Extract) -> Mapping[str, Any]:
    """The extract as plain JSON values."""
    plain: Mapping[str, Any] = to_plain(extract)
    return plain


def unpacked(plain: Mapping[str, Any]) -> Extract | None:
    """The extract that `packed` made plain; None where there is none, or one of another version."""
    if plain.get("version") != EXTRACT_VERSION:
        return None
    try:
        return from_plain(Extract, plain)
    except ValueError:
        return None


# ------------------------------------------------------------------------------------------------ places


def place_of(component: Component, link: Link) -> Element:
    """The place of a link of a component."""
    whole, way = component.element, link.place
    css = " > ".join(step.replace("[", ":nth-of-type(").replace("]", ")") for step in way.split("/"))
    tag = way.rpartition("/")[2].partition("[")[0]
    href = f' href="{link.href}"' if link.href else ""
    return Element(
        selector=f"{whole.selector} > {css}", xpath=f"{whole.xpath}/{way}", snippet=f"<{tag}{href}>{link.name}</{tag}>", tag=tag,
        attributes={"href": link.href} if link.href else {}, landmark=whole.landmark, name=link.name,
    )  # fmt: skip


def whole_page(page: Sight) -> Element:
    """The place of a finding that concerns a page as a whole."""
    language = f' lang="{page.extract.language}"' if page.extract.language else ""
    return Element(selector="html", xpath="/html", snippet=f"<html{language}>", tag="html")


def title_of(page: Sight) -> Element:
    """The place of a finding about the title of a page."""
    told = page.extract.title
    return Element(selector="head > title", xpath="/html/head/title", snippet=f"<title>{told}</title>", tag="title", text=told)


# ------------------------------------------------------------------------------------------------ examples


def example(*pages: Sight, complete: bool = False) -> Survey:
    """A list of pages as an example; the first is the start page."""
    return Survey(pages=pages, start=pages[0].url, complete=complete)


def sight(
    url: str, *, nav: Sequence[str] = (), header: Sequence[str] = (), footer: Sequence[str] = (), helps: Sequence[str] = (),
    links: Sequence[str] = (), **told: Any,
) -> Sight:  # fmt: skip
    """A page of an example. Links are written `名称 /address`, help `banner|contentinfo 名称 address`, in their order on the page."""
    home = "http://www.example.test"
    given = ((BANNER, 0, header), (NAVIGATION, 100, nav), (CONTENTINFO, 900, footer))
    parts = [_part(kind, place, items) for kind, place, items in given if items]
    blocks = tuple({(BANNER, 0), ("main", 500), (CONTENTINFO, 900), *((part.key, part.order) for part in parts)})
    extract = Extract(components=tuple(parts), blocks=tuple(sorted(blocks, key=lambda block: block[1])), helps=tuple(_helps(helps)))
    extract = replace(extract, **({"title": url, "language": "zh"} | told))
    return Sight(url=home + url, final_url=home + url, kind=url, extract=extract, links=frozenset(home + link for link in links))


def _part(kind: str, order: int, items: Sequence[str]) -> Component:
    tag = {BANNER: "header", NAVIGATION: "nav", CONTENTINFO: "footer"}[kind]
    element = Element(selector=tag, xpath=f"/html/body/{tag}", snippet=f"<{tag}>…</{tag}>", tag=tag, landmark=kind)
    split = [item.rpartition(" ") for item in items]
    links = tuple(Link(name=name, href=href, place=f"ul/li[{place}]/a") for place, (name, _, href) in enumerate(split, 1))
    return Component(key=kind, kind=kind, order=order, element=element, links=links)


def _helps(items: Sequence[str]) -> Iterator[Help]:
    for number, item in enumerate(items, 1):
        where, name, href = item.split(" ")
        kind = TEL if href.startswith("tel:") else MAIL if href.startswith("mailto:") else LINK
        tag = "header" if where == BANNER else "footer"
        place = f"/html/body/{tag}/a[{number}]"
        element = Element(selector=f"{tag} a:nth-of-type({number})", xpath=place, tag="a", landmark=where, name=name)
        yield Help(kind=kind, what=href, name=name, order=(1 if where == BANNER else 901) + number, element=element)


__all__ = [
    "ENGINE", "Component", "Extract", "Help", "Hit", "Impact", "Link", "Sight", "SiteCheck", "Survey", "example", "failed", "packed",
    "passed", "place_of", "sight", "site_check", "site_checks", "title_of", "unpacked", "unsure", "whole_page",
]  # fmt: skip
