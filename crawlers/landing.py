"""Where a visit ended: at some document, which may be somebody else's, and how a page that is not to be judged is told."""

from __future__ import annotations

from dataclasses import replace

from auditor.model import Page, State

ARRIVED = frozenset(
    {State.AUDITED, State.RENDER_FAILED, State.ERROR_PAGE, State.GONE, State.SOFT_404, State.NOT_HTML, State.TOO_LARGE}
)  # fmt: skip
"""States of a visit that ended at some document; only then does it matter whose document that is."""


def bare(page: Page, state: State, reason: str) -> Page:
    """The page as an entry of the ledger only: it is not to be judged."""
    return replace(page, state=state, reason=reason, facts={}, unanswered={}, pictures={}, links=())
