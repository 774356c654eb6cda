"""Draws the pictures and small files of the demo city when they are asked for, so that the repository holds no binary."""

from __future__ import annotations

import io
import re
import struct
import wave
import zipfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import pi, sin

from PIL import Image, ImageDraw, ImageFont

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">{inside}</svg>'

ICONS = {
    "search": '<circle cx="21" cy="21" r="11" {s}/><path d="M29 29l10 10" {s}/>',
    "wechat": '<path d="M8 20a13 10 0 1 1 7 9l-6 3 1-5z" {f}/><path d="M24 30a10 8 0 1 1 12 6l5 2-1-4" {f}/>',
    "weibo": '<ellipse cx="21" cy="29" rx="14" ry="9" {s}/><circle cx="20" cy="29" r="4" {f}/><path d="M31 10a9 9 0 0 1 9 9" {s}/>',
    "print": '<path d="M14 18V8h20v10M14 34H8V18h32v16h-6" {s}/><path d="M14 28h20v12H14z" {s}/>',
    "person": '<circle cx="24" cy="15" r="8" {f}/><path d="M8 42a16 15 0 0 1 32 0z" {f}/>',
    "wheelchair": '<circle cx="20" cy="9" r="4" {f}/><path d="M20 15v12h11l5 11" {s}/><path d="M17 22a10 10 0 1 0 13 12" {s}/>',
    "house": '<path d="M6 24L24 8l18 16" {s}/><path d="M12 22v18h24V22" {s}/>',
    "book": '<path d="M24 12c-5-4-11-4-17-3v28c6-1 12-1 17 3 5-4 11-4 17-3V9c-6-1-12-1-17 3zM24 12v28" {s}/>',
    "bus": '<path d="M8 10h32v26H8zM8 24h32" {s}/><circle cx="15" cy="38" r="3" {f}/><circle cx="33" cy="38" r="3" {f}/>',
    "coin": '<circle cx="24" cy="24" r="16" {s}/><path d="M17 14l7 9 7-9M24 23v12M17 25h14M17 30h14" {s}/>',
    "medical": '<path d="M8 12h32v28H8zM18 12V7h12v5M24 19v14M17 26h14" {s}/>',
    "school": '<path d="M4 18l20-9 20 9-20 9z" {s}/><path d="M13 23v11c6 5 16 5 22 0V23" {s}/>',
    "pen": '<path d="M10 38l3-10L33 8l7 7-20 20z" {s}/>',
    "eye": '<path d="M4 24c10-15 30-15 40 0-10 15-30 15-40 0z" {s}/><circle cx="24" cy="24" r="6" {f}/>',
    "refresh": '<path d="M38 24a14 14 0 1 1-5-11" {s}/><path d="M35 5v9h-9" {s}/>',
    "phone": '<path d="M12 6l7 2 2 9-5 4c2 5 6 9 11 11l4-5 9 2 2 7c-2 4-6 5-9 5C17 38 8 25 7 14c0-3 2-7 5-8z" {f}/>',
    "ear": '<path d="M14 20a10 10 0 0 1 20 0c0 8-9 9-9 15 0 6-9 6-9 0" {s}/><path d="M20 20a4 4 0 0 1 8 0" {s}/>',
    "hand": '<path d="M14 26V12a3 3 0 0 1 6 0v10V8a3 3 0 0 1 6 0v14-11a3 3 0 0 1 6 0v13-7'
    'a3 3 0 0 1 6 0v13c0 8-5 12-12 12-8 0-11-6-16-14 0-4 3-4 4-2z" {s}/>',
    "arrow-left": '<path d="M29 10L15 24l14 14" {s}/>',
    "arrow-right": '<path d="M19 10l14 14-14 14" {s}/>',
    "close": '<path d="M12 12l24 24M36 12L12 36" {s}/>',
    "upload": '<path d="M24 34V10M14 19l10-10 10 10M8 32v8h32v-8" {s}/>',
    "sun": '<circle cx="24" cy="24" r="9" {f}/><path d="M24 4v7M24 37v7M4 24h7M37 24h7M10 10l5 5M33 33l5 5M10 38l5-5M33 15l5-5" {s}/>',
    "star": '<path d="M24 5l6 13 14 2-10 10 2 14-12-7-12 7 2-14L4 20l14-2z" {f}/>',
}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawn file with its content type."""

    content_type: str
    body: bytes


@cache
def picture(path: str) -> Picture | None:
    """The picture at this path of any host, None if there is none.

    /img/scene-NAME-WxH.svg a landscape, /img/portrait-NAME.svg a person, /img/icon-NAME[-RRGGBB].svg, /img/emblem-RRGGBB.svg,
    /img/captcha-TEXT.png, /img/chart.png, /img/map.png, /img/qr-NAME.png, /img/spacer.gif.
    """
    if found := re.fullmatch(r"/img/scene-(\w+)-(\d{2,4})x(\d{2,4})\.svg", path):
        return _svg(_scene(found[1], int(found[2]), int(found[3])))
    if found := re.fullmatch(r"/img/portrait-(\w+)\.svg", path):
        return _svg(_portrait(found[1]))
    if (found := re.fullmatch(r"/img/icon-([a-z-]+?)(?:-([0-9a-f]{6}))?\.svg", path)) and found[1] in ICONS:
        return _svg(_icon(found[1], found[2] or "ffffff"))
    if found := re.fullmatch(r"/img/emblem-([0-9a-f]{6})\.svg", path):
        return _svg(_emblem(found[1]))
    if found := re.fullmatch(r"/img/(captcha|qr)-(\w+)\.png", path):
        return _png(_captcha(found[2]) if found[1] == "captcha" else _qr(found[2]))
    if path in ("/img/chart.png", "/img/map.png"):
        return _png(_chart() if path == "/img/chart.png" else _map())
    if path == "/img/spacer.gif":
        return Picture(content_type="image/gif", body=_file_of(Image.new("RGB", (1, 1), (185, 212, 176)), "GIF"))
    if path == "/media/shoubao.wav":
        return Picture(content_type="audio/wav", body=_chime())
    return None


@cache
def zipped() -> bytes:
    """A zip with one form to fill in."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("shenqingbiao.txt", (2026, 8, 14, 9, 0, 0)), "姓名：\n联系电话：\n申请事项：\n".encode())
    return out.getvalue()


def _svg(text: str) -> Picture:
    return Picture(content_type="image/svg+xml", body=text.encode())


def _png(image: Image.Image) -> Picture:
    return Picture(content_type="image/png", body=_file_of(image, "PNG"))


def _file_of(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def _numbers(seed: str) -> bytes:
    return sha256(seed.encode()).digest()


def _scene(seed: str, width: int, height: int) -> str:
    """Sky, sun, hills, water and a few houses, different for every seed."""
    n = _numbers(seed)
    hue = 196 + n[0] % 24 if n[0] < 200 else 28 + n[0] % 14  # day or dusk
    parts = ['<defs><linearGradient id="s" x2="0" y2="1">']
    parts.append(f'<stop stop-color="hsl({hue},45%,70%)"/><stop offset="1" stop-color="hsl({hue + 8},60%,93%)"/></linearGradient></defs>')
    parts.append(f'<rect width="{width}" height="{height}" fill="url(#s)"/>')
    parts.append(f'<circle cx="{width * (30 + n[1] % 40) // 100}" cy="{height // 4}" r="{height // 10}" fill="#fff6d8"/>')
    for layer in range(3):
        base = height * (58 + 12 * layer) // 100
        ridge = ((x, 0.16 * (1 + sin(x * (2 + layer) * pi / width + n[2 + layer]))) for x in range(0, width + 24, 24))
        points = " ".join(f"{x},{base - int(height * rise)}" for x, rise in ridge)
        green = f"hsl({165 - 22 * layer + n[5] % 14},{24 + 7 * layer}%,{62 - 12 * layer}%)"
        parts.append(f'<polygon points="0,{height} {points} {width},{height}" fill="{green}"/>')
    for i in range(6):
        w, h = width // 26 + n[6 + i] % (width // 30 + 1), height // 8 + n[12 + i] % (height // 4 + 1)
        x = width * (10 + 14 * i) // 100
        wall = f"hsl({30 + n[24 + i] % 20},{12 + n[i] % 14}%,{88 - n[18 + i] % 22}%)"
        parts.append(f'<rect x="{x}" y="{height * 9 // 10 - h}" width="{w}" height="{h}" fill="{wall}"/>')
    parts.append(f'<rect y="{height * 9 // 10}" width="{width}" height="{height}" fill="hsl(202,34%,52%)"/>')
    return SVG.format(w=width, h=height, inside="".join(parts))


def _portrait(seed: str) -> str:
    n = _numbers(seed)
    coat, hair = f"hsl({n[0] * 360 // 256},35%,88%)", ("#2b2320", "#3a3330", "#55504c")[n[1] % 3]
    top = "M54 62a26 30 0 0 1 52 0c0-12-8-20-26-20s-26 8-26 20z" if n[2] % 2 else "M50 88c-2-40 6-52 30-52s32 12 30 52l-8-2V64H58v22z"
    inside = (
        f'<rect width="160" height="200" fill="hsl({n[3] * 360 // 256},30%,78%)"/>'
        f'<path d="M20 200c0-50 26-64 60-64s60 14 60 64z" fill="{coat}"/><path d="M66 118h28v24l-14 14-14-14z" fill="#e6bd9c"/>'
        f'<ellipse cx="80" cy="84" rx="27" ry="36" fill="#f0cbae"/><path d="{top}" fill="{hair}"/>'
        '<circle cx="70" cy="84" r="3"/><circle cx="90" cy="84" r="3"/>'
        '<path d="M71 102q9 7 18 0" fill="none" stroke="#a4583f" stroke-width="3"/>'
        '<path d="M66 138l14 18 14-18 6 4-20 30-20-30z" fill="#fff"/>'
    )
    return SVG.format(w=160, h=200, inside=inside)


def _icon(name: str, colour: str) -> str:
    stroke = f'fill="none" stroke="#{colour}" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"'
    return SVG.format(w=48, h=48, inside=ICONS[name].replace("{s}", stroke).replace("{f}", f'fill="#{colour}"'))


def _emblem(colour: str) -> str:
    rays = "".join(f'<path d="M40 8l4 14h-8z" transform="rotate({angle} 40 40)" fill="#{colour}"/>' for angle in range(0, 360, 45))
    line = f'fill="none" stroke="#{colour}" stroke-width="4"'
    waves = f'<path d="M24 44q8-8 16 0t16 0M24 52q8-8 16 0t16 0" {line}/><path d="M32 36l8-12 8 12z" fill="#{colour}"/>'
    rings = f'<circle cx="40" cy="40" r="37" {line}/>{rays}<circle cx="40" cy="40" r="22" fill="#fff"/>'
    return SVG.format(w=80, h=80, inside=rings + waves)


def _captcha(text: str) -> Image.Image:
    n = _numbers(text)
    image = Image.new("RGB", (120, 44), (238, 243, 248))
    pen = ImageDraw.Draw(image)
    for i in range(0, 20, 4):
        x1, y1, x2, y2 = n[i] * 120 // 256, n[i + 1] * 44 // 256, n[i + 2] * 120 // 256, n[i + 3] * 44 // 256
        pen.line((x1, y1, x2, y2), fill=(n[i], 140, n[i + 1]), width=1)
    for i, letter in enumerate(text):
        glyph = Image.new("RGBA", (36, 40))
        ImageDraw.Draw(glyph).text((8, 2), letter, font=ImageFont.load_default(28), fill=(n[20 + i] // 2, 40, 110, 255))
        turned = glyph.rotate(n[24 + i] % 40 - 20, resample=Image.Resampling.BICUBIC)
        image.paste(turned, (4 + i * 27, 2), turned)
    return image


def _qr(seed: str) -> Image.Image:
    """Looks like a QR code and says nothing."""
    image = Image.new("1", (25, 25), 1)
    bits = int.from_bytes(b"".join(_numbers(f"{seed}{i}") for i in range(3)))
    for i in range(625):
        image.putpixel((i % 25, i // 25), bits >> i & 1)
    pen = ImageDraw.Draw(image)
    for x, y in ((0, 0), (18, 0), (0, 18)):
        pen.rectangle((x, y, x + 6, y + 6), fill=0)
        pen.rectangle((x + 1, y + 1, x + 5, y + 5), fill=1)
        pen.rectangle((x + 2, y + 2, x + 4, y + 4), fill=0)
    return image.resize((125, 125), Image.Resampling.NEAREST).convert("L")


def _chart() -> Image.Image:
    image = Image.new("RGB", (420, 220), "white")
    pen = ImageDraw.Draw(image)
    for i, (year, value) in enumerate(((2021, 412), (2022, 446), (2023, 489), (2024, 531), (2025, 578))):
        x, y = 44 + i * 76, 190 - value // 4
        pen.rectangle((x, y, x + 40, 190), fill=(31, 95, 153))
        pen.text((x + 4, y - 18), str(value), font=ImageFont.load_default(14), fill=(40, 40, 40))
        pen.text((x + 2, 196), str(year), font=ImageFont.load_default(14), fill=(40, 40, 40))
    pen.line((30, 190, 410, 190), fill=(90, 90, 90), width=2)
    return image


def _map() -> Image.Image:
    image = Image.new("RGB", (560, 320), (236, 240, 228))
    pen = ImageDraw.Draw(image)
    pen.line([(0, 250), (120, 210), (240, 240), (360, 170), (560, 190)], fill=(150, 195, 226), width=26)
    for x in range(60, 560, 110):
        pen.line((x, 0, x + 30, 320), fill="white", width=9)
    for y in range(40, 320, 90):
        pen.line((0, y, 560, y + 16), fill="white", width=7)
    for x, y in ((110, 90), (300, 110), (440, 240)):
        pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=(196, 49, 38), outline="white", width=4)
    return image


def _chime() -> bytes:
    """Two seconds of a soft tone: what the demo's players play."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", int(5000 * sin(2 * pi * 440 * i / 8000) * (1 - i / 16000))) for i in range(16000)))
    return out.getvalue()
