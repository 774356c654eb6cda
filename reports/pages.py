"""Turns titled sections into HTML files that are complete, never too long, and inert whatever text stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from auditor.language import aside, capital, counted, say, spoken
from auditor.model import History
from reports import text, words
from reports.marking import TAG, chinese, marked
from reports.masking import masked

NOTHING = Markup()

LARGEST = 240_000
"""Bytes of lists on one page; with head, navigation and foot a page stays under 300 kB."""


@dataclass(frozen=True, kw_only=True)
class Jump:
    """A line of a list at the head of a section that leads to one of its items, in whatever file that comes to stand."""

    item: int  #: its place among the items
    anchor: str
    title: str
    aside: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of a document. Its items may be spread over several files, each with the heading and the wrapping again."""

    id: str
    title: str
    intro: Markup = NOTHING
    items: Sequence[Markup] = ()
    opening: Markup = NOTHING  #: before the items of each file, such as a table with its head
    closing: Markup = NOTHING
    jumps: Sequence[Jump] = ()
    start: int = 0  #: how many of its items stand in earlier files
    continued: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """What the files of one report have in common."""

    path: str  #: of the first file, without .html
    title: str
    lead: Markup
    sections: tuple[Section, ...]
    trail: tuple[tuple[str, str], ...] = ()  #: (words, path) of the pages above this one
    foot: Markup = NOTHING


def write(document: Document, *, largest: int = LARGEST) -> Iterator[tuple[str, bytes]]:
    """The files of a document: (path, content). The first has the plain path, later ones a number: city.html, city.2.html.

    The number follows a dot, which no site id holds, so that the second file of one site is never the first of another.
    """
    sheets = pack(document.sections, largest)
    paths = [f"{document.path}.html" if index == 0 else f"{document.path}.{index + 1}.html" for index in range(len(sheets))]
    contents = _contents(sheets, paths)
    landings = {
        (part.id, part.start + place): path
        for sheet, path in zip(sheets, paths, strict=True)
        for part in sheet
        for place in range(len(part.items))
    }
    for index, (path, sheet) in enumerate(zip(paths, sheets, strict=True)):
        yield path, sheet_of(document, sheet, paths, index, contents=contents, landings=landings)


def sheet_of(
    document: Document,
    sections: Sequence[Section],
    paths: Sequence[str],
    index: int,
    *,
    contents: Sequence[tuple[str, str, str]] = (),
    landings: Mapping[tuple[str, int], str] = MappingProxyType({}),
    ranges: Sequence[tuple[str, str]] = (),
) -> bytes:
    """One file of a document, which is that of `paths` at `index`.

    `contents`: (title, path, id) of the sections of all files. `landings`: (section, item) -> path. `ranges`: (words, path) of files
    that a long list is looked up by.
    """
    path = paths[index]
    html = _ENVIRONMENT.get_template("page.html").render(
        document=document, sections=sections, contents=contents, landings=landings, path=path, paths=paths, index=index,
        up="../" * path.count("/"), to=relative, ranges=ranges,
    )  # fmt: skip
    return marked(html).encode()


def notice(title: str, sentence: str, *, up: str) -> bytes:
    """A page that says one thing, such as that an address does not exist; `up` leads to the folder of the start page."""
    return _ENVIRONMENT.get_template("notice.html").render(title=title, sentence=sentence, up=up).encode()


def stylesheet() -> bytes:
    """The one style sheet of all pages."""
    return files("reports").joinpath("templates", "style.css").read_bytes()


def piece(template: str, macro: str, /, **values: Any) -> Markup:
    """One macro of a template, filled in."""
    module = _ENVIRONMENT.get_template(template).module
    return Markup(getattr(module, macro)(**values))


def paragraph(sentence: str) -> Markup:
    """One sentence or more as a paragraph."""
    return piece("parts.html", "paragraph", sentence=sentence)


def made(history: History) -> Markup:
    """When a report was made, for its foot."""
    at = f"{words.clock(history.now, history.timezone)}{aside(history.timezone)}"
    return paragraph(say(f"报告生成时间：{at}。", f"Report made on {at}."))


def table(
    id: str, title: str, intro: Markup, caption: str, heads: Sequence[str], rows: Sequence[Markup], counts: Sequence[str] = ()
) -> Section:
    """A section that is a table; where it is wider than the screen, the table scrolls by itself. `counts`: heads above numbers."""
    opening = piece("parts.html", "region", id=f"{id}-table", caption=caption, heads=heads, counts=counts)
    return Section(id=id, title=title, intro=intro, items=rows, opening=opening, closing=piece("parts.html", "region_end"))


def pack(sections: Iterable[Section], largest: int) -> list[list[Section]]:
    """The sections in order, spread over as few sheets as `largest` bytes a sheet allow; a single item is never cut."""
    sheets: list[list[Section]] = [[]]
    room = largest
    for section in sections:
        head = size(section.intro, section.opening, section.closing)
        if sheets[-1] and head + size(*section.items[:1]) > room:
            sheets.append([])
            room = largest
        room -= head
        items: list[Markup] = []
        for item in section.items:
            if size(item) > room and items:
                sheets[-1].append(replace(section, items=items))
                sheets.append([])
                section, items = replace(section, intro=Markup(), jumps=(), start=section.start + len(items), continued=True), []
                room = largest - size(section.opening, section.closing)
            items.append(item)
            room -= size(item)
        sheets[-1].append(replace(section, items=items))
    return sheets


def size(*pieces: Markup) -> int:
    """Bytes of pieces of a page, as they come to stand in it."""
    return sum(len(marked(one).encode()) for one in pieces)


def _contents(sheets: Sequence[Sequence[Section]], paths: Sequence[str]) -> list[tuple[str, str, str]]:
    """Title, path and id of every section, where it begins."""
    starts = ((section, path) for sheet, path in zip(sheets, paths, strict=True) for section in sheet if not section.continued)
    return [(section.title, path, section.id) for section, path in starts]


def relative(target: str, here: str) -> str:
    """The way from one file of the report to another; reports are at most one folder deep."""
    if "/" in here and here.rpartition("/")[0] == target.rpartition("/")[0]:
        return target.rpartition("/")[2]
    return "../" * here.count("/") + target


def _shown(value: Any) -> Any:
    """Every text that a template prints passes here, so that none is forgotten: hidden characters, and numbers and names that do harm."""
    return text.visible(masked(value, language=spoken())) if isinstance(value, str) and not isinstance(value, Markup) else value


def templates(*packages: str) -> Environment:
    """The templates of some packages, which find those of `reports` too; every text they print is made safe to show."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(
        number=words.number,
        group_number=words.group_number,
        line=text.line,
        snippet=text.snippet,
        address=text.address,
        web_address=text.web_address,
        capital=capital,
    )
    environment.globals.update(word=_word, share=words.share, say=say, counted=counted, chinese=chinese, language=lambda: TAG[spoken()])
    return environment


def _word(value: Any) -> str:
    """The word for any enumeration value of the model, as it stands at the beginning of a cell."""
    return capital(_WORDS[type(value)][value])


_WORDS: Mapping[type, Mapping[Any, str]] = {
    type(next(iter(table))): table
    for table in (
        words.STATE,
        words.RUN_STATE,
        words.ISSUE_STATE,
        words.IMPACT,
        words.CATEGORY,
        words.VERDICT,
        words.LEVEL,
        words.VARIANT,
        words.SCOPE,
    )
}

_ENVIRONMENT = templates()
