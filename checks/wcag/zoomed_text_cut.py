"""A person with low vision enlarges a page to 200 %, and a box of fixed size cuts off what no longer fits into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.check import Hit, Impact, check, failed, unsure
from checks.document import Document
from checks.layouts import each_once, short

WORDS = "办理残疾人证请携带身份证和户口簿原件，行动不便的可以预约上门服务，工作人员会在三个工作日内与您约定时间。"
ROWS = "".join(f"<li>第{n}项材料：{WORDS[n:n + 30]}</li>" for n in range(6))
TAB = "<style>.tab-box{height:190px;overflow:hidden}.tab-box ul{margin:0;padding:0}.tab-box li{line-height:30px;list-style:none}</style>"
NAMES = ("网站首页", "机构概况", "政务公开", "办事服务", "互动交流", "专题专栏", "数据开放", "党建园地")
MENU = "".join(f'<a href="/{n}">{name}</a>' for n, name in enumerate(NAMES))
CALL = "政务服务便民热线：12345，每天24小时受理咨询、求助、投诉、举报和建议"


@check(
    id="text-cut-zoomed",
    reads=("capture", "layout"),
    criteria=("1.4.4",),
    impact=Impact.SERIOUS,
    title="放大到200%后文字被截断或重叠",
    title_en="Enlarged to 200 %, text is cut off or overlaps",
    who="低视力者把网页放大到200%，固定大小的框把放不下的文字切掉了，后面的内容再也读不到。",
    who_en="A person with low vision enlarges the page to 200 %, and a box of fixed size cuts off what no longer fits.",
    repair=(
        "编辑可先把这一块里的文字写短，或把全文放到正文页并加上链接。",
        "请开发单位把固定的 height 改为 min-height，去掉 overflow:hidden；确需省略的，用省略号并给出能看到全文的链接。",
    ),
    repair_en=(
        "Shorten the text in this block, or put all of it on a page of its own and link to that.",
        "Use min-height in the place of height and drop overflow:hidden; shorten text by an ellipsis with a link to all of it.",
    ),
    verify="按住 Ctrl 键再按加号放大到200%，这一块里的文字都能完整读到，互不遮挡。",
    before=f'<div style="height:30px;overflow:hidden;line-height:30px">{WORDS}</div>',
    after=f'<div style="min-height:30px;line-height:30px">{WORDS}</div>',
    bad=(
        f'{TAB}<div class="tab-box"><ul>{ROWS.replace("</li>", WORDS[:20] + "</li>")}</ul></div>',
        f'<div style="height:16vh;overflow:hidden"><p style="margin:0">{"<br>".join(WORDS[n:n + 9] for n in range(0, 45, 9))}</p></div>',
        f'<style>@media (max-width:640px){{.tip{{height:1.5em;width:50%;overflow:hidden}}}}</style><div class="tip">{WORDS}</div>',
        f'<div style="height:30px;overflow:hidden;background:#eee"><span style="font-size:20px">{CALL}</span></div>',
        f'<div style="overflow:hidden;white-space:nowrap;width:90px">{CALL}</div>',
        f'<style>body{{min-width:1200px;overflow-x:hidden;margin:0}}</style><p>{WORDS * 3}</p>',
        f'<style>.nav{{height:40px;overflow:hidden}}.nav a{{float:left;line-height:40px;width:110px}}</style><div class="nav">{MENU}</div>',
        "<style>*{margin:0;padding:0}.nav{height:44px;overflow:hidden}.nav div{width:1200px;margin:0 auto;display:flex}"
        f'.nav a{{flex:none;width:150px;line-height:44px}}</style><div class="nav"><div>{MENU}</div></div>',
        "<style>.t{position:relative;height:30px;width:100%}.t div{position:absolute;top:0}</style>"
        f'<div class="t"><div style="left:10px">云浔市人民政府政务服务中心</div><div style="right:10px">{CALL}</div></div>',
    ),
    unsure=(
        '<div style="height:24px;width:300px;overflow:hidden;line-height:24px">网上办事大厅服务时间</div>',
        '<button type="button" style="width:120px;height:36px;overflow:hidden;line-height:36px">我要咨询投诉</button>',
    ),
    good=(
        f'<div style="min-height:60px;line-height:30px">{WORDS}</div>',
        f'<div style="height:60px;overflow:auto;line-height:30px">{WORDS * 4}</div>',
        f'<div style="overflow:hidden;white-space:nowrap;text-overflow:ellipsis">{WORDS}</div><a href="/all">全文</a>',
        f'<div style="display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden">{WORDS * 3}</div>',
        f'<ul><li style="height:28px;line-height:28px;overflow:hidden"><a href="/n.html">{WORDS * 2}</a></li></ul>',
        f'<div style="height:28px;line-height:28px;overflow:hidden"><ul style="margin:0;padding:0"><li>第一条公告：{WORDS[:20]}</li>'
        f"<li>第二条公告：{WORDS[20:40]}</li></ul></div>",
        '<a href="/">下一页<span style="position:absolute;width:1px;height:1px;overflow:hidden">：残疾人证办理指南</span></a>',
        f'<div style="overflow:hidden;width:300px;height:120px;position:relative"><div style="width:900px;position:absolute;left:0">'
        f'<div style="float:left;width:300px">{WORDS[:20]}</div><div style="float:left;width:300px">{WORDS[20:40]}</div></div></div>',
        f"<marquee>{WORDS * 2}</marquee>",
        "<style>.slide{overflow:hidden}.slide div{width:1160px}.slide a{float:left;width:145px}</style>"
        f'<div class="slide"><div>{MENU}</div></div>',
        f'<div><div style="max-height:48px;overflow:hidden">{WORDS * 2}</div><button type="button">展开全部</button></div>',
        f'<div style="height:2em;overflow:hidden"><div style="height:2em;overflow:auto">{WORDS * 4}</div></div>',
        f'<a href="/x" style="display:block;text-indent:-999em;overflow:hidden;width:120px;height:40px">{WORDS[:8]}</a>',
    ),
)  # fmt: skip
def zoomed_text_cut(document: Document) -> Iterator[Hit]:
    """1.4.4, as ACT 59br37 reads it: a window of 640 x 512, which is 1280 x 1024 at 200 %.

    Text is not cut off where it ends in an ellipsis, or where whole lines of a link are left out, which leads to all of it. Where only
    twice the size of the text does it, a person must judge: enlarging the whole page is a sufficient way.
    """
    yield from each_once(document, _found)


def _found(document: Document, seen: Any) -> Iterator[Hit]:
    for group in seen["shut"]["groups"][:1] if seen["shut"]["shut"] else ():
        node = document.meet(group["top"]) or document.meet(group["run"])
        if node is not None:
            told = f"放大到200%后，文字超出窗口而页面不能左右滚动，例如“{short(group['words'])}”无法读完"
            yield failed(node, f"{told}；请去掉固定宽度和 overflow-x:hidden")
    for one in seen["zoomed"]:
        node = document.meet(one["box"])
        if node is None or one["twice"]:
            continue
        when = "放大到200%后，" if one["fresh"] else ""
        many = f"等{one['runs']}处文字" if one["runs"] > 1 else "的文字"
        how = "全部看不到了" if one["gone"] and one["fresh"] else "被截去一部分"
        size = f"{one['size'][0]}×{one['size'][1]}像素"
        repair = "请去掉里面的固定宽度和这里的 overflow:hidden" if one["across"] else "请改用 min-height，去掉 overflow:hidden"
        yield failed(node, f"{when}这一块（{size}）里“{short(one['words'])}”{many}{how}；{repair}")
    for one in seen["zoomedOver"][:1]:
        node = document.meet(one["second"])
        if node is not None:
            first, second = (short(words) for words in one["words"])
            yield failed(node, f"放大到200%后，“{first}”和“{second}”叠在一起，无法读清；请去掉固定的高度和绝对定位")
    larger = [one for one in seen["larger"] if not one["twice"]]
    node = document.meet(larger[0]["box"]) if larger else None
    if node is not None:
        more = f"等{len(larger)}块" if len(larger) > 1 else ""
        told = f"只把文字放大到200%（不放大整个页面）时，“{short(larger[0]['words'])}”{more}被固定大小的框截去一部分"
        yield unsure(node, f"{told}；请确认读者有别的办法放大文字，宜改用 min-height")
