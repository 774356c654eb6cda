"""The measurement of strata split by templates: nothing is split where nothing is read, and estimates stay unbiased where it is."""

from __future__ import annotations

from random import Random

from auditor.sampling import Known
from bench.statistics_sampling import Population
from bench.statistics_templates import measured


def test_a_rare_template_is_met_more_surely_where_many_templates_are_read() -> None:
    chance = Random(1)
    frame = [Known(url=f"http://a.test/{n}", url_key="a.test/#", dom_key="old" if n % 10 == 0 else "new") for n in range(900)]
    site = Population("a", frame, {known.url: chance.gauss(60 if known.dom_key == "old" else 90, 2) for known in frame})
    rows = [line.split() for line in measured(site, 200, budgets=(30,), read=(0, 300))][1:]
    assert [row[1:3] for row in rows] == [["30", "0"], ["30", "300"]]
    assert all(abs(float(row[4])) < 0.2 for row in rows) and float(rows[1][5]) < 0.7 * float(rows[0][5])
    assert float(rows[1][3].rstrip("%")) > 88
