"""The emergency stop: a small file beside the database that says which hosts must not be visited, read again as soon as it changes.

One host to a line, `*` for all, then who asked for it and why: `echo 'www.x.gov.cn 张三 网站要求' >> out/auditor.db.stop` will do.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from auditor.addresses import host_of, matches_host
from auditor.model import Stop

EVERYWHERE = "*"
UNREADABLE = Stop(host=EVERYWHERE, why="紧急停止文件无法读取，为稳妥起见全部停止")


class Watched:
    """What a stop file says of a host at this moment: `Watched(path)(host)` is the reason why not to visit it, "" if nothing stops us.

    Asking costs a look at the file's date. Where the file lies on another machine nothing is ever stopped by it.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._mark: tuple[int, ...] | None = None
        self._stops: tuple[Stop, ...] = ()

    def __call__(self, host: str) -> str:
        mark = _mark(self.path)
        if mark != self._mark:
            self._stops, self._mark = read(self.path), mark
        return next((reason(stop) for stop in self._stops if applies(stop, host)), "")


def beside(database: Path) -> Path:
    """The stop file of a database."""
    return database.with_name(database.name + ".stop")


def read(path: Path) -> tuple[Stop, ...]:
    """The stops in force, in the order of the file; without a file none. A file that cannot be read stops everything."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ()
    except OSError:
        return (UNREADABLE,)
    return tuple(stop for line in lines if (stop := _line(line.strip("\ufeff \t"))) is not None)


def add(path: Path, stop: Stop) -> None:
    """Put one more stop in force. OSError where the file cannot be written."""
    told = stop.since.astimezone(UTC).isoformat(timespec="seconds") if stop.since else ""
    line = "\t".join(re.sub(r"\s+", " ", part).strip() for part in (stop.host, told, stop.by, stop.why))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:  # added at the end in one go: nobody's line is lost, whoever else writes
        file.write(f"\n{line}\n")


def lift(path: Path, host: str) -> tuple[Stop, ...]:
    """Take back the stops of a host (EVERYWHERE: all there are); those that were in force. OSError where that fails."""
    stops = read(path)
    gone = stops if host == EVERYWHERE else tuple(stop for stop in stops if stop.host == host)
    rest = [stop for stop in stops if stop not in gone]
    draft = path.with_name(path.name + ".new")
    if rest:
        draft.unlink(missing_ok=True)
        for stop in rest:
            add(draft, stop)
        os.replace(draft, path)
    elif gone:
        path.unlink(missing_ok=True)
    return gone


def named(text: str) -> str:
    """The host that a person means: a name, a wildcard such as `*.x.gov.cn`, or an address with it in it; "" if there is none."""
    word = text.strip()
    if word.strip("*.") == "":
        return EVERYWHERE if word == EVERYWHERE else ""
    wild = word.startswith("*.")
    host = host_of(word if "://" in word else f"http://{word.removeprefix('*.')}")
    return f"*.{host}" if wild and host else host


def applies(stop: Stop, host: str) -> bool:
    """Whether a stop is meant for a host."""
    return stop.host == EVERYWHERE or matches_host(f"{host}:0", stop.host)


def reason(stop: Stop) -> str:
    """The sentence that stands in the ledger."""
    about = "，".join(filter(None, (stop.by, stop.why)))
    return f"人工紧急停止（{about}），没有访问" if about else "人工紧急停止，没有访问"


Stopped = Callable[[str], str]
"""Why a host is not to be visited, "" if it may be."""


def nobody(host: str) -> str:
    """Nothing is stopped."""
    return ""


def _line(text: str) -> Stop | None:
    """A line as `add` writes it, or as a person does: the host first, all else is free."""
    if not text or text.startswith("#"):
        return None
    since, why = None, ""
    if "\t" in text:
        host, told, by, why = (*text.split("\t", 3), "", "", "")[:4]
        since = _moment(told)
    else:
        host, _, by = text.partition(" ")
    return Stop(host=named(host) or host, by=by.strip(), why=why.strip(), since=since)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _mark(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0,)
    except OSError:
        return (1,)
    return (2, found.st_mtime_ns, found.st_size, found.st_ino)
