"""A person with low vision enlarges a page to 400 %, or reads on a phone, and has to push every line to and fro to read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.check import Hit, Impact, check, failed, unsure
from checks.document import Document, Node
from checks.layouts import each_once, short

MANY = 300  # letters that are missing in the narrow window before anyone is asked to look
SHARE = 0.4  #: of all letters
WHOLE = 25  # percent of the letters beyond the window from which on it is the page that is too wide, whatever part stands out first

NEWS = "市残联召开全市残疾人工作会议，部署今年无障碍环境建设和困难重度残疾人家庭改造工作，各县区残联负责人参加会议。"
ITEMS = "".join(f'<li><a href="/n{n}.html">{NEWS[n:n + 28]}</a><span>2024-05-1{n}</span></li>' for n in range(5))
LIST = f"<h2>通知公告</h2><ul>{ITEMS}</ul>"
META = '<meta name="viewport" content="width=device-width, initial-scale=1">'
FLOAT_GOOD = "<style>.l{float:left;width:48%}.r{float:right;width:48%}@media (max-width:600px){.l,.r{float:none;width:auto}}</style>"
WIDE_TABLE = "<tr>" + "".join(f"<th>{n}月办件量</th>" for n in range(1, 13)) + "</tr><tr>" + "<td>12345</td>" * 12 + "</tr>"


@check(
    id="reflow-narrow",
    reads=("capture", "layout"),
    criteria=("1.4.10",),
    impact=Impact.SERIOUS,
    title="放大到400%后要左右拖动才能读完",
    title_en="Enlarged to 400 %, the text can only be read by scrolling sideways",
    who="低视力者把网页放大到400%，文字排到了窗口外面，每读一行都要左右拖动一次，读不了几行就找不到位置了。",
    who_en="A person with low vision enlarges the page to 400 %: lines run out of the window, and each must be scrolled sideways.",
    repair=(
        "这是模板的问题，编辑无法自行修改；请把网址和本条说明交给开发单位，先改首页、栏目页、正文页三种模板。",
        "请开发单位去掉固定宽度（如 width:1200px、min-width），改用 max-width 和百分比，并用媒体查询让多栏在窄窗口里变成一栏。",
    ),
    repair_en=(
        "This comes from the template; hand the address and this description to the vendor.",
        "Replace fixed widths (width:1200px, min-width) by max-width and percentages; let columns become one by media queries.",
    ),
    verify="用电脑打开网页，按住 Ctrl 键再按加号放大到400%：所有文字只需上下滚动就能读完。",
    before=f'<div style="width:1200px">{LIST}</div>',
    after=f'<div style="max-width:1200px">{LIST}</div>',
    bad=(
        f'<style>.wrap{{width:1200px;margin:0 auto}}</style><div class="wrap">{LIST}<p>{NEWS}</p></div>',
        f'<style>body{{min-width:1200px;margin:0}}</style><div class="top"><p>{NEWS * 3}</p></div>{LIST}',
        f'<style>body{{min-width:1000px;overflow-x:hidden}}</style><div><p>{NEWS * 3}</p></div>',
        f'<table width="980" border="0" align="center"><tr><td width="300">{LIST}</td><td>{LIST}<p>{NEWS}</p></td></tr></table>',
        "<style>.t{position:relative;height:30px}.t b{position:absolute;right:0;top:0}</style>"
        '<div class="t"><span>云浔市人民政府政务服务中心</span><b>便民热线一二三四五随时拨打</b></div>',
        f'<div style="width:500px;float:left">{LIST}</div><div style="width:500px;float:left">{LIST}</div>',
        f'<style>.m{{display:flex;gap:20px}}.m>div{{flex:0 0 360px}}</style><div class="m"><div>{LIST}</div><div>{LIST}</div></div>',
    ),
    unsure=(
        f"<style>@media (max-width:600px){{.xq{{display:none}}}}</style><h1>办事指南</h1><p>{NEWS}</p>"
        f"<div class=xq><p>{NEWS[::-1] * 8}</p></div>",
    ),
    good=(
        f'{META}<div style="max-width:1200px;margin:0 auto">{LIST}<p>{NEWS}</p></div>',
        f'{FLOAT_GOOD}<div class="l">{LIST}</div><div class="r">{LIST}</div>',
        f'<p>{NEWS}</p><table border="1">{WIDE_TABLE}</table>',
        f'<p>{NEWS}</p><div style="overflow-x:auto"><table style="width:1000px">{WIDE_TABLE}</table></div>',
        f"<p>{NEWS}</p><pre>GET /api/v1/articles?channel=tzgg&amp;page=1&amp;size=20 HTTP/1.1  Host: www.example.test</pre>",
        f'<body style="overflow-x:hidden"><div style="position:absolute;right:-260px;top:0;width:250px"><a href="/">网站首页</a>'
        f'<a href="/b">办事服务大厅</a></div><p>{NEWS}</p></body>',
        f"<style>@media (max-width:600px){{.pc{{display:none}}}}</style><button>菜单</button><div class=pc>{NEWS * 4}</div><p>{NEWS}</p>",
        f'<div style="position:absolute;left:900px;top:300px;width:120px"><a href="/z">专题专栏入口</a></div><p>{NEWS}</p>',
        f'<p>{NEWS}</p><img src="/a.png" width="800" alt="活动现场">',
        f'<p>{NEWS}</p><div class="lunbo" style="overflow:hidden"><div style="width:900px"><div style="float:left;width:320px">{NEWS}</div>'
        f'<div style="float:left;width:320px">{NEWS}</div></div></div>',
    ),
)  # fmt: skip
def narrow_window(document: Document) -> Iterator[Hit]:
    """1.4.10, F102: text in flow reaches beyond a window of 320 CSS px, which is 1280 at 400 %; tables of data, code and maps may.

    Also what a box cuts off there only, and what is missing there altogether with nothing to open it, which a person must judge.
    """
    yield from each_once(document, _found)


def _found(document: Document, seen: Any) -> Iterator[Hit]:
    reflow = seen["reflow"]
    beyond = [(group, node) for group in reflow["groups"] if (node := document.meet(group["top"]) or document.meet(group["run"]))]
    if beyond:
        yield _beyond(document, reflow, *beyond[0])
        return  # what else is out of place follows from that
    zoomed = {one["box"]["place"] for one in seen["zoomed"]}
    for one in seen["narrow"]:
        node = document.meet(one["box"])
        if node is not None and one["fresh"] and not one["twice"] and one["box"]["place"] not in zoomed:
            told = f"放大到400%后，这一块里的文字“{short(one['words'])}”被截去一部分，无法读到"
            yield failed(node, f"{told}；请去掉固定的{'宽' if one['across'] else '高'}度和 overflow:hidden")
    over = {one["second"]["place"] for one in seen["zoomedOver"]}
    for one in seen["narrowOver"][:1]:
        node = document.meet(one["second"])
        if node is not None and one["second"]["place"] not in over:
            first, second = (short(words) for words in one["words"])
            yield failed(node, f"放大到400%后，“{first}”和“{second}”叠在一起，无法读清；请去掉固定的高度和绝对定位")
    lost = seen["lost"]
    if lost["first"] and not lost["opener"] and lost["gone"] >= MANY and lost["gone"] >= SHARE * lost["all"]:
        node = document.meet(lost["first"]["run"])
        if node is not None:
            told = f"放大到400%后，有{lost['runs']}段文字（约{lost['gone']}字）不再显示，例如“{short(lost['first']['words'])}”"
            yield unsure(node, f"{told}，请确认这些内容在窄窗口里能用别的办法找到")


def _beyond(document: Document, reflow: Any, group: Any, node: Node) -> Hit:
    share = round(100 * reflow["letters"] / max(1, reflow["all"]))
    if share >= WHOLE and document.body is not None:
        node = document.body
    many = f"页面约{share}%的文字所在的段落伸出" if share >= 1 else f"有文字（所在段落{group['letters']}字）伸出"
    if reflow["shut"]:
        told = "又不能左右滚动，超出的部分无法读到；请去掉固定宽度和 overflow-x:hidden"
    elif reflow["extent"] <= reflow["window"] + 2:
        told = "超出的部分没有显示出来；请去掉固定的位置和宽度"
    else:
        told = f"页面宽达{reflow['extent']}像素，要左右拖动才能读完；请去掉固定宽度"
    return failed(node, f"放大到400%（窗口宽320像素）后，{many}窗口，例如“{short(group['words'])}”，{told}")
