"""Words that name nothing: file names, placeholders, and what an editor or a template leaves behind."""

from __future__ import annotations

import re
from urllib.parse import unquote

HAN = re.compile("[\u3400-\u9fff]")
MARKS = re.compile(r"[\W_]+")
GLYPHS = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff\u200b-\u200f\u2060\ufe0e\ufe0f\\s]+")
PICTURE_FILE = re.compile(r"\S*\.(?:jpe?g|jfif|png|gif|bmp|webp|svg|tiff?|ico|avif|psd|heic)(?:[?#]\S*)?", re.IGNORECASE)
PAGE_FILE = re.compile(r"[\w./%~-]+\.(?:html?|shtml|jsp|jspx|aspx?|php|do|action|swf)(?:[?#]\S*)?", re.IGNORECASE)
ADDRESS = re.compile(
    r"(?:https?:)?//\S+|\.{0,2}/(?:[a-z0-9_%.-]+/)+[a-z0-9_%.-]*|(?:[a-z0-9_%.-]+/){2,}[a-z0-9_%-]+\.[a-z]{2,5}|www\.[a-z0-9.-]+\S*",
    re.IGNORECASE,
)
CAMERA = re.compile(
    r"(?:img|dsc[nf]?|p|mvimg|image|pic|photo|vcg|scan|wps|wx|mmexport|wechatimg|screenshot|clip_image|rId)[ _-]?\d{3,}"
    r"(?:[ _(（-]*\d+[)）]?)*|"
    r"(?:微信图片|微信截图|QQ图片|QQ截图|企业微信截图|屏幕截图|屏幕快照|截图|截屏|图片|照片|新建位图图像|未标题|未命名)[ _-]*"
    r"(?:\d[\d_.:： -]*)?(?:[(（]\d+[)）])?(?:副本)?",
    re.IGNORECASE,
)
SKIPS = re.compile(
    r"(?:跳[到至过转]|跳转[到至]|直达|转到|进入|前往|直接到).{0,4}(?:正文|主?要?内容区?|主体|导航|视窗|交互区)|跳过(?:导航|页首|菜单)|"
    r"\b(?:skip|jump|go)\s+(?:to\s+)?(?:the\s+)?(?:main|content|primary|nav\w*|body)",
    re.IGNORECASE,
)
"""Names of links that skip to the main part of a page."""

STAMP = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d[\d_-]*|(?:\d[_-]?){14,}|(?=[a-f-]*\d)(?=[\d-]*[a-f])[0-9a-f-]{16,}",
    re.IGNORECASE,
)
TEMPLATE = re.compile(r"\{\{.*?\}\}|\$\{.*?\}|<%.*?%>|\[!--.*?--\]|\{\$?[\w.:]+\}|%[A-Z_]{3,}%|#\{.*?\}|\$[a-z]\w*\$|@@\w+@@")
"""Code of a template that nothing was put in for."""


def bare(text: str) -> str:
    """Text in lower case without spaces and marks: what is left to compare."""
    return MARKS.sub("", text).casefold()


def unspoken(text: str) -> bool:
    """Whether a text holds nothing but signs of an icon font and invisible characters, which are not read out in any sense."""
    return bool(text) and not GLYPHS.sub("", text)


def is_path(text: str) -> bool:
    """Whether a text is nothing but the name of a picture file or an address."""
    return bool(PICTURE_FILE.fullmatch(text.strip()) or ADDRESS.fullmatch(text.strip()))


def is_file_name(text: str, address: str = "") -> bool:
    """Whether a text is the name or path of a file, a camera's or chat tool's name for one, or a time stamp.

    `address`: of the picture itself, whose name with an underscore gives itself away without its ending.
    """
    text = text.strip()
    if any(shape.fullmatch(text) for shape in (PICTURE_FILE, ADDRESS, CAMERA, STAMP)):
        return True
    return "_" in text and text.casefold() == stem(address).casefold()


def stem(address: str) -> str:
    """The name of the file that an address or path leads to, without its ending; "" for data addresses."""
    path = address.partition("?")[0].partition("#")[0]
    return "" if path.lower().startswith("data:") else unquote(path.rsplit("/", 1)[-1]).rpartition(".")[0]


def says_something(file_name: str) -> bool:
    """Whether the name of a file is made of words after all, such as 市残联走访困难家庭.jpg."""
    kept = stem(file_name)
    return not CAMERA.fullmatch(kept) and not STAMP.fullmatch(kept) and len(HAN.findall(kept)) >= 4
