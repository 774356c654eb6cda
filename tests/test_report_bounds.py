"""A site with a hundred thousand issues is reported from the store by the command, in bounded memory and on pages of bearable size."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
FILLED = """
import sys
from pathlib import Path
from materials import full_store
full_store(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
"""
MEASURED = """
import sys
from pathlib import Path
from auditor.cli import main
main(sys.argv[1:], standalone_mode=False)
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""
"""Ends with the peak in kB of this program alone; what getrusage tells begins with the peak of the parent."""


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_hundred_thousand_issues_are_reported_in_bounded_memory(tmp_path: Path) -> None:
    here = Path(__file__).parent
    paths = (str(here.parent), str(here), os.environ.get("PYTHONPATH"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    fill = [sys.executable, "-c", FILLED, "auditor.db", str(ISSUES), str(PAGES)]
    subprocess.run(fill, check=True, timeout=600, cwd=tmp_path, env=environment)  # elsewhere, so that this process stays small
    (tmp_path / "targets.yml").write_text(TARGETS, encoding="utf-8")
    words = ("report", "-t", "targets.yml", "--db", "auditor.db", "--out", "site", "--no-pdf")
    run = [sys.executable, "-c", MEASURED, *words]
    done = subprocess.run(run, capture_output=True, text=True, timeout=800, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) / 1024 < MEMORY
    written = {file.relative_to(tmp_path / "site").as_posix(): file.stat().st_size for file in (tmp_path / "site").rglob("*.html")}
    assert max(written.values()) < LARGEST and {"night.html", "sites/big.others.html", "sites/big.brief.html"} <= set(written)
    assert (tmp_path / "site/sites/big.xlsx").stat().st_size > 1_000_000
    assert (tmp_path / "site/sites/big.notice.docx").stat().st_size < 200_000
