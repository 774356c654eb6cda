"""Exports: every format is a file in this folder with a function chunks(material); its name is its registration."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from reports.material import Material

Chunks = Callable[[Material], Iterator[bytes]]


@dataclass(frozen=True, kw_only=True)
class Format:
    """A way to hand results on."""

    name: str
    chunks: Chunks  #: the file, a piece at a time
    single: bool  #: tells of exactly one site
    binary: bool  #: is nothing for a terminal
    beside: Callable[[Material, str], Mapping[str, bytes]]  #: name of the file -> further small files that explain it, by name


def names() -> tuple[str, ...]:
    """The formats there are: wcag_em.py is wcag-em."""
    return tuple(sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__)))


def named(name: str) -> Format:
    """A format by its name. `SINGLE`, `BINARY` and `beside` may be left out in its file."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return Format(
        name=name,
        chunks=module.chunks,
        single=getattr(module, "SINGLE", False),
        binary=getattr(module, "BINARY", False),
        beside=getattr(module, "beside", lambda material, name: {}),
    )
