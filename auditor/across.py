"""Runs audits on the machines of a Dask cluster, as an Executor; what they tell and bring comes back to this process.

Dask is the way to the machines: who there is, TLS, calls (`Client.run`). Which audit is where is decided here and not by its scheduler,
whose tasks would be begun again from the start, and on another machine before the first one is known to have ended. So an audit that is
handed out is on one machine or lost, a scheduler has nothing to lose, and nothing is delivered twice.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import pickle
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor import across_worker
from auditor.across_worker import LEASE, Heard, News
from auditor.apart import WorkerLost
from auditor.cluster import Cluster, ClusterGone, MachineLost, differing
from auditor.cluster_link import ask, connected, in_words, part
from auditor.model import Order
from crawlers.browsers.find import BrowserMissing, DriverMissing

PATIENCE = 600.0
"""Seconds to wait for the scheduler and a machine where there are none any more."""

FIRST_PATIENCE = 60.0  # the same at the beginning, while somebody looks on
OTHERS = 10.0  # the same where there are machines, and all of them are refused
HEAR = 2.0  # seconds that a machine may wait for news before it answers
REPLY = 30.0  # seconds beyond that for an answer
LOST = LEASE + 30.0  # seconds without an answer after which a machine has ended its audits by itself
GRACE = 2.0  # seconds that a machine which left the cluster needs for that
TICK = 0.5
MOST_LOSSES = 3
"""Machines that one audit may lose before it is told to be at fault."""

log = logging.getLogger("auditor")


@dataclass(eq=False, kw_only=True)
class _Task:
    """An audit that was handed in."""

    name: str
    key: str  #: the same for every time that the audit is handed in
    body: bytes
    report: Callable[[Any], None]
    future: Future[Any]
    given: bool = False  #: whether its machine has it


@dataclass(eq=False, kw_only=True)
class _Machine:
    """A worker process of the cluster."""

    address: str
    slots: int
    scheduler: str  #: id of the scheduler that knew it last
    heard: float  #: when it last answered
    gone: float | None = None  #: since when it is not in the cluster any more
    last: tuple[str, int] = ("", 0)  #: desk and number of the news that have arrived
    tasks: dict[str, _Task] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """Audits that it could begin."""
        return 0 if self.gone else self.slots - len(self.tasks)


class Across(Executor):
    """`submit(work, order, report)` runs `work(order, report)` on a machine of the cluster; `report` is called in a thread of this process.

    As with `auditor.apart.Apart`. Beside its errors a future may have MachineLost, after which the work should be handed in again, and
    ClusterGone, after which nothing is done any more. Raises ClusterGone where no machine can be had within FIRST_PATIENCE.
    """

    def __init__(self, cluster: Cluster, *, first_patience: float = FIRST_PATIENCE, patience: float = PATIENCE) -> None:
        self.cluster, self.patience = cluster, first_patience
        self.name = uuid.uuid4().hex
        self.refused: dict[str, str] = {}  #: address of a machine -> why it is not used
        self._lasting = patience
        self._names = (f"audit-{number}" for number in itertools.count(1))
        self._waiting: deque[_Task] = deque()
        self._machines: dict[str, _Machine] = {}
        self._losses: Counter[str] = Counter()
        self._unwanted: set[str] = set()
        self._stops: Path | None = None
        self._known: dict[str, str] | None = None  #: facts that machines must share
        self._client: Any = None
        self._errands: set[asyncio.Task[None]] = set()
        self._last_contact = time.monotonic()
        self._closing = self._over = False
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="cluster", daemon=True)
        self._thread.start()
        self._ready.result()

    # ------------------------------------------------------------------------------------------ for whoever hands in work

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """As of an Executor; exactly an order and where to report to."""
        order, report = args
        key = f"{order.round} {order.target.site.id}" if isinstance(order, Order) else repr(order)
        body = pickle.dumps((work, order))
        task = _Task(name=next(self._names), key=key, body=body, report=report, future=Future())
        with self._lock:
            if self._closing:
                raise RuntimeError("cannot schedule new futures after shutdown")
            if isinstance(order, Order) and order.stops:
                self._stops = Path(order.stops)
            self._waiting.append(task)
            self._loop.call_soon_threadsafe(self._hand_out)
        return task.future

    def end(self) -> None:
        """Nobody wants any of the work any more: what is under way ends at once."""
        self._over = True
        self.shutdown(wait=True)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As of an Executor. Without `wait` this returns at once, and audits under way go on to their end."""
        with self._lock:
            self._closing = True
            for task in list(self._waiting) if cancel_futures else ():
                task.future.cancel()
        if wait:
            self._thread.join()

    # ------------------------------------------------------------------------------------------ the thread of the cluster

    def _run(self) -> None:
        trouble: BaseException = ClusterGone("集群已经不再使用。")
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._work())
        except BaseException as error:
            trouble = error
        if not self._ready.done():
            self._ready.set_exception(trouble)
        for task in (task for machine in self._machines.values() for task in machine.tasks.values()):
            if not task.future.done():
                task.future.set_exception(trouble)
        for task in self._waiting:
            if task.future.set_running_or_notify_cancel():
                task.future.set_exception(trouble)

    async def _work(self) -> None:
        try:
            while not self._is_over():
                try:
                    await self._connection()
                except (OSError, TimeoutError) as error:
                    self._sweep(None, frozenset())
                    self._be_patient(f"连不上集群的调度器 {self.cluster.address}（{in_words(error)}）")
                    await asyncio.sleep(TICK)
        finally:
            with self._lock:  # nothing is handed in any more that nobody would do
                self._closing = True

    async def _connection(self) -> None:
        """One connection with the scheduler: until it breaks, or nothing is left to do."""
        limit = max(1.0, min(10.0, self._last_contact + self.patience - time.monotonic()))
        client = await connected(self.cluster, limit)
        tending: dict[str, asyncio.Task[None]] = {}
        try:
            self._client = client
            while client.status == "running" and not self._is_over():
                async with asyncio.timeout(REPLY):
                    told = await client.scheduler.identity(n_workers=-1)
                present = frozenset(told["workers"])
                for address in present - tending.keys():
                    tending[address] = asyncio.create_task(self._tend(address, told["id"]))
                for address in tending.keys() - present:
                    tending.pop(address).cancel()
                    self.refused.pop(address, None)
                self._sweep(told["id"], present)
                why = "：".join([f"集群 {self.cluster.address} 没有可用的工作机", *sorted(set(self.refused.values()))])
                self._be_patient(why, OTHERS if present and present == self.refused.keys() and not self._ready.done() else None)
                await asyncio.sleep(TICK)
        finally:
            self._client = None
            for one in (*tending.values(), *self._errands):
                one.cancel()
            await asyncio.gather(*tending.values(), *self._errands, return_exceptions=True)
            await self._part(client)

    async def _part(self, client: Any) -> None:
        """Take leave of the machines where we do not come back, and close the connection."""
        if self._is_over() and client.status == "running":
            leaving = [ask(client, address, REPLY, across_worker.leave, self.name) for address in self._machines]
            await asyncio.gather(*leaving, return_exceptions=True)
        await part(client)

    # ------------------------------------------------------------------------------------------ one machine

    async def _tend(self, address: str, scheduler: str) -> None:
        """Get to know a machine, and hear what it has to tell for as long as it is in the cluster."""
        while self._client is not None:
            try:
                machine = self._machines.get(address) or await self._acquainted(address, scheduler)
                if machine is None:
                    return
                machine.scheduler, machine.gone = scheduler, None
                self._hand_out()
                while self._client is not None and not self._is_refused(address):
                    await self._hear(machine)
                return
            except (OSError, TimeoutError):
                await asyncio.sleep(1)
            except Exception as error:
                log.exception("the worker %s answers strangely", address)
                self._refuse(address, in_words(error))
                return

    async def _acquainted(self, address: str, scheduler: str) -> _Machine | None:
        """A machine that has what it must have; None where it is refused."""
        try:
            facts, slots = await ask(self._client, address, REPLY, across_worker.hello)
        except (ImportError, AttributeError) as error:
            self._refuse(address, f"没有安装本程序，或者不是同一个版本（{in_words(error)}）")
            return None
        if self._known is None:
            self._known = await asyncio.to_thread(across_worker.facts)
        wrong = differing(facts, self._known)
        if wrong:
            self._refuse(address, wrong)
            return None
        self._known = {**self._known, "browser": facts["browser"]}  # where none is installed here, the first machine's
        machine = self._machines[address] = _Machine(address=address, slots=slots, scheduler=scheduler, heard=time.monotonic())
        self._in_touch()
        return machine

    async def _hear(self, machine: _Machine) -> None:
        given = {task.name for task in machine.tasks.values() if task.given}
        unwanted = frozenset(self._unwanted & machine.tasks.keys())
        words = (self.name, machine.last, unwanted, await asyncio.to_thread(_content, self._stops), HEAR)
        heard: Heard = await ask(self._client, machine.address, HEAR + REPLY, across_worker.hear, *words)
        machine.heard = time.monotonic()
        self._in_touch()
        arrived = machine.last[1] if machine.last[0] == heard.desk else 0
        for news in heard.news:
            if news.number > arrived:
                self._take(machine, news)
                machine.last = (heard.desk, news.number)
        for name in given - heard.audits:
            if name in machine.tasks:
                self._lose(machine, machine.tasks[name])
        self._hand_out()

    def _take(self, machine: _Machine, news: News) -> None:
        """One piece of news of an audit; what is of no concern any more is left."""
        task = machine.tasks.get(news.audit)
        if task is None:
            return
        if news.kind != "told":
            del machine.tasks[task.name]
            self._unwanted.discard(task.name)
        if task.future.done():
            return
        try:
            told = pickle.loads(news.body)
            if news.kind == "told":
                task.report(told)
        except BaseException as error:
            self._unwanted |= {task.name} & machine.tasks.keys()
            task.future.set_exception(error)
            return
        if news.kind == "done":
            task.future.set_result(told)
        elif news.kind == "failed" and isinstance(told, BrowserMissing) and not isinstance(told, DriverMissing):
            self._refuse(machine.address, str(told))
            task.future.set_exception(MachineLost(str(told)))
        elif news.kind == "failed":
            task.future.set_exception(told)

    async def _give(self, machine: _Machine, task: _Task) -> None:
        words = (self.name, task.name, task.body, await asyncio.to_thread(_content, self._stops))
        try:
            await ask(self._client, machine.address, REPLY, across_worker.give, *words)
        except (OSError, TimeoutError):
            pass  # whether it has arrived, the machine will tell
        except Exception as error:  # it cannot be read there
            machine.tasks.pop(task.name, None)
            task.future.set_exception(error)
        finally:
            task.given = True

    # ------------------------------------------------------------------------------------------ who does what

    def _hand_out(self) -> None:
        """Give what waits to the machines that have most room."""
        while self._waiting and self._client is not None:
            machine = max(self._machines.values(), key=lambda one: one.free, default=None)
            if machine is None or machine.free <= 0:
                return
            task = self._waiting.popleft()
            if task.future.set_running_or_notify_cancel():
                machine.tasks[task.name] = task
                errand = self._loop.create_task(self._give(machine, task))
                self._errands.add(errand)
                errand.add_done_callback(self._errands.discard)

    def _sweep(self, scheduler: str | None, present: frozenset[str]) -> None:
        """Lose the audits of machines that are gone; `scheduler` is who told which are present, None where nobody did."""
        now = time.monotonic()
        for machine in list(self._machines.values()):
            if scheduler is not None:
                machine.gone = None if machine.address in present else machine.gone or now
            if now - machine.heard > LOST or (machine.gone and now - machine.gone > GRACE):
                del self._machines[machine.address]
                for task in list(machine.tasks.values()):
                    self._lose(machine, task, counts=scheduler == machine.scheduler)

    def _lose(self, machine: _Machine, task: _Task, *, counts: bool = True) -> None:
        """An audit is not where it was given to. Where more than its machine was lost, it is not at fault."""
        machine.tasks.pop(task.name, None)
        self._unwanted.discard(task.name)
        self._losses[task.key] += counts
        if task.future.done():
            return
        if self._losses[task.key] > MOST_LOSSES:
            task.future.set_exception(WorkerLost(f"检测这个网站的工作机接连失去了 {self._losses[task.key]} 台。"))
        else:
            task.future.set_exception(MachineLost(f"工作机 {machine.address} 失去联系。"))

    def _refuse(self, address: str, why: str) -> None:
        if address not in self.refused:
            self.refused[address] = why
            log.warning("不用工作机 %s：%s。", address, why)
            machine = self._machines.get(address)
            if machine is not None:
                machine.slots = 0

    def _is_refused(self, address: str) -> bool:
        """Whether a machine is refused and has nothing left to tell."""
        return address in self.refused and not (address in self._machines and self._machines[address].tasks)

    def _in_touch(self) -> None:
        self._last_contact = time.monotonic()
        if not self._ready.done():
            self.patience = self._lasting
            self._ready.set_result(None)

    def _be_patient(self, trouble: str, most: float | None = None) -> None:
        seconds = time.monotonic() - self._last_contact
        if seconds > min(self.patience, most or self.patience):
            raise ClusterGone(f"{trouble}，等了 {seconds:.0f} 秒。")

    def _is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self._over or (self._closing and not any(self._wanted()))

    def _wanted(self) -> Iterator[_Task]:
        yield from (task for task in self._waiting if not task.future.done())
        for machine in self._machines.values():
            yield from (task for task in machine.tasks.values() if not task.future.done())


def _content(stops: Path | None) -> bytes:
    """What a stop file says. One that cannot be read stops everything, there as here."""
    try:
        return stops.read_bytes() if stops else b""
    except FileNotFoundError:
        return b""
    except OSError:
        return "*　紧急停止文件无法读取".encode()
