"""Who is easily distracted cannot read a notice beside a picture that never stands still."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.motion_parts import SHARE_OF_WINDOW, met

REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"
GIF = (
    "data:image/gif;base64,R0lGODlhBAAEAIEAAMwAAAAAAAAAAAAAACH/C05FVFNDQVBFMi4wAwEAAAAh+QQAWgAAACwAAAAABAAEAAAICQABCBxIsCCAgAAh+QQBWgABACwAAAAABAAEAIEA"
    "ZswAAAAAAAAAAAAICQABCBxIsCCAgAA7"
)
ONCE = (
    "data:image/gif;base64,R0lGODlhBAAEAIEAAMwAAAAAAAAAAAAAACH5BABaAAAALAAAAAAEAAQAAAgJAAEIHEiwIICAACH5BAFaAAEALAAAAAAEAAQAgQBmzAAAAAAAAAAAAAgJAAEIHEiw"
    "IICAADs="
)
WEBP = (
    "data:image/webp;base64,UklGRsYAAABXRUJQVlA4WAoAAAACAAAAAwAAAwAAQU5JTQYAAAAAAAAAAABBTk1GSAAAAAAAAAAAAAMAAAMAAIQDAAJWUDggMAAAADABAJ0BKgQABAABQCYlo"
    "AADcAD+91kv//yDH+DX+YfRL//+Mqf/4yp//jKn/FzAAEFOTUZKAAAAAAAAAAAAAwAAAwAAhAMAAFZQOCAyAAAANAEAnQEqBAAEAAAAJiWgAANwAP7xCo///srH/+lY//0rH7wX//1lf//Mr//5"
    "lf7uwAA="
)
APNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAACGFjVEwAAAACAAAAAPONk3AAAAAaZmNUTAAAAAAAAAAEAAAABAAAAAAAAAAAAAkACgAAZwJIIAAAAB"
    "BJREFUeJxjPMOAAEwMRHEAKagA1EAskY4AAAAaZmNUTAAAAAEAAAAEAAAABAAAAAAAAAAAAAkACgAA/HGi9AAAABhmZEFUAAAAAnicY2RIO8MAA0wMSAA3BwA7/AE6Wa3bxAAAAABJRU5ErkJggg=="
)
SHOWN = '<img src="{}" alt="专题" width="300" height="200">'
OWN = "background:url({});width:400px;height:90px"


@check(
    id="animated-picture",
    criteria=("2.2.2",),
    impact=Impact.MODERATE,
    title="动态图片不停播放，无法停止",
    title_en="Animated picture plays without end",
    who="注意力容易分散的人和认知障碍者被不停播放的动态图片打断，读不了旁边的文字。",
    who_en="People who are easily distracted cannot read the text beside a picture that never stands still.",
    repair=(
        "请把动态图片（GIF 等）换成静止的图片，或者重新导出为只播放一次、5秒内结束的动图。",
        "确需一直播放的，请开发单位改用带“暂停”按钮的视频。",
    ),
    repair_en=(
        "Replace the animated picture (GIF and the like) by a still one, or export it to play once and end within 5 seconds.",
        "Where it must go on, ask the vendor for a video with a “pause” button.",
    ),
    verify="打开网页5秒之后，图片都静止不动，或者有键盘能用的办法让它停下。",
    before=f"{SHOWN.format(GIF)}{REST}",
    after=f'<img src="/zt.png" alt="专题" width="300" height="200">{REST}',
    reads=("capture", "motion"),
    bad=(
        f"{SHOWN.format(GIF)}{REST}",
        f'<div style="{OWN.format(WEBP)}"></div>{REST}',
        f'<a href="/zt">{SHOWN.format(APNG)}</a>{REST}',
    ),
    unsure=(f'<ul><li><a href="/1">通知</a><img src="{GIF}" alt="新" width="28" height="20"></li></ul>{REST}',),
    good=(
        f"{SHOWN.format(ONCE)}{REST}",
        f'<div style="display:none">{SHOWN.format(GIF)}</div>{REST}',
        f'<img src="/zt.png" alt="专题" width="300" height="200">{REST}',
        f'<img src="{GIF}" alt="" width="3" height="3">{REST}',
    ),
)
def animated_picture(document: Document) -> Iterator[Hit]:
    """2.2.2: files whose frames, decoded, go on for more than five seconds. Small ones are told once for each file, for a person to see."""
    known: set[int] = set()
    for told in (document.facts.get("motion") or {}).get("films", ()):
        node = met(document, told["element"])
        if node is None or node.index in known or told["moved"] * told["area"] < 40:
            continue
        known.add(node.index)
        if told["runs"] and not told["cut"] and told["runs"] * told["seconds"] <= 5:
            yield passed(node)
            continue
        name = urlsplit(told["address"]).path.rpartition("/")[2][:40] if told["address"].startswith("http") else ""
        what = f"动态图片{name}{'一直重复播放' if not told['runs'] else '播放超过5秒'}"
        count = f"，本页共有{told['count']}处" if told["count"] > 1 else ""
        if told["area"] >= SHARE_OF_WINDOW and told["moved"] * told["area"] >= SHARE_OF_WINDOW / 10 and not _stops(document):
            yield failed(node, f"{what}{count}，旁边的文字难以阅读；请换成静止的图片，或者只播放一次")
        else:
            yield unsure(node, f"{what}{count}；请看会不会妨碍阅读，宜换成静止的图片")


def _stops(document: Document) -> bool:
    """Whether something on the page promises to stop movement: whether it stops this picture is not known."""
    return any(word in one.name for one in document.by_role("button", "switch", "checkbox") for word in ("暂停", "停止", "静止", "动画"))
