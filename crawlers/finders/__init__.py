"""Where addresses come from: every file of this folder is a finder, and its name is what targets.yml calls it.

A finder has a NAME and one of two functions, or both: `on_page(page)` reads addresses off a page that was visited,
`on_site(ground)` asks the site for them once, after its start page.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from auditor.model import Page, Target
from crawlers.browsers.http import Getter
from crawlers.robots import Robots


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a finder may use to ask a site."""

    target: Target
    origin: str  #: of the start page
    robots: Robots
    fetcher: Getter


@dataclass(frozen=True, kw_only=True)
class Finder:
    """One way to find addresses, as absolute as they come; the crawl makes them canonical and keeps those of the site."""

    name: str
    on_page: Callable[[Page], Iterable[str]] | None = None
    on_site: Callable[[Ground], Awaitable[Iterable[str]]] | None = None


class UnknownFinder(ValueError):
    """There is no finder of that name; the text is a Chinese sentence."""


def names() -> tuple[str, ...]:
    """The names that targets.yml may use."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def load(wanted: Sequence[str]) -> tuple[Finder, ...]:
    """The finders of these names, in this order. Raises UnknownFinder."""
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        raise UnknownFinder(f"没有名为 {'、'.join(unknown)} 的发现方式（finders），可用的有 {'、'.join(names())}")
    return tuple(map(_load, dict.fromkeys(wanted)))


def _load(name: str) -> Finder:
    module = importlib.import_module(f"{__name__}.{name}")
    return Finder(name=module.NAME, on_page=getattr(module, "on_page", None), on_site=getattr(module, "on_site", None))
