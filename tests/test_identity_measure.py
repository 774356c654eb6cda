"""The identity benchmark over a few real pages: barriers are kept, and kept apart."""

from __future__ import annotations

import pytest

from bench.identity_families import FAMILIES, MOVING
from bench.identity_pages import findings, marked, saved_pages
from bench.statistics_identity import Count, compared, families_counted


@pytest.mark.slow
@pytest.mark.shared
def test_barriers_of_real_pages_are_kept_and_kept_apart() -> None:
    counts = families_counted(saved_pages(8), seed=7)
    total = Count()
    for count in counts.values():
        total.add(count)
    assert set(counts) == set(FAMILIES) >= MOVING
    assert total.stand > 1000
    assert total.kept_share >= 0.95
    assert total.wrong_share <= 0.01


@pytest.mark.shared
def test_a_page_that_did_not_change_is_touched_nowhere() -> None:
    page = saved_pages(1)[0]
    barriers = findings(marked(page, "1"), page.url)
    assert len(barriers) > 10
    assert compared(barriers, findings(marked(page, "1"), page.url), place_tells=True) == Count()
