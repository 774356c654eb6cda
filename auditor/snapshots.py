"""Keeps a Page, and every picture, as a small compressed file named by its own digest, and gives it back."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
import zlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Self

from auditor.model import Page
from auditor.plain import dump, load

DIGEST = re.compile(r"[0-9a-f]{64}\Z")
LEFTOVER_AGE = 3600.0
"""Seconds after which a temporary file can only stem from a write that was killed."""


def pack(page: Page) -> tuple[str, bytes]:
    """Digest and content of a blob with the whole page, HTML and facts included; pictures and scenes are blobs themselves."""
    data = zlib.compress(dump(replace(page, pictures={}, scenes={})), 6)
    return digest(data), data


def unpack(data: bytes) -> Page:
    """The page that `pack` put away, without pictures. ValueError with a Chinese sentence if the blob is damaged."""
    try:
        return load(Page, zlib.decompress(data))
    except (zlib.error, ValueError) as error:
        raise ValueError(f"页面快照已损坏，无法读出（{error}）。") from error


def digest(data: bytes) -> str:
    """SHA-256 of the content in hexadecimal: the name under which a blob is kept."""
    return hashlib.sha256(data).hexdigest()


class Blobs:
    """A folder of files named by the SHA-256 of their content. Only whole files ever bear their final name.

    One process writes at a time (the store's writer); any number may read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, db: Path) -> Self:
        """The blobs of a database."""
        return cls(db.with_name(db.name + ".blobs"))

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under its digest; nothing happens when it is there already, and whole.

        Raises ValueError if `name` is not the digest of `data`, OSError if it cannot be written: then nothing is left behind.
        """
        if digest(data) != name:
            raise ValueError(f"the digest {name!r} does not belong to this content")
        if self.get(name) is not None:
            return
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data)

    def get(self, name: str) -> bytes | None:
        """The content kept under a digest, None if it is not there (any more) or was damaged on the disk."""
        if not DIGEST.match(name):
            return None
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        return data if digest(data) == name else None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and DIGEST.match(name) is not None and self._path(name).is_file()

    def __iter__(self) -> Iterator[str]:
        """The digests of all that is kept."""
        return (path.name for path in self.folder.glob("??/*") if DIGEST.match(path.name))

    def sweep(self, keep: AbstractSet[str]) -> int:
        """Remove all blobs but `keep`, and what killed writes left behind; the number of files removed.

        Only for the writer, between rounds: a blob that is not yet named in the store would go too.
        """
        stale = time.time() - LEFTOVER_AGE
        removed = 0
        for path in list(self.folder.glob("??/*")):
            whole = DIGEST.match(path.name)
            if (whole and path.name not in keep) or (not whole and path.stat().st_mtime < stale):
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole under its name or not there at all."""
    handle, temporary = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
