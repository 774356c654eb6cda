"""What an installer gets: documents whose commands exist, and a bill of materials that names all that runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import click
import pytest
from distributed.cli import dask_scheduler, dask_worker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from auditor.cli import main
from auditor.deploy import DOCUMENTS, text
from auditor.sbom import OURS, bill, own_lock

PARTS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
CALL = re.compile(r"(?:(?<=/bin/)|(?<=[`（(：]))auditor ((?:[a-z-]+)(?: [^`\n（）|>]*)?)")


def auditor(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, env=os.environ)


# ---------------------------------------------------------------------------------------------- documents


def test_every_file_of_the_folder_can_be_asked_for() -> None:
    there = {path.name for path in (ROOT / "auditor" / "deploy").iterdir() if path.is_file() and path.suffix != ".py"}
    assert {document.file for document in DOCUMENTS.values()} == there


def calls() -> Iterator[tuple[str, list[str]]]:
    """Every call of the program that stands in a document, as its words."""
    for name in DOCUMENTS:
        for found in CALL.findall(text(name)):
            yield name, found.split()
    shown = re.search(r'"--host".*|CMD \["serve".*', text("container"))
    assert shown is not None
    yield "container", re.findall(r'"([^"]+)"', shown[0])


def test_the_commands_and_options_in_the_documents_exist() -> None:
    seen = set()
    for name, (command, *words) in calls():
        assert command in main.commands, f"{name}: auditor {command}"
        options = {option for parameter in main.commands[command].params for option in (*parameter.opts, *parameter.secondary_opts)}
        wrong = [word for word in words if word.startswith("-") and word not in options]
        assert not wrong, f"{name}: auditor {command} {wrong}"
        if command == "deploy":
            assert set(words[:1]) <= set(DOCUMENTS), words
        seen.add(command)
    assert {"serve", "check", "backup", "restore", "doctor", "sbom", "deploy", "page", "explain"} <= seen


def test_settings_from_outside_are_those_that_the_program_reads() -> None:
    read = {name for folder in ("auditor", "checks", "crawlers") for file in (ROOT / folder).rglob("*.py") for name in knobs(file)}
    assert set(re.findall(r"AUDITOR_[A-Z_]+", text("environment"))) == read
    assert all(set(re.findall(r"AUDITOR_[A-Z_]+", text(name))) <= read for name in DOCUMENTS)


def knobs(file: Path) -> set[str]:
    return set(re.findall(r"""environ[^\n]{0,6}["'](AUDITOR_[A-Z_]+)["']""", file.read_text(encoding="utf-8")))


def test_the_service_keeps_the_sandbox_of_the_browser_and_lets_nothing_else_in() -> None:
    lines = [line.partition("=")[::2] for line in text("systemd").splitlines() if "=" in line and not line.startswith("#")]
    unit = dict(lines)
    assert len(unit) == len(lines), "nothing is said twice"
    assert unit["User"] != "root" and unit["NoNewPrivileges"] == "yes" and unit["ProtectSystem"] == "strict"
    assert not {"RestrictNamespaces", "MemoryDenyWriteExecute"} & unit.keys(), "Chromium's sandbox and JavaScript need both"
    assert "--host 127.0.0.1" in unit["ExecStart"]
    assert "USER 10001" in text("container") and "--no-sandbox" not in text("container")


def test_the_parts_of_a_cluster_are_started_with_options_that_dask_has_and_without_its_dashboard() -> None:
    services = YAML(typ="safe").load(text("cluster-compose"))["services"]
    calls = [[*service["entrypoint"], *service["command"]] for service in services.values() if "entrypoint" in service]
    written = re.findall(r"^dask (?:scheduler|worker) (?:.*\\\n)*.*$", text("cluster"), re.MULTILINE)
    calls += [found.replace("\\\n", " ").split() for found in written]
    assert [call[1] for call in calls] == ["scheduler", "worker"] * 2
    for _, part, *words in calls:
        known = {name for one in PARTS[part].params for name in (*one.opts, *one.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known
        assert {"--no-dashboard", "--tls-ca-file", "--tls-cert", "--tls-key"} <= set(words)
    assert all("image" in service and service["restart"] == "always" for service in services.values())


def test_the_command_lists_prints_and_writes_but_never_over_a_file(tmp_path: Path) -> None:
    listed = auditor(tmp_path, "deploy").stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(DOCUMENTS)
    assert auditor(tmp_path, "deploy", "systemd").stdout == text("systemd")
    assert auditor(tmp_path, "deploy", "container", "-o", "Containerfile").returncode == 0
    assert (tmp_path / "Containerfile").read_text(encoding="utf-8") == text("container")
    again = auditor(tmp_path, "deploy", "upgrade", "-o", "Containerfile")
    assert again.returncode == 1 and "没有覆盖" in again.stderr
    nowhere = auditor(tmp_path, "deploy", "upgrade", "-o", "no/such/folder/a.md")
    assert nowhere.returncode == 1 and nowhere.stderr.startswith("写不了文件") and "Traceback" not in nowhere.stderr
    assert auditor(tmp_path, "deploy", "docker").returncode == 2


# ---------------------------------------------------------------------------------------------- what it is made of


@pytest.fixture(scope="module")
def lock() -> str:
    file = own_lock()
    assert file is not None
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(lock: str) -> dict[str, Any]:
    return bill(lock, NOW)


def test_the_bill_names_everything_that_runs_and_what_needs_what(made: dict[str, Any]) -> None:
    names = {canonicalize_name(one["name"]): one for one in made["components"]}
    direct = {canonicalize_name(Requirement(need).name) for need in distribution(OURS).requires or () if "extra ==" not in need}
    assert direct <= names.keys() and {"axe-core", "sqlite", "starlette", "greenlet"} <= names.keys()
    assert not {"mypy", "ruff", "schemathesis"} & names.keys(), "what only developers need does not run"
    references = [one["bom-ref"] for one in made["components"]] + [made["metadata"]["component"]["bom-ref"]]
    assert len(set(references)) == len(references)
    leads = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    assert leads.keys() <= set(references) and {ref for refs in leads.values() for ref in refs} <= leads.keys()
    assert any(ref.startswith("pkg:pypi/starlette@") for ref in leads[names["fastapi"]["bom-ref"]])
    reached, waiting = set(), [OURS]
    while waiting:
        ref = waiting.pop()
        waiting += [] if ref in reached else leads[ref]
        reached.add(ref)
    assert reached == leads.keys()


def test_every_package_is_compared_with_the_lock_of_this_machine(made: dict[str, Any], lock: str) -> None:
    packages = [one for one in made["components"] if one["bom-ref"].startswith("pkg:pypi/")]
    told = {one["name"]: {item["value"] for item in one["properties"] if item["name"] == "portal-auditor:lock"} for one in packages}
    assert set.union(*told.values()) == {"same"}
    digests = [item["value"] for one in packages for item in one["properties"] if item["name"].endswith("sha256")]
    assert len(digests) > len(packages) and all(f"--hash=sha256:{digest}" in lock for digest in digests)
    click_is_other = re.sub(r"(?m)^click==\S+", "click==0.0.1", lock)
    other = {one["name"]: one["properties"][0]["value"] for one in bill(click_is_other, NOW)["components"] if "properties" in one}
    assert other["click"] == "locked 0.0.1" and other["fastapi"] == "same"
    bare = [one["properties"] for one in bill("", NOW)["components"] if "properties" in one]
    assert bare and all(told == [{"name": "portal-auditor:lock", "value": "not locked"}] for told in bare)


def test_the_same_installation_has_the_same_number_whenever_it_is_asked(made: dict[str, Any], lock: str) -> None:
    later = bill(lock, NOW + timedelta(days=1))
    assert later["serialNumber"] == made["serialNumber"] and later["metadata"]["timestamp"] != made["metadata"]["timestamp"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", made["serialNumber"])
    assert bill("", NOW)["serialNumber"] != made["serialNumber"]


def test_the_command_gives_the_bill_as_json(tmp_path: Path) -> None:
    done = auditor(tmp_path, "sbom", "-o", "sbom.json")
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    (tmp_path / "odd.lock").write_bytes(b"\xff\xfe")
    odd = auditor(tmp_path, "sbom", "--lock", "odd.lock")
    assert odd.returncode == 1 and "读不了 odd.lock" in odd.stderr and "Traceback" not in odd.stderr


# ---------------------------------------------------------------------------------------------- without Playwright

BARE = """
import sys
sys.modules["playwright"] = None  # as on machines for which there is none
from auditor import audit, cli, service
from auditor.targets import load
from crawlers.browsers import open_browser, selenium
from crawlers.browsers.find import DriverMissing
try:
    open_browser("playwright", egress=None, suffix="", viewport=(1, 1), pictures=False, tabs=1)
except DriverMissing as error:
    print(error)
"""


def test_where_playwright_cannot_be_installed_all_the_rest_works() -> None:
    done = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, timeout=120, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert "没有安装 playwright" in done.stdout and "browser: selenium" in done.stdout


def test_help_of_every_command_is_a_sentence() -> None:
    def walk(command: click.Command) -> Iterator[click.Command]:
        yield command
        if isinstance(command, click.Group):
            for each in command.commands.values():
                yield from walk(each)

    assert [one.name for one in walk(main) if not (one.help or "").rstrip().endswith("。")] == []
