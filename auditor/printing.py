"""Prints report pages as tagged PDF in their language with a headless Chromium that reaches nothing but what it is handed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import pikepdf
from playwright.sync_api import Browser, Error, Playwright, Route, sync_playwright

from auditor.language import say, spoken
from crawlers.browsers.find import BrowserMissing, find_browser, launch_flags
from reports.marking import TAG

NOWHERE = "https://report.invalid/"
"""Where pages stand for the browser: a name that exists nowhere (RFC 6761), answered from memory."""
SECONDS = 120
MARGINS: Any = {"top": "16mm", "right": "14mm", "bottom": "18mm", "left": "14mm"}
TYPES = {".css": "text/css; charset=utf-8", ".webp": "image/webp"}


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A report on paper."""

    content: bytes
    drawn: tuple[str, ...]  #: fonts whose letters became drawings (Type 3) for want of a TrueType font; such a file is large and crude


class PrintError(Exception):
    """Why a page could not be printed, as a sentence."""


class Printer:
    """One browser for any number of pages; used in a `with`. BrowserMissing where there is none or it does not start."""

    def __enter__(self) -> Printer:
        path = find_browser()
        if path is None:
            raise BrowserMissing("没有找到浏览器，不能打印 PDF。请运行 auditor doctor 查看如何安装。")
        self._playwright: Playwright = sync_playwright().start()
        try:
            self._browser: Browser = self._playwright.chromium.launch(executable_path=path, args=launch_flags())
        except Error as error:
            self._playwright.stop()
            raise BrowserMissing(f"浏览器 {path} 无法启动，不能打印 PDF。") from error
        return self

    def __exit__(self, *exc: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def printed(self, path: str, page: bytes, beside: Callable[[str], bytes | None], made: datetime) -> Printed:
        """The page of this path in the report site as PDF; `beside(path)` gives the style sheet and the pictures it names.

        Scripts do not run and nothing else is reachable. PrintError with a sentence where it cannot be done.
        """
        context = self._browser.new_context(
            java_script_enabled=False, accept_downloads=False, service_workers="block", locale=TAG[spoken()]
        )
        try:
            context.route("**/*", lambda route: _answered(route, {path: page}, beside))
            sheet = context.new_page()
            sheet.set_default_timeout(SECONDS * 1000)
            sheet.goto(NOWHERE + path, wait_until="load")
            raw = sheet.pdf(
                tagged=True, outline=True, format="A4", margin=MARGINS, display_header_footer=True, header_template="<span></span>",
                footer_template=_footer(),
            )  # fmt: skip
        except Error as error:
            raise PrintError(f"{path} 没有能够打印：{error.message.splitlines()[0][:200]}") from error
        finally:
            context.close()
        return finished(raw, made)


def _footer() -> str:
    """The line at the foot of every sheet."""
    number, total = '<span class="pageNumber"></span>', '<span class="totalPages"></span>'
    style = "width: 100%; text-align: center; font: 8pt 'WenQuanYi Zen Hei', SimSun, sans-serif; color: #3d4a57"
    return f'<div style="{style}">{say(f"第 {number} 页，共 {total} 页", f"Page {number} of {total}")}</div>'


def finished(raw: bytes, made: datetime) -> Printed:
    """What the browser printed, with the metadata that readers of PDF/UA ask for, and links that lead to files beside this one."""
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        for sheet in pdf.pages:
            for note in sheet.obj.get("/Annots", ()):
                _near(note)
        _tidy(pdf.Root.get("/StructTreeRoot"))
        title = str(pdf.docinfo.get("/Title", ""))
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as about:
            about["dc:title"] = title
            about["dc:language"] = [TAG[spoken()]]
            about["xmp:CreateDate"] = made.isoformat(timespec="seconds")
        for name in ("/CreationDate", "/ModDate"):
            pdf.docinfo[name] = made.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        drawn = tuple(sorted(_drawn(pdf)))
        file = io.BytesIO()
        pdf.save(file, deterministic_id=True)
    return Printed(content=file.getvalue(), drawn=drawn)


def _answered(route: Route, pages: Mapping[str, bytes], beside: Callable[[str], bytes | None]) -> None:
    """Give the browser the page, the style sheet or a picture, and turn everything else away."""
    asked = route.request.url
    path = unquote(urlsplit(asked).path).lstrip("/")
    if not asked.startswith(NOWHERE):
        route.abort()
    elif path in pages:
        route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
    elif (kind := TYPES.get(f".{path.rpartition('.')[2]}")) and (content := beside(path)) is not None:
        route.fulfill(body=content, content_type=kind)
    else:
        route.fulfill(status=404, body=b"", content_type="text/plain")


def _near(note: pikepdf.Object) -> None:
    """A link to another page of the report site leads to the file beside this one, whatever the browser made of it."""
    action = note.get("/A")
    target = str(action.get("/URI", "")) if action is not None else ""
    if action is not None and target.startswith(NOWHERE):
        folder, _, name = target.removeprefix(NOWHERE).rpartition("/")
        action["/URI"] = pikepdf.String(name if folder == "sites" else f"../{target.removeprefix(NOWHERE)}")


def _tidy(element: pikepdf.Object | None) -> None:
    """A <figure> is no figure for a reader of PDF, but what it holds is: only that has a text alternative."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, pikepdf.Dictionary):
            continue
        kept = one.get("/K")
        inside = [child for child in (kept if isinstance(kept, pikepdf.Array) else [kept]) if isinstance(child, pikepdf.Dictionary)]
        if one.get("/S") == "/Figure" and "/Alt" not in one and any("/S" in child for child in inside):
            one["/S"] = pikepdf.Name("/Div")
        waiting += inside


def _drawn(pdf: pikepdf.Pdf) -> set[str]:
    drawn = set()
    for sheet in pdf.pages:
        for font in sheet.obj.get("/Resources", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary()).values():
            if font.get("/Subtype") == "/Type3":
                drawn.add(str(font.get("/Name", "?")))
    return drawn
