"""What whoever walks through a site asks of a browser."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from auditor.model import Page, Probe, Variant
from crawlers.journeys import Stage
from crawlers.slots import Idle
from crawlers.trials import Choose, InTurn, at_once


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a page is met otherwise than the way that counts: in a browser context of its own, with no cookies of any other visit."""

    viewport: tuple[int, int] | None = None  #: CSS px; None: the usual window
    phone: bool = False  #: with the User-Agent, the layout and the touch of a phone
    blocked: tuple[str, ...] = ()  #: regular expressions (no case) for addresses of scripts that do not load


@dataclass(frozen=True, kw_only=True)
class Trip:
    """One address that is looked at in one variant other than desktop."""

    url: str
    variant: Variant
    manner: Manner = field(default_factory=Manner)
    first: tuple[Probe, ...] = ()  #: asked before all other questions, such as what opens a toolbar; without an answer the trip has failed
    unreachable: str = ""  #: why it cannot be made at all; it is only told then


class Visitor(Protocol):
    """Something that looks at addresses."""

    async def visit(
        self, url: str, probes: Sequence[Probe], *, limit: float, idle: Idle = nullcontext,
        choose: Choose | None = None, turn: InTurn = at_once, manner: Manner | None = None,
    ) -> Page:  # fmt: skip
        """Look at an address, at most `limit` seconds; whatever the site does comes back as `Page.state`.

        `idle()` surrounds the time in which the page is only waited for. Then the experiments that `choose` tells for its HTML are
        put to it, each under a limit of its own; `turn` is awaited before each further load. `manner`: how the page is met; None: as usual.
        """
        ...

    async def follow(self, plan: Sequence[Stage], probes: Sequence[Probe], *, limit: float, turn: InTurn) -> Sequence[Page]:
        """Go through a journey and look at each of its states, at most `limit` seconds each; `turn` is awaited before each.

        Tells the states up to the first that is not reached. Raises NotAnswered where this browser cannot hold submissions back.
        """
        ...
