"""How often a sequence of pictures flashes, by WCAG's general flash and red flash thresholds (2.3.1), on a coarse grid of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

SAFE_AREA = 21_824.0  # CSS px²: a quarter of 341 x 256
FIELD = (341.0, 256.0)  # CSS px: ten degrees of the visual field at the usual distance
MOST_PER_SECOND = 3
STEP, DARK = 0.10, 0.80  # of the relative luminance of white
RED_SHARE, RED_STEP = 0.8, 0.2  # of the light of a colour; CIE 1976 UCS chromaticity
CELL = 16.0  # CSS px
GRID = 64  # cells across or down at most
SECOND = 1000.0  # ms
SIZES = tuple(value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in range(256))

Cell = tuple[float, float, float]
"""Red, green and blue of a cell, linear, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Flashes:
    """The worst second of a sequence."""

    general: int  #: flashes (pairs of opposing changes of luminance) that a second holds over more than the safe area
    red: int  #: the same for pairs of opposing changes to and from saturated red

    @property
    def over(self) -> bool:
        """Whether more than three flashes stand in one second over more than the safe area: WCAG's thresholds."""
        return max(self.general, self.red) > MOST_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture of a sequence, as averages of cells in rows."""

    cells: Sequence[Cell]
    lasts: float  #: ms


def frame(picture: Image.Image, lasts: float, size: tuple[float, float]) -> Frame:
    """A picture shown at a size in CSS px. Transparent parts count as white."""
    across, down = grid(size)
    if picture.mode not in ("RGB", "L"):
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    small = picture.convert("RGB").resize((across, down), Image.Resampling.BOX)
    raw = small.tobytes()
    return Frame(cells=[(SIZES[raw[at]], SIZES[raw[at + 1]], SIZES[raw[at + 2]]) for at in range(0, len(raw), 3)], lasts=lasts)


def grid(size: tuple[float, float]) -> tuple[int, int]:
    """How many cells there are across and down a picture shown at a size in CSS px."""
    return max(1, min(GRID, round(size[0] / CELL))), max(1, min(GRID, round(size[1] / CELL)))


def flashes(frames: Sequence[Frame], size: tuple[float, float], *, loops: bool = False) -> Flashes:
    """The worst second of a sequence shown at a size in CSS px; `loops`: it begins again when it ends.

    A cell flashes when its luminance changes by a tenth of the whole and back, the darker state being under 0.80; red flashes are
    changes to and from a saturated red by more than 0.2 of the CIE 1976 UCS. Flashes count where, within the same second, so many
    cells of one field of 341 x 256 px flash that they cover more than a quarter of it.
    """
    if size[0] * size[1] <= SAFE_AREA or len(frames) < 2:
        return Flashes(general=0, red=0)
    played = list(frames)
    total = sum(one.lasts for one in frames)
    while loops and total < 2 * SECOND and len(played) < 400:
        played += frames
        total += sum(one.lasts for one in frames)
    times = [0.0]
    for one in played[:-1]:
        times.append(times[-1] + one.lasts)
    general, red = list[list[float]](), list[list[float]]()
    for cell in range(len(frames[0].cells)):
        colours = [one.cells[cell] for one in played]
        general.append(_turns([_luminance(colour) for colour in colours], times))
        red.append(_red_turns(colours, times))
    return Flashes(general=_worst(general, size, times), red=_worst(red, size, times))


# ------------------------------------------------------------------------------------------------ inside


def _luminance(colour: Cell) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def _turns(values: Sequence[float], times: Sequence[float]) -> list[float]:
    """When each change of STEP or more, opposed to the one before it, is complete; the darker end of each is under DARK."""
    low = high = values[0]
    found: list[float] = []
    rising: bool | None = None
    for value, at in zip(values[1:], times[1:], strict=True):
        if rising is not True and value - low >= STEP - 1e-9 and low < DARK:
            found.append(at)
            rising, low, high = True, value, value
        elif rising is not False and high - value >= STEP - 1e-9 and value < DARK:
            found.append(at)
            rising, low, high = False, value, value
        low, high = min(low, value), max(high, value)
        if rising is True and value >= high:
            low = value
        if rising is False and value <= low:
            high = value
    return found


def _red_turns(colours: Sequence[Cell], times: Sequence[float]) -> list[float]:
    """When each change between a saturated red and another colour is complete."""
    if not any(_saturated(colour) for colour in colours):
        return []
    found: list[float] = []
    last = colours[0]
    for colour, at in zip(colours[1:], times[1:], strict=True):
        if _saturated(last) != _saturated(colour) and _apart(last, colour) > RED_STEP:
            found.append(at)
            last = colour
        elif _saturated(last) == _saturated(colour):
            last = colour
    return found


def _saturated(colour: Cell) -> bool:
    light = sum(colour)
    return light > 0.02 and colour[0] / light >= RED_SHARE


def _apart(one: Cell, other: Cell) -> float:
    (u, v), (w, x) = _chromaticity(one), _chromaticity(other)
    return float(((u - w) ** 2 + (v - x) ** 2) ** 0.5)


def _chromaticity(colour: Cell) -> tuple[float, float]:
    """CIE 1976 u', v'; that of white for black."""
    red, green, blue = colour
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    whole = x + 15 * y + 3 * z
    return (4 * x / whole, 9 * y / whole) if whole > 1e-6 else (0.1978, 0.4683)


def _worst(turns: Sequence[Sequence[float]], size: tuple[float, float], times: Sequence[float]) -> int:
    """The most flashes of any second that more than the safe area of one field shares."""
    across, down = grid(size)
    wide, high = size[0] / across, size[1] / down
    worst = 0
    for begin in times:
        counts = [sum(begin <= at < begin + SECOND for at in one) // 2 for one in turns]
        while max(counts, default=0) > worst and _covers(counts, worst + 1, across, wide, high):
            worst += 1
    return worst


def _covers(counts: Sequence[int], wanted: int, across: int, wide: float, high: float) -> bool:
    """Whether cells with so many flashes cover more than the safe area of one field."""
    columns, rows = max(1, int(FIELD[0] // wide)), max(1, int(FIELD[1] // high))
    down = len(counts) // across
    sums = [[0] * (across + 1) for _ in range(down + 1)]
    for y in range(down):
        for x in range(across):
            here = 1 if counts[y * across + x] >= wanted else 0
            sums[y + 1][x + 1] = here + sums[y][x + 1] + sums[y + 1][x] - sums[y][x]
    for y in range(max(1, down - rows + 1)):
        for x in range(max(1, across - columns + 1)):
            right, bottom = min(across, x + columns), min(down, y + rows)
            cells = sums[bottom][right] - sums[y][right] - sums[bottom][x] + sums[y][x]
            if cells * wide * high > SAFE_AREA:
                return True
    return False
