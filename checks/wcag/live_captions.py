"""A press conference that is broadcast live without captions leaves out everybody who cannot hear it, at the moment it matters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, unsure
from checks.document import Document, Node

STREAM = re.compile(r"\.(?:m3u8|flv)\b|^(?:rtmp|rtsp|webrtc)://|/live/|[?&]live=", re.IGNORECASE)
LIVE = re.compile(
    r"(?:正在|网上|网络|视频|图文|现场|在线)?直播(?:中|间)?(?!回放|回顾|预告|带货|时间)|\blive\s?(?:stream|now|broadcast)", re.IGNORECASE
)
OVER = re.compile(r"回放|回顾|点播|录像|已结束|往期")
PLAYERS = ("video", "iframe", "object", "embed")
PLAYER_FRAME = re.compile(r"live|player|video|zhibo|polyv|vhall|bilibili|yizhibo", re.IGNORECASE)
NEAR = 3  # boxes around the player in which words are looked for


@check(
    id="live-captions",
    criteria=("1.2.4",),
    title="直播画面要有实时字幕",
    title_en="Live video needs captions",
    who="聋人和听力下降的老年人看新闻发布会、政务访谈的直播时听不到声音，没有实时字幕就不知道在说什么。",
    who_en="Deaf and hard-of-hearing people who follow a live press conference do not know what is said without captions.",
    repair=(
        "直播前安排速录字幕，与声音同步显示在画面中或画面旁边。",
        "请直播平台的开发单位提供字幕通道；有条件的同时配通用手语翻译。",
    ),
    repair_en=(
        "Arrange for live captioning before the broadcast, shown in the picture or beside it.",
        "Ask the vendor of the platform for a caption channel, and add sign language where possible.",
    ),
    verify="关掉声音看直播，能从字幕中知道正在讲什么。",
    before='<h2>新闻发布会网络直播</h2><video src="/live/fbh.m3u8" controls></video>',
    after='<h2>新闻发布会回放</h2><video src="/fbh.mp4" controls><track kind="captions" srclang="zh" src="/fbh.vtt"></video>',
    unsure=(
        '<h2>政务访谈正在直播</h2><video src="/a.mp4" controls></video>',
        '<div><p>网上直播</p><iframe src="https://live.example.test/room/1" width="640" height="360" title="直播间"></iframe></div>',
        '<video src="/hls/1.m3u8" controls></video>',
    ),
    good=(
        '<h2>政务访谈直播回放</h2><video src="/a.mp4" controls></video>',
        '<a href="/zb/">网上直播</a>',
        '<h2>办事指南</h2><video src="/a.mp4" controls></video>',
        '<div hidden><p>正在直播</p><video src="/a.m3u8" controls></video></div>',
    ),
)  # fmt: skip
def live_captions(document: Document) -> Iterator[Hit]:
    """1.2.4: no program hears whether captions follow; a person looks while the broadcast goes on."""
    for node in document.elements(*PLAYERS):
        if node.visible and not node.veiled and _plays(node) and (why := _live(node)):
            yield unsure(node, f"这里可能是直播（{why}）；请在直播时看有没有与声音同步的字幕")


def _plays(node: Node) -> bool:
    if node.tag == "video":
        return True
    address = node.get("src") or node.get("data")
    return bool(PLAYER_FRAME.search(address)) and node.box is not None and node.box.width >= 200 and node.box.height >= 110


def _live(node: Node) -> str:
    """What speaks for a live broadcast; "" if nothing does."""
    addresses = [node.get("src"), *(source.get("src") for source in node.descendants("source"))]
    if any(STREAM.search(address) for address in addresses):
        return "地址是直播流"
    at = node
    for _ in range(NEAR):
        outermost = at.parent is None or at.parent.tag in ("body", "main", "html")
        at = (at.previous if outermost else at.parent) or at
        words = at.text[:400]
        if OVER.search(words):
            return ""
        if found := LIVE.search(words):
            return f"旁边写着“{found[0]}”"
    return ""
