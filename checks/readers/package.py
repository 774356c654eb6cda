"""Opens the zip archives that office documents are, and their XML parts, so that no bomb in them goes off."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from checks.readers.told import Trouble, short

MOST_ENTRIES = 5000
MOST_UNPACKED = 400_000_000
"""Bytes that all entries together say they unpack to."""

MOST_RATIO = 250
"""Times that an entry of more than a megabyte may grow when it is unpacked; real documents stay below 60."""

MOST_PART = 25_000_000
"""Bytes of one XML part that are read."""

DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
BROKEN = "文件已损坏，办公软件打不开"


class Package:
    """An archive that has been opened. What cannot be read raises Trouble."""

    def __init__(self, body: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(body))
            entries = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError) as error:
            raise Trouble(BROKEN) from error
        if len(entries) > MOST_ENTRIES:
            raise Trouble(f"压缩包里的文件超过 {MOST_ENTRIES} 个，没有打开")
        swollen = any(one.file_size > 1_000_000 and one.file_size > MOST_RATIO * max(1, one.compress_size) for one in entries)
        if swollen or sum(one.file_size for one in entries) > MOST_UNPACKED:
            raise Trouble("压缩比例异常（可能是压缩炸弹），没有打开")
        self.names = {one.filename: one for one in entries}

    def part(self, name: str) -> etree._Element | None:
        """The root of an XML part; None where the archive has no such part."""
        data = self.bytes(name)
        if data is None:
            return None
        if DECLARATION.search(data[:4096].decode("latin-1").replace("\x00", "")):
            raise Trouble("内容带有实体声明（可能是攻击），没有打开")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Trouble(BROKEN) from error

    def bytes(self, name: str) -> bytes | None:
        """The content of an entry; None where there is none."""
        entry = self.names.get(name)
        if entry is None:
            return None
        if entry.flag_bits & 1:
            raise Trouble("文件设置了打开密码", protected=True)
        try:
            with self._archive.open(entry) as stream:
                data = stream.read(MOST_PART + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
            raise Trouble(BROKEN) from error
        if len(data) > MOST_PART:
            raise Trouble(f"其中一部分内容超过 {MOST_PART // 1_000_000} MB，没有打开")
        return data

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """The relations of a part: id -> (last word of the type, name of the part that is meant)."""
        folder, name = posixpath.split(part)
        rels = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for one in [] if rels is None else elements(rels, "Relationship"):
            target = one.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], inside)
        return found

    def title(self) -> str:
        """The title in the properties of an Office document; "" without one."""
        core = self.part("docProps/core.xml")
        return "" if core is None else next((short(one.text or "") for one in elements(core, "title")), "")


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for what is none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def elements(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """All elements of these names, in document order, without what stands in a fallback for older programs."""
    for element in root.iter(*(f"{{*}}{name}" for name in names)):
        if not any(local(above) == "Fallback" for above in element.iterancestors()):
            yield element


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The element at the end of a path of names."""
    for name in path:
        if element is None:
            return None
        element = next((one for one in element if local(one) == name), None)
    return element


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """An attribute by its name without namespace; None where it is not there."""
    if element is None:
        return None
    for key, told in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(told)
    return None


def on(element: etree._Element | None) -> bool:
    """Whether a switch such as <w:b/> stands there and is not turned off."""
    return element is not None and (value(element) or "1") not in ("0", "false", "off", "none")


def text_of(element: etree._Element, *names: str) -> str:
    """The text in elements of these names."""
    return "".join(one.text or "" for one in elements(element, *names))


def described(properties: etree._Element) -> tuple[str, bool]:
    """The alternative text that the properties of a drawing hold, and whether it is marked as decoration."""
    words = (value(properties, "descr") or "").strip() or (value(properties, "title") or "").strip()
    decoration = any(on(one) for one in elements(properties, "decorative"))
    return short(words), decoration


class Pictures:
    """Counts the pictures of a document and those of which nothing is told."""

    def __init__(self) -> None:
        self.count = 0
        self.untold: list[int] = []
        self.alternatives: list[str] = []

    def add(self, words: str, *, decoration: bool = False, page: int = 0) -> None:
        """A picture with its alternative text, on this page (0: unknown)."""
        self.count += 1
        if words:
            self.alternatives.append(words)
        elif not decoration:
            self.untold.append(page)

    def told(self) -> dict[str, Any]:
        """As facts."""
        pages = sorted({page for page in self.untold if page})[:20]
        return {"count": self.count, "untold": len(self.untold), "pages": pages, "alternatives": self.alternatives[:20]}
