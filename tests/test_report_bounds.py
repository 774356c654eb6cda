"""A site with a hundred thousand issues is reported from the store by the command, in bounded memory and on pages of bearable size."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from materials import full_store

ISSUES, PAGES = 100_000, 2000
MEMORY = 500  # MB of one process, the bound of the acceptance
LARGEST = 300_000  # bytes of an HTML page
TARGETS = """
version: 1
network: {user_agent: "TestAudit (+https://audit.example.test/)"}
regions:
  - {id: "370800", name: 济宁市}
sites:
  - {id: big, name: 大网站, url: "http://www.big.gov.cn/", category: portal, region: "370800", owner: 市政府办公室}
"""
MEASURED = """
import resource, sys
from auditor.cli import main
main(sys.argv[1:], standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_thousand_issues_are_reported_in_bounded_memory(tmp_path: Path) -> None:
    full_store(tmp_path / "auditor.db", ISSUES, pages=PAGES)
    (tmp_path / "targets.yml").write_text(TARGETS, encoding="utf-8")
    words = ("report", "-t", "targets.yml", "--db", "auditor.db", "--out", "site", "--no-pdf")
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    run = [sys.executable, "-c", MEASURED, *words]
    done = subprocess.run(run, capture_output=True, text=True, timeout=800, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) / 1024 < MEMORY
    written = {file.relative_to(tmp_path / "site").as_posix(): file.stat().st_size for file in (tmp_path / "site").rglob("*.html")}
    assert max(written.values()) < LARGEST and {"night.html", "sites/big.others.html", "sites/big.brief.html"} <= set(written)
    assert (tmp_path / "site/sites/big.xlsx").stat().st_size > 1_000_000
    assert (tmp_path / "site/sites/big.notice.docx").stat().st_size < 200_000
