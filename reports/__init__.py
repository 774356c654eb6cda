"""Telling: every report is a file in this folder with a function render(history); its name is its registration.

A report about all sites together says ALL_SITES = True; what the others write is about one site each and lies below sites/.
One that is only for those who work with the service says INTERNAL = True, and is not there for everybody.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType

from auditor.model import History, SiteHistory
from reports import about, assessment, catalogue, city, night, notice, open_data, site, trends
from reports.grouping import board
from reports.pages import stylesheet
from reports.walks import walked

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Ending of a file of the report site -> its media type."""
Render = Callable[[History], Iterator[tuple[str, bytes]]]


def reports() -> dict[str, Render]:
    """Name -> render, for every report file."""
    return {module.__name__.rpartition(".")[2]: module.render for module in _modules()}


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """All files of the static report site as (relative path, content), one at a time; `pictures` says which pictures belong beside them."""
    for module in _told(history):
        yield from module.render(history)
    yield "style.css", stylesheet()


def of_all_sites(history: History) -> Iterator[tuple[str, bytes]]:
    """The files about all sites together, for which a brief history (`StoreReader.history`) is enough."""
    for module in _told(history):
        if getattr(module, "ALL_SITES", False):
            yield from module.render(history)
    yield "style.css", stylesheet()


def of_single_sites(history: History) -> Iterator[tuple[str, bytes]]:
    """The files about one site each, of the sites of the history."""
    for module in _told(history):
        if not getattr(module, "ALL_SITES", False):
            for path, content in module.render(history):
                if not path.startswith("sites/"):
                    raise ValueError(f"{module.__name__} writes {path}: a report about all sites together says ALL_SITES = True")
                yield path, content


def maker_of(path: str) -> Render:
    """The render function that gives a page over all sites, if any does: the page is among its files, or nowhere."""
    makers: dict[str, Render] = {
        "plan-": assessment.render, "indicators": catalogue.render, "night": night.render, "trends": trends.render,
        "about": about.render, "data/": open_data.render,
    }  # fmt: skip
    return next((render for begin, render in makers.items() if path.startswith(begin)), city.render)


def file_of(history: History, subject: SiteHistory, path: str) -> bytes | None:
    """One file of one site, the same as `render` gives it, without most of the others being made; None where there is none."""
    if path == notice.path_of(subject):
        return notice.letter(history, subject)
    return next((content for name, content in site.render_site(history, subject, path) if name == path), None)


def media_type(path: str) -> str:
    """The media type of a file of the report site."""
    return TYPES[f".{path.rpartition('.')[2]}"]


def pictures(history: History) -> set[str]:
    """The digests of the pictures that the pages show as pictures/DIGEST.webp."""
    return {digest for site in history.sites for digest in pictures_of(history, site)}


def pictures_of(history: History, site: SiteHistory) -> set[str]:
    """Those that the pages of one site show."""
    one = board(site, history.rules, history.now, history.timezone)
    shown = {digest for group in (*one.to_fix, *one.to_judge) for digest in (group.example.picture, group.example.scene)}
    return (shown | {walk.picture for _, walk in walked(site.coverage)}) - {""}


def _told(history: History) -> list[ModuleType]:
    """The reports that whoever a history is for may read."""
    return [module for module in _modules() if not (history.public and getattr(module, "INTERNAL", False))]


def _modules() -> list[ModuleType]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return [module for module in modules if hasattr(module, "render")]
