"""What is told, before anybody says by which way, and the request that a channel makes of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

from auditor.model import Channel, Reader

HIDDEN = "***"
REST = "其余从略"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One digest for one reader. Words of sites in it are on one line each and show all they hold (`reports.text.plain`)."""

    id: str  #: the same for the same news, whatever happens in between: nothing is told twice
    reader: Reader
    subject: str
    lines: tuple[str, ...]  #: each a whole sentence, the most important first
    link: str = ""  #: where to read on
    made: datetime
    data: Mapping[str, Any] = field(default_factory=dict)  #: the same for programs
    again: bool = False  #: it may have been received already: its sending broke off


@dataclass(frozen=True, kw_only=True, repr=False)
class Secrets:
    """The secrets of a channel, taken from the environment at the moment of sending. They do not show in any text of ours."""

    url: str = ""
    key: str = ""
    secret: str = ""
    username: str = ""
    password: str = ""

    @classmethod
    def of(cls, channel: Channel, environ: Mapping[str, str] | None = None) -> Self:
        """Every setting with `env:NAME` replaced; MissingSecret where the environment has no such name."""
        known = os.environ if environ is None else environ
        return cls(**{item.name: _looked_up(str(getattr(channel, item.name)), known) for item in fields(cls)})

    def hidden_in(self, text: str) -> str:
        """A text in which none of the secrets stands any more."""
        for value in sorted((str(getattr(self, item.name)) for item in fields(self)), key=len, reverse=True):
            if len(value) >= 4:
                text = text.replace(value, HIDDEN)
        return text


class MissingSecret(Exception):
    """An environment variable that targets.yml names is not set; the text is a Chinese sentence."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Request:
    """A POST to be made as it is. Its address may hold a key, so that it is never shown."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    refusal: Callable[[int, Any], str]  #: status and JSON of the answer -> what it says against the message; "": it was taken


class Doubtful(str):
    """Why a message counts as not taken, where the other side may have it all the same: when it is sent again, it says so."""


class Final(str):
    """What went wrong with a message that is not to be sent again: some of its readers have it."""


class Refused(Exception):
    """A message was not taken; the text is a Chinese clause. `kind`: what can be said of it (Doubtful, Final)."""

    def __init__(self, clause: str, kind: type[str] = str) -> None:
        super().__init__(clause)
        self.kind = kind


def lookups(channel: Channel) -> tuple[str, ...]:
    """Names of the environment variables that a channel needs."""
    told = (str(getattr(channel, item.name)) for item in fields(Secrets))
    return tuple(value.removeprefix("env:") for value in told if value.startswith("env:"))


def json_request(url: str, value: Any, refusal: Callable[[int, Any], str]) -> Request:
    """A request with a JSON body in UTF-8."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Request(url=url, headers={"Content-Type": "application/json; charset=utf-8"}, body=body, refusal=refusal)


def parameter(url: str, name: str, value: str) -> str:
    """An address with one more parameter."""
    return f"{url}{'&' if '?' in url else '?'}{name}={quote(value, safe='')}"


def fitted(message: Message, limit: int, *, link: str, between: str = "\n", strong: str = "") -> str:
    """Subject, lines and link as one text of at most `limit` bytes in UTF-8.

    What does not fit is left out from the end, whole sentences at a time, and the text says so; the link always stays. `link` is how
    the channel writes it, "" where there is none; `strong` is the mark around the subject.
    """
    head = f"{strong}{message.subject}{strong}"
    if message.again:
        head += "（再次发送：上一次发送时中断，可能已经收到）"
    tail = [link] if link else []
    whole = between.join([head, *message.lines, *tail])
    if _bytes(whole) <= limit:
        return whole
    tail = [f"（{REST}。）{link}"]
    kept = [head]
    for sentence in (part for line in message.lines for part in _sentences(line)):
        if _bytes(between.join([*kept, sentence, *tail])) > limit:
            break
        kept.append(sentence)
    told = between.join([*kept, *tail])
    return told if _bytes(told) <= limit else told.encode()[:limit].decode("utf-8", "ignore")


def unmarked(message: Message) -> Message:
    """The message with no mark of Markdown left in it (`plain_marks`)."""
    return replace(message, subject=plain_marks(message.subject), lines=tuple(map(plain_marks, message.lines)))


def plain_marks(text: str) -> str:
    """A text in which no mark of Markdown is left that could make a link, a heading or a mention of somebody's words."""
    return text.translate(_MARKS)


_MARKS = str.maketrans({"[": "［", "]": "］", "<": "＜", ">": "＞", "*": "＊", "`": "｀", "!": "！", "#": "＃", "@": "＠", "\\": "＼"})


def _sentences(line: str) -> list[str]:
    return [part for part in re.split(r"(?<=[。；！？])", line) if part]


def _bytes(text: str) -> int:
    return len(text.encode())


def _looked_up(value: str, environ: Mapping[str, str]) -> str:
    if not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if not environ.get(name):
        raise MissingSecret(f"没有设置环境变量 {name}。")
    return environ[name].strip()
