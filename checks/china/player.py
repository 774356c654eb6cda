"""A press conference on film, in a player that the browser does not know as a video: who does not hear gets pictures only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, passed, unsure
from checks.document import Document, Node

FRAMES = re.compile(
    r"player\.bilibili\.com|v\.qq\.com/(?:txp/)?iframe|imgcache\.qq\.com/tencentvideo|player\.youku\.com|open\.iqiyi\.com|tv\.cctv\.com|"
    r"player\.cntv\.cn|player\.polyv\.net|vhall\.com|tv\.sohu\.com|/(?:video[-_]?)?player(?:/|\.html?|\.jsp|\.aspx?)|[?&](?:vid|videoId)=|"
    r"\.mp4(?:[?#]|$)",
    re.IGNORECASE,
)
"""Addresses of frames that show a player (public players of Chinese portals, and files named so)."""
PLAYERS = re.compile(
    r"ckplayer\w*|jwplayer|prism-player|tcplayer|dplayer|xgplayer|cyberplayer|flowplayer|video-?js|ezuikit-?\w*|(?:ali|live)player",
    re.IGNORECASE,
)
"""Words in class or id by which the players in use call their place on the page."""
FILE = re.compile(r"\.(?:mp4|m3u8|flv|mov)(?:[?#]|$)", re.IGNORECASE)
SAID = re.compile(r"(?:带|有|附|配|中文|双语)字幕|字幕版|文字实录|文字稿|文字版|实录全文|手语", re.IGNORECASE)
LEAST = (200, 120)  #: CSS px


@check(
    id="video-caption",
    unsure=(
        '<h1>新闻发布会</h1><iframe src="//player.bilibili.com/player.html?aid=1" title="新闻发布会" width="600" height="400"></iframe>',
        '<h1>政策解读</h1><div id="ckplayer_a1" style="width:600px;height:400px;background:#000"></div>',
        '<h1>政策解读</h1><embed src="/v/a.mp4" width="600" height="400">',
    ),
    good=(
        '<iframe src="//player.bilibili.com/player.html?aid=1" title="新闻发布会（有字幕）" width="600" height="400"></iframe>',
        '<h1>新闻发布会</h1><iframe src="https://v.qq.com/txp/iframe/player.html?vid=a" title="发布会" width="600" height="400"></iframe>'
        '<p><a href="/sl.html">文字实录</a></p>',
        '<iframe src="/map.html" title="地图" width="600" height="400"></iframe>',
        '<div class="prism-player" style="width:600px;height:400px"><video src="/a.mp4" muted loop></video></div>',
        '<iframe src="//player.bilibili.com/player.html?aid=1" title="发布会" width="600" height="400" hidden></iframe>',
    ),
)  # fmt: skip
def embedded_player(document: Document) -> Iterator[Hit]:
    """1.2.2, where axe sees no <video>: whether the film has captions, only who plays it can tell."""
    body = document.body
    told = body is not None and bool(SAID.search(body.text))
    for node in document.nodes:
        what = _player(node)
        if not what or not node.visible or node.veiled or not _large(node):
            continue
        if told or SAID.search(f"{node.name} {node.get('title')}"):
            yield passed(node)
        else:
            yield unsure(node, f"{what}里的视频有没有字幕，程序看不到；请播放查看，没有的请加字幕，并附文字实录")


def _player(node: Node) -> str:
    """What kind of player it is; "" for none, or for one whose <video> is on the page and judged itself."""
    if node.tag == "iframe":
        what = "嵌入的播放器" if FRAMES.search(node.get("src")) else ""
    elif node.tag in ("embed", "object"):
        what = "嵌入的播放器" if FILE.search(node.get("src") or node.get("data")) else ""
    elif node.tag == "div" and _named(node):
        what = "" if any(above.tag == "div" and _named(above) for above in node.ancestors()) else "播放器"
    else:
        return ""
    judged = any(True for _ in node.descendants("video")) or node.inside("video", "iframe") is not None
    return "" if judged else what


def _named(node: Node) -> bool:
    return any(word and PLAYERS.match(word) for word in (*node.get("class").split(), node.get("id")))


def _large(node: Node) -> bool:
    return node.box is not None and node.box.width >= LEAST[0] and node.box.height >= LEAST[1]
