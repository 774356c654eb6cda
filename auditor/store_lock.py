"""Who may write the database, and what to say when it cannot be written."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path


class StoreError(Exception):
    """The database cannot be used; the text is a Chinese sentence that says what to do."""


class StoreBusy(StoreError):
    """Another process is writing."""


class StoreTooNew(StoreError):
    """A newer version of the program wrote it."""


class StoreFull(StoreError, OSError):
    """The disk took no more. What was stored before is as it was."""


@contextlib.contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a database that only reads."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as look:
        yield look


def too_new(what: str, steps: Iterable[str] = ()) -> StoreTooNew:
    """That a newer version of the program wrote it; `steps`: what ours does not know of it."""
    names = "、".join(sorted(steps))
    return StoreTooNew(f"{what} 由较新版本的程序写成{f'（{names}）' if names else ''}，请先升级本程序。数据没有改动。")


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns errors of SQLite and of the disk into a StoreError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(path, error) from error
    except StoreError:
        raise
    except OSError as error:
        if disk_full(error):
            raise _full(path, error.strerror or str(error)) from error
        raise StoreError(f"无法读写数据库 {path}：{error.strerror or error}。") from error


def disk_full(error: Exception) -> bool:
    """Whether it says that the disk took no more."""
    return isinstance(error, OSError) and error.errno in _FULL


def _told(path: Path, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return _full(path, str(error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(f"数据库 {path} 正被另一个程序占用，请稍后再试。")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(f"无法打开或写入数据库 {path}，请检查文件和所在文件夹的权限（{error}）。")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(f"{path} 不是本程序的数据库，或者已经损坏。请用备份恢复（{error}）。")
    return StoreError(f"数据库 {path} 出现错误：{error}。")


def _full(path: Path, detail: str) -> StoreFull:
    return StoreFull(f"磁盘空间不足，数据库 {path} 无法写入（{detail}）。以前各轮的结果完好；请腾出空间后再次运行，将从中断处继续。")


class WriterLock:
    """A lock file beside the database: one process writes a round at a time. The system frees it when the process ends, however.

    Other work that only one process may do at a time has a lock of its own, with another `suffix`; `doing` says what that is.
    """

    def __init__(self, database: Path, *, suffix: str = ".lock", doing: str = "正在写入") -> None:
        self.database, self.doing = database, doing
        self.path = database.with_name(database.name + suffix)
        self._handle: int | None = None

    def acquire(self, patience: float = 0.0) -> None:
        """Take the lock, or keep it if it is ours already; StoreBusy if another holds it for longer than `patience` seconds."""
        if self._handle is not None:
            return
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._wait(handle, time.monotonic() + patience)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        with contextlib.suppress(OSError):  # the number only helps the next reader of the message; a full disk may have no room
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())

    @property
    def held(self) -> bool:
        """Whether the lock is ours."""
        return self._handle is not None

    def release(self) -> None:
        """Free the lock, if it is ours."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _wait(self, handle: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise StoreBusy(self._busy(handle)) from None
                time.sleep(0.05)

    def _busy(self, handle: int) -> str:
        holder = os.pread(handle, 20, 0).decode("ascii", "ignore")
        who = f"（进程号 {holder}）" if holder.isdecimal() else ""
        return f"另一个审计进程{who}{self.doing}数据库 {self.database}，请等它结束后再试。"


def serving_lock(database: Path) -> WriterLock:
    """What a service holds for as long as it runs: one to a database, and nothing is put in the place of a database that is served."""
    return WriterLock(database, suffix=".serving", doing="正在提供服务，使用着")


def keeping_lock(database: Path) -> WriterLock:
    """What a backup holds: meanwhile nothing is swept away; and what a sweep holds, so that a backup waits for its end."""
    return WriterLock(database, suffix=".keeping", doing="正在备份或者清理")
