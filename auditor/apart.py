"""Runs audits in processes apart, one for each worker, so that the coordinator stays quick and a worker that dies costs one audit only."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from auditor.apart_child import END, Pipe

AUDITS = 25
"""Audits that one process does before a fresh one takes its place, so that no memory is held for ever."""

PATIENCE = 60.0
"""Seconds that an audit nobody wants any more may take to end by itself."""


class WorkerLost(Exception):
    """The process in which an audit ran ended before the audit did; the text is a Chinese sentence."""


class WorkEnded(Exception):
    """The work was ended by `Apart.end`, before it came to anything."""


class Apart(Executor):
    """`submit(work, order, report)` runs `work(order, report)` in a process apart; `report` is called in a thread of this one.

    `work` and `order` must be picklable, and what `work` reports and returns. An error raised by `report` ends the work at its next
    report and is the error of the future. WorkerLost where the process dies. Work that nobody wants any more has `patience` seconds to
    end by itself; then its process is killed. Use `with Apart(2) as executor`, or call `shutdown`.
    """

    def __init__(self, count: int, *, nice: int = 0, patience: float = PATIENCE) -> None:
        self.nice, self.patience = nice, patience
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="audit")
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._children: list[_Child] = []
        self._over = False

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """As of an Executor; exactly an order and where to report to."""
        order, report = args
        return self._threads.submit(self._run, work, order, report, **options)

    def end(self) -> None:
        """Nobody wants any of the work any more: what waits is not begun, what is under way is told at once; WorkEnded is its error."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._over = True
            for child in self._children:
                child.end()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As of an Executor; ends the processes that are left. Without `wait`, audits under way end with them."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        with self._lock:
            for child in self._children:
                child.close()

    def _run(self, work: Callable[..., Any], order: Any, report: Callable[[Any], None]) -> Any:
        child: _Child | None = getattr(self._mine, "child", None)
        if child is None or child.audits >= AUDITS or child.process.poll() is not None:
            child = self._mine.child = self._replaced(child)
        return child.run(work, order, report)

    def _replaced(self, old: _Child | None) -> _Child:
        if old is not None:
            old.close()
        new = _Child(self.nice, self.patience)
        with self._lock:
            self._children = [one for one in self._children if one is not old] + [new]
            if self._over:
                new.end()
        return new


class _Child:
    """One process apart, used by one thread; others may only end it."""

    def __init__(self, nice: int, patience: float) -> None:
        self.socket, theirs = socket.socketpair()
        level = logging.getLogger().getEffectiveLevel()
        command = [sys.executable, "-m", "auditor.apart_child", *map(str, (theirs.fileno(), nice, level))]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
        with theirs:
            self.process = subprocess.Popen(  # in a group of its own: Ctrl-C in a terminal is for us, not for its browsers
                command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, process_group=0
            )
        self.pipe = Pipe(os.dup(self.socket.fileno()))
        self.audits = 0
        self._patience = patience
        self._ended = False
        self._late = self._timer()

    def _timer(self) -> threading.Timer:
        timer = threading.Timer(self._patience, self.process.kill)
        timer.daemon = True
        return timer

    def end(self) -> None:
        """Tell the work under way, from any thread, that nobody wants it any more; the process does no other."""
        self._ended = True
        self._hurry()

    def _hurry(self) -> None:
        with contextlib.suppress(RuntimeError):  # it is under way already
            self._late.start()
        with contextlib.suppress(OSError):  # it is gone
            self.pipe.send(END)

    def run(self, work: Callable[..., Any], order: Any, report: Callable[[Any], None]) -> Any:
        """Have one piece of work done."""
        self.audits += 1
        trouble: BaseException | None = None
        try:
            self.pipe.send((work, order))
            if self._ended:  # what was said before the work was is not heard
                self._hurry()
            while True:
                kind, told = self.pipe.recv()
                if kind == "log":
                    if (log := logging.getLogger(told.name)).isEnabledFor(told.levelno):
                        log.handle(told)
                elif kind != "told":
                    break
                elif trouble is None and not self._ended:
                    try:
                        report(told)
                    except BaseException as error:
                        trouble = error
                        self._hurry()
        except (OSError, EOFError) as error:
            self.close()
            raise trouble or (WorkEnded() if self._ended else WorkerLost(f"检测进程意外结束（{self.process.returncode}）。")) from error
        except BaseException:  # what it says cannot be read: the answers to come would be taken for those to the next task
            self.close()
            raise
        finally:
            self._late.cancel()
            self._late = self._timer()
        if trouble is not None:
            raise trouble
        if kind == "unwanted":
            raise WorkEnded
        if kind == "failed":
            raise told
        return told

    def close(self) -> None:
        """End the process; its browsers end with it."""
        self._late.cancel()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # closing alone would not wake a thread that reads
        with contextlib.suppress(OSError):
            self.socket.close()
            self.pipe.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
