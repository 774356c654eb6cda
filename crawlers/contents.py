"""By what the content of a file is known again: its digest, and the validators that it can be asked for with on condition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

FAILED = ""
"""What stands in place of a digest where no answer came."""


TAKEN_AS = ("content-type", "content-disposition", "content-security-policy", "refresh", "x-content-type-options", "x-frame-options")
"""Headers by which the same bytes become another page, or none at all."""


def digest_of(status: int | None, body: bytes, headers: Mapping[str, str]) -> str:
    """What an answer comes to: the SHA-256 of its content, and of what it is to be taken as, in hexadecimal.

    The status where that is none of success, FAILED without one; names of headers in lower case.
    """
    if status is None:
        return FAILED
    if not 200 <= status < 300:
        return str(status)
    told = hashlib.sha256(body)
    for name in TAKEN_AS:
        if name in headers:
            told.update(f"\n{name}: {', '.join(headers[name].split(chr(10)))}".encode("utf-8", "surrogatepass"))
    return told.hexdigest()


def validators_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The validators among the headers of an answer (RFC 9110, 8.8); names in lower case."""
    return {name: headers[name] for name in ("etag", "last-modified") if name in headers}


def page_digest(html: str) -> str:
    """SHA-256 of a rendered document in hexadecimal: `Coverage.digest`, by which equal documents are known."""
    return hashlib.sha256(html.encode("utf-8", "surrogatepass")).hexdigest()
