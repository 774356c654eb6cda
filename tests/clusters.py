"""A Dask cluster on loopback for tests: a scheduler and workers as processes of their own, to be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from processes import offspring, until
from selenium.webdriver.common.utils import free_port

QUIET = {"DASK_LOGGING__DISTRIBUTED": "warning"}


class LocalCluster:
    """`with LocalCluster(folder) as cluster`: a scheduler at `address`; `work()` starts a worker. What is left is killed at the end."""

    def __init__(self, folder: Path, *, scheme: str = "tcp", tls: Sequence[str] = ()) -> None:
        self.folder, self.scheme, self.tls = folder, scheme, tls
        self.port = free_port()
        self.address = f"{scheme}://127.0.0.1:{self.port}"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        self.schedule()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                kill(process)

    def schedule(self) -> None:
        """Start the scheduler, at the same address each time."""
        words = ["dask_scheduler", "--host", "127.0.0.1", "--protocol", self.scheme, "--port", str(self.port), "--no-dashboard"]
        self.scheduler = self._start("scheduler", words, {})

    def work(self, *, threads: int = 1, **settings: str) -> subprocess.Popen[bytes]:
        """Start a worker; `settings` are environment variables."""
        words = ["dask_worker", self.address, "--nworkers", "1", "--nthreads", str(threads), "--no-nanny", "--no-dashboard"]
        words += ["--memory-limit", "0", "--local-directory", str(self.folder), "--host", "127.0.0.1"]
        worker = self._start(f"worker-{len(self.workers)}", words, settings)
        self.workers.append(worker)
        return worker

    def told(self) -> str:
        """What all of them have written."""
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')}" for log in sorted(self.folder.glob("*.log")))

    def _start(self, name: str, words: Sequence[str], settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{words[0]}", *words[1:], *self.tls]
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **QUIET, **settings}
        with (self.folder / f"{name}-{time.time_ns()}.log").open("wb") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=surroundings, start_new_session=True, cwd=self.folder
            )


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process as a machine without power does; what it started has to end by itself."""
    below = offspring(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    until(lambda: not [pid for pid in below if Path(f"/proc/{pid}/exe").exists()], 20)
