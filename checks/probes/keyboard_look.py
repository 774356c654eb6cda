"""Looks at the stops of a walk again on a fresh load: what changes in the picture when the focus is there, and what lies over it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageChops

from auditor.marking import opened
from auditor.model import Driver
from checks.colour import Colour, contrast
from checks.probes.keyboard_walk import clock, prepare, press
from checks.probes.scenes import keep_pair, keep_view

AROUND = 30  # CSS px around an element in which its sign of the focus is looked for
FEW = 3  # pixels that may differ without anything to be seen
STEPS = 3  # of 255: a smaller difference of a pixel is none
LONG = 400  # ms after which a late sign is there, on the second look


@dataclass
class Look:
    """What is asked of one stop."""

    stop: dict[str, Any]
    sign: bool = False  #: take pictures
    cover: bool = False  #: see what lies over it
    change: bool = False  #: see what else its focus does
    told: dict[str, Any] = field(default_factory=dict)


async def look_again(
    driver: Driver, looks: Sequence[Look], last: int, pause: int, until: float, *, patient: bool = False
) -> bool:  # fmt: skip
    """Walk to each of some stops on a fresh load; the answers land in `told`. False: not all were met."""
    await driver.reload()
    await prepare(driver)
    waiting = {look.stop["element"]["place"]: look for look in looks}
    before, outside = -1, 0
    for _ in range(last + 3):
        if not waiting or clock() > until:
            break
        seen = await press(driver, "Tab", before, pause)
        _changes(waiting, seen, await _places(driver, seen))
        if not seen["inside"]:
            outside += 1
            if outside > 1:
                break
        before = seen["id"]
        place = await driver.evaluate(f"auditorKeys.known[{before}] ? auditorKeys.placeOf(auditorKeys.known[{before}]) : ''")
        look = waiting.get(place)
        if look is None or not seen["inside"]:
            continue
        del waiting[place]
        if look.sign:
            look.told["sign"] = await _sign(driver, place, LONG if patient else pause, alone=not look.stop.get("differs"))
        if look.cover:
            look.told["cover"] = await _cover(driver, place, before, pause)
    return not waiting


async def _places(driver: Driver, seen: Mapping[str, Any]) -> list[str]:
    ids = [told for kind, told in seen["events"] if kind == "focus"]
    if not ids:
        return []
    places: list[str] = await driver.evaluate(f"{json.dumps(ids)}.map((one) => auditorKeys.placeOf(auditorKeys.known[one]))")
    return places


def _changes(waiting: dict[str, Look], seen: Mapping[str, Any], places: Sequence[str]) -> None:
    look = waiting.get(places[0]) if places else None
    if look is None or not look.change:
        return
    kinds = {"lost" if seen["inside"] and seen["id"] < 0 else ""}
    for kind, told in seen["events"]:
        kinds.add(told.partition(" ")[0] if kind == "told" else kind)
    look.told["change"] = sorted(kinds - {"", "focus", "moved"})
    if not look.sign and not look.cover:
        del waiting[places[0]]


async def _cover(driver: Driver, place: str, before: int, pause: int) -> dict[str, Any] | None:
    """What lies still over an element that was reached forwards, and backwards too."""
    asked = f"auditorKeys.covered({json.dumps(place)})"
    first: dict[str, Any] | None = await driver.evaluate(asked)
    if first is None:
        return None
    await press(driver, "Tab", -1, pause, brief=True)
    await press(driver, "Shift+Tab", -1, pause, brief=True)
    await keep_view(driver, place, "按 Tab 键走到这里时的画面，框出的是得到焦点的控件，上面有别的内容盖着")
    second = await driver.evaluate(asked)
    return first if second is not None and second["place"] == first["place"] else None


# ------------------------------------------------------------------------------------------------ pictures


async def _sign(driver: Driver, place: str, pause: int, *, alone: bool) -> dict[str, Any] | None:
    """How the picture differs with the focus on an element and without. `alone`: no style tells that it does, so that what moves by itself
    must be told apart: the focus comes and goes once more, and what is not the same again is left out.

    -> {"near": changed pixels within AROUND, "far": those elsewhere, "strong": those near that change by 3:1 or more, "contrast": of the
    strongest tenth, "edge": CSS px around the element, "shown"}; None where the element moved, or what moves by itself lies over it.
    """
    pose = await driver.evaluate(f"auditorKeys.pose({pause})")
    if pose is None or pose["place"] != place:
        return None
    with_focus = await driver.shot()
    left = await driver.evaluate(f"auditorKeys.unfocus({json.dumps(place)}, {pause})")
    without = await driver.shot()
    moved = max(abs(one - other) for one, other in zip(left["box"] + left["scroll"], pose["box"] + pose["scroll"], strict=True))
    if not left["gone"] or moved > 1.5 + 0.2 * max(pose["box"][2:]):
        return None
    keep_pair(driver, place, (with_focus, without), pose["box"], pose["window"], "1：焦点在这里时；2：焦点离开之后")
    told = _differences(with_focus, without, pose)
    if told is None or told["near"] <= FEW or not alone:
        return told
    if not await driver.evaluate(f"auditorKeys.refocus({json.dumps(place)}, {pause})"):
        return None
    again = await driver.shot()
    await driver.evaluate(f"auditorKeys.unfocus({json.dumps(place)}, {pause})")
    return _differences(with_focus, without, pose, again=(again, await driver.shot()))


def _differences(
    one: bytes, other: bytes, pose: Mapping[str, Any], *, again: tuple[bytes, bytes] | None = None
) -> dict[str, Any] | None:  # fmt: skip
    first, second = opened(one), opened(other)
    if first.size != second.size:
        return None
    scale = first.width / pose["window"][0]
    clip = _clip(first, pose, AROUND, scale)
    whole = _changed(first, second)
    if again is not None and clip[0] < clip[2] and clip[1] < clip[3]:
        moving = ImageChops.lighter(_changed(first, opened(again[0])), _changed(second, opened(again[1]))).crop(clip).getbbox()
        if moving is not None:
            place = (clip[0] + moving[0], clip[1] + moving[1], clip[0] + moving[2], clip[1] + moving[3])
            if _meet(place, _clip(first, pose, 4, scale)):
                return None
            whole.paste(0, place)
    everything = _count(whole)
    edge = round(2 * (pose["box"][2] + pose["box"][3]))
    told = {"near": 0, "far": everything, "strong": 0, "contrast": 1.0, "edge": edge, "shown": pose["shown"]}
    if clip[0] >= clip[2] or clip[1] >= clip[3] or not everything:
        return told
    near = _count(whole.crop(clip))
    ratios = sorted(_ratios(first.crop(clip), second.crop(clip), whole.crop(clip)), reverse=True) if near > FEW else []
    return told | {
        "near": near, "far": everything - near, "strong": sum(one >= 3 for one in ratios),
        "contrast": round(ratios[len(ratios) // 10], 2) if ratios else 1.0,
    }  # fmt: skip


def _clip(picture: Image.Image, pose: Mapping[str, Any], around: float, scale: float) -> tuple[int, int, int, int]:
    """Where an element is in a picture, with so many CSS px around it."""
    left, top, width, height = pose["box"]
    right, bottom = left + width + around, top + height + around
    return (max(0, int((left - around) * scale)), max(0, int((top - around) * scale)),
            min(picture.width, int(right * scale) + 1), min(picture.height, int(bottom * scale) + 1))  # fmt: skip


def _meet(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _changed(first: Image.Image, second: Image.Image) -> Image.Image:
    """White where two pictures differ."""
    apart = ImageChops.difference(first, second)
    red, green, blue = apart.split()
    seen: Callable[[int], int] = lambda value: 255 if value > STEPS else 0  # noqa: E731
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(seen)


def _count(mask: Image.Image) -> int:
    return mask.histogram()[255]


def _ratios(first: Image.Image, second: Image.Image, mask: Image.Image) -> list[float]:
    box = mask.getbbox()
    if box is None:
        return []
    pixels = zip(mask.crop(box).tobytes(), _triples(first.crop(box)), _triples(second.crop(box)), strict=True)
    counted: dict[tuple[bytes, bytes], int] = {}
    for changed, one, other in pixels:
        if changed:
            counted[one, other] = counted.get((one, other), 0) + 1
    return [
        ratio
        for (one, other), count in counted.items()
        for ratio in [contrast(Colour(*one), Colour(*other))] * count
    ]  # fmt: skip


def _triples(image: Image.Image) -> list[bytes]:
    raw = image.tobytes()
    return [raw[at : at + 3] for at in range(0, len(raw), 3)]
