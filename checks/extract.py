"""Takes out of a captured page the little that the site checks compare: repeated link lists, ways to help, title, ways through the site."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from auditor.addresses import canonical
from auditor.identity import group_of
from auditor.model import Element, Page
from checks.document import Document, Node, captured
from checks.elements import element, xpath
from checks.probes import capture
from checks.survey import BANNER, CONTENTINFO, LINK, MAIL, NAVIGATION, TEL, Component, Extract, Help, Link, packed

LOG = logging.getLogger(__name__)
COMPONENTS, LINKS, HELPS, HEADINGS, LONGEST = 12, 60, 12, 3, 80
"""The most that an extract keeps of each, and the most characters of a name."""

REPEATED = (NAVIGATION, BANNER, CONTENTINFO)
NAVIGATION_WORDS = frozenset(
    {"nav", "navbar", "navi", "navigation", "mainnav", "topnav", "subnav", "sidenav", "leftnav", "navmenu", "navlist", "menu", "mainmenu",
     "topmenu", "leftmenu", "submenu", "menubar", "daohang", "dh"}
)  # fmt: skip
"""Words in class or id by which authors without landmarks name a navigation."""
NAMED = {
    BANNER: re.compile(r"(?:page|site|web|main|gov|g|m)?[-_]?(?:header|head|top|topbar|masthead)", re.IGNORECASE),
    CONTENTINFO: re.compile(r"(?:page|site|web|main|gov|g|m)?[-_]?(?:footer|foot|bottom|copyright)", re.IGNORECASE),
}
"""Header and footer have to be named so as a whole: `list-head` is the head of some list."""
GUESSED_TAGS = ("div", "ul", "ol", "table", "tr", "td", "tbody", "dl", "section", "p", "center", "nav", "header", "footer", "menu")

OTHER_WORDS = frozenset(
    {"hot", "hots", "rank", "ranking", "related", "relate", "recommend", "latest", "recent", "history", "breadcrumb", "breadcrumbs",
     "crumb", "crumbs", "position", "location", "pager", "pagination", "paging", "tab", "tabs", "friend", "friends", "friendlink", "flink",
     "yqlj", "share", "bdsharebuttonbox", "tag", "tags"}
)  # fmt: skip
OTHER_LABEL = re.compile(
    r"热门|热点|热词|热搜|排行|推荐|相关|最新|最近|浏览(?!器)|猜你|历史|友情链接|面包屑|当前位置|您的位置|所在位置|分页|页码|上一|标签|分享|"
    r"breadcrumb|pagination|related|recent|popular|share",
    re.IGNORECASE,
)
"""Lists that are sorted by what is new, liked or near: their order is meant to differ from page to page."""

SEARCH = re.compile(r"搜|检\s*索|查找|关键[字词]|站内查询|search|keyword|(?<![a-z])(?:kw|sou|q)(?![a-z])", re.IGNORECASE)
SITEMAP = re.compile(r"(?:网站|站点|本站)(?:地图|导航|索引|目录)|site\s*map|site\s*index|(?<![a-z])a\s*[-–—]\s*z(?![a-z])", re.IGNORECASE)
STATEMENT = re.compile(r"无障碍.{0,8}(?:声明|说明|承诺)|accessibility\s+(?:statement|policy)", re.IGNORECASE)
FEEDBACK = re.compile(
    r"找错|纠错|反馈|意见|建议|投诉|信箱|留言|联系我们|联系方式|联系电话|在线客服|客服|咨询|12345|feedback|contact|complain", re.IGNORECASE
)
FEEDBACK_ADDRESS = re.compile(r"zfwzgl|exposure|jiucuo|zhaocuo|feedback|^mailto:|^tel:", re.IGNORECASE)
HELP = re.compile(
    r"联系(?:我们|方式|电话)|(?:使用|网站|新手|办事)?帮助(?:中心|文档|说明)?|"
    r"常见问题(?:解答)?|常见问答|faqs?|(?:在线|智能|人工)?客服|(?:智能|在线)问答|"
    r"(?:智能)?机器人|智能问答机器人|(?:在线|我要)咨询|12345.{0,10}|"
    r"help(?: cent(?:er|re))?|contact(?: us)?|support|live chat|customer service",
    re.IGNORECASE,
)
INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:s?html?|jspx?|aspx?|php)$", re.IGNORECASE)
TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def extract(page: Page) -> Mapping[str, Any]:
    """The extract of a page as plain JSON; empty where the page was not captured, so that nothing can be said of it."""
    if not captured(page.facts):
        return {}
    try:
        return packed(taken(_document(page.facts)))
    except Exception:
        LOG.exception("页面 %s 的摘要无法取得，跨页面检查项不使用本页", page.url)
        return {}


def _document(facts: Mapping[str, Any]) -> Document:
    """The Document that our own checks looked at, if they are known to have looked; building it takes a while."""
    said = getattr(facts[capture.NAME], "said", None)
    return said[0].hit.node.document if isinstance(said, tuple) and said else Document(facts)


def taken(document: Document) -> Extract:
    """What the site checks need to know of a page."""
    links = [node for node in document.nodes if _is_link(node)]
    components = list(_components(document, links))
    fields = [node for node in document.fields if node.visible]
    button, called, where = _search_button(document, fields)
    spoken = [_name(node) for node in (*links, *document.by_role("button"), *document.headings)]
    hrefs = [node.get("href") for node in links]
    return Extract(
        title=" ".join(document.title.split())[:200], headings=tuple(_headings(document)),
        language=document.root.language.lower().partition("-")[0], components=tuple(components), blocks=_blocks(document, components),
        helps=tuple(_helps(document, links, components)),
        search=next((_name(node) or "搜索" for node in fields if _searches(node)), "") or _first(SEARCH, spoken),
        search_button=(where, called), search_element=button, sitemap=_first(SITEMAP, spoken), statement=_first(STATEMENT, spoken),
        feedback=_first(FEEDBACK, spoken) or next((href[:LONGEST] for href in hrefs if FEEDBACK_ADDRESS.search(href)), ""),
        form=len(fields) >= 4 or any(node.get("type").lower() == "password" for node in fields),
    )  # fmt: skip


def comparable(href: str, base: str) -> str:
    """An address as it compares between pages: without scheme, without the page's own host, index pages as their folder; "" for scripts."""
    href = href.strip()
    if href.startswith("#"):
        return ""
    found = canonical(href, base)
    if found is None:
        return ""
    host, _, path = found.partition("://")[2].partition("/")
    home = (canonical(base) or "").partition("://")[2].partition("/")[0]
    path = INDEX_PAGE.sub("/", "/" + path)
    return (path if host == home else host + path)[:200]


# ------------------------------------------------------------------------------------------------ components


def _is_link(node: Node) -> bool:
    own = node.role == "link" or (node.tag == "a" and node.has("href"))
    return own and node.exposed and not node.hidden and node.scope.kind != "frame"


def _components(document: Document, links: Iterable[Node]) -> Iterator[Component]:
    roots = _roots(document)
    held: dict[int, list[Node]] = {}
    for link in links:
        whole = next((one for one in link.ancestors() if one.index in roots), None)
        if whole is not None and whole.scope is link.scope and not _elsewhere(link, whole):
            held.setdefault(whole.index, []).append(link)
    made: list[tuple[Component, str]] = []
    shapes = Counter((roots[index][0], document.nodes[index].name, _around(document.nodes[index])) for index in held)
    for index, members in sorted(held.items()):
        node, (kind, declared) = document.nodes[index], roots[index]
        place = replace(element(node), text="", name=node.name[:LONGEST])
        alone = shapes[kind, node.name, _around(node)] == 1 and node.role in REPEATED
        key = f"{kind} {node.name} {_around(node)}" if alone else f"{kind} {node.name} {group_of('', '', place)}"
        told = tuple(
            Link(name=_name(link), href=comparable(link.get("href"), document.url), place=_way(node, link)) for link in members[:LINKS]
        )
        made.append((Component(key=key[:120], kind=kind, declared=declared, order=index, element=_trimmed(place), links=told), key))
    twins = Counter(key for _, key in made)
    yield from [component for component, key in made if twins[key] == 1][:COMPONENTS]


def _roots(document: Document) -> dict[int, tuple[str, bool]]:
    """Number of an element -> kind of component, and whether the author declares it to be one."""
    found: dict[int, tuple[str, bool]] = {}
    main = next((node.index for node in document.by_role("main")), None)
    above = {one.index for node in document.by_role(NAVIGATION) for one in node.ancestors()}
    for node in document.nodes:
        declared = node.role in REPEATED and node.exposed
        kind = node.role if declared else _guess(node) if node.tag in GUESSED_TAGS else ""
        if not kind or node.scope.kind == "frame" or node.hidden or _named(node, OTHER_WORDS):
            continue
        if declared and OTHER_LABEL.search(node.name):
            continue
        outside = [one.index for one in node.ancestors()]
        around = {found[index][0] for index in outside if index in found}
        if NAVIGATION in around:
            continue
        if declared or (node.index not in above if kind == NAVIGATION else not around and main not in outside):
            found[node.index] = (kind, declared or kind == NAVIGATION)
    return found


def _guess(node: Node) -> str:
    """What its author calls it, in class or id; "" for nothing of the kind."""
    words = {*node.get("id").split(), *node.get("class").split()}
    if found := next((kind for kind, pattern in NAMED.items() if any(pattern.fullmatch(word) for word in words)), ""):
        return found
    return NAVIGATION if _named(node, NAVIGATION_WORDS) else ""


def _around(node: Node) -> str:
    """The landmark that a component stands in."""
    return next((one.landmark for one in node.ancestors()), "")


def _named(node: Node, words: frozenset[str]) -> bool:
    told = f"{node.get('id')} {node.get('class')}"
    whole = {word.lower() for word in re.split(r"[\s_-]+", told)}
    return bool(words & whole) or bool(words & {token.lower() for token in TOKEN.findall(told)})


def _elsewhere(link: Node, whole: Node) -> bool:
    """Whether a link stands in a list of a component whose order is meant to differ."""
    for above in link.ancestors():
        if above is whole:
            return False
        before = above.previous
        label = before.text if before is not None and len(before.text) <= 12 else ""
        if _named(above, OTHER_WORDS) or OTHER_LABEL.search(f"{label} {above.own_text[:12]}"):
            return True
    return False


def _way(whole: Node, link: Node) -> str:
    """The way down from a component to a link of it."""
    return xpath(link).removeprefix(xpath(whole)).removeprefix("/")


def _trimmed(place: Element) -> Element:
    kept = {name: value[:120] for name, value in place.attributes.items() if name in ("id", "class", "role", "aria-label")}
    return replace(place, attributes=kept, snippet=place.snippet[:160])


# ------------------------------------------------------------------------------------------------ help and ways


def _blocks(document: Document, components: Iterable[Component]) -> tuple[tuple[str, int], ...]:
    """Where header, main content, footer and the components begin, each known by a name that other pages share."""
    found = {component.key: component.order for component in components}
    for role in (BANNER, "main", CONTENTINFO):
        first = next((node.index for node in document.by_role(role) if node.scope.kind != "frame"), None)
        if first is not None:
            found[role] = first
    return tuple(sorted(found.items(), key=lambda block: block[1]))


def _helps(document: Document, links: Iterable[Node], components: Iterable[Component]) -> Iterator[Help]:
    """Help that stands outside the main content: in a repeated part, or anywhere else on a page that marks its main content."""
    parts = {component.order for component in components}
    marked = any(True for _ in document.by_role("main"))
    count = 0
    for node in sorted({one.index: one for one in (*links, *document.by_role("button"))}.values(), key=lambda one: one.index):
        kind, what = _help(node, document.url)
        if not kind or node.inside("main", "article") or not (marked or any(one.index in parts for one in node.ancestors())):
            continue
        count += 1
        if count <= HELPS:
            place = _trimmed(replace(element(node), text="", ancestors=()))
            yield Help(kind=kind, what=what, name=_name(node), order=node.index, element=place)


def _help(node: Node, base: str) -> tuple[str, str]:
    href = node.get("href").strip()
    scheme, _, rest = href.partition(":")
    if scheme.lower() == "tel":
        return TEL, re.sub(r"\D", "", rest)
    if scheme.lower() == "mailto":
        return MAIL, rest.partition("?")[0].lower()
    name = _name(node)
    return (LINK, comparable(href, base) or name) if HELP.fullmatch(name) else ("", "")


def _headings(document: Document) -> list[str]:
    own = (node for node in document.headings if (node.heading_level or 9) <= 2 and node.landmark not in REPEATED)
    return [_name(node) for node in own if node.name and node.scope.kind != "frame"][:HEADINGS]


def _searches(field: Node) -> bool:
    form = field.inside("form")
    if field.role not in ("textbox", "searchbox", "combobox") or field.get("type").lower() == "password":
        return False
    action = form.get("action") if form else ""
    told = " ".join((field.name, action, *(field.get(name) for name in ("placeholder", "name", "id", "title", "value"))))
    return field.role == "searchbox" or field.inside("search") is not None or bool(SEARCH.search(told))


def _search_button(document: Document, fields: Iterable[Node]) -> tuple[Element | None, str, str]:
    """The button of the first search form with its name, and where the form leads."""
    for field in fields:
        form = field.inside("form", "search") if _searches(field) else None
        if form is None:
            continue
        for node in form.descendants("button", "input", "a"):
            if node.role in ("button", "link") and node.exposed and _name(node):
                where = comparable(form.get("action"), document.url) if form.get("action") else ""
                return _trimmed(replace(element(node), text="", ancestors=())), _name(node), where or "search"
    return None, "", ""


def _first(words: re.Pattern[str], names: Iterable[str]) -> str:
    return next((name for name in names if len(name) <= 40 and words.search(name)), "")


def _name(node: Node) -> str:
    return node.name[:LONGEST]
