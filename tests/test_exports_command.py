"""`auditor export`: files written as a whole, sentences where it cannot be done, and the same memory at any size."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from materials import full_store

from reports.exports import names


def auditor(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a script would."""
    return subprocess.run([sys.executable, "-m", "auditor", *words], capture_output=True, timeout=240, cwd=cwd, env=ENVIRONMENT)


ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("exports")
    full_store(place / "out" / "auditor.db", 60, pages=6)
    return place


def test_all_formats_of_the_contract_are_there() -> None:
    assert set(names()) == {"csv", "xlsx", "json", "earl", "sarif", "junit", "wcag-em", "openacr", "statement"}


@pytest.mark.parametrize("name", names())
def test_every_format_is_written_to_a_file_and_to_standard_output(folder: Path, name: str) -> None:
    done = auditor("export", "--format", name, "-o", f"new/{name}.out", cwd=folder)
    assert done.returncode == 0 and not done.stdout, done.stderr.decode()
    assert f"已写入 new/{name}.out" in done.stderr.decode()
    poured = auditor("export", "--format", name, "--site", "big", cwd=folder)
    assert poured.returncode == 0 and not poured.stderr and len(poured.stdout) > 500
    left = [one.name for one in (folder / "new").iterdir() if one.name.startswith(name)]
    assert set(left) <= {f"{name}.out", "csv.out-metadata.json"}


def test_what_cannot_be_exported_ends_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_text("")
    db = ("--db", str(folder / "out" / "auditor.db"))
    for words, status, said in (
        (("--format", "csv"), 1, "还没有数据库"),
        (("--format", "csv", *db, "--site", "nobody"), 2, "数据库中没有网站 nobody"),
        (("--format", "pdf", *db), 2, "pdf"),
        (("--format", "csv", *db, "-o", "file/x.csv"), 1, "写不了文件"),
        (("--format", "csv", *db, "-o", "taken"), 2, "taken"),
    ):
        done = auditor("export", *words, cwd=tmp_path)
        told = done.stderr.decode()
        assert (done.returncode, done.stdout) == (status, b"") and said in told and "Traceback" not in told, (words, told)
    assert [one.name for one in tmp_path.iterdir()] and not [*tmp_path.rglob("*.new")]


def test_a_site_that_was_never_audited_and_a_choice_that_is_missing_are_told(folder: Path, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from auditor.model import Category, Site
    from auditor.store import Store

    path = tmp_path / "two.db"
    with Store.open(path) as store:
        store.register(
            [Site(id="idle", name="甲", url="http://a.gov.cn/", category=Category.PORTAL, region="1", owner="乙")], datetime.now(UTC)
        )
    done = auditor("export", "--format", "csv", "--db", str(path), "--site", "idle", cwd=tmp_path)
    assert done.returncode == 1 and "网站 idle 还没有检测结果" in done.stderr.decode()
    done = auditor("export", "--format", "csv", "--db", str(path), cwd=tmp_path)
    assert done.returncode == 1 and "数据库中还没有检测结果" in done.stderr.decode()
    full_store(path, 20, pages=2)
    full_store(path, 20, pages=2, site="other")
    done = auditor("export", "--format", "statement", "--db", str(path), cwd=tmp_path)
    assert done.returncode == 2 and "请用 --site 指定：big、other" in done.stderr.decode()


def test_a_reader_that_goes_away_is_no_crash(folder: Path) -> None:
    full_store(folder / "long.db", 4000)
    command = [sys.executable, "-m", "auditor", "export", "--format", "csv", "--db", "long.db"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=ENVIRONMENT) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.read(100)
        running.stdout.close()
        told = running.stderr.read().decode()
        assert (running.wait(), told) == (1, "标准输出已经关闭，没有写完。\n")


WEIGHED = """
import sys
from pathlib import Path
from auditor.exporting import export
from auditor.store import Store
from reports.exports import named
with Store.open(Path(sys.argv[1]), readonly=True) as store:
    export(store, named(sys.argv[2]), (), Path(sys.argv[3]), language="zh", public=True)
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""
"""Ends with the peak in kB of this program alone; what getrusage tells begins with the peak of the parent."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_issues_take_less_than_500_megabytes_in_every_format(tmp_path: Path) -> None:
    env = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join((ENVIRONMENT["PYTHONPATH"], str(Path(__file__).parent)))}
    filled = "import sys; from pathlib import Path; from materials import full_store; full_store(Path(sys.argv[1]), 100_000)"
    subprocess.run([sys.executable, "-c", filled, str(tmp_path / "big.db")], check=True, env=env)  # a child's peak begins with its parent's
    for name in names():
        out = tmp_path / f"big.{name}"
        command = [sys.executable, "-c", WEIGHED, str(tmp_path / "big.db"), name, str(out)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, env=ENVIRONMENT)
        assert done.returncode == 0, done.stderr
        print(f"{name}: {int(done.stdout) // 1024} MB of memory, {out.stat().st_size / 1e6:.1f} MB on disk")
        assert int(done.stdout) * 1024 < 500_000_000, name
