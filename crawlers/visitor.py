"""What whoever walks through a site asks of a browser."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Protocol

from auditor.model import Page, Probe
from crawlers.journeys import Stage
from crawlers.slots import Idle
from crawlers.trials import Choose, InTurn, at_once


class Visitor(Protocol):
    """Something that looks at addresses."""

    async def visit(
        self, url: str, probes: Sequence[Probe], *, limit: float, idle: Idle = nullcontext,
        choose: Choose | None = None, turn: InTurn = at_once,
    ) -> Page:  # fmt: skip
        """Look at an address, at most `limit` seconds; whatever the site does comes back as `Page.state`.

        `idle()` surrounds the time in which the page is only waited for. Then the experiments that `choose` tells for its HTML are
        put to it, each under a limit of its own; `turn` is awaited before each further load.
        """
        ...

    async def follow(self, plan: Sequence[Stage], probes: Sequence[Probe], *, limit: float, turn: InTurn) -> Sequence[Page]:
        """Go through a journey and look at each of its states, at most `limit` seconds each; `turn` is awaited before each.

        Tells the states up to the first that is not reached. Raises NotAnswered where this browser cannot hold submissions back.
        """
        ...
