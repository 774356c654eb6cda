"""A round on a cluster comes to what it comes to on one machine, even where something is killed; the command says what it cannot use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from clusters import LocalCluster, kill
from processes import browsers, until

from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Profile
from auditor.store import Store, StoreError

SITES = ("clean", "hospital", "identity")
Standing = dict[str, tuple[set[tuple[str, ...]], dict[str, str]]]


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with City(night=1) as served:
        yield served


@contextmanager
def started(folder: Path, city: City, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`auditor run` on some sites of the city, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    short = targets_text(city.port, Profile.STATIC).replace("max_pages: 30", "max_pages: 6")
    (folder / "targets.yml").write_text(short, encoding="utf-8")
    chosen = [word for site in SITES for word in ("--site", site)]
    command = [sys.executable, "-m", "auditor", "run", "--json", *chosen, *words]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings) as process:
        try:
            yield process
        finally:
            process.kill()


def finished(process: subprocess.Popen[str]) -> None:
    """Wait for the end of a round in which every site was audited."""
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert {site["id"]: site["state"] for site in json.loads(out)["sites"]} == dict.fromkeys(SITES, "audited"), out


def under_way(folder: Path, worker: subprocess.Popen[bytes]) -> bool:
    """Whether some pages are noted, and this worker looks at one more."""
    database = folder / "out" / "auditor.db"
    if not database.exists() or not browsers(worker.pid):
        return False
    with suppress(StoreError), Store.open(database, readonly=True) as store:  # it is only being made
        return sum(len(store.journal(name, site)) for name in store.unfinished() for site in SITES) >= 3
    return False


def standing(folder: Path) -> Standing:
    """Every issue and the ledger of every site; fails where something is there twice or a picture is missing."""
    found: Standing = {}
    with Store.open(folder / "out" / "auditor.db", readonly=True) as store:
        assert store.integrity() == "ok" and not store.unfinished() and len(store.rounds()) == 1
        for site in SITES:
            issues = store.issues(site)
            places = {(one.page, one.rule, one.element.selector, one.instance, one.group) for one in issues}
            assert len(places) == len(issues)
            assert all(store.blobs.get(one.picture) for one in issues if one.picture)
            found[site] = places, {f"{entry.url} {entry.variant}": entry.state.value for entry in store.ledger(site)}
    return found


@pytest.fixture(scope="module")
def alone(city: City, tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """What it comes to on this machine."""
    folder = tmp_path_factory.mktemp("alone")
    with started(folder, city) as process:
        finished(process)
    return standing(folder)


@pytest.mark.slow
@pytest.mark.browser
def test_a_round_in_which_a_machine_is_killed_comes_to_the_same(city: City, alone: Standing, tmp_path: Path) -> None:
    with LocalCluster(tmp_path / "cluster") as cluster:
        first, _ = cluster.work(), cluster.work()
        with started(tmp_path, city, "--cluster", cluster.address) as process:
            until(lambda: under_way(tmp_path, first), 120)
            kill(first)
            finished(process)
    assert standing(tmp_path) == alone


@pytest.mark.slow
@pytest.mark.browser
def test_a_round_in_which_the_scheduler_is_killed_goes_on_once_it_is_back(city: City, alone: Standing, tmp_path: Path) -> None:
    with LocalCluster(tmp_path / "cluster") as cluster:
        workers = [cluster.work(), cluster.work()]
        with started(tmp_path, city, "--cluster", cluster.address) as process:
            until(lambda: under_way(tmp_path, workers[0]), 120)
            assert cluster.scheduler is not None
            kill(cluster.scheduler)
            for worker in workers:
                worker.wait(60)
            assert process.poll() is None
            cluster.schedule()
            cluster.work()
            finished(process)
    assert standing(tmp_path) == alone


def test_a_cluster_that_is_described_wrongly_is_an_error_of_the_words(tmp_path: Path, city: City) -> None:
    with started(tmp_path, city, "--cluster", "tcp://10.0.0.1:8786") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "请用 tls://" in err
    assert not (tmp_path / "out").exists()


def test_a_service_that_is_told_of_such_a_cluster_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "targets.yml").write_text(targets_text(1, Profile.STATIC), encoding="utf-8")
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "AUDITOR_CLUSTER": "tls://scheduler.example:8786"}
    command = [sys.executable, "-m", "auditor", "serve", "--port", "0"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, env=surroundings, check=False)
    assert told.returncode == 2 and "还缺CA 证书、证书、私钥" in told.stderr
