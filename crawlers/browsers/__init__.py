"""Ways to look at an address, one file each, one verb: visit(url, probes, limit=...) -> Page.

A file of this folder with a function `browser` is a browser, and its name is what targets.yml calls it; the other files serve them.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol, Self

from auditor.model import State
from crawlers.browsers.find import DriverMissing
from crawlers.visitor import Visitor

if TYPE_CHECKING:
    from crawlers.browsers.look import Exit


class Browser(Visitor, Protocol):
    """A browser for one site: `async with open_browser(...) as browser`. It starts when it is first needed."""

    version: str  #: product and version, once it has started
    driver: str  #: what it is driven with, and its version

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc: object) -> None: ...


class UnknownBrowser(ValueError):
    """There is no browser of that name; the text is a Chinese sentence."""


def names() -> tuple[str, ...]:
    """The names that targets.yml may use."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if hasattr(_module(module.name), "browser")))


def open_browser(
    name: str, *, egress: Exit, suffix: str, viewport: tuple[int, int], pictures: bool, tabs: int, remote: str | None = None,
    welcome: frozenset[State] = frozenset(),
) -> Browser:
    """The browser of this name, which goes out through `egress` and adds `suffix` to its own User-Agent.

    `viewport` is in CSS px, `tabs` says how many visits may be under way at once, `remote` names a WebDriver server or Grid for
    browsers that are driven by one, and what `welcome` holds is read as a page all the same (`Order.welcome`). Raises UnknownBrowser, and
    DriverMissing where the library that drives it is not installed.
    """
    known = name.isidentifier() and any(module.name == name for module in pkgutil.iter_modules(__path__))
    try:
        opened = getattr(_module(name), "browser", None) if known else None
    except ImportError as error:
        lacking = (error.name or name).partition(".")[0]
        raise DriverMissing(f"没有安装 {lacking}，请安装，或在网站清单里写另一种 browser，如 browser: selenium") from error
    if opened is None:
        raise UnknownBrowser(f"没有名为 {name} 的浏览器（browser），可用的有 {'、'.join(names())}")
    settings = {"viewport": viewport, "pictures": pictures, "tabs": tabs, "remote": remote, "welcome": welcome}
    browser: Browser = opened(egress=egress, suffix=suffix, **settings)
    return browser


def installed(name: str) -> tuple[tuple[str, str], ...]:
    """What `version` and `driver` of a browser of this name may be once it has started; none where that cannot be told before."""
    try:
        told = getattr(_module(name), "installed", None) if name in names() else None
    except ImportError:
        return ()
    return told() if told is not None else ()


def _module(name: str) -> object:
    return importlib.import_module(f"{__name__}.{name}")
