"""The promises of the layout: nobody else brings a package of our names, every command has help, the README does not lag."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from auditor.cli import main

ROOT = Path(__file__).parents[1]
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    if name and (ROOT / name).is_file()
]


@pytest.mark.parametrize("name", ["auditor", "crawlers", "checks", "reports"])
def test_no_dependency_brings_a_package_of_our_name(name: str) -> None:
    assert set(packages_distributions().get(name, ())) <= {"portal-auditor"}


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_in_chinese_and_stands_in_the_readme(name: str) -> None:
    command = main.commands[name]
    assert command.help and re.search(r"[一-鿿]", command.help)
    assert f"auditor {name}" in (ROOT / "README.md").read_text(encoding="utf-8")
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help and re.search(r"[一-鿿]", option.help), option.name


def test_model_and_addresses_import_the_standard_library_only() -> None:
    code = "import sys; import auditor.model, auditor.addresses; print([n for n in sys.modules if n.partition('.')[0] in %r])"
    foreign = ("pydantic", "lxml", "bs4", "httpx", "playwright", "sqlite_utils", "click", "crawlers", "checks", "reports", "w3lib")
    told = subprocess.run([sys.executable, "-c", code % (foreign,)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"


def test_no_file_names_a_machine_or_a_registry() -> None:
    forbidden = re.compile(r"/(work|farm|root)/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|://[^\s/]+/simple/")
    found = [f"{path.name}:{number}" for path in TRACKED if path != Path(__file__) and path.suffix not in {".png", ".webp"}
             for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if forbidden.search(line)]  # fmt: skip
    assert found == []


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "--index-url" not in lock
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) > 40
    assert [entry.partition("\n")[0] for entry in entries if "--hash=sha256:" not in entry and not entry.startswith("#")] == []


def test_every_dependency_is_declared_and_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in TRACKED if path.suffix == ".py")
    for module in ("playwright", "bs4", "httpx", "jinja2", "apscheduler", "sqlite_utils", "pytest", "protego", "PIL", "fastapi", "uvicorn"):
        assert re.search(rf"^\s*(from|import) {module}\b", code, re.MULTILINE), module
