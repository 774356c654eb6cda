"""Finds the colour nearest to one that is hard to read which can be read on the same background."""

from __future__ import annotations

import math

from checks.colour import Colour, contrast

BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)
STEPS = 256


def nearest(colour: Colour, other: Colour, least: float) -> Colour | None:
    """The colour nearest to an opaque `colour` whose contrast with the opaque `other` is at least `least`; None: there is none.

    Looked for on the straight way to black and on that to white (sRGB), so that the hue stays; of two that are found the nearer
    one. Channels are whole numbers, as they are written in a style sheet, and the contrast is that of what is written.
    """
    found = [step for end in (BLACK, WHITE) if (step := _on_the_way(colour, end, other, least)) is not None]
    return min(found, key=lambda one: (apart(colour, one), one.red), default=None)


def apart(one: Colour, other: Colour) -> float:
    """How far two colours lie from each other: the length of the way between them in sRGB, 0 to 442."""
    return math.dist(_channels(one), _channels(other))


def read(written: str) -> Colour | None:
    """The colour written as #rrggbb or #rgb; None where it is written otherwise."""
    digits = written.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        return None
    return Colour(int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))


def _on_the_way(colour: Colour, end: Colour, other: Colour, least: float) -> Colour | None:
    for step in range(STEPS + 1):
        part = step / STEPS
        mixed = Colour(*(round(here + (there - here) * part) for here, there in zip(_channels(colour), _channels(end), strict=True)))
        if contrast(mixed, other) >= least:
            return mixed
    return None


def _channels(colour: Colour) -> tuple[float, float, float]:
    return colour.red, colour.green, colour.blue
