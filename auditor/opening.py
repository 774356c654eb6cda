"""Opens documents of strangers without harm: in a process apart, with bounds of memory and time, and nothing of them on a disk."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from auditor.opening_child import BROKEN, TOO_SLOW

SECONDS = 20.0
"""For one document, from handing it over to having its facts."""

GRACE = 10.0
"""Seconds more for the process apart to say that the time is over, and once for its start."""

UA_SECONDS = 60.0
"""For veraPDF, which takes some seconds to start."""


class Opener:
    """Opens documents one after another: `with Opener() as opener`. Its process starts with the first of them."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.process: subprocess.Popen[bytes] | None = None
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

        `opened` False and `trouble` say that it could not be read. Facts of a PDF hold what veraPDF says, where that is installed.
        """
        with self._lock:
            told = dict(self._asked(body, name))
        facts = {"kind": "unknown", "bytes": len(body), "opened": False} | told
        if facts["kind"] == "unknown" and "trouble" in facts:
            facts["kind"] = "pdf" if b"%PDF-" in body[:1024] else "unknown"
        if facts["kind"] == "pdf" and facts["opened"] and (verapdf := shutil.which("verapdf")):
            facts["verapdf"] = ua_report(verapdf, body)
        return facts

    def _asked(self, body: bytes, name: str) -> Mapping[str, Any]:
        if self.process is None or self.process.poll() is not None:
            self.close()
            self.process = _start()
        process = self.process
        late = threading.Event()

        def stop() -> None:
            late.set()
            _end(process)

        watch = threading.Timer(self.seconds + GRACE, stop)
        watch.start()
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
            return {"trouble": TOO_SLOW if late.is_set() else BROKEN}
        finally:
            watch.cancel()


def ua_report(program: str, body: bytes) -> Mapping[str, Any]:
    """What veraPDF says of PDF/UA-1: {"compliant", "failed": number of rules, "clauses"}; {"trouble"} where it says nothing."""
    command = [program, "--flavour", "ua1", "--format", "json"]  # without a file it reads its standard input
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=UA_SECONDS, check=False)
        jobs = json.loads(done.stdout)["report"]["jobs"]
        results = jobs[0]["validationResult"]
        result = results[0] if isinstance(results, list) else results
        failed = [rule for rule in result["details"]["ruleSummaries"] if str(rule.get("ruleStatus", "FAILED")).upper() == "FAILED"]
        clauses = sorted({str(rule.get("clause", ""))[:20] for rule in failed})
        return {"compliant": bool(result["compliant"]), "failed": len(failed), "clauses": clauses[:20]}
    except subprocess.TimeoutExpired:
        return {"trouble": f"veraPDF 在 {UA_SECONDS:.0f} 秒内没有给出结果"}
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return {"trouble": "veraPDF 没有给出可以读的结果"}


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
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        process.wait(5)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError, ValueError):
                pipe.close()
