"""Reads what is written in a picture with a small model on this machine, where one is installed (the extra `ocr`)."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

LARGEST = 40_000_000  # pixels of one picture
PIXELS = 480_000  # a picture is scaled down to so many before it is read,
FINDING = 90_000  # and to so many where lines of text are looked for
COVERS, PLAIN, INKED = 0.1, 0.7, 0.7  # what has less text than that shows it by the way, and is not read
LONGEST = 14  # of a line, so many of its heights are read
DRAWN = 0.5  # share of its five most common colours, from which a picture counts as drawn
LINES = 4  # of one picture are read, the largest first; half of them in what is not drawn
SURE = 0.8  # what the model is less sure of is left out
KNOWN = 4096  # pictures remembered
NOTHING: Mapping[str, Any] = {}
LOCK = threading.Lock()
REMEMBERED: OrderedDict[bytes, Mapping[str, Any]] = OrderedDict()


@cache
def installed() -> str:
    """Name and version of the model that reads; "none" where the extra `ocr` is not installed."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        return "none"
    try:
        return f"rapidocr {version('rapidocr')}"
    except PackageNotFoundError:
        return "none"


def read(raw: bytes) -> Mapping[str, Any]:
    """What is written in a picture file; empty where nothing is. The same for equal files; remembered."""
    key = sha256(raw).digest()
    with LOCK:
        if key in REMEMBERED:
            REMEMBERED.move_to_end(key)
            return REMEMBERED[key]
        told = _read(raw)
        REMEMBERED[key] = told
        if len(REMEMBERED) > KNOWN:
            REMEMBERED.popitem(last=False)
        return told


# ------------------------------------------------------------------------------------------------ inside


@dataclass(frozen=True, kw_only=True)
class _Area:
    """A line of text found in a picture, in its px, upright or lying."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> int:
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    @property
    def lying(self) -> bool:
        return self.right - self.left >= 0.6 * (self.bottom - self.top)


def _read(raw: bytes) -> Mapping[str, Any]:
    import numpy as np

    try:
        picture = _scaled(raw)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # what Pillow says of broken files
        return NOTHING
    if picture is None:
        return NOTHING
    small = _shrunk(picture, FINDING)
    boxes = _reader()(np.asarray(small)[:, :, ::-1].copy(), use_det=True, use_cls=False, use_rec=False).boxes
    areas = list(_areas(boxes, small)) if boxes is not None else []
    covers = min(1.0, sum(area.size for area in areas) / (small.width * small.height))
    colours = _colours(small, areas)
    if not areas or (covers < COVERS and (colours["plain"] < PLAIN or colours["inked"] < INKED)):
        return NOTHING
    most = LINES if colours["plain"] >= DRAWN else LINES // 2
    lines = list(_lines(picture, areas, picture.width / small.width, picture.height / small.height, most))
    return {"lines": lines, "found": len(areas), "covers": round(covers, 3), **colours} if lines else NOTHING


def _lines(picture: Image.Image, areas: Sequence[_Area], across: float, down: float, most: int) -> Iterator[list[Any]]:
    """What the largest lines say, from top to bottom; their places are told on a picture smaller by these factors."""
    import numpy as np

    chosen = sorted((area for area in areas if area.lying), key=lambda area: (-area.size, area.top, area.left))[:most]
    for area in sorted(chosen, key=lambda area: (area.top, area.left)):
        right = min(area.right, area.left + LONGEST * (area.bottom - area.top))
        edge = (int(area.left * across), int(area.top * down), int(right * across), int(area.bottom * down))
        told = _reader()(np.asarray(picture.crop(edge))[:, :, ::-1].copy(), use_det=False, use_cls=False, use_rec=True)
        for text, sure in zip(told.txts or (), told.scores or (), strict=True):
            if text.strip() and sure >= SURE:
                yield [text.strip(), round(float(sure), 2)]


def _shrunk(picture: Image.Image, most: int) -> Image.Image:
    """The picture with no more than so many pixels."""
    factor = (most / (picture.width * picture.height)) ** 0.5
    if factor >= 1:
        return picture
    size = max(8, round(picture.width * factor)), max(8, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _scaled(raw: bytes) -> Image.Image | None:
    """The picture on white, scaled down to PIXELS; None for what is too large, too small or of one colour."""
    with Image.open(io.BytesIO(raw)) as opened:
        if opened.width * opened.height > LARGEST or opened.width < 16 or opened.height < 8:
            return None
        shrink = min(1.0, (PIXELS / (opened.width * opened.height)) ** 0.5)
        opened.draft("RGB", (round(opened.width * shrink), round(opened.height * shrink)))
        clear = "A" in opened.getbands() or "transparency" in opened.info
        seen = _shrunk(opened.convert("RGBA" if clear else "RGB"), PIXELS)
    if clear:
        ground = Image.new("RGBA", seen.size, _ground(seen))
        ground.alpha_composite(seen)
        seen = ground.convert("RGB")
    grey = seen.convert("L").getextrema()
    return None if _far(grey) < 24 else seen


def _far(extremes: Any) -> float:
    return float(extremes[1] - extremes[0])


def _ground(seen: Image.Image) -> str:
    """White, or black where what is not transparent is nearly white."""
    small = seen.resize((32, 32), Image.Resampling.BILINEAR).tobytes()
    lights = [sum(small[at : at + 3]) / 3 for at in range(0, len(small), 4) if small[at + 3] > 128]
    return "black" if lights and sum(lights) / len(lights) > 215 else "white"


def _areas(boxes: Any, picture: Image.Image) -> Iterator[_Area]:
    for corners in boxes:
        across, down = [float(corner[0]) for corner in corners], [float(corner[1]) for corner in corners]
        yield _Area(
            left=max(0, int(min(across))), top=max(0, int(min(down))),
            right=min(picture.width, int(max(across)) + 1), bottom=min(picture.height, int(max(down)) + 1),
        )  # fmt: skip


def _colours(picture: Image.Image, areas: Sequence[_Area]) -> Mapping[str, float]:
    """What tells drawn letters (near 1) from photographs: sixteen shades of each colour are told apart."""
    import numpy as np

    width, height = min(picture.width, 160), min(picture.height, 80)
    shades = np.asarray(picture.resize((width, height), Image.Resampling.NEAREST)).astype(np.int32) >> 4
    counts = np.bincount((shades[:, :, 0] * 256 + shades[:, :, 1] * 16 + shades[:, :, 2]).ravel(), minlength=4096)
    ground = int(counts.argmax())
    drawn = (np.abs(shades - np.array([ground >> 8, ground >> 4 & 15, ground & 15])) > 1).any(axis=2)
    text = np.zeros((height, width), dtype=bool)
    across, down = width / picture.width, height / picture.height
    for area in areas:
        text[int(area.top * down) : int(area.bottom * down) + 1, int(area.left * across) : int(area.right * across) + 1] = True
    plain = float(np.sort(counts)[-5:].sum() / counts.sum())
    return {"plain": round(plain, 2), "inked": round(float((drawn & text).sum() / max(1, int(drawn.sum()))), 2)}


@cache
def _reader() -> Any:
    """The model, on one core, from the files that its package brings: nothing is ever fetched."""
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    detect, recognise = (next(iter(sorted(models.glob(f"*_{kind}_*.onnx")))) for kind in ("det", "rec"))
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "error", "Global.use_cls": False, "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1, "Det.limit_type": "max", "Det.limit_side_len": 1600,
            "Det.model_path": str(detect), "Rec.model_path": str(recognise),
        }
    )  # fmt: skip
