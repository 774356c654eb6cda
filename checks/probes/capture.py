"""What Chromium itself knows of an open page: its nodes with computed styles and boxes, its accessibility tree, its listeners.

The answer is kept as Chromium gave it, less what no check reads; `checks.document.Document` makes it pleasant to ask.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model import Driver, NotAnswered, Probe

NAME = "capture"

STYLES: tuple[str, ...] = (
    "color", "background-color", "background-image", "font-size", "font-weight", "font-style", "font-family", "display", "visibility",
    "opacity", "position", "line-height", "letter-spacing", "word-spacing", "text-align", "text-decoration-line", "text-transform",
    "text-indent", "white-space", "writing-mode", "direction", "cursor", "overflow-x", "overflow-y", "clip", "clip-path", "transform",
    "float", "flex-direction", "order", "z-index", "pointer-events", "list-style-type", "list-style-image",
    "border-top-width", "border-right-width", "border-bottom-width", "border-left-width", "border-top-style", "border-bottom-style",
    "border-top-color", "border-bottom-color", "border-left-color", "border-right-color", "outline-style", "padding-left", "padding-top",
    "animation-name", "animation-duration", "animation-iteration-count", "user-select", "text-overflow",
    "text-shadow", "-webkit-text-fill-color",
    "-webkit-text-stroke-width", "background-clip", "background-attachment", "filter", "mix-blend-mode", "box-shadow", "appearance",
)  # fmt: skip
"""Computed styles that are captured for everything that is rendered."""

NODE_COLUMNS = ("parentIndex", "nodeType", "nodeName", "nodeValue", "backendNodeId", "attributes", "shadowRootType", "contentDocumentIndex",
                "pseudoType", "isClickable", "inputValue", "inputChecked", "optionSelected", "currentSourceURL")  # fmt: skip
LAYOUT_COLUMNS = ("nodeIndex", "styles", "bounds", "text", "paintOrders")
SILENT_ROLES = frozenset({"StaticText", "InlineTextBox", "LineBreak", "ListMarker"})
KEPT_PROPERTIES = frozenset(
    {"focusable", "focused", "level", "checked", "pressed", "expanded", "selected", "required", "invalid", "disabled", "readonly",
     "hasPopup", "modal", "hidden", "hiddenRoot", "live", "multiselectable", "orientation", "url", "errormessage", "roledescription"}
)  # fmt: skip

EXTRAS = """(() => ({
  sheets: document.styleSheets.length + (document.adoptedStyleSheets?.length ?? 0),
  images: Array.from(document.images, one => [one.naturalWidth, one.naturalHeight]),
  media: Array.from(document.querySelectorAll("video, audio"), one => ({
    duration: Number.isFinite(one.duration) ? one.duration : null, muted: one.muted, paused: one.paused, autoplay: one.autoplay,
    tracks: Array.from(one.textTracks ?? [], track => [track.kind, track.language]),
    failed: one.error !== null || one.networkState === 3,
  })),
}))()"""
"""What neither tree tells: how many style sheets there are; the size of images and the length of media, in document order."""


class Capture(dict[str, Any]):
    """The answer, which remembers what the checks of each engine said of it."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        self.said: dict[str, Any] = {}


async def ask(driver: Driver, facts: Mapping[str, Any]) -> Capture:
    """The capture of the page and of its frames.

    -> {"documents": [{"first", "process", "owner", "url", "title", "doctype", "scroll", "size", "strings", "nodes", "layout", "boxes",
    "extras", "shadows"}], "tree": {node: [role, name, where the name comes from, why it is ignored or "", {property: value}]},
    "listeners": {node: [event types]}, "lost": [node of a frame that gave no answer]}. A document of which the accessibility tree is
    missing is marked "silent". A node is named by its number over all documents ("first" is that of a document's first), so
    that two looks at an unchanged page give the same answer; `strings` are kept with the first document of a process.
    Raises NotAnswered where the browser has no DevTools protocol, or the page itself does not answer in full.
    """
    capture = Capture(documents=[], tree={}, listeners={}, lost=[])
    seen: set[str] = set()
    for frame in await driver.frames():
        if frame.id in seen:
            continue
        try:
            process = await _process(driver, frame.id if frame.parent else None, len(seen))
        except NotAnswered:
            if frame.parent is None:
                raise
            capture["lost"].append(await _owner(driver, frame.id))
            continue
        seen.update(document["frame"] for document in process["documents"])
        seen.add(frame.id)
        for key in ("tree", "listeners"):
            capture[key].update(process[key])
        capture["documents"].extend(process["documents"])
    return _numbered(capture)


PROBE = Probe(name=NAME, ask=ask)


def _numbered(capture: Capture) -> Capture:
    """The same with numbers of nodes in the place of Chromium's ids, which are others every time."""
    numbers: dict[str, str] = {}
    for document in capture["documents"]:
        document["first"] = len(numbers)
        ids = document["nodes"].pop("backendNodeId")
        numbers.update((f"{document['process']}:{id}", str(document["first"] + at)) for at, id in enumerate(ids))
    for document in capture["documents"]:
        del document["frame"]
        if "owner" in document:
            document["owner"] = numbers.get(document["owner"], "")
        shadows, process = document.get("shadows", {}), document["process"]
        document["shadows"] = {
            numbers[f"{process}:{id}"]: [numbers[f"{process}:{told[0]}"], *told[1:]]
            for id, told in shadows.items()
            if f"{process}:{id}" in numbers and f"{process}:{told[0]}" in numbers
        }
    capture["lost"] = [numbers[id] for id in capture["lost"] if id in numbers]
    for key in ("tree", "listeners"):
        capture[key] = {numbers[id]: told for id, told in capture[key].items() if id in numbers}
    return capture


async def _process(driver: Driver, frame: str | None, number: int) -> dict[str, Any]:
    """The documents that live in the process of a frame; None: that of the page."""
    answer = await driver.cdp("DOMSnapshot.captureSnapshot", {
        "computedStyles": list(STYLES), "includePaintOrder": True,
    }, frame=frame)  # fmt: skip
    strings = answer["strings"]
    documents = [
        {
            "process": number,
            "frame": strings[entry["frameId"]],
            "url": strings[entry["documentURL"]],
            "title": strings[entry["title"]] if entry["title"] >= 0 else "",
            "doctype": strings[entry["publicId"]] if entry["publicId"] >= 0 else "",
            "scroll": [entry.get("scrollOffsetX", 0), entry.get("scrollOffsetY", 0)],
            "size": [entry.get("contentWidth", 0), entry.get("contentHeight", 0)],
            "nodes": {name: entry["nodes"][name] for name in NODE_COLUMNS if name in entry["nodes"]},
            "layout": {name: entry["layout"][name] for name in LAYOUT_COLUMNS if name in entry["layout"]},
            "boxes": entry["textBoxes"],
        }
        for entry in answer["documents"]
    ]
    for entry in answer["documents"]:
        strings[entry["frameId"]] = ""  # another one every time
    if frame is not None and documents:
        documents[0]["owner"] = await _owner(driver, frame)
    if any(document["nodes"].get("shadowRootType", {}).get("index") for document in documents):
        whole = await driver.cdp("DOM.getDocument", {"depth": -1, "pierce": True}, frame=frame)
        documents[0]["shadows"] = dict(_hosted(whole["root"]))
    tree: dict[str, Any] = {}
    for number_, document in enumerate(documents):
        document["strings"] = strings if number_ == 0 else None
        try:
            told = await driver.cdp("Accessibility.getFullAXTree", {"frameId": document["frame"]}, frame=frame)
            tree.update((f"{number}:{backend}", entry) for backend, entry in _spoken(told["nodes"]))
        except NotAnswered:
            if number_ == 0:
                raise
            document["silent"] = True
        with contextlib.suppress(NotAnswered):
            document["extras"] = await driver.evaluate(EXTRAS, frame=document["frame"] if number_ or frame else None)
    return {"documents": documents, "tree": tree, "listeners": await _listeners(driver, frame, documents, number)}


async def _owner(driver: Driver, frame: str) -> str:
    """The element that shows a frame of another process, as its backend id in the page's own process."""
    with contextlib.suppress(NotAnswered):
        return f"0:{(await driver.cdp('DOM.getFrameOwner', {'frameId': frame}))['backendNodeId']}"
    return ""


def _hosted(root: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Backend id of a child of a shadow host or root -> [that of the host, which child element it is, "s" in the shadow root, else ""].

    The snapshot holds the flattened tree, in which slotted elements stand under their slot.
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        roots = [shadow for shadow in node.get("shadowRoots", ()) if shadow.get("shadowRootType") in ("open", "closed")]
        inner = [shadow for shadow in roots if shadow["shadowRootType"] == "open"]
        for holder, kind in [(shadow, "s") for shadow in inner] + ([(node, "")] if roots else []):
            elements = [child for child in holder.get("children", ()) if child["nodeType"] == 1]
            yield from ((str(child["backendNodeId"]), [node["backendNodeId"], rank, kind]) for rank, child in enumerate(elements))
        for holder in (node, *inner):
            waiting += holder.get("children", ())
        if "contentDocument" in node:
            waiting.append(node["contentDocument"])


def _spoken(nodes: list[dict[str, Any]]) -> Iterator[tuple[int, list[Any]]]:
    """What assistive technology is told of each element."""
    for node in nodes:
        role = node.get("role", {}).get("value", "")
        if role in SILENT_ROLES or "backendDOMNodeId" not in node:
            continue
        ignored = ""
        if node["ignored"]:
            reasons = [reason["name"] for reason in node.get("ignoredReasons", ())]
            ignored = reasons[0] if reasons else "ignored"
        name = node.get("name", {})
        kept = {entry["name"]: entry["value"].get("value") for entry in node.get("properties", ()) if entry["name"] in KEPT_PROPERTIES}
        if described := node.get("description", {}).get("value"):
            kept["description"] = described
        yield node["backendDOMNodeId"], [role, name.get("value", ""), _source(name), ignored, kept]


def _source(name: Mapping[str, Any]) -> str:
    """Where a name comes from: the attribute or native source that gave it, `contents`, or ""."""
    for source in name.get("sources", ()):
        if source.get("superseded") or "value" not in source or not source["value"].get("value"):
            continue
        return str(source.get("nativeSource") or source.get("attribute") or source["type"])
    return ""


async def _listeners(driver: Driver, frame: str | None, documents: list[dict[str, Any]], number: int) -> dict[str, list[str]]:
    """The types of events that each element of a process listens to."""
    found: dict[str, set[str]] = {}
    root = {"backendNodeId": documents[0]["nodes"]["backendNodeId"][0], "objectGroup": "auditor"}
    held = await driver.cdp("DOM.resolveNode", root, frame=frame)
    place = {"objectId": held["object"]["objectId"], "depth": -1, "pierce": True}
    told = await driver.cdp("DOMDebugger.getEventListeners", place, frame=frame)
    for listener in told["listeners"]:
        found.setdefault(f"{number}:{listener.get('backendNodeId', 0)}", set()).add(listener["type"])
    await driver.cdp("Runtime.releaseObjectGroup", {"objectGroup": "auditor"}, frame=frame)
    return {key: sorted(types) for key, types in found.items()}
