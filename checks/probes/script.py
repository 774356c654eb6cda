"""JavaScript that several experiments share; each runs in a world of our own, so that the page cannot see or break it."""

from __future__ import annotations

from importlib.resources import files


def read(name: str) -> str:
    """A script that lies beside this file."""
    return files("checks.probes").joinpath(name).read_text(encoding="utf-8")


def run(*names: str, end: str = "") -> str:
    """An expression that runs these scripts one after the other in a function of their own, PLACES before them."""
    return f"(() => {{\n{PLACES}\n{''.join(map(read, names))}\n{end}}})()"


PLACES = read("places.js")
"""To be put at the beginning of a function body: `(() => {{ PLACES … }})()`."""
