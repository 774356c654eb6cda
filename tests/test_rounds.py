"""A round over several sites: what goes wrong with one is told of that one, and the others get their night."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from auditor import targets as targets_file
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Profile, RunState, State
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers


@pytest.mark.browser
def test_an_audit_that_breaks_off_is_a_failed_run_and_the_others_complete(tmp_path: Path) -> None:
    with City(night=1) as city, Store.open(tmp_path / "auditor.db") as store:
        watch = targets_file.loads(targets_text(city.port, Profile.STATIC))
        by_id = {target.site.id: target for target in watch.targets}
        chosen = [replace(by_id["hospital"], browser="netscape"), by_id["clean"]]
        with workers() as executor:
            outcome = run_round(watch, chosen, store, executor, trigger="manual")
        runs = {run.site: run for run in outcome.runs}
        assert (runs["clean"].state, runs["hospital"].state) == (RunState.AUDITED, RunState.FAILED)
        assert "netscape" in runs["hospital"].reason
        assert runs["hospital"].coverage == {State.INTERRUPTED: 1}
        assert not store.unfinished()
