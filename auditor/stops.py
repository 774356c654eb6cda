"""The emergency stop: a small file beside the database that says which hosts must not be visited, read again as soon as it changes.

One host to a line, `*` for all, then who asked for it and why: `echo 'www.x.gov.cn 张三 网站要求' >> out/auditor.db.stop` will do.
A line that does not begin with a host stops everything: somebody wanted us to stop, and we do not know where.
"""

from __future__ import annotations

import codecs
import ipaddress
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from auditor.addresses import host_of, matches_host
from auditor.model import Stop

EVERYWHERE = "*"
ALL_WORDS = frozenset({EVERYWHERE, "＊", "全部", "全部主机", "全部网站", "所有", "所有主机", "所有网站", "all"})
UNREADABLE = Stop(host=EVERYWHERE, why="紧急停止文件无法读取，为稳妥起见全部停止")

_HEAD = re.compile(r"(?:[a-z]+://)?(?:\[[0-9a-f:.]*\])?(?:[^\s,，、;；:：(（]|:(?=\d))*", re.IGNORECASE)
"""The first word of a line, and what may part it from the next: blanks, full-width too, and punctuation."""

_PARTING = " \t\u3000,，、;；:："


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
        return tuple(stop for line in _text(path.read_bytes()).splitlines() for stop in _line(line))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeError):
        return (UNREADABLE,)


def add(path: Path, stop: Stop) -> None:
    """Put one more stop in force. OSError where the file cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _plain(path)
    written = False
    while not written:
        with path.open("a", encoding="utf-8") as file:  # added at the end in one go: nobody's line is lost, whoever else writes
            file.write(f"\n{_written(stop)}\n")
            file.flush()
            written = _is_at(path, os.fstat(file.fileno()))  # a lift may have put another file in its place


def lift(path: Path, host: str) -> tuple[Stop, ...]:
    """Take back the stops of a host (EVERYWHERE: all there are); those that were in force. OSError where that fails.

    Comments stay, and so does what somebody adds meanwhile.
    """
    while True:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return ()
        with file:
            before = file.read()
            gone, rest = _without(before, host)
            if not gone:
                return ()
            draft = path.with_name(f"{path.name}.{os.getpid()}.new")
            draft.write_bytes(rest)
            shutil.copymode(path, draft)
            if not _is_at(path, os.fstat(file.fileno())) or path.read_bytes() != before:
                continue
            os.replace(draft, path)
            more = file.read()  # added to the old file in this very moment
            if not rest and not more:
                os.replace(path, draft)
                more = draft.read_bytes()
                draft.unlink()
            if more:
                with path.open("ab") as kept:
                    kept.write(b"\n" + more)
        return gone


def named(text: str) -> str:
    """The host that a person means: a name, a wildcard such as `*.x.gov.cn`, or an address with it in it; "" if there is none."""
    word = text.strip()
    if word.lower() in ALL_WORDS:
        return EVERYWHERE
    if not word.strip("*.") or re.fullmatch(r"[\d/-]+", word):  # a date or a number is no host, though a browser would take it for one
        return ""
    wild = word.startswith("*.")
    host = _numeric(word) or host_of(word if "://" in word else f"http://{word.removeprefix('*.')}")
    return (f"*.{host}" if wild else host) if _is_host(host) else ""


def applies(stop: Stop, host: str) -> bool:
    """Whether a stop is meant for a host."""
    return stop.host == EVERYWHERE or matches_host(f"{host}:0", stop.host)


def reason(stop: Stop) -> str:
    """The sentence that stands in the ledger."""
    about = "，".join(filter(None, (stop.by, stop.why)))
    return f"人工紧急停止（{about}），没有访问" if about else "人工紧急停止，没有访问"


def nameless(reason: str) -> str:
    """The same sentence, or a longer one with it in it, without who asked for the stop and why."""
    return re.sub(r"人工紧急停止（.*），没有访问", "人工紧急停止，没有访问", reason)


Stopped = Callable[[str], str]
"""Why a host is not to be visited, "" if it may be."""


def nobody(host: str) -> str:
    """Nothing is stopped."""
    return ""


def _line(line: str) -> tuple[Stop, ...]:
    """A line as `add` writes it, or as a person does: the host first, or several, all else is free."""
    text = line.strip("\ufeff" + _PARTING)
    if not text or text.startswith(("#", "＃")):
        return ()
    parts = line.split("\t")
    if len(parts) == 4 and (not parts[1] or _moment(parts[1])) and (host := named(parts[0])):
        return (Stop(host=host, by=parts[2].strip(), why=parts[3].strip(), since=_moment(parts[1])),)
    hosts: list[str] = []
    while (word := _HEAD.match(text)) and (host := named(word[0])) and (not hosts or "." in word[0]):
        hosts.append(host)
        text = text[word.end() :].lstrip(_PARTING)
    if not hosts:
        told = line.strip() if len(line.strip()) <= 40 else f"{line.strip()[:40]}……"
        return (Stop(host=EVERYWHERE, why=f"紧急停止文件中有一行没有写明主机：“{told}”，为稳妥起见全部停止"),)
    return tuple(Stop(host=host, by=" ".join(text.split())) for host in hosts)


def _written(stop: Stop) -> str:
    told = stop.since.astimezone(UTC).isoformat(timespec="seconds") if stop.since else ""
    return "\t".join(re.sub(r"\s+", " ", part).strip() for part in (stop.host, told, stop.by, stop.why))


def _without(content: bytes, host: str) -> tuple[tuple[Stop, ...], bytes]:
    """The stops of a host (EVERYWHERE: all) in a file, and what the file says without them."""
    try:
        lines = _text(content).splitlines()
    except UnicodeError:
        return ((UNREADABLE,), b"") if host == EVERYWHERE else ((), content)
    gone: list[Stop] = []
    rest: list[str] = []
    for line in lines:
        stops = _line(line)
        lifted = [stop for stop in stops if host in (EVERYWHERE, stop.host)]
        rest += [_written(stop) for stop in stops if stop not in lifted] if lifted else [line]
        gone += lifted
    return tuple(gone), "".join(f"{line}\n" for line in rest).encode() if any(line.strip() for line in rest) else b""


def _text(content: bytes) -> str:
    """The text of a file; UnicodeError where it is none."""
    return content.decode("utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")


def _plain(path: Path) -> None:
    """Make a file in UTF-16, to which no line can be added, one in UTF-8."""
    try:
        content = path.read_bytes()
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            draft = path.with_name(path.name + ".new")
            draft.write_text(_text(content), encoding="utf-8")
            os.replace(draft, path)
    except (FileNotFoundError, UnicodeError):
        return


def _is_at(path: Path, found: os.stat_result) -> bool:
    """Whether this file is still the one at a path."""
    try:
        return os.path.samestat(path.stat(), found)
    except FileNotFoundError:
        return False


def _numeric(word: str) -> str:
    """An IPv6 address without its brackets, as it stands in our own lines."""
    try:
        return str(ipaddress.IPv6Address(word))
    except ValueError:
        return ""


def _is_host(host: str) -> bool:
    """Whether such a host can exist: a browser takes `www.x.gov.cn张三` for one too, where a blank is only missing."""
    if _numeric(host):
        return True
    *names, last = host.removesuffix(".").split(".")
    if not all(re.fullmatch(r"[a-z0-9_*-]+", name) for name in (*names, last)):
        return False
    if not last.startswith("xn--"):
        return True
    try:
        top = last.encode().decode("idna")
    except UnicodeError:
        return False
    return bool(names) and not any(letter.isascii() for letter in top)


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
