"""Tasks that people do on a site (办事流程), cut into the states that are looked at; and the secrets that are filled in on the way."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import quote, quote_plus

from auditor.addresses import canonical
from auditor.model import Action, Journey, Page, Step

MARK = "#办事流程/"
"""What stands between the address at which a journey began and the names of the journey and the state."""

HIDDEN = "●●●"
SHORTEST = 4  # characters of a secret: anything shorter cannot be told from ordinary text when it is to be hidden

ENCODINGS = ("utf-8", "gb18030")  # of the pages whose addresses a secret may stand in; gb18030 is gbk and gb2312 as well
KEPT_IN_PARTS, KEPT_IN_ADDRESSES = "!'()*", "!'()*;/?:@&=+$,#"  # by encodeURIComponent, encodeURI

LANDING = frozenset({Action.OPEN, Action.CLICK, Action.PRESS})
WATCHING = frozenset({Action.WAIT_FOR, Action.EXPECT})

AUTOMATIC = re.compile(r"第[0-9]+步")
"""What states are called that nobody named."""


class NoSecret(Exception):
    """The environment has no usable value for a secret; the text is a Chinese sentence, without the value."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A state of the site that a journey reaches, as a page of its own."""

    url: str  #: in the ledger: where the journey began, and after MARK its name and that of the state; the same every night
    steps: tuple[tuple[int, Step], ...]  #: what leads there from the stage before, each with its number in the journey, from 1


def stages(journey: Journey) -> tuple[Stage, ...]:
    """The states of a journey. Each ends after an open, click or press with the waits and expectations that follow it.

    Filling in fields belongs to the state that follows; fields filled in at the very end make one more.
    """
    begin = canonical(journey.steps[0].what) or journey.steps[0].what
    return tuple(
        Stage(url=f"{begin}{MARK}{_tidy(journey.name)}/{_name(group, number)}", steps=group)
        for number, group in enumerate(_groups(journey.steps), start=1)
    )


def title(url: str) -> str:
    """`流程名称 · 状态名称` of a stage's address, "" for other addresses."""
    _, mark, names = url.partition(MARK)
    return names.replace("/", " · ") if mark else ""


class Secrets:
    """The values that `env:NAME` stands for in this process, and how nothing of them is kept."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.environment = environment
        self._told: dict[str, None] = {}

    def __bool__(self) -> bool:
        """Whether one has been told to a page."""
        return bool(self._told)

    def reveal(self, value: str) -> str:
        """The text to fill in. Raises NoSecret."""
        if not value.startswith("env:"):
            return value
        name = value.removeprefix("env:")
        secret = self.environment.get(name, "")
        if not secret:
            raise NoSecret(f"环境变量 {name} 没有设置")
        if len(secret) < SHORTEST:
            raise NoSecret(f"环境变量 {name} 的值少于 {SHORTEST} 个字符，无法保证在结果中隐去，没有使用")
        self._told[secret] = None
        return secret

    def cleaned(self, page: Page) -> Page:
        """The page with every text of the secrets hidden, and without pictures, which may show them."""
        if not self._told:
            return page
        shapes = {shape for secret in self._told for shape in _shapes(secret)}
        pattern = re.compile("|".join(sorted(map(re.escape, shapes), key=len, reverse=True)), re.IGNORECASE)
        told = {field.name: _without(getattr(page, field.name), pattern) for field in fields(page) if field.name != "pictures"}
        return replace(page, **told, pictures={})


def _groups(steps: Sequence[Step]) -> Iterator[tuple[tuple[int, Step], ...]]:
    group: list[tuple[int, Step]] = []
    landed = False
    for number, step in enumerate(steps, start=1):
        if landed and step.action not in WATCHING:
            yield tuple(group)
            group, landed = [], False
        group.append((number, step))
        landed = landed or step.action in LANDING
    if group:
        yield tuple(group)


def _name(group: Sequence[tuple[int, Step]], number: int) -> str:
    given = next((_tidy(step.name) for _, step in reversed(group) if step.name), "")
    if AUTOMATIC.fullmatch(given):  # somebody's own name, which must not meet that of another state
        return f"「{given}」"
    return given or f"第{number}步"


def _tidy(name: str) -> str:
    return re.sub(r"[\s/#?]+", "-", name.strip())


def _shapes(secret: str) -> Iterator[str]:
    """The ways in which a page may write it down."""
    yield from (secret, html.escape(secret), html.escape(secret, quote=False))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    for encoding in ENCODINGS:
        quoted = [quote(secret, safe, encoding, "replace") for safe in ("", "/", KEPT_IN_PARTS, KEPT_IN_ADDRESSES)]
        yield from (*quoted, quote_plus(secret, "", encoding, "replace"), quote_plus(secret, "*", encoding, "replace"))
        yield quote(quoted[0])
    yield "".join(_escaped(character) for character in secret)


def _escaped(character: str) -> str:
    """As the old `escape()` of JavaScript writes it."""
    if character.isascii() and (character.isalnum() or character in "@*_+-./"):
        return character
    units = character.encode("utf-16-be", "replace")
    codes = (int.from_bytes(units[place : place + 2], "big") for place in range(0, len(units), 2))
    return "".join(f"%{code:02X}" if code < 256 else f"%u{code:04X}" for code in codes)


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(HIDDEN, value) if type(value) is str else value
    if isinstance(value, Mapping):
        return {_without(key, pattern): _without(inner, pattern) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_without(inner, pattern) for inner in value)
    return value
