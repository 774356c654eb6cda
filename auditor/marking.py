"""Cuts a piece out of a picture of a page, marks a place in it, and puts it away as WebP. Needs Pillow and nothing of ours."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

MARGIN = 64  # CSS px around the element
NARROWEST = 420  # CSS px that a picture shows at least, where the page is that wide
WIDEST, HIGHEST = 720, 460  # px of a finished picture
MARK, HALO = (200, 0, 140), (255, 255, 255)  # a red that few sites use


def opened(raw: bytes) -> Image.Image:
    """A PNG, JPEG or WebP as RGB."""
    with Image.open(io.BytesIO(raw)) as picture:
        return picture.convert("RGB")


def marked(page: Image.Image, x: float, y: float, width: float, height: float) -> bytes:
    """A WebP of the surroundings of a place, with the place framed. Measures in px of `page`."""
    left, top = max(0.0, x - MARGIN), max(0.0, y - MARGIN)
    right, bottom = min(float(page.width), x + width + MARGIN), min(float(page.height), y + min(height, HIGHEST * 2.0) + MARGIN)
    left = max(0.0, min(left, right - NARROWEST))
    right = min(float(page.width), max(right, left + NARROWEST))
    piece = page.crop((int(left), int(top), int(right) or 1, max(int(bottom), int(top) + 1)))
    frame(ImageDraw.Draw(piece), x - left, y - top, width, height)
    piece.thumbnail((WIDEST, HIGHEST), Image.Resampling.BILINEAR)
    return encoded(piece)


def frame(draw: ImageDraw.ImageDraw, x: float, y: float, width: float, height: float) -> None:
    """Draw the frame around a place."""
    edge = (x - 3, y - 3, x + max(width, 6) + 3, y + max(height, 6) + 3)
    draw.rectangle((edge[0] - 2, edge[1] - 2, edge[2] + 2, edge[3] + 2), outline=HALO, width=6)
    draw.rectangle(edge, outline=MARK, width=3)


def in_a_row(pictures: Sequence[Image.Image], *, across: int, highest: int, gap: int = 8) -> bytes:
    """A WebP of pictures of one size, numbered from 1, `across` in a row; each is made no higher than `highest` px."""
    shown = [picture.copy() for picture in pictures]
    for picture in shown:
        picture.thumbnail((WIDEST // min(across, len(shown)), highest), Image.Resampling.BILINEAR)
    width, height = max(picture.width for picture in shown), max(picture.height for picture in shown)
    rows = -(-len(shown) // across)
    sheet = Image.new("RGB", (min(across, len(shown)) * (width + gap) - gap, rows * (height + gap) - gap), HALO)
    draw = ImageDraw.Draw(sheet)
    for number, picture in enumerate(shown):
        at = (number % across) * (width + gap), (number // across) * (height + gap)
        sheet.paste(picture, at)
        dot(draw, at[0] + 12, at[1] + 12, str(number + 1))
    return encoded(sheet)


def dot(draw: ImageDraw.ImageDraw, x: float, y: float, words: str, *, size: int = 15) -> None:
    """A number in a filled circle around a point."""
    font = ImageFont.load_default(size)
    wide = max(size * 0.75, draw.textlength(words, font) / 2 + size * 0.3)
    draw.rounded_rectangle((x - wide, y - size * 0.75, x + wide, y + size * 0.75), radius=size * 0.75, fill=MARK, outline=HALO, width=2)
    draw.text((x, y), words, fill=HALO, font=font, anchor="mm")


def encoded(picture: Image.Image) -> bytes:
    """The picture as WebP."""
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=75, method=0)
    return out.getvalue()
