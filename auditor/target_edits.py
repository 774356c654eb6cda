"""Changes single values and whole sites in the text of targets.yml and leaves everything else, comments too, as it is; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from auditor.target_tree import Node, scalar

Edit = tuple[int, int, str]
"""Where something begins and ends, and what is put in its place."""

UNSET: Mapping[str, Any] = {"owner": "", "legal_basis": "", "enabled": True, "contact": "", "note": ""}
"""What a site has where it does not say it."""


def with_value(text: str, site: Node, key: str, value: str) -> str:
    """The text with a value of a site (as YAML) in its place: over the old one, or as a new entry after the site's id."""
    return _applied(text, [_edit(text, site, [(key, value)])[0]])


def changed(text: str, sites: Node, plain: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    """The text with the values of `rows` in its sites, and the plain value of all sites then.

    `plain`: that of all sites now. `rows`: each with an `id` and any other keys; None stands for null. What a row says already is not
    touched; what has an unknown id is a new site at the end.
    """
    places = {str(one["id"]): place for place, one in enumerate(plain)}
    wanted: list[Any] = [dict(one) for one in plain]
    edits: list[Edit] = []
    for row in rows:
        if row["id"] not in places:
            wanted.append(dict(row))
            continue
        place = places[row["id"]]
        new = {key: value for key, value in row.items() if plain[place].get(key, UNSET.get(key)) != value}
        edits += _edit(text, sites.value[place], [(key, written(value)) for key, value in new.items()])
        wanted[place] |= new
    added = [row for row in rows if row["id"] not in places]
    return _applied(text, [*edits, *([_addition(text, sites, added)] if added else [])]), wanted


def without(text: str, sites: Node, ids: Collection[str]) -> str:
    """The text without some sites; comments before them stay."""
    edits: list[Edit] = []
    for place, site in enumerate(sites.value):
        if site.value["id"].value in ids:
            start, end = site.mark.start, site.mark.end
            if sites.flow:
                following = sites.value[place + 1].mark.start if place + 1 < len(sites.value) else end
                start = sites.value[place - 1].mark.end if place and following == end else start
                edits.append((start, following, ""))
            else:
                edits.append((text.rfind("\n", 0, start) + 1, _line_end(text, end) + 1, ""))
    return _applied(text, edits)


def written(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, str):
        return quoted(value)
    return {None: "null", True: "true", False: "false"}[value]


def quoted(text: str) -> str:
    """A text as YAML, without quotes where it needs none."""
    words = all(part.isalpha() for part in text.replace("·", " ").split(" "))
    if words and isinstance(scalar(text), str):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'"{escaped}"'


def _edit(text: str, site: Node, values: Sequence[tuple[str, str]]) -> list[Edit]:
    """Old values are written over; new ones stand together after the id."""
    edits: list[Edit] = []
    new: list[str] = []
    for key, value in values:
        old = site.value.get(key)
        if old is None:
            new.append(f"{key}: {value}")
            continue
        colon = text.index(":", site.keys[key].end) + 1
        start = old.mark.start if old.mark.start > colon and (old.flow or not isinstance(old.value, dict)) else colon
        end = max(old.mark.end, start)
        tail = "\n" if end > start and text[end - 1] == "\n" else ""  # a block of text ends with its last line
        edits.append((start, end, f"{'' if start > colon else ' '}{value}{tail}"))
    after: int = site.value["id"].mark.end
    if new and site.flow:
        edits.append((after, after, "".join(f", {one}" for one in new)))
    elif new:
        line_end = _line_end(text, after)
        indent = " " * (site.keys["id"].column - 1)
        edits.append((line_end, line_end, "".join(f"{_newline(text, line_end)}{indent}{one}" for one in new)))
    return edits


def _addition(text: str, sites: Node, rows: Sequence[Mapping[str, Any]]) -> Edit:
    """New sites after the last one."""
    if sites.flow:
        items = ", ".join("{" + ", ".join(f"{key}: {written(value)}" for key, value in row.items()) + "}" for row in rows)
        end = sites.mark.end - 1
        return end, end, f"{', ' if sites.value else ''}{items}"
    last = sites.value[-1]
    line = text.rfind("\n", 0, last.mark.start) + 1
    indent = " " * (text.index("-", line) - line)
    end = _line_end(text, last.mark.end)
    newline = _newline(text, end)
    items = ""
    for row in rows:
        head, *rest = [f"{key}: {written(value)}" for key, value in row.items()]
        items += f"{newline}{indent}- {head}" + "".join(f"{newline}{indent}  {one}" for one in rest)
    return end, end, items


def _applied(text: str, edits: Sequence[Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _line_end(text: str, start: int) -> int:
    """Where the line ends that holds the character before a place."""
    if start and text[start - 1] == "\n":
        return start - 1
    return next((place for place in range(start, len(text)) if text[place] in "\r\n"), len(text))


def _newline(text: str, line_end: int) -> str:
    return "\r\n" if text[line_end : line_end + 2] == "\r\n" else "\n"
