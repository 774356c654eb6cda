"""A sound that begins by itself drowns the voice of a screen reader, and with it the way to what would end it."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node
from checks.probes.motion_parts import met

LONGEST = 3.0  # seconds that WCAG allows
AUDIBLE = 2_000  # bytes that 1.5 s of sound give at least; silent tracks give some 400


def _wav(seconds: float) -> str:
    """A buzz, 4000 samples a second."""
    data = b"\x40\x40\x40\x40\xc0\xc0\xc0\xc0" * int(seconds * 500)
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVEfmt ", 16, 1, 1, 4000, 4000, 1, 8, b"data", len(data))
    return "data:audio/wav;base64," + base64.b64encode(head + data).decode()


LONG, SHORT = _wav(4.5), _wav(1)
REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"


@check(
    id="no-autoplay-audio",
    reads=("capture", "motion"),
    bad=(
        f"<audio autoplay src='{LONG}'></audio>{REST}",
        f"<audio autoplay loop src='{SHORT}'></audio>{REST}",
        f"<div><embed hidden></div><video autoplay src='{LONG}' width=300 height=40></video>{REST}",
        f"{REST}<script>var bgm=new Audio('{LONG}');bgm.play().catch(function(){{}})</script>",
        f"{REST}<script>onload=function(){{var a=document.createElement('audio');a.loop=true;a.src='{SHORT}';"
        f"document.body.appendChild(a);a.play()}}</script>",
    ),
    unsure=(
        f"<audio autoplay src='{LONG}' id=a></audio><button onclick='a.pause()'>关闭音乐</button>{REST}",
        f"{REST}<script>var c=new AudioContext(),o=c.createOscillator();o.connect(c.destination);o.start()</script>",
    ),
    good=(
        f"<audio autoplay src='{SHORT}'></audio>{REST}",
        f"<audio autoplay controls src='{LONG}'></audio>{REST}",
        f"<video autoplay muted src='{LONG}' width=300 height=40></video>{REST}",
        f"<audio src='{LONG}' id=a></audio><button onclick='a.play()'>播放</button>{REST}",
        f"<audio autoplay src='/missing.mp3'></audio>{REST}",
        f"{REST}<script>new Audio('{SHORT}').play().catch(function(){{}})</script>",
    ),
)
def sound_plays(document: Document) -> Iterator[Hit]:
    """1.4.2, ACT 80f0bf and 4c31df: media that begin by themselves, audible, for more than three seconds, without a control by its name."""
    sounds = (document.facts.get("motion") or {}).get("sounds")
    if not sounds:
        return
    control = met(document, sounds["control"])
    known: set[int] = set()
    for told in sounds["media"]:
        node = met(document, told["element"])
        if node is None or not told["autoplay"] or told["muted"] or told["failed"]:
            continue
        known.add(node.index)
        heard, duration = told.get("heard"), told["duration"]
        silent = heard is not None and heard < AUDIBLE and node.tag == "video"
        short = duration is not None and 0 <= duration <= LONGEST and not told["loop"]
        if short or silent or (told["controls"] and told["seen"]):
            yield passed(node)
        elif control is not None:
            yield unsure(node, f"声音会自动播放；页面上有“{_named(control)}”，请看能不能用键盘关掉声音")
        elif heard is None or heard < AUDIBLE:
            yield unsure(node, "媒体设为自动播放且没有静音；没有能确认它是否有声音，若有请去掉自动播放")
        else:
            yield failed(node, f"{_length(duration, told['loop'])}的声音会自动播放，页面上没有找到能关掉它的按钮；请去掉自动播放")
    yield from _scripted(document, known, control)


def _scripted(document: Document, known: set[int], control: Node | None) -> Iterator[Hit]:
    """What scripts begin to play: told of the page as a whole, once."""
    node = document.body or document.root
    media = list(document.elements("audio", "video"))
    begun = [one for one in document.facts["motion"]["sounds"].get("scripts", ()) if not one["muted"] and not one["failed"]]
    begun = [one for one in begun if not (one["inPage"] and (one["controls"] or (one["autoplay"] and media and known)))]
    begun = [one for one in begun if one["stopped"] is None or one["stopped"] - one["at"] > LONGEST * 1000]
    long = [one for one in begun if one["loop"] or (one["duration"] or 0) > LONGEST or one["kind"] == "tone"]
    if not long or node.index in known:
        return
    if control is not None:
        yield unsure(node, f"脚本会自动播放声音；页面上有“{_named(control)}”，请看能不能用键盘关掉声音")
    elif plain := [one for one in long if one["kind"] == "media" and one["tag"] == "audio"]:
        yield failed(node, f"脚本会自动播放{_length(plain[0]['duration'], plain[0]['loop'])}的声音，没有找到能关掉它的按钮；"
            f"请改为点击后播放")
    else:
        yield unsure(node, "脚本会自动播放声音，没有找到能关掉它的按钮；请听一听是否超过3秒")


def _named(control: Node) -> str:
    return (control.name or control.text or control.get("title") or "声音开关")[:16]


def _length(duration: float | None, loop: bool) -> str:
    return "循环播放" if loop else f"长{round(duration)}秒" if duration and duration > 0 else "不知长短"
