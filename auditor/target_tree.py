"""Reads YAML 1.2 into a tree in which every value knows its line and column, and which no hostile file can blow up."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MOST_CHARACTERS = 32_000_000
MOST_VALUES = 2_000_000  #: keys and values, every alias written out; a file of 14,000 sites has about 300,000
DEEPEST = 24
MOST_DIGITS = 40


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One mistake: line and column count from 1, the sentence is Chinese."""

    line: int
    column: int
    sentence: str

    def at(self, name: str) -> str:
        """The mistake as one line of output: `targets.yml:LINE:COL: sentence`."""
        return f"{name}:{self.line}:{self.column}: {self.sentence}"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place in the text: line and column from 1, offsets in characters from 0."""

    line: int
    column: int
    start: int
    end: int


@dataclass(kw_only=True, eq=False, slots=True)
class Node:
    """A value with its place. A mapping is a dict of nodes, a list a list of nodes, all else a plain scalar."""

    value: Any
    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)  #: of a mapping: where each key stands
    flow: bool = False  #: written with braces or brackets
    text: str = ""  #: of a scalar: as written, quotes undone
    size: int = 1  #: keys and values in it, aliases written out
    height: int = 0  #: levels below it
    open: bool = False
    broken: bool = False  #: already complained about


class _Stop(Exception):
    """Nothing after this place is worth reading."""


def read(text: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a YAML text and what is wrong with its form; no tree after a syntax error, which comes alone."""
    if len(text) > MOST_CHARACTERS:
        return None, [Problem(line=1, column=1, sentence=f"文件太大，超过 {MOST_CHARACTERS // 1_000_000} 百万字，请拆分后再用。")]
    if bad := _UNPRINTABLE.search(text):
        line, column = _line_and_column(text, bad.start())
        return None, [Problem(line=line, column=column, sentence="这里有看不见的控制字符，请删去。")]
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Stop:
        return None, builder.problems
    except MarkedYAMLError as error:
        return None, [_syntax(error, text)]
    except (YAMLError, ValueError, RecursionError, OverflowError):
        return None, [Problem(line=1, column=1, sentence=_UNREADABLE)]
    if builder.root is None:
        return None, [Problem(line=1, column=1, sentence="文件里没有内容，至少要有 version、network 和 sites。")]
    return builder.root, builder.problems


def plain(node: Node) -> Any:
    """The tree as ordinary dicts, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [plain(value) for value in node.value]
    return node.value


def shown(text: str) -> str:
    """Text from the file made fit for a line of output: short, without line breaks and control characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[:200])
    return f"{line[:40]}…" if len(text) > 40 else line


def scalar(text: str) -> Any:
    """What an unquoted scalar means in YAML 1.2's core schema; dates and times stay text.

    Raises ValueError with a sentence for a number nobody can mean.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > MOST_DIGITS:
            raise ValueError("这个数字太大。")
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError("这个数字太大。")
        return number
    if _INFINITE.fullmatch(text):
        raise ValueError("这里要写一个有限的数字。")
    return text


_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    spelling: word == "true" for word in ("true", "false") for spelling in (word, word.title(), word.upper())
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNREADABLE = "这个文件不是能读懂的 YAML，请对照随附的 targets.yml 检查。"


class _Builder:
    """Takes the events of the YAML parser one by one, without recursion, and keeps the tree and the complaints."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[Node] = []
        self._keys: list[Node | None] = []  # beside the stack: the key that waits for its value
        self._anchors: dict[str, Node] = {}
        self._documents = 0

    def take(self, event: Any) -> None:
        if isinstance(event, ScalarEvent):
            self._add(self._scalar(event))
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._open(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._close(event)
        elif isinstance(event, AliasEvent):
            self._alias(event)
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(_mark(event), "一个文件里只能有一份内容，请删去从 --- 开始的第二份。")

    def _scalar(self, event: ScalarEvent) -> Node:
        node = Node(value=event.value, mark=_mark(event), text=event.value)
        if event.style is None and event.ctag is None:
            try:
                node.value = scalar(event.value)
            except ValueError as error:
                self._break(node, str(error))
        self._tagged(node, event)
        self._anchor(node, event)
        return node

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        node = Node(value={} if isinstance(event, MappingStartEvent) else [], mark=_mark(event), flow=bool(event.flow_style), open=True)
        self._check_depth(node)
        self._tagged(node, event)
        self._anchor(node, event)
        self._stack.append(node)
        self._keys.append(None)

    def _close(self, event: MappingEndEvent | SequenceEndEvent) -> None:
        node = self._stack.pop()
        self._keys.pop()
        node.open = False
        children: Sequence[Node] = list(node.value.values()) if isinstance(node.value, dict) else node.value
        end = event.end_mark.index if node.flow else max((child.mark.end for child in children), default=node.mark.end)
        node.mark = Mark(line=node.mark.line, column=node.mark.column, start=node.mark.start, end=end)
        self._add(node)

    def _alias(self, event: AliasEvent) -> None:
        mark = _mark(event)
        node = self._anchors.get(event.anchor)
        if node is None:
            node = self._break(Node(value=None, mark=mark), f"别名 *{shown(event.anchor)} 没有对应的锚点。")
        elif node.open:
            node = self._break(Node(value=None, mark=mark), f"别名 *{shown(event.anchor)} 指向了包含它自己的内容。")
        self._add(node)

    def _add(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        self._check_depth(node)
        parent = self._stack[-1]
        parent.height = max(parent.height, node.height + 1)
        parent.size += node.size
        if parent.size > MOST_VALUES:
            self._stop(node.mark, "内容太多（别名按展开后计算），请拆分文件，或直接写出需要的值。")
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = node
        else:
            self._keys[-1] = None
            self._pair(parent, key, node)

    def _check_depth(self, node: Node) -> None:
        if len(self._stack) + node.height > DEEPEST:
            self._stop(node.mark, f"括号、缩进或别名套了超过 {DEEPEST} 层，请改写得浅一些。")

    def _pair(self, parent: Node, key: Node, value: Node) -> None:
        name = key.text
        if value.mark.start == value.mark.end:  # nothing was written: the parser's mark may stand lines below
            value.mark = Mark(line=key.mark.line, column=key.mark.column, start=key.mark.end, end=key.mark.end)
        if isinstance(key.value, dict | list):
            self._complain(key.mark, "键只能是一个词，不能是列表或一组键值。")
        elif key.broken:
            return
        elif name == "<<":
            self._complain(key.mark, "这里不支持合并键 <<，共同的设置请写在 defaults 里。")
        elif not name:
            self._complain(key.mark, "冒号前面缺少键名。")
        elif name in parent.value:
            self._complain(key.mark, f"{shown(name)} 重复了，第 {parent.keys[name].line} 行已经写过，请只留一处。")
        else:
            parent.value[name] = value
            parent.keys[name] = key.mark

    def _anchor(self, node: Node, event: Any) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _tagged(self, node: Node, event: Any) -> None:
        if event.ctag is not None:
            self._break(node, "这里不支持以感叹号开头的类型标签，请直接写值。")

    def _break(self, node: Node, sentence: str) -> Node:
        node.broken = True
        self._complain(node.mark, sentence)
        return node

    def _complain(self, mark: Mark, sentence: str) -> None:
        self.problems.append(Problem(line=mark.line, column=mark.column, sentence=sentence))

    def _stop(self, mark: Mark, sentence: str) -> None:
        self._complain(mark, sentence)
        raise _Stop


def _mark(event: Any) -> Mark:
    start: StreamMark = event.start_mark
    return Mark(line=start.line + 1, column=start.column + 1, start=start.index, end=event.end_mark.index)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return len(re.findall("\r\n|[\n\r\x85\u2028\u2029]", before)) + 1, offset - max(before.rfind("\n"), before.rfind("\r"))


# ---------------------------------------------------------------------------------------------- syntax errors in Chinese

_SYNTAX = (
    ("found unexpected end of stream", "引号没有成对：从这里开始的引号一直没有结束。"),
    ("found unexpected document separator", "引号没有成对：从这里开始的引号一直没有结束。"),
    ("cannot start any token", "值不能以这个符号开头，请给整个值加上引号。"),
    ("mapping values are not allowed", "这里不该出现冒号：请检查缩进和上一行；值里若有冒号加空格，请给整个值加上引号。"),
    ("could not find expected ':'", "这一行缺少冒号：键和值之间要有半角冒号和一个空格。"),
    ("expected ',' or", "括号没有写完整：各项之间用半角逗号分开，最后要有右括号。"),
    ("expected the node content", "这里缺少内容：请检查逗号和括号是否多余或没有写完整。"),
    ("expected <block end>", "缩进不对：这一行没有和同一级的其他行对齐，或者值的后面多了内容。"),
    ("unknown escape character", "双引号里的反斜杠写法有误，请改用单引号。"),
    ("escape sequence", "双引号里的反斜杠写法有误，请改用单引号。"),
    ("undefined tag handle", "这里不支持以感叹号开头的类型标签，请直接写值。"),
    ("<document start>", "这一行不属于前面的内容：请检查缩进，每个键后面都要有半角冒号。"),
)
_CONTEXTS = (
    ("anchor", "锚点 & 后面要紧跟英文名字；值若以 & 开头，请加上引号。"),
    ("alias", "别名 * 后面要紧跟英文名字；值若以 * 开头，请加上引号。"),
    ("tag", "这里不支持以感叹号开头的类型标签；值若以感叹号开头，请加上引号。"),
    ("block scalar", "竖线或大于号后面应直接换行，文字写在下一行；值若以它们开头，请加上引号。"),
    ("directive", "这里不需要以 % 开头的指令，请删去这一行。"),
    ("simple key", "这一行缺少冒号：键和值之间要有半角冒号和一个空格。"),
)
_SOMETHING = "这里的 YAML 写法有误，请检查缩进、冒号和引号。"
_TAB_INDENT = re.compile(r" *(\t)\s*\S")
_GLUED_COLON = re.compile(r"\s*(?:- +)?[A-Za-z_]+(：|:(?=[^\s/]))")


def _syntax(error: MarkedYAMLError, text: str) -> Problem:
    """The parser's complaint as one Chinese sentence at the place where a person would mend it."""
    mark = error.problem_mark or error.context_mark
    what, where = str(error.problem or ""), str(error.context or "")
    if "quoted scalar" in where and what.startswith("found unexpected") and error.context_mark is not None:
        mark = error.context_mark
    if mark is None:
        return Problem(line=1, column=1, sentence=_UNREADABLE)
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    here = lines[mark.line] if mark.line < len(lines) else ""
    if tab := _TAB_INDENT.match(here):
        return Problem(line=mark.line + 1, column=tab.start(1) + 1, sentence="缩进请用空格，不能用制表符（Tab）。")
    for number in (mark.line, mark.line - 1):
        if 0 <= number < len(lines) and (glued := _GLUED_COLON.match(lines[number])):
            return Problem(line=number + 1, column=glued.start(1) + 1, sentence="键后面要用半角冒号，冒号后面要有一个空格。")
    sentence = next((chinese for english, chinese in _SYNTAX if english in what), None)
    sentence = sentence or next((chinese for english, chinese in _CONTEXTS if english in where + what), _SOMETHING)
    if "<block end>" in what and ('"' in here or "'" in here):
        sentence += "如果看不出问题，请检查前面的引号是否成对。"
    if "flow" in where and error.context_mark is not None and error.context_mark.line != mark.line:
        sentence += f"左括号在第 {error.context_mark.line + 1} 行。"
    return Problem(line=mark.line + 1, column=mark.column + 1, sentence=sentence)
