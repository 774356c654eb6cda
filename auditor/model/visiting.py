"""What a visit of a page brings home, and what drives it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from auditor.model.terms import State, Variant


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle on the page in CSS px, measured from the top left of the document."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A frame of an open page; the first of `Driver.frames()` is the page itself."""

    id: str
    parent: str | None
    url: str


class NotAnswered(Exception):
    """A question to an open page got no answer; the sentence says why. Never the same as a clean answer."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A picture of what an experiment brought about, which the page as it stands does not show."""

    picture: bytes  #: WebP
    caption: str  #: in Chinese, without a full stop

    @property
    def digest(self) -> str:
        """SHA-256 of the picture in hexadecimal, as blobs are named."""
        return hashlib.sha256(self.picture).hexdigest()


class Driver(Protocol):
    """An open page, as probes may use it. Every call is under a time limit and raises NotAnswered when that is over.

    Scripts run in a world of their own (the page's scripts cannot see or break them) where the browser offers one.
    """

    async def frames(self) -> Sequence[Frame]:
        """All frames that can be asked, the page itself first, parents before children."""
        ...

    async def evaluate(self, script: str, *, frame: str | None = None, limit: float | None = None) -> Any:
        """The JSON value (awaited) of an expression in a frame; None: the page itself."""
        ...

    async def load(self, library: str, *, frame: str | None = None) -> None:
        """Make a script library, which puts its name on the global object itself, available in a frame's world."""
        ...

    async def child_frame(self, expression: str, *, frame: str | None = None) -> str | None:
        """The id of the frame shown by the element that `expression` yields, None if it shows none."""
        ...

    async def press(self, key: str) -> None:
        """Press and release a key, such as Tab or Shift+Tab."""
        ...

    async def write(self, text: str) -> None:
        """Type a text into what has the focus, key by key."""
        ...

    async def move(self, x: float, y: float) -> None:
        """Move the mouse to a point of the viewport."""
        ...

    async def click(self, x: float, y: float) -> None:
        """Press and release the left button of the mouse at a point of the viewport."""
        ...

    async def shot(self, clip: Box | None = None, *, quality: int | None = None) -> bytes:
        """A PNG of a part of the page (document coordinates), without a clip of the viewport; a JPEG where a quality is named."""
        ...

    async def cdp(self, method: str, params: Mapping[str, Any] | None = None, *, frame: str | None = None) -> Any:
        """A command of the Chrome DevTools Protocol, to the process of a frame; None: that of the page."""
        ...

    async def set_viewport(self, width: int, height: int) -> None:
        """Resize the viewport, in CSS px."""
        ...

    async def reload(self) -> None:
        """Load the page afresh and wait until it has settled."""
        ...

    def keep(self, place: str, scene: Scene) -> None:
        """Keep a picture with what is told of the element at a place (`Node.place`); "": of the page as a whole. The first one counts."""
        ...


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A question put to an open page; the answer is JSON and lands in `Page.facts` under the name.

    `ask` is also given the answers to the questions before it; `places` says what of all answers a picture should show.
    """

    name: str
    ask: Callable[[Driver, Mapping[str, Any]], Awaitable[Any]]
    fresh: bool = False  #: an experiment: it needs a page loaded for it alone, and does with it what it likes
    everywhere: bool = True  #: False: asked on some pages of each template only
    limit: float | None = None  #: seconds for it; None: the page's own limit alone
    places: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]] = lambda facts: ()  #: facts -> [{"selector", "box"}]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One of the files that make up a page: a document, a style sheet, a script or data that a script asked for."""

    url: str  #: as asked for
    digest: str  #: SHA-256 of its content, or how it failed, such as "404"
    validators: Mapping[str, str] = field(default_factory=dict)  #: etag, last-modified
    final_url: str = ""  #: where redirects led to; "": it was answered at its own address


@dataclass(frozen=True, kw_only=True)
class Page:
    """What was seen at one address at one moment: plain data, so that it can be judged again."""

    url: str  #: as asked for (canonical)
    final_url: str
    variant: Variant = Variant.DESKTOP
    state: State
    reason: str = ""  #: one Chinese sentence where the state is not `audited`
    status: int | None = None
    content_type: str = ""
    title: str = ""
    lang: str = ""
    html: str = ""  #: as rendered
    links: tuple[str, ...] = ()  #: absolute addresses of links, those inside frames too, as found
    facts: Mapping[str, Any] = field(default_factory=dict)  #: probe -> answer
    unanswered: Mapping[str, str] = field(default_factory=dict)  #: probe -> why it has no answer
    pictures: Mapping[str, bytes] = field(default_factory=dict)  #: selector -> picture (WebP) with the element marked
    scenes: Mapping[str, Scene] = field(default_factory=dict)  #: `scene_key` -> what an experiment brought about there
    validators: Mapping[str, str] = field(default_factory=dict)  #: etag, last-modified
    sources: tuple[Source, ...] = ()  #: what makes it up, its document first; empty: not all of it is known
    seen_at: datetime | None = None
    seconds: float = 0.0
    retry_after: float | None = None  #: seconds the site asked us to stay away


def scene_key(probe: str, place: str = "") -> str:
    """Names a scene of a page by the probe that kept it and the place (`Node.place`) it belongs to; "": the page as a whole."""
    return f"{probe} {place}"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A document (附件) as it came, before anybody has opened it."""

    url: str  #: as linked (canonical)
    final_url: str
    state: State  #: not-html, or what shows that it is not there, not the site's or not for us
    reason: str = ""  #: one Chinese clause where there is nothing to open
    status: int | None = None
    body: bytes = b""
    kind: str = ""  #: by its address or content type; "file": a download of which neither says what it is
    name: str = ""  #: of the file
    linked_from: str = ""  #: the first page that links to it
    beside: tuple[str, ...] = ()  #: addresses that the same page links to and that seem to hold the same in another form
    validators: Mapping[str, str] = field(default_factory=dict)  #: etag, last-modified
    seconds: float = 0.0
