"""What a PDF tells a screen reader: whether it may be read, its tags, language, title, headings, tables, links, fields and bookmarks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

from checks.readers.pdf_structure import document_language, structure
from checks.readers.pdf_text import text_layer
from checks.readers.told import Trouble, few, short

MOST_PAGES = 100_000
MOST_FIELDS = 5000
MOST_BOOKMARKS = 5000
MOST_ANNOTATED = 500
"""Pages whose annotations are looked at."""


def facts(body: bytes) -> dict[str, Any]:
    """The facts of a PDF. Raises Trouble where it cannot be opened."""
    try:
        pdf = Pdf.open(io.BytesIO(body), attempt_recovery=True, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Trouble("文件设置了打开密码", protected=True) from None
    except (pikepdf.PdfError, ValueError, OverflowError, RuntimeError) as error:
        if re.search("unsupported.*encryption", str(error), re.IGNORECASE):
            raise Trouble("加密方式不能识别") from None
        raise Trouble("文件已损坏，PDF 阅读软件打不开") from error
    with pdf:
        try:
            count = len(pdf.pages)
        except (pikepdf.PdfError, ValueError, RuntimeError) as error:
            raise Trouble("文件已损坏，读不出页面") from error
        if not 0 < count <= MOST_PAGES:
            raise Trouble("文件里没有页面" if not count else "文件的页数异常")
        root = pdf.Root
        return {
            "pages": count,
            "encrypted": pdf.is_encrypted,
            "reading_allowed": bool(pdf.allow.accessibility or pdf.allow.extract),
            "language": short(document_language(pdf) or text(root, "/Lang")),
            **_title(pdf),
            **structure(pdf),
            **_annotations(pdf),
            "fields": _fields(root),
            "bookmarks": _bookmarks(root),
            **text_layer(pdf),
        }


# ------------------------------------------------------------------------------------------------ access that never raises


def item(holder: Any, key: str) -> Any:
    """What stands under a key of a dictionary; None where there is none, or it cannot be read."""
    with suppress(Exception):
        if isinstance(holder, Dictionary | pikepdf.Stream):
            return holder.get(key)
    return None


def text(holder: Any, key: str) -> str:
    """A text under a key; "" without one."""
    found = item(holder, key)
    with suppress(Exception):
        if isinstance(found, pikepdf.String | Name):
            return str(found).removeprefix("/") if isinstance(found, Name) else str(found)
    return ""


def flag(holder: Any, key: str) -> bool:
    """Whether true stands under a key."""
    return item(holder, key) is True


def items(found: Any, most: int) -> Iterator[Any]:
    """The members of an array, or the thing itself."""
    if isinstance(found, Array):
        for number in range(min(len(found), most)):
            with suppress(Exception):
                yield found[number]
    elif found is not None:
        yield found


# ------------------------------------------------------------------------------------------------ title


def _title(pdf: Pdf) -> dict[str, Any]:
    told = ""
    with suppress(Exception), pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        told = str(metadata.get("dc:title") or "")
    with suppress(Exception):
        told = told.strip() or text(pdf.docinfo, "/Title")
    preferences = item(pdf.Root, "/ViewerPreferences")
    return {"title": short(told), "shows_title": flag(preferences, "/DisplayDocTitle"), "made_with": _maker(pdf)}


def _maker(pdf: Pdf) -> str:
    with suppress(Exception):
        return short(text(pdf.docinfo, "/Creator") or text(pdf.docinfo, "/Producer"))
    return ""


# ------------------------------------------------------------------------------------------------ annotations, fields, bookmarks


def _annotations(pdf: Pdf) -> dict[str, Any]:
    """Links without a tag of their own, and pages on which Tab does not follow the structure."""
    links = untagged = without_order = 0
    for page in _pages(pdf, MOST_ANNOTATED):
        annotations = [one for one in items(item(page, "/Annots"), 2000) if not _hidden(one)]
        kinds = [text(one, "/Subtype") for one in annotations]
        links += kinds.count("Link")
        untagged += sum(kind == "Link" and item(one, "/StructParent") is None for one, kind in zip(annotations, kinds, strict=True))
        without_order += bool({"Link", "Widget"} & set(kinds)) and text(page, "/Tabs") != "S"
    return {"links": {"count": links, "untagged": untagged}, "pages_without_tab_order": without_order}


def _pages(pdf: Pdf, most: int) -> Iterator[Object]:
    for number in range(min(len(pdf.pages), most)):
        with suppress(Exception):
            yield pdf.pages[number].obj


def _hidden(annotation: Any) -> bool:
    flags = item(annotation, "/F")
    return isinstance(flags, int) and bool(flags & 0b10)


def _fields(root: Object) -> dict[str, Any]:
    """Form fields that people fill in: how many, and the partial names of those without a tooltip."""
    form = item(root, "/AcroForm")
    unnamed: list[str] = []
    count = 0
    seen: set[Any] = set()
    met = 0
    waiting: list[tuple[Any, str, Any, Any, int]] = [(one, "", None, 0, 0) for one in items(item(form, "/Fields"), MOST_FIELDS)]
    while waiting and met < MOST_FIELDS:
        field, told, kind, flags, depth = waiting.pop()
        place = _place(field)
        met += 1
        if (place is not None and place in seen) or depth > 50:
            continue
        seen.add(place)
        kind = text(field, "/FT") or kind
        flags = item(field, "/Ff") if item(field, "/Ff") is not None else flags
        told = text(field, "/TU") or told
        name = text(field, "/T")
        kids = list(items(item(field, "/Kids"), MOST_FIELDS))
        named = [kid for kid in kids if item(kid, "/T") is not None]
        locked = isinstance(flags, int) and bool(flags & 1)
        if named:
            waiting += [(kid, told, kind, flags, depth + 1) for kid in reversed(named)]
        elif any(map(_shown, (field, *kids))) and not locked and kind in ("Tx", "Ch", "Btn") and not _labelled_button(field, kind, flags):
            count += 1
            if not told.strip():
                unnamed.append(short(name))
    return {"count": count, "unnamed": len(unnamed), "names": few(unnamed), "xfa": item(form, "/XFA") is not None}


def _shown(field: Any) -> bool:
    """Whether it stands on a page for people to see: neither hidden nor only printed."""
    flags = item(field, "/F")
    return text(field, "/Subtype") == "Widget" and not (isinstance(flags, int) and flags & 0b10_0010)


def _labelled_button(field: Any, kind: str | None, flags: Any) -> bool:
    """A push button is called by what stands on it."""
    return kind == "Btn" and isinstance(flags, int) and bool(flags & 1 << 16) and bool(text(item(field, "/MK"), "/CA"))


def _bookmarks(root: Object) -> int:
    first = item(item(root, "/Outlines"), "/First")
    count = 0
    seen: set[Any] = set()
    while isinstance(first, Dictionary) and count < MOST_BOOKMARKS and ((place := _place(first)) is None or place not in seen):
        seen.add(place)
        count += 1
        first = item(first, "/Next")
    return count


def _place(found: Any) -> Any:
    """By this an object is known again; None for one that stands in another and so is met but once."""
    with suppress(Exception):
        if found.objgen != (0, 0):
            return found.objgen
    return None
