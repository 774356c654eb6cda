"""A person with dyslexia sets wider lines and letters, and boxes of fixed height cut the text off or lay it over other text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.check import Hit, Impact, check, failed, unsure
from checks.document import Document
from checks.layouts import each_once, short

WORDS = "办理残疾人证请携带身份证和户口簿原件，行动不便的可以预约上门服务，工作人员会在三个工作日内与您约定时间。"
ROWS = "".join(f"<p>{WORDS[n:n + 24]}</p>" for n in range(5))


@check(
    id="text-cut-spaced",
    reads=("capture", "layout"),
    criteria=("1.4.12",),
    impact=Impact.SERIOUS,
    title="加宽行距和字距后文字被截断或重叠",
    title_en="With wider spacing, text is cut off or overlaps",
    who="有阅读障碍的人用浏览器插件加宽行距和字距，固定高度的框把文字切掉，或者文字叠在一起，读不成句。",
    who_en="A person with dyslexia widens lines and letters with a browser extension; boxes of fixed height cut the text off.",
    repair=(
        "编辑可先把这一块里的文字写短，给加宽后的文字留出地方。",
        "请开发单位把固定的 height 改为 min-height，去掉 overflow:hidden，不用绝对定位摆放文字。",
    ),
    repair_en=(
        "Shorten the text in this block, so that it has room when it is spaced wider.",
        "Use min-height in the place of height, drop overflow:hidden, and do not place text absolutely.",
    ),
    verify="把行高设为字号的1.5倍、字距设为0.12倍，这一块里的文字仍能完整读到，互不遮挡。",
    before=f'<div style="height:60px;width:420px;overflow:hidden;font-size:16px;line-height:20px">{WORDS}</div>',
    after=f'<div style="min-height:60px;width:420px;font-size:16px;line-height:20px">{WORDS}</div>',
    bad=(
        f'<div style="height:60px;width:400px;overflow:hidden;font-size:16px;line-height:20px">{WORDS}</div>',
        f'<style>.j{{height:110px;overflow:hidden;width:420px}}.j p{{margin:0;line-height:22px}}</style><div class="j">{ROWS}</div>',
        '<style>.p{position:relative;height:80px;font-size:16px;line-height:20px}.p div{position:absolute;top:0;width:410px}</style>'
        f'<div class="p"><div>{WORDS[:50]}</div><div style="top:41px">咨询电话请在工作日拨打服务热线</div></div>',
        '<div style="overflow:hidden;white-space:nowrap;width:330px;font-size:16px">网上办事大厅服务时间为工作日九点到十七点</div>',
        f'<div style="height:46px;width:420px;font-size:16px;line-height:20px"><div>{WORDS}</div></div>'
        '<p style="margin:0">注意事项：逾期不再受理，请及时办理。</p>',
    ),
    unsure=(
        f'<style>.j{{height:205px;overflow:hidden;width:520px}}.j p{{margin:6px 0;line-height:28px}}</style><div class="j">{ROWS}</div>',
    ),
    good=(
        f'<div style="min-height:66px;width:400px;font-size:16px;line-height:22px">{WORDS}</div>',
        f'<div style="height:66px;width:400px;overflow:auto;font-size:16px;line-height:22px">{WORDS}</div>',
        f'<div style="height:160px;width:400px;overflow:hidden;font-size:16px;line-height:26px">{WORDS}</div>',
        '<div style="overflow:hidden;white-space:nowrap;text-overflow:ellipsis;width:330px">网上办事大厅服务时间为工作日九点到十七点</div>',
        f'<ul style="width:300px"><li style="height:28px;line-height:28px;overflow:hidden"><a href="/a.html">{WORDS[:17]}</a></li></ul>',
        '<div style="height:40px;overflow:hidden;line-height:40px"><a href="/">网站首页</a> <a href="/g">政务公开</a></div>',
        f'<div style="display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden;width:300px">{WORDS * 3}</div>',
        '<i style="font-family:iconfont;display:inline-block;width:20px;height:16px;overflow:hidden;line-height:16px">\ue601</i>',
        f'<div style="height:24px;overflow:hidden"><marquee>{WORDS}</marquee></div>',
        f'<div style="height:22px;width:400px;overflow:hidden;line-height:22px"><div>{WORDS[:20]}</div><div>{WORDS[20:40]}</div></div>',
    ),
)  # fmt: skip
def spaced_text_cut(document: Document) -> Iterator[Hit]:
    """1.4.12, F104, C36: what line height 1.5 and letter spacing 0.12 em cut off or push over other text, and was whole before.

    Chinese has no word spacing and often indents in the place of gaps between paragraphs: where only these do it, a person must judge.
    """
    yield from each_once(document, _found)


def _found(document: Document, seen: Any) -> Iterator[Hit]:
    spacing = seen["spacing"]
    for strong in (True, False):
        say = failed if strong else unsure
        wider = "行距1.5倍、字距0.12倍" if strong else "段距2倍、词距0.16倍（中文排版不一定用到）"
        for one in spacing["cut"]:
            node = document.meet(one["box"])
            if node is not None and one["strong"] is strong and not one["twice"]:
                many = f"等{one['runs']}处文字" if one["runs"] > 1 else "的文字"
                told = f"把文字设为{wider}后，这一块里“{short(one['words'])}”{many}被截去一部分"
                yield say(node, f"{told}；请改用 {'max-width' if one['across'] else 'min-height'}，去掉 overflow:hidden")
        for one in spacing["over"]:
            node = document.meet(one["second"])
            if node is not None and one["strong"] is strong:
                first, second = (short(words) for words in one["words"])
                yield say(node, f"把文字设为{wider}后，“{first}”和“{second}”叠在一起；请去掉固定的高度和绝对定位")
