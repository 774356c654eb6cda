"""The ways to tell somebody something, one file each; the name of the file is the `kind` in targets.yml.

A file has `build(channel, secrets, message, now)`, a pure function that gives a Request or an EmailMessage, and `A_MINUTE`, how many
messages may be sent in a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from auditor.model import Channel
from auditor.notices.message import Message, Request, Secrets


class Kind(Protocol):
    """What a file of this folder offers."""

    A_MINUTE: int

    def build(self, channel: Channel, secrets: Secrets, message: Message, now: datetime) -> Request | EmailMessage: ...


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its name."""
    names = sorted(found.name for found in iter_modules(__path__))
    return {name: cast(Kind, import_module(f"{__name__}.{name}")) for name in names}
