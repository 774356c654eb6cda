"""The process in which documents of strangers are opened: `python -m auditor.opening_child`, started by auditor/opening.py alone.

It waits for documents on its standard input and opens each in a process of its own, which may use so much memory and time, may not
write a byte to any file, and ends with the document: what one of them does harms neither the next one nor us. Both directions speak in
records: the length of a head as 8 bytes, the head as JSON, and after a question the bytes of the document.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any, BinaryIO

MEMORY = 1_500_000_000
"""Bytes of address space for one document: what the program itself takes of it is about a fifth."""

MOST_FACTS = 1_000_000
"""Bytes of facts; readers tell less (`checks.readers`)."""

CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

FORBIDDEN = (
    "socket.", "subprocess.", "shutil.", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.remove", "os.rename", "os.mkdir",
    "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.kill",
)  # fmt: skip
"""What Python calls the things that opening a document never needs."""

READY = bytes(8)
"""What it says when it is ready for questions: an empty record."""

BROKEN = "打开时程序出错，文件可能已损坏"
TOO_SLOW = "在规定时间内没有读完"
TOO_BIG = "打开以后占用的内存过多"


def main() -> None:
    """Answer questions until nobody asks any more."""
    from checks import readers
    from checks.readers import docx, ofd, pdf, pptx, xlsx  # noqa: F401  (loaded once, here, and not for every document)

    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr
    told.write(READY)
    told.flush()
    while (question := _record(asked)) is not None:
        body = asked.read(int(question["bytes"]))
        answer = json.dumps(_apart(readers.read, body, question)).encode()
        told.write(len(answer).to_bytes(8) + answer)
        told.flush()


def _record(stream: BinaryIO) -> Mapping[str, Any] | None:
    head = stream.read(8)
    if len(head) < 8:
        return None
    found: Mapping[str, Any] = json.loads(stream.read(int.from_bytes(head)))
    return found


def _apart(read: Any, body: bytes, question: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a process of its own finds in the document; a sentence where it finds nothing in time."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _open(read, body, question, theirs)
    os.close(theirs)
    told, over = _listen(ours, time.monotonic() + float(question["seconds"]))
    os.close(ours)
    if over:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    try:
        found: Mapping[str, Any] = json.loads(told)
        return found
    except ValueError:
        slow = over or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL))
        return {"trouble": TOO_SLOW if slow else BROKEN}


def _listen(pipe: int, end: float) -> tuple[bytes, bool]:
    """All that comes through a pipe, and whether it came too late or was too much."""
    told = bytearray()
    while select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
        piece = os.read(pipe, 65_536)
        told += piece
        if not piece or len(told) > MOST_FACTS:
            return bytes(told), bool(piece)
    return bytes(told), True


def _open(read: Any, body: bytes, question: Mapping[str, Any], pipe: int) -> None:
    """What the process for one document does; it never returns."""
    code = 1
    try:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        seconds = int(float(question["seconds"])) + 1
        for kind, most in (
            (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, 32),
        ):  # fmt: skip
            resource.setrlimit(kind, (most, most))
        sys.addaudithook(_forbid)
        try:
            facts = read(body, str(question["name"]))
        except MemoryError:
            facts = {"trouble": TOO_BIG}
        except Exception as error:
            facts = {"trouble": BROKEN, "error": f"{type(error).__name__}: {error}"[:300]}
        told = json.dumps(facts).encode()
        while told:
            told = told[os.write(pipe, told) :]
        code = 0
    finally:
        os._exit(code)


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise where a file would be made or changed, a connection opened or a program started."""
    writes = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & CHANGES)
    if writes or event.startswith(FORBIDDEN):
        raise PermissionError(event)


if __name__ == "__main__":
    main()
