"""Cities with a database each: what each of them tells as open data becomes one set of tables."""

from __future__ import annotations

import csv
from pathlib import Path

from click.testing import CliRunner
from histories import history, hostile_history
from test_tendencies import climbing, site

from auditor.cli import main
from auditor.exporting import keep
from auditor.model import History
from reports import open_data
from reports.exports.csv import line


def told(folder: Path, of: History) -> Path:
    """The open data of a city, as its report has them."""
    for name, lines in open_data.files(of):
        keep(lines, folder / name)
    return folder


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_tables_of_several_cities_become_one_with_the_city_in_front(tmp_path: Path) -> None:
    falling = told(tmp_path / "a", history(site("a", climbing(20)), site("b", climbing(20))))
    head = (falling / "data" / "goals.csv").read_bytes().splitlines(keepends=True)[0]
    (falling / "data" / "goals.csv").write_bytes(head + line([-1.2, "=1+1", *[""] * (head.count(b",") - 1)]))
    hostile = told(tmp_path / "b", hostile_history())
    answer = CliRunner().invoke(main, ["rollup", f"甲市={falling}", f"=乙市{'='}{hostile}", "--out", str(tmp_path / "out")])
    assert answer.exit_code == 2 and "城市=报告目录" in answer.output and not (tmp_path / "out").exists()
    answer = CliRunner().invoke(main, ["rollup", f"甲市={falling}", f"@乙市={hostile}", "--out", str(tmp_path / "out")])
    assert answer.exit_code == 0, answer.output
    for table in open_data.TABLES:
        name = f"{table.name}.csv"
        apart = [("甲市", row) for row in rows(falling / "data" / name)] + [("'@乙市", row) for row in rows(hostile / "data" / name)]
        assert rows(tmp_path / "out" / name) == [{"city": city, **row} for city, row in apart]
    assert {row["city"] for row in rows(tmp_path / "out" / "groups.csv") if row["by"] == "city"} == {"甲市", "'@乙市"}
    assert {"-1.2", "'=1+1"} <= set(rows(tmp_path / "out" / "goals.csv")[0].values()), "numbers below zero and text as they were"


def test_nothing_is_written_where_a_city_has_no_tables_or_those_of_another_version(tmp_path: Path) -> None:
    one, other = (told(tmp_path / name, history(site("a", climbing(20)))) for name in ("one", "other"))
    (other / "data" / "goals.csv").write_text("\ufeffgoal\r\n", encoding="utf-8")
    for folder, why in ((other, "列不相同"), (tmp_path / "none", "auditor report")):
        answer = CliRunner().invoke(main, ["rollup", f"甲市={one}", f"乙市={folder}", "--out", str(tmp_path / "out")])
        assert answer.exit_code == 1 and why in answer.output and "乙市" in answer.output
    assert not (tmp_path / "out").exists()
