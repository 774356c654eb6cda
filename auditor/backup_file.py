"""The file that holds a copy of everything: a tar with a manifest, so that it can be read, and checked, without this program.

    blobs/DIGEST        pictures and snapshots, named by the SHA-256 of their content
    auditor.db          the database
    auditor.db.stop     emergency stops in force, where there are any
    targets.yml         the list of sites, where it was given
    manifest.json       what all that is: digests, rows of each table, steps of the database, what was missing
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from auditor.plain import dump, load
from auditor.snapshots import DIGEST
from auditor.store_lock import StoreError, disk_full, too_new

FORMAT = 1
DATABASE, STOPS, TARGETS, MANIFEST = "auditor.db", "auditor.db.stop", "targets.yml", "manifest.json"
CHUNK = 1 << 20
LARGEST_MANIFEST = 1 << 28


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    format: int = FORMAT
    made: datetime
    program: str  #: version that made it
    steps: tuple[str, ...]  #: of the database, in their order
    rows: Mapping[str, int]  #: of every table
    files: Mapping[str, str]  #: name -> SHA-256, but for the blobs
    blobs: tuple[str, ...]
    lost: tuple[str, ...] = ()  #: digests that the database names and that were not there when the backup was made
    last_round: str = ""


class Writing:
    """A backup that is being written; nobody but its owner can read it."""

    def __init__(self, path: Path) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        self.files: dict[str, str] = {}
        self.blobs: list[str] = []

    def blob(self, name: str, content: bytes) -> None:
        """Add a blob, whose name is its digest."""
        self._add(f"blobs/{name}", io.BytesIO(content), len(content))
        self.blobs.append(name)

    def file(self, name: str, path: Path) -> None:
        """Add a file."""
        with path.open("rb") as content:
            self.files[name] = hashlib.file_digest(content, "sha256").hexdigest()
            content.seek(0)
            self._add(name, content, path.stat().st_size)

    def end(self, manifest: Manifest) -> None:
        """Add the manifest and put all on the disk."""
        told = dump(manifest)
        self._add(MANIFEST, io.BytesIO(told), len(told))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def break_off(self) -> None:
        """Let go of the file, whatever is in it."""
        with contextlib.suppress(OSError):  # what is still in memory may find no room on the disk
            self._file.close()

    def _add(self, name: str, content: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, content)


def read(path: Path, take: Callable[[str, IO[bytes]], None] | None = None) -> Manifest:
    """Check a backup from its first byte to its last; `take(name, content)` is handed each part as it comes, before all is known.

    StoreError where it is no backup, was cut off, or a part is not what the manifest says.
    """
    digests: dict[str, str] = {}
    told: bytes | None = None
    try:
        with tarfile.open(path, "r:") as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isreg() else None
                if content is None or not _known(entry.name) or entry.name in digests:
                    raise StoreError(f"{path} 里有不该有的内容：{entry.name[:80]!r}。")
                if entry.name == MANIFEST:
                    told = content.read(LARGEST_MANIFEST)
                    continue
                watched = _Watched(content)
                if take:
                    take(entry.name, watched)  # type: ignore[arg-type]
                digests[entry.name] = watched.rest()
    except (tarfile.TarError, OSError, EOFError) as error:
        if disk_full(error):  # where the parts are taken to
            raise
        raise StoreError(f"读不出备份 {path}：{error}。") from error
    return _checked(path, told, digests)


def _checked(path: Path, told: bytes | None, digests: Mapping[str, str]) -> Manifest:
    if told is None:
        raise StoreError(f"{path} 不是完整的备份：没有清单。")
    try:
        if json.loads(told).get("format") != FORMAT:
            raise too_new(f"备份 {path}")
        manifest = load(Manifest, told)
    except (ValueError, AttributeError) as error:
        raise StoreError(f"{path} 的清单已经损坏。") from error
    wanted = {**manifest.files, **{f"blobs/{name}": name for name in manifest.blobs}}
    if dict(digests) != wanted:
        broken = sorted(name for name in {*digests, *wanted} if digests.get(name) != wanted.get(name))
        raise StoreError(f"备份 {path} 已经损坏或者不完整：{len(broken)} 个文件与清单不符，如 {broken[0]}。")
    return manifest


def _known(name: str) -> bool:
    folder, slash, blob = name.rpartition("/")
    return name in (DATABASE, STOPS, TARGETS, MANIFEST) or (slash == "/" and folder == "blobs" and DIGEST.match(blob) is not None)


class _Watched:
    """A file that takes the digest of all that is read from it."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._digest = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._content.read(size)
        self._digest.update(part)
        return part

    def rest(self) -> str:
        """The digest of the whole."""
        while self.read(CHUNK):
            pass
        return self._digest.hexdigest()
