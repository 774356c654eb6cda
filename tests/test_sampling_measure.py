"""The measurement of samples: the enlarged portal is always the same, a stored crawl is read as it was scored, the interval holds it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from auditor.model import Coverage, State, Tally
from auditor.run_score import counted
from bench import large_portal
from bench.statistics_sampling import of_samples, stored
from checks import judge

RULE = "image-alt"


def test_the_enlarged_portal_has_thousands_of_pages_that_all_can_be_reached() -> None:
    seen, todo, states = {"/"}, ["/"], Counter[int]()
    while todo:
        status, told = large_portal.page(todo.pop())
        states[status] += 1
        links = [told] if status == 302 else re.findall(r'href="(/[^"#]*)"', told) if status == 200 else []
        new = {link for link in links if not link.endswith((".css", ".svg"))} - seen
        seen |= new
        todo += new
    assert states[200] > 2000 and states[404] > 30 and states[302] > 10
    assert large_portal.page("/tpxw/1001.html") == large_portal.page("/tpxw/1001.html")


def test_the_second_portal_is_another_one() -> None:
    for column in large_portal.SECOND.columns:
        path = large_portal.address(column, 1)
        assert large_portal.page(path, large_portal.SECOND)[0] == 200 and large_portal.page(path)[0] == 404


def crawl_of(pages: int) -> dict[str, object]:
    """A stored crawl: two templates, one page in eight with a barrier, one address in ten no page."""
    engines = list(judge.counting()[RULE].engines)
    rows = [
        {
            "url": f"http://a.test/{'abc'[n % 3]}/{n}.html", "url_key": f"a.test/{'abc'[n % 3]}/#",
            "state": "gone" if n % 10 == 9 else "audited", "dom_key": "", "engines": engines, "groups": ["g"] if n % 8 == 0 else [],
            "tallies": [] if n % 10 == 9 else [[RULE, int(n % 8 == 0), 3, 0]],
        }
        for n in range(pages)
    ]  # fmt: skip
    return {"site": "a", "rules": [RULE], "ruleset": "x", "pages": rows}


def test_a_stored_crawl_has_the_index_of_its_run_and_samples_of_it_hold_that(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    kept = crawl_of(600)
    file.write_text(json.dumps(kept))
    site = stored(file)
    rows = kept["pages"]
    assert isinstance(rows, list)
    ledger = [Coverage(url=row["url"], state=State(row["state"]), url_key=row["url_key"], engines=tuple(row["engines"])) for row in rows]
    tallies = [Tally(page=row["url"], rule=RULE, failed=row["tallies"][0][1], passed=3) for row in rows if row["tallies"]]
    whole = counted(ledger, tallies, judge.counting(), asked=[RULE])
    assert whole is not None and sum(site.index.values()) / len(site.index) == pytest.approx(whole.value) and whole.pages == len(site.index)
    for stop in (False, True):
        worth = of_samples(site, 400, 150, stop=stop)
        assert worth.covered >= 0.9 and abs(worth.bias) < 0.3 and (worth.pages < 400) is stop
