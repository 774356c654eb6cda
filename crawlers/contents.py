"""By what the content of a file is known again: its digest, and the validators that it can be asked for with on condition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

FAILED = ""
"""What stands in place of a digest where no answer came."""


def digest_of(status: int | None, body: bytes) -> str:
    """What an answer comes to: the SHA-256 of its content in hexadecimal, the status where that is none of success, FAILED without one."""
    if status is None:
        return FAILED
    return hashlib.sha256(body).hexdigest() if 200 <= status < 300 else str(status)


def validators_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The validators among the headers of an answer (RFC 9110, 8.8); names in lower case."""
    return {name: headers[name] for name in ("etag", "last-modified") if name in headers}


def page_digest(html: str) -> str:
    """SHA-256 of a rendered document in hexadecimal: `Coverage.digest`, by which equal documents are known."""
    return hashlib.sha256(html.encode("utf-8", "surrogatepass")).hexdigest()
