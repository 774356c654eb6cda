"""Flashes of more than three in a second can cause an epileptic seizure before the page can be closed."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.flashes import MOST_PER_SECOND, SAFE_AREA
from checks.probes.motion_parts import met

REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"
FAST = (
    "data:image/gif;"
    "base64,R0lGODlhBAAEAIEAAAAAAAAAAAAAAAAAACH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAABAAEAAAICQABCBxIsCCAgAAh+QQBCgABACwAAAAABAAEAIH/"
    "//8AAAAAAAAAAAAICQABCBxIsCCAgAA7"
)
RED = (
    "data:image/gif;"
    "base64,R0lGODlhBAAEAIEAAP8AAAAAAAAAAAAAACH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAABAAEAAAICQABCBxIsCCAgAAh+QQBCgABACwAAAAABAAEAIEA"
    "kgAAAAAAAAAAAAAICQABCBxIsCCAgAA7"
)
SLOW = (
    "data:image/gif;"
    "base64,R0lGODlhBAAEAIEAAMwAAAAAAAAAAAAAACH/C05FVFNDQVBFMi4wAwEAAAAh+QQAWgAAACwAAAAABAAEAAAICQABCBxIsCCAgAAh+QQBWgABACwAAAAABAAEAIEA"
    "ZswAAAAAAAAAAAAICQABCBxIsCCAgAA7"
)
SHOWN = '<img src="{}" alt="专题" width="{}" height="200">'
BOX = (
    "<style>@keyframes s{{0%,49%{{background:#fff}}50%,100%{{background:#000}}}}</style><div style='width:{}px;height:200px;"
    "animation:s {}s infinite'></div>"
)


@check(
    id="flashing",
    criteria=("2.3.1", "2.3.2"),
    impact=Impact.CRITICAL,
    title="画面闪烁过快",
    title_en="Picture flashes too fast",
    who="有光敏性癫痫的人看到每秒闪烁3次以上的画面，来不及关掉就可能发作。",
    who_en="People with photosensitive epilepsy may have a seizure from more than three flashes a second before they can look away.",
    repair=("请立即撤下这张闪烁的图片或特效，换成静止的图片。", "确需强调的，请开发单位把闪烁降到每秒3次以下，或缩小到很小的范围。"),
    repair_en=(
        "Take the flashing picture or effect off the page at once; show a still one.",
        "Where something must stand out, ask the vendor for at most three flashes a second, or for a very small area.",
    ),
    verify="打开网页，没有大面积的画面每秒闪烁3次以上。",
    before=f"{SHOWN.format(FAST, 400)}{REST}",
    after=f'<img src="/zt.png" alt="专题" width="400" height="200">{REST}',
    reads=("capture", "motion"),
    bad=(
        f"{SHOWN.format(FAST, 400)}{REST}",
        f"{SHOWN.format(RED, 300)}{REST}",
        f"{BOX.format(500, 0.2)}{REST}",
        f"<div style='width:500px;height:200px;background:url({FAST})'></div>{REST}",
    ),
    unsure=(
        f"<div id=b style='width:500px;height:200px'></div>{REST}<script>var k=0;"
        f"setInterval(function(){{b.style.background=k++%2?'#000':'#fff'}},60)</script>",
    ),
    good=(
        f"{SHOWN.format(SLOW, 400)}{REST}",
        f"{SHOWN.format(FAST, 90)}{REST}",
        f"{BOX.format(500, 2)}{REST}",
        f"{BOX.format(90, 0.2)}{REST}",
        f"<style>@keyframes t{{50%{{transform:translateX(40px)}}}}</style><div style='width:500px;height:200px;background:#06c;"
        f"animation:t .2s infinite'></div>{REST}",
    ),
)
def flashing(document: Document) -> Iterator[Hit]:
    """2.3.1: general and red flash thresholds, from the decoded frames of files and the pictures of animations, at the size shown."""
    facts = document.facts.get("motion") or {}
    known: set[int] = set()
    for told in (*facts.get("films", ()), *facts.get("flashing", ())):
        node = met(document, told["element"])
        if node is None or node.index in known or told["size"][0] * told["size"][1] <= SAFE_AREA:
            continue
        known.add(node.index)
        worst = max(told["general"], told["red"])
        if worst > MOST_PER_SECOND:
            kind = "红色闪烁" if told["red"] > told["general"] else "明暗闪烁"
            yield failed(node, f"{kind}达到每秒{worst}次，范围约{round(told['size'][0])}×{round(told['size'][1])}像素；"
                f"请立即撤下或换成静止的画面")
        else:
            yield passed(node)
    for told in facts.get("flickers", ()):
        node = met(document, told["element"])
        if node is not None and node.index not in known and told["area"] > SAFE_AREA:
            known.add(node.index)
            yield unsure(node, f"脚本让这块约{round(told['area'])}平方像素的内容每秒变化约{told['rate']}次；若是明暗闪烁，请立即撤下")
