"""Says in Chinese what is wrong with a tree of targets.yml: what the models refuse, and what does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import urljoin

from pydantic import BaseModel, ValidationError

from auditor import model
from auditor.addresses import canonical
from auditor.model import Action
from auditor.target_notices import Notice
from auditor.target_plans import Goal, Plan, Reported, Ruling
from auditor.target_schema import Confirmed, Document, Journey, Network, Options, Region, Retention, Site, Step
from auditor.target_tree import Mark, Node, Problem, shown
from crawlers.journeys import stages


def refused(error: ValidationError, tree: Node) -> Iterator[Problem]:
    """Every complaint of the models as a Chinese sentence at its place in the file."""
    for detail in error.errors(include_url=False):
        node, mark = _place(tree, detail["loc"] + (("[key]",) if detail["type"] == "extra_forbidden" else ()))
        if not node.broken:
            yield Problem(line=mark.line, column=mark.column, sentence=_label(detail["loc"]) + _sentence(detail))


def misfits(tree: Node) -> Iterator[Problem]:
    """What is well formed by itself and wrong beside the rest: repeated ids and addresses, unknown regions, open secrets."""
    for section, word in (("sites", "站点"), ("regions", "区划"), ("plan", "规划")):
        yield from _repeated(_texts(tree, section, "id"), f"id：{word}编号")
    for plan in _items(tree, "plan"):
        yield from _repeated(_texts(plan, "goals", "id"), "id：任务编号")
        yield from _reported(plan, {text for text, _ in _texts(tree, "regions", "id")})
    yield from _repeated(((canonical(text) or text, node) for text, node in _texts(tree, "sites", "url")), "url：网址")
    yield from _regions(tree)
    yield from _notices(tree)
    yield from _journeys(tree)


def near(word: str, known: Mapping[str, str] | list[str]) -> str:
    """（是否想写 …？） for a word that is close to a known one, else nothing. A mapping gives the word to propose for each."""
    table = known if isinstance(known, Mapping) else {each: each for each in known}
    folded = {each.casefold(): proposal for each, proposal in table.items() if proposal.isprintable()}
    found = get_close_matches(word.casefold()[:80], folded, 1, 0.6)
    return f"（是否想写 {folded[found[0]]}？）" if found else ""


# ---------------------------------------------------------------------------------------------- places and words

_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): Document,
    ("plan",): Plan,
    ("plan", "goals"): Goal,
    ("plan", "goals", "ruling"): Ruling,
    ("plan", "reported"): Reported,
    ("regions",): Region,
    ("network",): Network,
    ("defaults",): Options,
    ("retention",): Retention,
    ("notices",): Notice,
    ("sites",): Site,
    ("sites", "confirmed"): Confirmed,
    ("sites", "journeys"): Journey,
    ("sites", "journeys", "steps"): Step,
}


def _place(tree: Node, loc: tuple[int | str, ...]) -> tuple[Node, Mark]:
    """The node a complaint is about and the mark to show: a value's own; of a missing thing, where it should have stood."""
    node = tree
    for number, step in enumerate(loc):
        inside: Any = node.value
        if isinstance(inside, dict) and (loc[number + 1 :] == ("[key]",) or step not in inside):
            return node, node.keys.get(str(step), node.mark)
        node = inside[step]
    return node, node.mark


def _label(loc: tuple[int | str, ...]) -> str:
    """The setting a sentence speaks of: `max_pages：`, or `variants 第 2 项：` inside a list."""
    steps = [step for step in loc if step != "[key]"]
    if not steps:
        return ""
    if isinstance(steps[-1], int):
        return f"{steps[-2]} 第 {steps[-1] + 1} 项："
    return f"{shown(str(steps[-1]))}："


def _titles(loc: tuple[int | str, ...]) -> dict[str, str]:
    """Key -> Chinese title of the settings that may stand where a complaint points."""
    model = _MODELS.get(tuple(step for step in loc[:-1] if isinstance(step, str)))
    return {info.alias or name: info.title or "" for name, info in model.model_fields.items()} if model else {}


def _sentence(detail: Any) -> str:
    kind, given, limits, loc = detail["type"], detail["input"], detail.get("ctx", {}), detail["loc"]
    if kind == "said":
        return str(limits["sentence"])
    if kind == "missing":
        return f"缺少这一项（{_titles(loc).get(str(loc[-1]), '')}），请补上。"
    if kind == "extra_forbidden":
        return _unknown(str(loc[-1]), loc)
    if not loc:
        return "整个文件应为一组“键: 值”，从 version: 1 开始。"
    if given is None:
        return "这里不能留空：请填写；可以省略的设置也可以整行删去。"
    if kind in ("enum", "literal_error"):
        return _not_one_of(given, str(limits.get("expected", "")))
    if kind == "string_type" and isinstance(given, bool | int | float):
        return "应为文字：请给这个值加上引号。"
    if kind in _LIMITS:
        return _LIMITS[kind].format(**limits)
    return _KINDS.get(kind, "这个值不合要求，请对照随附的 targets.yml 修改。")


def _unknown(key: str, loc: tuple[int | str, ...]) -> str:
    titles = _titles(loc)
    if re.split("[:：]", key)[0] in titles:
        return "键后面要用半角冒号，冒号后面要有一个空格。"
    hint = near(key, {**{title: name for name, title in titles.items()}, **{name: name for name in titles}})
    if not hint and key in Site.model_fields and loc[0] != "sites":
        return "这一项只能写在 sites 的站点里。"
    return f"没有这个设置{hint}。"


def _not_one_of(given: Any, expected: str) -> str:
    words = re.findall(r"'([^']*)'", expected)
    return f"只能写 {'、'.join(words)}{near(given, words) if isinstance(given, str) else ''}。"


_LIMITS = {
    "greater_than_equal": "不能小于 {ge:g}。",
    "greater_than": "要大于 {gt:g}。",
    "less_than_equal": "不能大于 {le:g}。",
    "less_than": "要小于 {lt:g}。",
    "too_short": "至少要有 {min_length} 项。",
    "too_long": "最多只能有 {max_length} 项。",
}
_KINDS = {
    "model_type": "应为一组“键: 值”。",
    "dict_type": "应为一组“键: 值”。",
    "list_type": "应为列表：用方括号，或每行以短横线开头。",
    "string_type": "应为一段文字，不能是列表或一组键值。",
    "int_type": "应为整数，不加引号。",
    "int_from_float": "应为整数，不加引号。",
    "float_type": "应为数字，不加引号。",
    "finite_number": "应为有限的数字。",
    "bool_type": "应为 true（是）或 false（否），不加引号。",
    "date_type": "日期要写成“年-月-日”，如 2026-11-23。",
}


# ---------------------------------------------------------------------------------------------- what must fit together

MOST_HINTS = 50  #: a hint is a search through all regions; a national file may have thousands of both
_SECRET_KEY = re.compile(r"(token|secret|password|passwd|pwd|key|密码|口令|密钥)$")
_SECRET_IN_URL = re.compile(r"[?&][\w-]*(key|token|secret|password|sign)=|/hook/\w|://[^/\s]*@", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"\s*(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:|\s*https?:(?!//)", re.IGNORECASE)
_RESIDENT = re.compile(r"[1-9]\d{16}[\dXx]", re.ASCII)
_FROM_ENVIRONMENT = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")


def _items(tree: Node, section: str) -> list[Node]:
    node = tree.value.get(section) if isinstance(tree.value, dict) else None
    return node.value if node is not None and isinstance(node.value, list) else []


def _texts(tree: Node, section: str, key: str) -> Iterator[tuple[str, Node]]:
    """The texts under one key of every item of a section, numbers as they were written."""
    for item in _items(tree, section):
        node = item.value.get(key) if isinstance(item.value, dict) else None
        if node is not None and node.text and node.value is not None:
            yield node.text, node


def _repeated(found: Iterator[tuple[str, Node]], what: str) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for text, node in found:
        if (earlier := first.setdefault(text, node)) is not node:
            yield _problem(node, f"{what}与第 {earlier.mark.line} 行重复。")


def _regions(tree: Node) -> Iterator[Problem]:
    known = {text for text, _ in _texts(tree, "regions", "id")}
    hints: dict[str, str] = {}
    for text, node in _texts(tree, "sites", "region"):
        if text in known:
            continue
        if text not in hints and len(hints) < MOST_HINTS:
            hints[text] = near(text, sorted(known))
        yield _problem(node, f"region：regions 里没有区划 {shown(text)}{hints.get(text, '')}。")
    above: dict[str, str] = {}
    for item in _items(tree, "regions"):
        ids, parents = (item.value.get(key) if isinstance(item.value, dict) else None for key in ("id", "parent"))
        if ids is None or parents is None or not parents.text or parents.value is None:
            continue
        above[ids.text] = parents.text
        if parents.text not in known:
            yield _problem(parents, f"parent：regions 里没有区划 {shown(parents.text)}{near(parents.text, sorted(known - {ids.text}))}。")
        elif _in_circle(ids.text, above):
            yield _problem(parents, f"parent：{shown(ids.text)} 的上级绕了一圈又回到了自己。")


def _reported(plan: Node, regions: set[str]) -> Iterator[Problem]:
    """Values reported for what the plan does not promise, for an unknown region, for a time that is not the plan's, or twice."""
    goals = {text for text, _ in _texts(plan, "goals", "id")}
    years = _days(_inside(plan, "period"))
    first: dict[tuple[str, str, tuple[str, ...]], Node] = {}
    for entry in _items(plan, "reported"):
        about, region, period = (_inside(entry, key) for key in ("about", "region", "period"))
        if about is None or period is None:
            continue  # the models say what is wrong
        if re.fullmatch("[a-z0-9-]+", about.text) and about.text not in goals:
            yield _problem(about, f"about：本规划没有编号为 {shown(about.text)} 的任务{near(about.text, sorted(goals))}。")
        if region is not None and region.text and region.value is not None and region.text not in regions:
            yield _problem(region, f"region：regions 里没有区划 {shown(region.text)}{near(region.text, sorted(regions))}。")
        days = _days(period)
        if days and years and not (years[0] <= days[0] and days[1] <= years[1]) and days[1] >= years[0]:
            yield _problem(period, "period：所属时段要在规划期之内；规划期之前的是基期值，规划期之后的请填到后一个规划里。")
        key = about.text, region.text if region is not None else "", days
        if days and (earlier := first.setdefault(key, entry)) is not entry:
            yield _problem(entry, f"与第 {earlier.mark.line} 行填报的是同一件事、同一时段，请只留一个。")


def _days(period: Node | None) -> tuple[str, ...]:
    """Two dates as they are written, which is their order in time too; () where they are no such thing."""
    found = tuple(node.text for node in period.value) if period is not None and isinstance(period.value, list) else ()
    return found if len(found) == 2 and all(re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in found) else ()


def _in_circle(region: str, above: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    step = above.get(region)
    while step is not None and step not in seen and step != region:
        seen.add(step)
        step = above.get(step)
    return step == region


def _notices(tree: Node) -> Iterator[Problem]:
    """Secrets in the open, ids that stand twice (those that are the kind, too), sites that are not watched."""
    sites = {text for text, _ in _texts(tree, "sites", "id")}
    named = ((found.text, found) for one in _items(tree, "notices") if (found := _inside(one, "id") or _inside(one, "kind")) and found.text)
    yield from _repeated(named, "id：通知编号")
    for notice in _items(tree, "notices"):
        yield from _secrets(notice)
        for site in _items(notice, "sites"):
            if site.text and site.text not in sites:
                yield _problem(site, f"sites：没有编号为 {shown(site.text)} 的站点{near(site.text, sorted(sites))}。")


def _secrets(node: Node, key: str = "") -> Iterator[Problem]:
    """Secrets that stand in the file itself, and `env:` words that name no variable. The value is never repeated."""
    if isinstance(node.value, dict):
        for name, value in node.value.items():
            yield from _secrets(value, name)
    elif isinstance(node.value, list):
        for value in node.value:
            yield from _secrets(value, key)
    elif node.value is None or _FROM_ENVIRONMENT.fullmatch(node.text):
        return
    elif node.text.startswith("env:"):
        yield _problem(node, f"{shown(key)}：env: 后面要写环境变量的名字，只用英文字母、数字和下划线，如 env:NOTICE_TOKEN。")
    elif _SECRET_KEY.search(re.sub(r"[\W_]", "", key.lower())):
        yield _problem(node, f"{shown(key)}：密钥不能写在文件里，请写成 env:NAME，并把真正的值放进环境变量 NAME。")
    elif _SECRET_IN_URL.search(node.text[:4096]):
        yield _problem(node, f"{shown(key)}：这个网址里含有密钥，请写成 env:NAME，并把整个网址放进环境变量 NAME。")


def _journeys(tree: Node) -> Iterator[Problem]:
    """Journeys of one name, test values that look like secrets, and a browser that cannot hold submissions back."""
    usual = _inside(_inside(tree, "defaults"), "browser")
    for site in _items(tree, "sites"):
        journeys = _items(site, "journeys")
        browser = _inside(site, "browser") or usual
        if journeys and browser is not None and browser.text != "playwright":
            yield _problem(journeys[0], "journeys：办事流程要用 playwright 来走：只有它能拦下没有写明 submit: true 的提交。")
        yield from _repeated(_texts(site, "journeys", "name"), "name：流程名称")
        yield from _one_address(site)
        for step in (step for journey in journeys for step in _items(journey, "steps")):
            yield from _step(step)


def _step(step: Node) -> Iterator[Problem]:
    opened, field, value = (_inside(step, key) for key in ("open", "fill", "value"))
    if opened is not None and opened.text and _OTHER_SCHEME.match(opened.text):
        yield _problem(opened, "open：只能写以 http:// 或 https:// 开头的网址，或本站内以 / 开头的路径。")
    if field is None or value is None or not value.text:
        return
    if _RESIDENT.fullmatch(value.text.strip()):
        yield _problem(value, "value：这像是一个居民身份证号码，请写成 env:NAME，并把测试用的号码放进环境变量 NAME。")
    else:
        yield from _secrets(value, "value" if value.text.startswith("env:") else field.text.strip("#.[]"))


def _one_address(site: Node) -> Iterator[Problem]:
    """Names of journeys and of their states that differ only in what the ledger's addresses leave out."""
    first: dict[str, tuple[tuple[str, str], Node]] = {}
    start = _inside(site, "url")
    for journey in _items(site, "journeys"):
        name, steps = _inside(journey, "name"), [_taken(step, start.text if start else "") for step in _items(journey, "steps")]
        if name is None or not name.text or not steps or None in steps:
            continue  # the models say what is wrong
        names = [_inside(step, "name") for step in _items(journey, "steps")]
        for stage in stages(model.Journey(name=name.text, steps=tuple(step for step in steps if step is not None))):
            given = next((found for number, _ in reversed(stage.steps) if (found := names[number - 1]) is not None), None)
            words = name.text, given.text if given is not None else ""
            told, earlier = first.setdefault(stage.url, (words, given or name))
            if told != words:
                where = given if given is not None and told[0] == name.text else name
                yield _problem(where, f"name：与第 {earlier.mark.line} 行的名称只差空格或 / # ? 这样的符号，无法区分，请换一个。")
                break


def _taken(step: Node, start: str) -> model.Step | None:
    """A step as far as its address in the ledger depends on it."""
    for action in Action:
        if (what := _inside(step, action)) is not None:
            name = _inside(step, "name")
            where = _joined(what.text, start) if action is Action.OPEN else what.text
            return model.Step(action=action, what=where, name=name.text if name is not None else "")
    return None


def _joined(what: str, start: str) -> str:
    try:
        return urljoin(start, what)
    except ValueError:
        return what


def _inside(node: Node | None, key: str) -> Node | None:
    found = node.value.get(key) if node is not None and isinstance(node.value, dict) else None
    return found if isinstance(found, Node) else None


def _problem(node: Node, sentence: str) -> Problem:
    return Problem(line=node.mark.line, column=node.mark.column, sentence=sentence)
