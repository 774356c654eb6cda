"""The process apart in which audits run one after another: `python -m auditor.apart_child FD NICE LEVEL`.

FD is its end of a socket, LEVEL that of the log. Each task is (function, order); the answers are ("told", progress) and ("log", record) any
number of times, then ("done", result), ("failed", error) or ("unwanted", None).
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import threading
import traceback
from logging.handlers import QueueHandler
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

END = "end"
"""Instead of a task: the one under way is not wanted any more, and ends when it next tells something."""


class Unwanted(Exception):
    """Nobody wants to hear of this audit any more."""


class Pipe(Connection):
    """A connection on which several threads may send."""

    def __init__(self, fd: int) -> None:
        super().__init__(fd)
        self._sending = threading.Lock()

    def send(self, obj: Any) -> None:
        with self._sending:
            super().send(obj)


class _Told(QueueHandler):
    """Hands what is logged to the other side."""

    def __init__(self, pipe: Pipe) -> None:
        super().__init__(SimpleQueue())
        self.pipe = pipe

    def enqueue(self, record: logging.LogRecord) -> None:
        self.pipe.send(("log", record))


def main(words: list[str]) -> None:
    """Do tasks until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # both are for whoever started us, who tells us, or is gone
    signal.signal(signal.SIGTERM, lambda *_: None)  # drivers that we start would inherit SIG_IGN and could not be ended by it
    fd, nice, level = map(int, words)
    os.nice(nice)
    pipe = Pipe(fd)
    logging.getLogger().setLevel(level)
    logging.getLogger().addHandler(_Told(pipe))
    tasks: SimpleQueue[Any] = SimpleQueue()
    unwanted = threading.Event()
    threading.Thread(target=_listen, args=(pipe, tasks, unwanted), daemon=True).start()
    while True:
        work, order = tasks.get()
        pipe.send(_done(work, order, pipe, unwanted))


def _listen(pipe: Connection, tasks: SimpleQueue[Any], unwanted: threading.Event) -> None:
    """Take in tasks. Once the other side is gone, whatever is under way is of use to nobody: browsers end with their pipes."""
    while True:
        try:
            told = pipe.recv()
        except (OSError, EOFError):
            os._exit(0)
        except BaseException:  # a task that cannot be read, such as one of another version: whoever waits for its answer hears of our end
            traceback.print_exc()
            os._exit(1)
        if told == END:
            unwanted.set()
        else:  # the one before has been answered
            unwanted.clear()
            tasks.put(told)


def _done(work: Any, order: Any, pipe: Connection, unwanted: threading.Event) -> tuple[str, Any]:
    def report(progress: Any) -> None:
        if unwanted.is_set():
            raise Unwanted
        pipe.send(("told", progress))

    try:
        return "done", work(order, report)
    except Unwanted:
        return "unwanted", None
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # an error that does not travel is told in words
            return "failed", RuntimeError(f"{type(error).__name__}: {error}")
        return "failed", error


if __name__ == "__main__":
    main(sys.argv[1:])
