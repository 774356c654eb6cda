"""Turns the words of the model into plain JSON values and back, for everything that is kept on disk.

Fields that stand at an empty default (`""`, `None`, `()`, `{}`) are left out, so that old data stays readable, and equal
to new data, when a word gains a field. Fields that a word has lost since are ignored on the way back.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """The JSON value of a word of the model: dataclasses become objects, enums their value, times ISO 8601 in UTC, bytes base64.

    Raises TypeError for what has no place in JSON, ValueError for a time without a zone.
    """
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        empty = _empty_defaults(type(value))
        return {item.name: to_plain(part) for item in fields(value) if (part := getattr(value, item.name)) != empty.get(item.name, MISSING)}
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted(to_plain(part) for part in value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[T], data: Any) -> T:
    """The value of type `kind` that `to_plain` made `data` from; inside a field of type Any plain JSON stays plain JSON.

    Raises ValueError when `data` does not fit the type.
    """
    try:
        value: T = _reader(cast(Any, kind))(data)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a {getattr(kind, '__name__', kind)}: {error}") from error
    return value


def dump(value: Any) -> bytes:
    """The word as JSON bytes. Half characters (lone surrogates) that pages contain survive the way there and back."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def load(kind: type[T], data: bytes) -> T:
    """The word that `dump` wrote; ValueError if the bytes are not one."""
    return from_plain(kind, json.loads(data.decode("utf-8", "surrogatepass")))


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat()


@cache
def _empty_defaults(kind: type) -> Mapping[str, Any]:
    """Field -> its default, for the fields whose default is empty."""
    found = {}
    for item in fields(kind):
        default = _default(item)
        if default is None or (isinstance(default, str | tuple | Mapping) and not default):
            found[item.name] = default
    return found


def _default(item: Field[Any]) -> Any:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return item.default


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """The function that reads a plain value as a `kind`; built once per type."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any or kind in (str, int, bool, NoneType):
        return _as_it_is
    if origin in (Union, UnionType):
        return _optional_reader(args)
    if origin is tuple:
        return _tuple_reader(args)
    if origin is not None and issubclass(origin, Mapping):
        key, part = _reader(args[0]), _reader(args[1])
        return lambda data: {key(name): part(value) for name, value in data.items()}
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if kind in (datetime, date):
        return kind.fromisoformat  # type: ignore[no-any-return]
    if kind is bytes:
        return b64decode
    if kind is float:
        return _number
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    raise TypeError(f"no way to read a {kind} from plain data")


def _as_it_is(data: Any) -> Any:
    return data


def _number(data: Any) -> float:
    """A number as JSON has it: 10 stays 10, so that what is written again is the same text."""
    if not isinstance(data, int | float):
        raise TypeError(f"not a number: {data!r}")
    return data


def _optional_reader(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    rest = [arg for arg in args if arg is not NoneType]
    if len(rest) != 1:
        raise TypeError(f"a choice between several types cannot be read back: {args}")
    read = _reader(rest[0])
    return lambda data: None if data is None else read(data)


def _tuple_reader(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(args) == 2 and args[1] is Ellipsis:
        read = _reader(args[0])
        return lambda data: tuple(read(part) for part in data)
    readers = [_reader(arg) for arg in args]
    return lambda data: tuple(read(part) for read, part in zip(readers, data, strict=True))


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {item.name: _reader(hints[item.name]) for item in fields(kind)}

    def read(data: Any) -> Any:
        return kind(**{name: readers[name](part) for name, part in data.items() if name in readers})

    return read
