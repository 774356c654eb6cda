"""Audits on other machines: what they tell arrives once, errors travel, and machines or schedulers that are lost take nothing with them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import errands
import pytest
from clusters import LocalCluster, kill
from conftest import order
from executors import errors_travel_with_their_kind_where_they_can, nobody, who_hears_no_more_ends_the_work
from processes import gone, until

from auditor.across import Across
from auditor.apart import WorkerLost
from auditor.cluster import Cluster, ClusterGone, ClusterWrong, MachineLost, cluster_of, differing
from auditor.deploy import text
from crawlers.browsers.find import find_browser


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    with LocalCluster(tmp_path_factory.mktemp("cluster")) as running:
        running.work()
        yield running


@pytest.fixture
def executor(cluster: LocalCluster) -> Iterator[Across]:
    with Across(Cluster(address=cluster.address)) as pool:
        yield pool


def test_what_is_told_arrives_in_order_and_errors_travel(executor: Across) -> None:
    told: list[int] = []
    assert executor.submit(errands.double, 5, told.append).result(60)[0] == 10
    assert told == [0, 1, 2, 3, 4]
    errors_travel_with_their_kind_where_they_can(executor)
    with pytest.raises(WorkerLost, match="检测进程意外结束"):
        executor.submit(errands.die, None, nobody).result(60)
    with pytest.raises(ValueError, match="unreadable"):
        executor.submit(errands.tell_unreadable, None, nobody).result(60)
    assert executor.submit(errands.double, 1, nobody).result(60)[0] == 2


def test_more_than_a_machine_keeps_waits_until_it_has_been_fetched(executor: Across) -> None:
    told: list[tuple[int, int]] = []
    assert executor.submit(errands.heavy, 100, lambda one: told.append((len(one), one[0]))).result(60) == 100
    assert told == [(2**20, number) for number in range(100)]


def test_who_hears_no_more_ends_the_work_and_the_machine_stays_of_use(executor: Across) -> None:
    who_hears_no_more_ends_the_work(executor)
    assert executor.submit(errands.double, 4, nobody).result(60)[0] == 8


def test_the_stop_file_of_the_coordinator_is_read_where_the_audit_is(executor: Across, tmp_path: Path) -> None:
    stops, told = tmp_path / "a.db.stop", list[bytes]()
    running = executor.submit(errands.read_stops, replace(order("http://a.test/", browser="http"), stops=str(stops)), told.append)
    for content in (b"a.test", b"end"):
        until(lambda: running.running() and bool(told), 60)
        stops.write_bytes(content)
        until(lambda content=content: content in told, 20)  # type: ignore[misc]
    running.result(20)
    assert told == [b"", b"a.test", b"end"]


def test_without_an_end_what_is_under_way_ends_with_the_coordinator(cluster: LocalCluster) -> None:
    heard = list[int]()
    executor = Across(Cluster(address=cluster.address))
    running, waiting = (executor.submit(errands.endless, None, heard.append) for _ in range(2))
    until(lambda: bool(heard), 60)
    executor.end()
    for future in (running, waiting):
        with pytest.raises(ClusterGone):
            future.result(20)
    until(lambda: gone(heard[0]), 20)
    with pytest.raises(RuntimeError):
        executor.submit(errands.double, 1, nobody)


@pytest.mark.slow
def test_a_coordinator_that_is_killed_leaves_no_work_behind(cluster: LocalCluster) -> None:
    program = (
        "import errands\nfrom auditor.across import Across\nfrom auditor.cluster import Cluster\n"
        f"Across(Cluster(address={cluster.address!r})).submit(errands.endless, None, lambda one: print(one, flush=True)).result()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        below = int(process.stdout.readline())
        process.kill()
    assert not gone(below)
    until(lambda: gone(below), 60)


# ---------------------------------------------------------------------------------------------- losses


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """Work without end on the only machine of a cluster."""

    cluster: LocalCluster
    machine: subprocess.Popen[bytes]
    executor: Across
    process: int  #: that does it
    work: Future[Any]


@contextmanager
def under_way(folder: Path) -> Iterator[UnderWay]:
    with LocalCluster(folder) as cluster:
        machine = cluster.work()
        with Across(Cluster(address=cluster.address)) as executor:
            heard = list[int]()
            work = executor.submit(errands.endless, None, heard.append)
            until(lambda: bool(heard), 60)
            yield UnderWay(cluster=cluster, machine=machine, executor=executor, process=heard[0], work=work)


def test_a_machine_that_is_killed_costs_its_own_work_and_that_is_done_elsewhere(tmp_path: Path) -> None:
    with under_way(tmp_path) as now:
        other = now.cluster.work()
        kept = now.executor.submit(errands.double, 3, nobody)
        assert kept.result(60)[0] == 6
        kill(now.machine)
        assert gone(now.process)
        with pytest.raises(MachineLost, match="失去联系"):
            now.work.result(60)
        assert now.executor.submit(errands.double, 4, nobody).result(60)[0] == 8
        assert other.poll() is None


@pytest.mark.slow
def test_work_that_loses_one_machine_after_another_is_told_to_be_at_fault(tmp_path: Path) -> None:
    with LocalCluster(tmp_path) as cluster:
        worker = cluster.work()
        with Across(Cluster(address=cluster.address)) as executor:
            for number in range(4):
                heard = list[int]()
                lost = executor.submit(errands.endless, "this one", heard.append)
                until(lambda heard=heard: bool(heard), 60)  # type: ignore[misc]
                kill(worker)
                worker = cluster.work()
                with pytest.raises(WorkerLost if number == 3 else MachineLost, match="接连失去了 4 台" if number == 3 else "失去联系"):
                    lost.result(60)
            assert executor.submit(errands.double, 4, nobody).result(60)[0] == 8


@pytest.mark.slow
def test_a_scheduler_that_is_killed_and_comes_back_loses_nothing_but_time(tmp_path: Path) -> None:
    with under_way(tmp_path) as now:
        waiting = now.executor.submit(errands.double, 2, nobody)
        assert now.cluster.scheduler is not None
        kill(now.cluster.scheduler)
        now.machine.wait(60)  # without its scheduler it is of no use, and whoever runs it starts it again
        assert gone(now.process)
        now.cluster.schedule()
        now.cluster.work()
        with pytest.raises(MachineLost):
            now.work.result(120)
        assert waiting.result(60)[0] == 4
        assert now.executor.submit(errands.double, 4, nobody).result(60)[0] == 8


@pytest.mark.slow
def test_where_nobody_comes_back_the_work_is_given_up_after_a_while(tmp_path: Path) -> None:
    with LocalCluster(tmp_path) as cluster:
        cluster.work()
        with Across(Cluster(address=cluster.address), patience=5) as executor:
            heard = list[int]()
            lost, waiting = (executor.submit(errands.endless, None, heard.append) for _ in range(2))
            until(lambda: bool(heard), 60)
            assert cluster.scheduler is not None
            kill(cluster.scheduler)
            for future in (lost, waiting):
                with pytest.raises(ClusterGone, match="连不上集群的调度器"):
                    future.result(60)


# ---------------------------------------------------------------------------------------------- who is let in


@pytest.mark.slow
def test_machines_that_judge_with_something_else_are_refused(cluster: LocalCluster, tmp_path: Path) -> None:
    other = tmp_path / "chromium"
    other.write_text('#!/bin/sh\necho "Chromium 99.0.1.2"\n')
    other.chmod(0o755)
    with LocalCluster(tmp_path / "alone") as alone:
        alone.work(AUDITOR_BROWSER=str(other))
        with pytest.raises(ClusterGone, match=r"没有可用的工作机：浏览器是 99\.0\.1\.2，应为 \d+"):
            Across(Cluster(address=alone.address))
        axe = tmp_path / "axe.min.js"
        axe.write_text("/*! axe v4.99.0 */")
        alone.work(AUDITOR_AXE=str(axe))
        alone.work()
        with Across(Cluster(address=alone.address)) as executor:
            assert executor.submit(errands.double, 4, nobody).result(60)[0] == 8
            until(lambda: len(executor.refused) == 2, 60)
            assert any("axe-core是 4.99.0（" in why for why in executor.refused.values())


def test_what_differs_is_said_and_what_is_not_there_is_asked_of_nobody() -> None:
    ours = {"program": "0.1.0（a）", "dask": "1", "axe": "4.12.1", "python": "3.11.7", "browser": ""}
    assert differing({**ours, "browser": "140.0"}, ours) == ""
    assert differing({**ours, "python": "3.12.1"}, ours) == "Python是 3.12.1，应为 3.11.7；没有浏览器"
    assert find_browser() is not None


@pytest.mark.parametrize(
    ("address", "words", "told"),
    [
        ("tcp://10.0.0.1:8786", {}, "不加密"),
        ("tcp://scheduler", {}, "不加密"),
        ("http://10.0.0.1", {}, "要写成"),
        ("10.0.0.1:8786", {}, "要写成"),
        ("tcp://127.0.0.1:8786", {"ca": "a.pem"}, "tls://"),
        ("tls://scheduler:8786", {"ca": "a.pem"}, "还缺证书、私钥"),
        ("tls://scheduler:8786", {"ca": "no.pem", "cert": "no.pem", "key": "no.pem"}, "读不了CA 证书 no.pem"),
    ],
)
def test_words_that_describe_no_cluster_are_refused(address: str, words: dict[str, str], told: str) -> None:
    with pytest.raises(ClusterWrong, match=told):
        cluster_of(address, **words)  # type: ignore[arg-type]


def test_plain_connections_stay_on_this_machine_or_are_asked_for() -> None:
    assert cluster_of("tcp://127.0.0.1").address == "tcp://127.0.0.1:8786"
    assert cluster_of("tcp://[::1]:9").address == "tcp://[::1]:9"
    assert cluster_of("tcp://10.0.0.1:1", plain=True).address == "tcp://10.0.0.1:1"


@pytest.mark.slow
def test_only_who_shows_a_certificate_of_the_cluster_takes_part(tmp_path: Path) -> None:
    """The certificates are made as the instructions say."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    (recipe,) = re.findall(r"```\n(openssl .*?)```", text("cluster"), re.DOTALL)
    for folder in (ours, theirs):
        folder.mkdir()
        subprocess.run(["sh", "-ec", recipe.replace("rsa:3072", "rsa:2048")], cwd=folder, check=True, capture_output=True, timeout=120)
    files = ("--tls-ca-file", str(ours / "ca.pem"), "--tls-cert", str(ours / "worker.pem"), "--tls-key", str(ours / "worker.key"))
    with LocalCluster(tmp_path / "cluster", scheme="tls", tls=files) as cluster:
        cluster.work()

        def access(authority: Path, own: Path) -> Cluster:
            return cluster_of(cluster.address, ca=authority / "ca.pem", cert=own / "coordinator.pem", key=own / "coordinator.key")

        with Across(access(ours, ours)) as executor:
            assert executor.submit(errands.double, 4, nobody).result(60)[0] == 8
        with pytest.raises(ClusterGone):
            Across(access(ours, theirs), first_patience=6)
        with pytest.raises(ClusterGone, match="证书不是同一个 CA 签发的"):
            Across(access(theirs, theirs), first_patience=6)
        with pytest.raises(ClusterGone, match="连不上集群的调度器"):
            Across(Cluster(address=cluster.address.replace("tls", "tcp")), first_patience=6)
