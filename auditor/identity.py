"""Says which findings are the same barrier: across the pages that share a component, and on one page from night to night.

Source: methods.md 3.2. An identity must not depend on the outcome, on the engine, on the place in the page or on anything
that a server counts up or a script toggles; it is computed from the stored `Element` alone, so that it can be computed again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from auditor.addresses import host_of, pattern
from auditor.model import DOCUMENTS, Element, Finding, Issue, Variant

IDENTITY_VERSION = 1
"""Raised when `group_of` or `instance_of` give another answer for the same element; `renewed` then carries the issues over."""

DOCUMENT_TAG = "document"
DOCUMENT_ADDRESS = "address"
"""Tag of the element that stands for a whole document (附件), and its attribute that tells the address; HTML knows neither."""

ANCESTORS = 4
CLASSES = 3
FRAME_STEP = " >>> "

_LANDMARK_TAGS = frozenset({"main", "nav", "header", "footer", "aside"})
_LANDMARK_ROLES = frozenset({"banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search"})
WHOLE_PAGE = frozenset({"html", "body"})  # their classes and ids name the page, not the component

# ---------------------------------------------------------------------------------------------- the two identities


def group_of(site: str, rule: str, element: Element) -> str:
    """The component a barrier belongs to, wherever on the site it is met (F_group): 128 bits in hexadecimal."""
    own = _norm(element.tag, element.attributes) | _own_traits(element) | _document(element)
    return fingerprint(site, rule, own, list(_skeleton(element.ancestors)), stable_steps(outer_steps(element.selector)))


def component_of(rule: str, element: Element, page: str) -> str:
    """The same component on whatever site it is met, such as in a template that many sites share: 128 bits in hexadecimal.

    `page`: the address it was met at; what points to the page's own host is told without it, other hosts are part of the component.
    """
    own = host_of(page)
    near = {name: _hostless(value, own) if name in ("href", "src") else value for name, value in element.attributes.items()}
    return group_of("", rule, replace(element, attributes=near))


def instance_of(group: str, page: str, element: Element, ordinal: int) -> str:
    """This very element on this very page (F_inst): 128 bits in hexadecimal. `ordinal` tells equals on one page apart."""
    return fingerprint(group, page, wording(element), ordinal)


def identify(site: str, findings: Iterable[Finding]) -> list[tuple[Finding, str, str]]:
    """Every finding with its group and instance, in the order given.

    Findings of one page and variant that have the same group and wording are equals: they are counted in document order,
    as far as their xpath tells it, so that the order in which engines report them does not matter.
    """
    grouped = [(finding, group_of(site, finding.rule, finding.element)) for finding in findings]
    equals: dict[tuple[str, Variant, str, str], list[int]] = defaultdict(list)
    for index in sorted(range(len(grouped)), key=lambda index: document_order(grouped[index][0].element)):
        finding, group = grouped[index]
        equals[finding.page, finding.variant, group, wording(finding.element)].append(index)
    ordinals = {index: ordinal for members in equals.values() for ordinal, index in enumerate(members)}
    return [
        (finding, group, instance_of(group, finding.page, finding.element, ordinals[index]))
        for index, (finding, group) in enumerate(grouped)
    ]


def renewed(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """The same issues under today's identity: those of another `identity_version` are computed anew from their elements."""
    if all(map(_today, issues)):
        return tuple(issues)
    given, issues = issues, [issue if _today(issue) else replace(issue, element=_addressed(issue)) for issue in issues]
    groups = [group_of(issue.site, issue.rule, issue.element) for issue in issues]
    equals: dict[tuple[str, Variant, str, str], int] = defaultdict(int)
    result = list(issues)  # those that are to be computed anew are not the given ones any more
    for index in sorted(range(len(issues)), key=lambda index: document_order(issues[index].element)):
        issue, group = issues[index], groups[index]
        key = (issue.page, issue.variant, group, wording(issue.element))
        ordinal, equals[key] = equals[key], equals[key] + 1
        if given[index] is not issue:
            instance = instance_of(group, issue.page, issue.element, ordinal)
            result[index] = replace(issue, group=group, instance=instance, identity_version=IDENTITY_VERSION)
    return tuple(result)


def _today(issue: Issue) -> bool:
    """Whether the issue has today's identity. Those in documents had one for all documents of a site at first."""
    nameless = issue.element.tag == DOCUMENT_TAG and DOCUMENT_ADDRESS not in issue.element.attributes and DOCUMENTS in issue.engines
    return issue.identity_version == IDENTITY_VERSION and not nameless


def _addressed(issue: Issue) -> Element:
    """The element of an issue; of one that stands for a document, with its address."""
    element = issue.element
    if element.tag != DOCUMENT_TAG or DOCUMENTS not in issue.engines:
        return element
    return replace(element, attributes={**element.attributes, DOCUMENT_ADDRESS: issue.page})


def wording(element: Element) -> str:
    """What tells this element from its like, digits kept: accessible name, else text, else alt, else what it shows or is called."""
    attributes = element.attributes
    if element.tag.lower() in WHOLE_PAGE:
        return ""
    for words in (element.name, element.text, attributes.get("alt", "")):
        if told := " ".join(words.split()):
            return told
    for attribute in ("src", "href", "name"):
        if told := attributes.get(attribute, "").strip():
            return re.split(r"[?#]", told, maxsplit=1)[0] if not told.startswith("data:") else told
    return ""


def document_order(element: Element) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...], str]:
    """A sort key: document order among elements of one kind, and for all others an order that is the same every night."""
    steps = tuple(_xpath_step(step) for step in element.xpath.split("/"))
    return tuple(outer_steps(element.selector)), steps, element.selector if not element.xpath else ""


def _xpath_step(step: str) -> tuple[str, int]:
    name, _, place = step.partition("[")
    place = place.removesuffix("]")
    return (name, int(place)) if place.isdecimal() and len(place) < 10 else (step, 1)


def fingerprint(*parts: object) -> str:
    """128 bits in hexadecimal over plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


# ---------------------------------------------------------------------------------------------- what is stable in an element


def _norm(tag: str, attributes: Mapping[str, str]) -> dict[str, object]:
    tag = tag.lower()
    if tag in WHOLE_PAGE:
        return {"tag": tag}
    return {
        "tag": tag,
        "role": _plain(attributes.get("role", "")),
        "id": stable_id(attributes.get("id", "")),
        "classes": component_classes(attributes.get("class", "")),
    }


def _own_traits(element: Element) -> dict[str, object]:
    """What only the element itself is known by, not an ancestor; a page has but one html and body, whatever they carry."""
    if element.tag.lower() in WHOLE_PAGE:
        return {}
    return {
        "type": _plain(element.attributes.get("type", "")),
        "name": _form_name(element.attributes.get("name", "")),
        "landmark": _numberless(element.landmark),
        "attributes": _attribute_names(element.attributes),
        "address": _address(element.attributes),
    }


def _hostless(value: str, own: str) -> str:
    """An address of one's own site without scheme and host; any other as it is."""
    found = re.match(r"(?:https?:)?//", value.strip(), re.IGNORECASE)
    if found is None or host_of(value if ":" in found[0] else f"http:{value.strip()}") != own:
        return value
    return "/" + value.strip()[found.end() :].partition("/")[2]


def _document(element: Element) -> dict[str, object]:
    """Which document it is, of a barrier in one: documents share no component, and a decision on one says nothing of another."""
    told = element.attributes.get(DOCUMENT_ADDRESS, "")
    return {"document": told} if told and element.tag == DOCUMENT_TAG else {}


def _skeleton(ancestors: Sequence[Mapping[str, str]]) -> Iterator[dict[str, object]]:
    """The stable parts of the ancestors, nearest first, up to the first landmark or stable id."""
    for ancestor in ancestors[:ANCESTORS]:
        norm = _norm(ancestor.get("tag", ""), ancestor)
        yield norm
        if norm["tag"] in _LANDMARK_TAGS or norm.get("role") in _LANDMARK_ROLES or norm.get("id"):
            return


def _plain(value: str) -> str:
    return " ".join(value.lower().split())


def _numberless(value: str) -> str:
    return re.sub(r"\d+", "#", value)


_VOLATILE_ATTRIBUTES = frozenset(
    {
        "class",
        "id",
        "style",
        "hidden",
        "open",
        "checked",
        "selected",
        "disabled",
        "inert",
        "loading",
        "aria-busy",
        "aria-checked",
        "aria-current",
        "aria-disabled",
        "aria-expanded",
        "aria-hidden",
        "aria-invalid",
        "aria-pressed",
        "aria-selected",
        "aria-activedescendant",
        "data-loaded",
        "data-ll-status",
    }
)
_GENERATED_ATTRIBUTE = re.compile(r"cd_frame_id_|data-v-|data-reactid|data-react-checksum|_ng(?:host|content)-|ng-reflect-|data-s-")


def _attribute_names(attributes: Mapping[str, str]) -> list[str]:
    """Names only, without those that scripts put on and take off, or that carry a build number."""
    names = {_numberless(name.lower()) for name in attributes if not _GENERATED_ATTRIBUTE.match(name.lower())}
    return sorted(names - _VOLATILE_ATTRIBUTES)


def _address(attributes: Mapping[str, str]) -> str:
    """The pattern of where the element points to; the steps up of relative addresses depend on the page and are dropped."""
    value = (attributes.get("href") or attributes.get("src") or "").strip()
    if scheme := re.match(r"(?:data|javascript|blob|about):", value, re.IGNORECASE):
        return scheme[0].lower()
    value = re.sub(r"^(?:\.{1,2}/)+", "", value)
    return pattern(value) if value else ""


_HASHED = re.compile(r"(?:css|sc|jss|jsx|emotion|svelte|data-v|makestyles|_ng\w*)-", re.IGNORECASE)


def _looks_hashed(token: str) -> bool:
    """Whether some part of a name mixes letters and digits as only a machine does: 1a2b3c, 3kd9a."""
    return any(len(part) >= 5 and len(re.findall(r"\d+|\D+", part)) >= 4 for part in re.split(r"[-_]+", token))


def stable_id(value: str) -> str:
    """An id attribute that will be the same tomorrow; "" for one with a counter or one made by a machine."""
    value = value.strip()
    return "" if re.search(r"\d", value) or re.match(r"[:«]|cd_frame_id_", value) or _HASHED.match(value) else value


def _form_name(value: str) -> str:
    return "" if value.startswith("cd_frame_id_") else _numberless(value.strip())


_STATES = frozenset(
    {
        "active",
        "current",
        "cur",
        "hover",
        "selected",
        "focus",
        "focused",
        "disabled",
        "enabled",
        "open",
        "opened",
        "closed",
        "expanded",
        "collapsed",
        "checked",
        "visited",
        "hidden",
        "show",
        "shown",
        "visible",
        "invisible",
        "loading",
        "loaded",
    }
)
_LONE_STATES = _STATES | {
    "on",
    "off",
    "in",
    "out",
    "hide",
    "fade",
    "first",
    "last",
    "odd",
    "even",
    "prev",
    "next",
    "lazy",
    "lazyload",
    "lazyloaded",
    "animated",
    "clearfix",
    "cf",
    "clear",
    "fl",
    "fr",
    "pull-left",
    "pull-right",
}
_UTILITY = re.compile(
    r".*[:@!/\[\]]"  # tailwind's md:flex, w-1/2, top-[3px]
    r"|-?(?:[mp][trblxy]?|[wh]|fs|lh|fz|f|gap|z|order|offset|opacity|leading|top|left|right|bottom|text|bg|font|rounded|border|shadow)"
    r"-?(?:\d+|auto|full|screen|none|xs|sm|md|lg|xl)\Z"
    r"|(?:layui-|el-)?(?:col|row|grid|span|pull|push)-(?:xs|sm|md|lg|xl)?-?\d*\Z"
    r"|d-(?:none|block|inline|flex|grid|inline-block|inline-flex)\Z"
    r"|(?:flex|grid|block|inline|inline-block|relative|absolute|fixed|sticky|truncate|uppercase|underline|bold)\Z",
    re.IGNORECASE,
)


def component_classes(value: str) -> list[str]:
    """Up to three classes that name a component: no hashes of a build, no utilities, no states; digits become #."""
    return sorted({_numberless(token) for token in value.split() if _names_a_component(token)})[:CLASSES]


def _names_a_component(token: str) -> bool:
    lower = token.lower()
    words = [word for word in re.split(r"[-_]+", lower) if word]
    return not (
        not words
        or lower in _LONE_STATES
        or words[-1] in _STATES
        or words[0] in {"is", "has", "js"}
        or _HASHED.match(token)
        or _UTILITY.match(token)
        or _looks_hashed(token)
    )


# ---------------------------------------------------------------------------------------------- frames and shadow roots


def outer_steps(selector: str) -> list[str]:
    """The selectors of the frames and shadow hosts around an element, outermost first."""
    return selector.split(FRAME_STEP)[:-1]


def stable_steps(steps: Sequence[str]) -> list[list[str]]:
    """What will be the same tomorrow in selectors of frames and shadow hosts."""
    return [_stable_step(step) for step in steps]


_ATTRIBUTE_TEST = re.compile(r"""\[\s*([\w:-]+)\s*(?:[~|^$*]?=\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^\]\s]*)))?\s*\]""")


def _stable_step(step: str) -> list[str]:
    """What is stable in the selector of a frame or shadow host: its id if that is, else tag, classes and attribute patterns.

    Only the element itself counts, not the way down to it: how long that is depends on what else the page holds.
    """
    tests = [(match[1].lower(), match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE_TEST.finditer(step)]
    bare = re.sub(r":[\w-]+(?:\([^)]*\))?", "", _ATTRIBUTE_TEST.sub("", step))
    last = re.split(r"[\s>+~]+", bare.strip())[-1] if bare.strip() else ""
    for found in re.findall(r"#([^.#]+)", last):
        if name := stable_id(found):
            return ["#" + name]
    tag = re.match(r"[\w-]*", last)
    classes = component_classes(" ".join(re.findall(r"\.([^.#]+)", last)))
    patterns = sorted(
        f"{name}={_address({'src': value}) if name in ('src', 'href') else _numberless(value)}"
        for name, value in tests
        if not _GENERATED_ATTRIBUTE.match(name) and name not in _VOLATILE_ATTRIBUTES
    )
    return [(tag[0].lower() if tag else ""), *classes, *patterns]
