"""What whoever hands in audits may rely on, whichever Executor does them: processes apart or the machines of a cluster."""

from __future__ import annotations

from concurrent.futures import Executor

import errands
import pytest


def nobody(_: object) -> None:
    """Hears nothing."""


def errors_travel_with_their_kind_where_they_can(executor: Executor) -> None:
    """An error that can be pickled comes as it was, another in words."""
    with pytest.raises(ValueError, match="known"):
        executor.submit(errands.fail, "known", nobody).result(60)
    with pytest.raises(RuntimeError, match="Bad: unknown"):
        executor.submit(errands.fail, "other", nobody).result(60)


def who_hears_no_more_ends_the_work(executor: Executor) -> int:
    """An error of whoever is told ends the work, and comes to whoever waits for it; the process that did it."""
    heard: list[int] = []

    def enough(process: int) -> None:
        heard.append(process)
        if len(heard) == 3:
            raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        executor.submit(errands.endless, None, enough).result(60)
    assert len(heard) == 3
    return heard[0]
