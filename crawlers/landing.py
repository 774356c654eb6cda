"""Where a visit ended: at some document, which may be somebody else's, and how a page that is not to be judged is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditor.addresses import canonical
from auditor.model import Coverage, Judged, Page, State

ARRIVED = frozenset(
    {State.AUDITED, State.RENDER_FAILED, State.ERROR_PAGE, State.GONE, State.SOFT_404, State.NOT_HTML, State.TOO_LARGE}
)  # fmt: skip
"""States of a visit that ended at some document; only then does it matter whose document that is."""


def bare(page: Page, state: State, reason: str) -> Page:
    """The page as an entry of the ledger only: it is not to be judged."""
    return replace(page, state=state, reason=reason, facts={}, unanswered={}, pictures={}, links=())


def once(judged: Judged, owners: Mapping[str, str], documents: Mapping[str, str]) -> Judged:
    """What an earlier night said of a page, unless that stands in the ledger under another address tonight: then it is a duplicate.

    `owners` and `documents`: final address and digest of a document -> the address that is its page.
    """
    told = judged.coverage
    if (final := canonical(told.final_url) or told.url) in owners:
        why = f"与 {owners[final]} 是同一网页（最终地址相同）"
    elif told.digest in documents:
        why = f"内容与 {documents[told.digest]} 完全相同"
    else:
        return judged
    return Judged(
        coverage=Coverage(
            url=told.url, variant=told.variant, state=State.DUPLICATE, reason=why, final_url=told.final_url, status=told.status,
            title=told.title, url_key=told.url_key, validators=told.validators,
        )
    )  # fmt: skip
