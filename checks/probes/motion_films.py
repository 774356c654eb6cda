"""What the pictures of a page do by themselves: GIF, WebP and PNG files with several frames, decoded from the browser's own copy."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from PIL import Image, ImageChops, ImageSequence, UnidentifiedImageError

from auditor.model import NotAnswered
from checks.probes.files import Files
from checks.probes.flashes import Frame, flashes, frame

MAY_BE_FILM = re.compile(r"image/(?:gif|webp|apng)|\.(?:gif|webp|apng)\b", re.IGNORECASE)
MAY_BE_PNG = re.compile(r"image/png|\.png\b", re.IGNORECASE)
FILES, PNGS = 40, 12  # looked at on one page
FRAMES = 240  # decoded of one film
LARGE = 10_000  # CSS px²: of PNG files only those that show as much are looked at
LEAST = 100.0  # ms: what Chromium makes of 10 ms and less
DIFFERENCE = 24  # levels of 255 by which a pixel must change to be seen


async def films(files: Files, shown: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """What is known of each file with several frames, and whether some files were left out.

    -> [{"address", "element", "size", "area", "count": how often it is shown, "frames", "seconds": of one run, "runs": 0 without end,
    "moved": the share of its area that changes, "general", "red": flashes of its worst second at that size, "cut"}]
    """
    found: list[dict[str, Any]] = []
    known: dict[str, list[Mapping[str, Any]]] = {}
    for one in shown:
        known.setdefault(one["address"], []).append(one)
    looked = pngs = 0
    cut = False
    for address, places in known.items():
        largest = places[0]
        named = await _named(files, address)
        png = bool(MAY_BE_PNG.search(named)) and not MAY_BE_FILM.search(named)
        if not (png and largest["area"] >= LARGE) and not MAY_BE_FILM.search(named):
            continue
        if looked >= FILES or (png and pngs >= PNGS):
            cut = cut or not png
            continue
        looked, pngs = looked + 1, pngs + png
        raw = await files.get(address)
        if raw is None or (png and b"acTL" not in raw[:2000]):
            continue
        if told := film(raw, (float(largest["size"][0]), float(largest["size"][1]))):
            found.append({"address": address[:300], "element": largest["element"], "size": largest["size"], "area": largest["area"],
                          "count": len(places), **told})  # fmt: skip
    return found, cut


def film(raw: bytes, size: tuple[float, float]) -> dict[str, Any] | None:
    """What a picture file with several frames does when it is shown at a size in CSS px; None: it has one frame, or cannot be read."""
    try:
        with Image.open(io.BytesIO(raw)) as opened:
            held = int(getattr(opened, "n_frames", 1))
            if held < 2:
                return None
            runs = _runs(opened)
            frames, seconds, moved = _decoded(opened, size)
            whole = len(frames) == held
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None
    worst = flashes(frames, size, loops=runs == 0 and whole)
    return {"frames": len(frames), "seconds": round(seconds, 3), "runs": runs, "moved": round(moved, 3), "general": worst.general,
            "red": worst.red, "cut": not whole}  # fmt: skip


# ------------------------------------------------------------------------------------------------ inside


async def _named(files: Files, address: str) -> str:
    kind = ""
    if address.startswith("http"):
        with suppress(NotAnswered):
            kind = await files.kind(address)
    return f"{kind} {address[:300]}"


def _runs(opened: Image.Image) -> int:
    """How often it plays; 0: without end."""
    if opened.format == "GIF":
        return 1 if "loop" not in opened.info else 0 if opened.info["loop"] == 0 else int(opened.info["loop"]) + 1
    return int(opened.info.get("loop", 0))


def _decoded(opened: Image.Image, size: tuple[float, float]) -> tuple[list[Frame], float, float]:
    frames: list[Frame] = []
    before: Image.Image | None = None
    changed = Image.new("L", (96, 96), 0)
    total = 0.0
    for one in ImageSequence.Iterator(opened):
        if len(frames) >= FRAMES:
            break
        told = float(one.info.get("duration") or 0)
        lasts = told if told > 10 else LEAST
        total += lasts
        picture = one.convert("RGBA")
        small = picture.resize((96, 96), Image.Resampling.BOX)
        if before is not None:
            changed = ImageChops.lighter(changed, _difference(before, small))
        before = small
        frames.append(frame(picture, lasts, size))
    moved = sum(changed.histogram()[DIFFERENCE:]) / (96 * 96)
    return frames, total / 1000, moved


def _difference(one: Image.Image, other: Image.Image) -> Image.Image:
    """The largest difference of any channel, pixel by pixel."""
    red, green, blue, alpha = ImageChops.difference(one, other).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), ImageChops.lighter(blue, alpha))
