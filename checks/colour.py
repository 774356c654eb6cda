"""Colours and their contrast, as WCAG 2.2 defines them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

WRITTEN = re.compile(r"rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)(?:\s*[,/]\s*([\d.]+%?))?\s*\)")


@dataclass(frozen=True)
class Colour:
    """A colour of sRGB: channels 0 to 255, alpha 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def __str__(self) -> str:
        return f"#{round(self.red):02x}{round(self.green):02x}{round(self.blue):02x}"

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 to 1 (WCAG 2.2, definition «relative luminance»)."""
        red, green, blue = (_linear(channel / 255) for channel in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=4096)
def parsed(written: str) -> Colour | None:
    """The colour that Chromium computes as rgb(…) or rgba(…); None for what is written in another way."""
    found = WRITTEN.fullmatch(written.strip())
    if not found:
        return Colour(0, 0, 0, 0.0) if written.strip() == "transparent" else None
    alpha = found[4] or "1"
    return Colour(float(found[1]), float(found[2]), float(found[3]), float(alpha[:-1]) / 100 if alpha.endswith("%") else float(alpha))


def over(above: Colour, below: Colour) -> Colour:
    """What is seen of one colour over another (simple alpha compositing)."""
    alpha = above.alpha + below.alpha * (1 - above.alpha)
    if alpha <= 0:
        return Colour(0, 0, 0, 0.0)

    def mixed(upper: float, lower: float) -> float:
        return (upper * above.alpha + lower * below.alpha * (1 - above.alpha)) / alpha

    return Colour(mixed(above.red, below.red), mixed(above.green, below.green), mixed(above.blue, below.blue), alpha)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, definition «contrast ratio»)."""
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
