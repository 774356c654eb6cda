"""What a machine of a cluster does: audits in processes apart, what they tell being kept until the coordinator has it.

Dask calls these functions in its worker process (`Client.run`); they return at once, `hear` within the seconds it is given. Where a
coordinator is not heard of for LEASE seconds, or the scheduler is gone, the audits for it end: nobody who takes them over then visits a
host beside them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import pickle
import platform
import tempfile
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auditor.apart import Apart
from auditor.model import Order
from checks.axe.source import AxeUnusable, axe_digest, axe_version
from crawlers.browsers.find import browser_version, find_browser

LEASE = 20.0
"""Seconds after which a coordinator that did not ask for news is taken to be gone."""

MOST_BYTES = 64 * 2**20  # that wait to be fetched; then audits wait, too
BATCH_BYTES = 16 * 2**20  # that are fetched at once
OURS = ("auditor", "checks", "crawlers", "reports")


@dataclass(frozen=True, kw_only=True)
class News:
    """What an audit told (`told`), brought (`done`) or broke off with (`failed`), pickled."""

    number: int
    audit: str
    kind: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The news since the last ones, oldest first, of a desk; and the audits that it knows of."""

    desk: str
    news: tuple[News, ...]
    audits: frozenset[str]


class CoordinatorGone(Exception):
    """Nobody asks for what an audit tells."""


# ---------------------------------------------------------------------------------------------- called by the coordinator


async def hello(dask_worker: Any = None) -> tuple[dict[str, str], int]:
    """What this machine works with (`auditor.cluster.FACTS`), and how many audits it does at a time."""
    logging.getLogger("distributed.worker").addFilter(_worth_a_line)
    return await asyncio.to_thread(facts), int(dask_worker.state.nthreads)


async def give(coordinator: str, audit: str, task: bytes, stops: bytes, dask_worker: Any = None) -> None:
    """Begin an audit: `task` is (work, order) pickled, `stops` the content of the stop file. Given twice it is done once."""
    _desk(coordinator, dask_worker).begin(audit, task, stops)


async def hear(
    coordinator: str, last: tuple[str, int], unwanted: frozenset[str], stops: bytes, patience: float, dask_worker: Any = None
) -> Heard:
    """The news after those that have arrived (`last`: their desk and number); waits for some at most `patience` seconds."""
    return await _desk(coordinator, dask_worker).hear(last, unwanted, stops, patience)


async def leave(coordinator: str, dask_worker: Any = None) -> None:
    """The coordinator wants nothing more: audits that are left end at once."""
    desk = _desks.pop(coordinator, None)
    if desk is not None:
        await asyncio.to_thread(desk.close)


def facts() -> dict[str, str]:
    """What is at work on this machine; "" for what there is not."""
    try:
        axe = f"{axe_version()}（{axe_digest()[:8]}）"
    except AxeUnusable:
        axe = ""
    browser = find_browser()
    return {
        "program": f"{version('portal-auditor')}（{_code()}）", "dask": version("distributed"), "axe": axe,
        "python": platform.python_version(), "browser": browser_version(browser) if browser else "",
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------- the desk of a coordinator

_desks: dict[str, _Desk] = {}


def _desk(coordinator: str, worker: Any) -> _Desk:
    desk = _desks.get(coordinator)
    if desk is None or desk.closed:
        desk = _desks[coordinator] = _Desk(coordinator, worker)
    return desk


class _Desk:
    """The audits for one coordinator. Used by Dask's loop and by the threads in which audits tell."""

    def __init__(self, coordinator: str, worker: Any) -> None:
        self.name = f"{coordinator}-{time.time_ns()}"
        self.closed = False
        self._worker = worker
        self._apart = Apart(int(worker.state.nthreads))
        self._folder = tempfile.TemporaryDirectory(prefix="auditor-", ignore_cleanup_errors=True)
        self._stops = Path(self._folder.name) / "stops"
        self._said: bytes | None = None  #: what the stop file says
        self._lock = threading.Condition()
        self._news: deque[News] = deque()
        self._bytes = self._number = 0
        self._audits: set[str] = set()
        self._unwanted: frozenset[str] = frozenset()
        self._heard = time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._something = asyncio.Event()
        self._watching = self._loop.create_task(self._watch())

    def begin(self, audit: str, task: bytes, stops: bytes) -> None:
        self._heard = time.monotonic()
        if audit in self._audits:
            return
        self._stop(stops)
        work, order = pickle.loads(task)
        if isinstance(order, Order) and order.stops:
            order = replace(order, stops=str(self._stops))
        self._audits.add(audit)
        future = self._apart.submit(work, order, lambda told: self._tell(audit, "told", told))
        future.add_done_callback(lambda ended: self._ended(audit, ended))

    async def hear(self, last: tuple[str, int], unwanted: frozenset[str], stops: bytes, patience: float) -> Heard:
        self._heard = time.monotonic()
        self._stop(stops)
        with self._lock:
            self._unwanted = unwanted
            self._forget(last[1] if last[0] == self.name else 0)
            self._lock.notify_all()
            if not self._news:
                self._something.clear()
        if not self._news and not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), patience)
        batch: list[News] = []
        size = 0
        with self._lock:
            for one in self._news:
                size += len(one.body)
                if batch and size > BATCH_BYTES:
                    break
                batch.append(one)
            return Heard(desk=self.name, news=tuple(batch), audits=frozenset(self._audits))

    def close(self) -> None:
        """End what is under way; may take some seconds."""
        with self._lock:
            self.closed = True
            self._lock.notify_all()
        self._apart.shutdown(wait=False, cancel_futures=True)
        self._folder.cleanup()

    def _forget(self, arrived: int) -> None:
        while self._news and self._news[0].number <= arrived:
            gone = self._news.popleft()
            self._bytes -= len(gone.body)
            if gone.kind != "told":
                self._audits.discard(gone.audit)

    def _stop(self, content: bytes) -> None:
        """The coordinator's stop file lies on its disk: here is what it says."""
        if content != self._said and not self.closed:
            draft = self._stops.with_name("draft")
            draft.write_bytes(content)
            draft.replace(self._stops)
            self._said = content

    def _tell(self, audit: str, kind: str, told: Any) -> None:
        body = pickle.dumps(told)
        with self._lock:
            while kind == "told" and self._bytes > MOST_BYTES and self._is_wanted(audit):
                self._lock.wait(1.0)
            if kind == "told" and not self._is_wanted(audit):
                raise CoordinatorGone
            self._number += 1
            self._news.append(News(number=self._number, audit=audit, kind=kind, body=body))
            self._bytes += len(body)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._something.set)

    def _is_wanted(self, audit: str) -> bool:
        return not self.closed and audit not in self._unwanted and time.monotonic() - self._heard < LEASE

    def _ended(self, audit: str, future: Future[Any]) -> None:
        if self.closed or future.cancelled():
            return
        error = future.exception()
        try:
            self._tell(audit, "done" if error is None else "failed", future.result() if error is None else error)
        except Exception as trouble:  # what does not travel is told in words
            self._tell(audit, "failed", RuntimeError(f"{type(error or trouble).__name__}: {error or trouble}"))

    async def _watch(self) -> None:
        """Close once the coordinator, or the scheduler on the way to it, is gone."""
        try:
            while not self.closed and time.monotonic() - self._heard < LEASE and self._worker.status.name == "running":
                await asyncio.sleep(0.5)
            await asyncio.to_thread(self.close)
        finally:  # Dask's loop may end first
            self.close()


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Dask writes a line for each of our calls."""
    return not record.getMessage().startswith("Run out-of-band function")


def _code() -> str:
    """Digest of this program as it is installed, 8 hexadecimal digits: what travels must be the same on both sides."""
    root = Path(__file__).resolve().parent.parent
    told = hashlib.sha256()
    for file in sorted(file for name in OURS for file in (root / name).rglob("*") if file.is_file() and "__pycache__" not in file.parts):
        told.update(f"{file.relative_to(root).as_posix()}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()[:8]
