"""Opens documents of strangers without harm: in a process apart, with bounds of memory and time, and nothing of them on a disk."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Any, Self

from auditor.opening_child import BROKEN, READY, TOO_SLOW

LOG = logging.getLogger(__name__)

SECONDS = 20.0
"""For one document, from handing it over to having its facts."""

GRACE = 10.0
"""Seconds more for the process apart to say that the time is over."""

START = 60.0
"""Seconds for its start; a machine that is busy may take some."""

MOST_FAILURES = 2
"""Starts in a row that come to nothing before it is not tried any more."""

NOT_RUNNING = "本机的文档检查程序没有运行起来"
MOST_REPORT = 20_000_000
"""Bytes that are read of what veraPDF says."""

UA_SECONDS = 60.0
"""For veraPDF, which takes some seconds to start."""


class Opener:
    """Opens documents one after another: `with Opener() as opener`. Its process starts with the first of them."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.process: subprocess.Popen[bytes] | None = None
        self._failures = 0  #: starts in a row that came to nothing
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if one was started."""
        if self.process is not None:
            _end(self.process)
            self.process = None

    def read(self, body: bytes, name: str = "") -> Mapping[str, Any]:
        """The facts of a document (`checks.readers.read`); whatever it does, an answer comes, and in time.

        `opened` False and `trouble` say that it could not be read: `ours` that this machine is to blame and not the document, `unread`
        that nobody got so far as to see what kind of document it is. Facts of a PDF hold what veraPDF says, where that is installed.
        """
        with self._lock:
            told = dict(self._asked(body, name))
        facts = {"kind": "unknown", "bytes": len(body), "opened": False} | told
        if "kind" not in told:
            facts |= {"kind": "pdf" if body[:2] != b"PK" and b"%PDF-" in body[:1024] else "unknown", "unread": True}
        if facts["kind"] == "pdf" and facts["opened"] and (verapdf := shutil.which("verapdf")):
            facts["verapdf"] = ua_report(verapdf, body)
        return facts

    def _asked(self, body: bytes, name: str) -> Mapping[str, Any]:
        if self.process is None or self.process.poll() is not None:
            self.close()
            self.process = self._started()
        process = self.process
        if process is None:
            return {"trouble": NOT_RUNNING, "ours": True}
        with _Watch(process, self.seconds + GRACE) as watch:
            try:
                assert process.stdin is not None and process.stdout is not None
                head = json.dumps({"bytes": len(body), "name": name[-500:], "seconds": self.seconds}).encode()
                process.stdin.write(len(head).to_bytes(8) + head)
                process.stdin.write(body)
                process.stdin.flush()
                size = process.stdout.read(8)
                told = process.stdout.read(int.from_bytes(size)) if len(size) == 8 else b""
                found: Mapping[str, Any] = json.loads(told)
                return found
            except (OSError, ValueError):
                _end(process)
                return {"trouble": TOO_SLOW if watch.late else BROKEN}

    def _started(self) -> subprocess.Popen[bytes] | None:
        """The process apart, ready for questions; None where it does not start, which is told once and tried a few times."""
        if self._failures >= MOST_FAILURES:
            return None
        with contextlib.suppress(OSError):
            process = _start()
            with _Watch(process, START):
                assert process.stdout is not None
                ready = process.stdout.read(len(READY)) == READY
            if ready:
                self._failures = 0
                return process
            _end(process)
        if not self._failures:
            LOG.error("%s，附件没有检查；多半是这台机器的内存或进程数不够", NOT_RUNNING)
        self._failures += 1
        return None


class _Watch:
    """Ends a process and those that it started once the time is over: `with _Watch(process, seconds) as watch`."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.late = False
        self.process = process
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()

    def _stop(self) -> None:
        self.late = True
        _kill(self.process)


def ua_report(program: str, body: bytes) -> Mapping[str, Any]:
    """What veraPDF says of PDF/UA-1: {"compliant", "failed": number of rules, "clauses"}; {"trouble"} where it says nothing."""
    command = [program, "--flavour", "ua1", "--format", "json"]  # without a file it reads its standard input
    try:
        told, late = _answer(command, body)
        if late:
            return {"trouble": f"veraPDF 在 {UA_SECONDS:.0f} 秒内没有给出结果"}
        jobs = json.loads(told)["report"]["jobs"]
        results = jobs[0]["validationResult"]
        result = results[0] if isinstance(results, list) else results
        failed = [rule for rule in result["details"]["ruleSummaries"] if str(rule.get("ruleStatus", "FAILED")).upper() == "FAILED"]
        clauses = sorted({str(rule.get("clause", ""))[:20] for rule in failed})
        return {"compliant": bool(result["compliant"]), "failed": len(failed), "clauses": clauses[:20]}
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return {"trouble": "veraPDF 没有给出可以读的结果"}


def _answer(command: list[str], body: bytes) -> tuple[bytes, bool]:
    """What a program of others says, up to MOST_REPORT bytes, and whether it was too slow; whatever it started or left is gone then."""
    with tempfile.TemporaryDirectory(prefix="verapdf-", ignore_cleanup_errors=True) as folder:
        environment = {name: os.environ[name] for name in ("PATH", "JAVA_HOME") if name in os.environ}
        environment |= {"LC_ALL": "C.UTF-8", "JAVA_TOOL_OPTIONS": f"-Djava.io.tmpdir={folder} -Duser.home={folder}"}
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=folder,
            start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, body), daemon=True)
        try:
            with _Watch(process, UA_SECONDS) as watch:
                feeder.start()
                told = process.stdout.read(MOST_REPORT)
        finally:
            _kill(process)
            feeder.join(5)
            _end(process)
    return told, watch.late


def _feed(pipe: IO[bytes], body: bytes) -> None:
    """Hand a document over; a program may end without having read it."""
    with contextlib.suppress(OSError, ValueError):
        pipe.write(body)
        pipe.close()


def _start() -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "auditor.opening_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environment, cwd="/", start_new_session=True,
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and those that it has started."""
    if process.poll() is None:
        _kill(process)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        process.wait(5)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError, ValueError):
                pipe.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process of which nobody has taken note yet that it ended, and those that it has started."""
    if process.returncode is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
