"""A reference to what is not on the page yet, or an empty attribute, keeps nobody out: what axe says of them is put right here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from checks.check import Hit, check, failed, passed
from checks.document import Document, Node

WHOLE = re.compile(r"\s*-?\d+\s*")
NUMBER = re.compile(r"\s*-?\d*\.?\d+\s*")


@check(
    id="aria-valid-attr-value",
    bad=(
        '<button type="button" aria-expanded="open">栏目</button>', '<div role="heading" aria-level="二">公告</div>',
        '<div role="slider" tabindex="0" aria-label="字号" aria-valuenow="中">字号</div>', '<div aria-hidden="yes"><p>公告</p></div>',
    ),
    good=(
        '<div role="combobox" aria-expanded="undefined" aria-controls="id1" aria-label="区县">城关镇</div>',
        '<button type="button" aria-controls="caidan" aria-expanded="true">栏目</button>',
        '<button type="button" aria-sort="">年度</button>',
        '<button type="button" aria-labelledby="none">查询</button>', '<div style="display:none" aria-expanded="open">栏目</div>',
        '<a href="/" aria-current="here">首页</a>', '<div role="progressbar" aria-label="进度" aria-valuenow="-0.5">一半</div>',
        '<div role="region" aria-label="通知" aria-relevant="additions text" aria-live="polite">公告</div>',
    ),
)  # fmt: skip
def valid_values(document: Document) -> Iterator[Hit]:
    """ARIA demands that a named element exists only for the properties that a role requires; an empty value is the default (ACT 6a7281)."""
    table = _table()
    for node in document.nodes:
        told = [(name, value) for name, value in node.attributes.items() if name.startswith("aria-")]
        if not told or node.hidden:
            continue
        wrong = [(name, value) for name, value in told if not _valid(node, name, value, table)]
        if not wrong and _disputed(node, told, table):
            yield passed(node)
        for name, value in wrong:
            if name not in (*table["kinds"]["ids"], "aria-current"):
                yield failed(node, f"{name} 的值“{value}”无效；{_allowed(name, table)}")
                break


def _allowed(name: str, table: Mapping[str, Any]) -> str:
    words = table["words"].get(name)
    return f"请改为 {'、'.join(words)} 中的一个，或删去这个属性" if words else "请填写数字，或删去这个属性"


def _disputed(node: Node, told: list[tuple[str, str]], table: Mapping[str, Any]) -> bool:
    """Whether it has what axe takes offence at: an empty value, or an optional reference that leads nowhere."""
    optional = table["kinds"]["ids_optional"]
    return any(not value.strip() or (name in optional and not node.refers(name)) for name, value in told)


def _valid(node: Node, name: str, value: str, table: Mapping[str, Any]) -> bool:
    kinds, value = table["kinds"], value.strip()
    if not value or name in kinds["ids_optional"]:
        return True
    if words := table["words"].get(name):
        given = value.lower().split() if name in kinds["several_words"] else [value.lower()]
        return all(word in words for word in given)
    if name in kinds["whole_numbers"]:
        return WHOLE.fullmatch(value) is not None
    if name in kinds["numbers"]:
        return NUMBER.fullmatch(value) is not None
    return bool(node.refers(name)) if name in kinds["ids"] else True


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files("checks.wcag") / "aria_values.toml").read_text(encoding="utf-8"))
