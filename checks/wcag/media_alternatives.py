"""Who cannot hear a recording needs its words in writing; who cannot see a video needs to be told what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node

WORDS = re.compile(r"文字稿|文字版|文字实录|文字记录|文稿|全文|实录|transcript|text version", re.IGNORECASE)
TOLD = re.compile(r"口述影像|音频描述|解说版|无障碍版|audio descri|described version", re.IGNORECASE)


@check(
    id="video-caption",
    good=(
        '<video src="/bg.mp4" autoplay muted loop></video>',
        '<video src="/a.mp4" controls></video>',
        '<video src="/a.mp4" controls muted></video>',
        '<video controls><track kind="captions" src="/a.vtt" srclang="zh"></video>',
    ),
    unsure=(
        '<video controls src="/a.mp4"><track kind="captions" src=""></video>',
        '<video controls src="/a.mp4"><track kind="captions"></video>',
    ),
)
def video_caption(document: Document) -> Iterator[Hit]:
    """What plays without sound, and gives nobody a way to turn it on, needs no captions; a track without a file gives none."""
    for video in document.elements("video"):
        facts = video.media
        tracks = [track for track in video.descendants("track") if track.get("kind").strip().lower() == "captions"]
        if facts is not None and facts["muted"] and not video.has("controls") and not video.listeners and not video.clickable:
            yield passed(video)
        elif tracks and not any(track.get("src").strip() for track in tracks) and not video.hidden:
            yield unsure(video, "字幕轨道没有写明字幕文件；请播放看看有没有字幕")


@check(
    id="audio-transcript",
    criteria=("1.2.1",),
    impact=Impact.SERIOUS,
    title="录音可能没有文字稿",
    title_en="Recording may have no transcript",
    who="听力残疾人和听力减退的老年人听不到录音里的政策解读和通知，没有文字稿就得不到这些内容。",
    who_en="A deaf or hard-of-hearing person gets nothing of a recorded notice without its words in writing.",
    repair=("请在录音旁边放上全文文字稿，或放一个通向文字稿的链接。", "请开发单位在播放器旁边为文字稿留出位置。"),
    repair_en=(
        "Put the full text beside the recording, or a link that leads to it.",
        "Ask the vendor to give the text a place beside the player.",
    ),
    verify="不播放录音，在同一页或链接里能读到全部内容。",
    before='<h2>政策解读</h2><audio controls src="/a.mp3"></audio>',
    after='<h2>政策解读</h2><audio controls src="/a.mp3"></audio><p><a href="/a.html">政策解读录音的文字稿</a></p>',
    unsure=('<audio controls src="/a.mp3"></audio>', '<audio controls><source src="/a.mp3"></audio><p>点击播放</p>'),
    good=(
        '<audio src="/click.mp3"></audio>',
        '<audio controls hidden src="/a.mp3"></audio>',
        '<audio controls src="/a.mp3"></audio><a href="/t">Transcript</a>',
    ),
)
def audio_transcript(document: Document) -> Iterator[Hit]:
    """1.2.1 (G158); the words may stand anywhere on the page, which only a person can judge. One report for each page."""
    recordings = [audio for audio in document.elements("audio") if audio.has("controls") and audio.visible and not audio.veiled]
    body = document.body
    if recordings and body is not None and WORDS.search(body.text):
        yield from map(passed, recordings)
    elif recordings:
        yield unsure(recordings[0], f"本页有 {len(recordings)} 段录音，没有找到“文字稿”一类的字样；请看录音里的话有没有写在网页上")


@check(
    id="video-description",
    criteria=("1.2.3", "1.2.5"),
    impact=Impact.MODERATE,
    title="视频的画面可能没有口述说明",
    title_en="Video may have no audio description",
    who="盲人听视频时，只出现在画面上的操作步骤、图表和字幕听不到，内容就缺了一块。",
    who_en="A blind person who listens to a video misses steps, charts and words that appear in the picture only.",
    repair=("画面内容解说里都讲到的，不必修改；没有讲到的，请制作一个带口述说明的版本。", "请开发单位在播放器旁边放上口述影像版的链接。"),
    repair_en=(
        "Nothing needs changing where the speech tells what is shown; otherwise make a version with audio description.",
        "Ask the vendor to put a link to the described version beside the player.",
    ),
    verify="闭上眼睛听视频，不缺少重要内容。",
    before='<video controls src="/a.mp4"></video>',
    after='<video controls src="/a.mp4"></video><p><a href="/b.html">口述影像版</a></p>',
    unsure=(
        '<video controls src="/a.mp4"></video>',
        '<h1>残疾人证办理演示</h1><video controls><track kind="captions" src="/a.vtt" srclang="zh"><source src="/a.mp4"></video>',
    ),
    good=(
        '<video src="/bg.mp4" autoplay muted loop></video>',
        '<video controls src="/a.mp4" hidden></video>',
        '<video controls src="/a.mp4"><track kind="descriptions" src="/a.vtt"></video>',
        "<p>视频</p>",
    ),
)
def video_description(document: Document) -> Iterator[Hit]:
    """1.2.3 and 1.2.5; one report for each page."""
    videos = [video for video in document.elements("video") if video.has("controls") and video.visible and not video.veiled]
    body = document.body
    untold = [video for video in videos if not _described(video)]
    if untold and not (body is not None and TOLD.search(body.text)):
        yield unsure(untold[0], f"本页有 {len(untold)} 段视频，没有找到口述影像；请看画面上的内容在解说里是否都讲到了")
    else:
        yield from map(passed, videos)


def _described(video: Node) -> bool:
    return any(track.get("kind").strip().lower() == "descriptions" and track.get("src") for track in video.descendants("track"))
