"""Who opens a page that holds Flash or another plug-in meets an empty place: no browser plays it now, and nobody says what was there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.document import Document, Node

PLUGIN_TYPE = re.compile(
    r"application/(?:x-shockwave-flash|futuresplash|x-silverlight\S*|x-java-(?:applet|bean|vm)\S*|x-director|x-mplayer2|x-oleobject|"
    r"vnd\.rn-real\S*)|audio/x-pn-realaudio-plugin|video/x-ms-\S*",
    re.IGNORECASE,
)
PLUGIN_FILE = re.compile(r"\.(?:swf|xap|rm|rmvb|ram|wmv|asf|asx|wma|class)(?:[?#]|$)", re.IGNORECASE)
PLUGIN_CLASS = re.compile(
    r"d27cdb6e-ae6d-11cf-96b8-444553540000|6bf52a52-394a-11d3-b153-00c04f79faa6|22d6f312-b0f6-11d0-94ab-0080c74c7e95|"
    r"cfcdaa03-8be4-11cf-b84b-0020afbbccfa|8ad9c840-044e-11d1-b3e9-00805f499d93",
    re.IGNORECASE,
)
SHOWN = frozenset({"video", "audio", "iframe", "img"})
ACTIVEX = re.compile(r"clsid:", re.IGNORECASE)
ASKS_FOR_PLUGIN = re.compile(r"安装|下载|升级|插件|播放器|不支持|flash|plug-?in|player|install|upgrade|support", re.IGNORECASE)


@check(
    id="plugin-content",
    criteria=("1.1.1",),
    covers=("object-alt",),
    impact=Impact.SERIOUS,
    title="内容需要已经停用的浏览器插件，而且没有替代内容",
    title_en="Content needs a plug-in that browsers no longer have",
    who="任何人用现在的浏览器打开，这里都是一片空白；使用读屏软件的盲人连这里曾经有什么也听不到，动画或视频里的通知和入口就此错过。",
    who_en="Everyone meets a blank place here, and a blind person does not even learn that there was anything to miss.",
    repair=(
        "内容已经过时的，请在后台删去；仍然需要的，把 Flash 动画换成图片或网页文字，把视频转成 MP4 格式重新上传。",
        "请开发单位从模板中去掉 Flash、Silverlight、Java 和旧播放器的代码，改用 <video>、<audio> 或普通网页。",
    ),
    repair_en=(
        "Remove what is out of date; replace Flash by pictures or text, and upload videos again as MP4.",
        "Ask the vendor to take Flash, Silverlight, Java and old players out of the templates and to use <video>, <audio> or plain HTML.",
    ),
    verify="用现在的浏览器打开网页，这里能看到内容，读屏软件也能读出来。",
    before='<embed src="/flash/banner.swf" type="application/x-shockwave-flash" width="600" height="120">',
    after='<img src="/images/banner.jpg" alt="2026年全国助残日活动专题" width="600" height="120">',
    bad=(
        '<object data="/a.swf" width="300" height="100"><p>请安装 Flash Player 插件</p></object>',
        '<embed src="/a.swf" width="300" height="100">',
        '<object data="/a.swf" type="application/x-shockwave-flash" width="300" height="100"></object>',
        '<object classid="clsid:D27CDB6E-AE6D-11cf-96B8-444553540000" width="300" height="90"><param name="movie" value="/a.swf">'
        '<embed src="/a.swf" width="300" height="90"></object>',
        '<object classid="clsid:6BF52A52-394A-11d3-B153-00C04F79FAA6" width="300" height="200"><param name="URL" value="/v.wmv"></object>',
        '<object id="WebOffice" classid="clsid:E77E049B-23FC-4DB8-B756-60529A35FBD5" width="600" height="300" codebase="/weboffice.cab">'
        "</object>",
    ),
    good=(
        '<object id="ukey" classid="clsid:3F367B74-92D9-4C5E-AB93-234F8A91D5E6" width="1" height="1"></object>',
        '<object classid="clsid:CA8A9780-280D-11CF-A24D-444553540000" width="300" height="90"><p><a href="/a.pdf">办理指南（PDF）</a></p>'
        "</object>",
        '<object data="/a.swf" type="application/x-shockwave-flash" width="300" height="100"><p>全国助残日活动在五月举行。</p></object>',
        '<embed src="/a.swf" width="0" height="0">',
        '<object data="/a.svg" type="image/svg+xml" aria-label="行政区划图"></object>',
        '<video controls src="/v.mp4"></video>',
        '<div hidden><embed src="/a.swf" width="300" height="100"></div>',
        '<object classid="clsid:6BF52A52-394A-11d3-B153-00C04F79FAA6" width="300" height="200"><video controls src="/v.mp4"></video>'
        "</object>",
        '<object data="/a.swf" width="300" height="100"><img src="/a.png" alt="全国助残日活动"></object>',
    ),
)
def plugin_content(document: Document) -> Iterator[Hit]:
    """Flash ended in 2020, NPAPI plug-ins and ActiveX in browsers before that. What an <object> shows in their place counts."""
    told: set[int] = set()
    for node in document.elements("object", "embed", "applet"):
        if any(above.index in told for above in node.ancestors()) or not plugin(node):
            continue
        told.add(node.index)
        if node.tag != "embed" and _shows_instead(node):
            yield passed(node)
        elif not node.veiled and _takes_room(node):
            yield failed(
                node, f"{_what(node)}需要浏览器插件才能显示，现在的浏览器都不再支持，这里也没有替代内容；请换成图片、文字或 MP4 视频"
            )


def plugin(node: Node) -> bool:
    """Whether an <object>, <embed> or <applet> asks for a plug-in that no browser has any more."""
    if node.tag == "applet":
        return True
    if ACTIVEX.match(node.get("classid").strip()) and not node.get("data").strip():
        return True
    files = [node.get("src"), node.get("data"), *(one.get("value") for one in node.descendants("param"))]
    return bool(
        PLUGIN_TYPE.fullmatch(node.get("type").strip())
        or PLUGIN_CLASS.search(node.get("classid"))
        or any(PLUGIN_FILE.search(file.strip()) for file in files)
    )


def _takes_room(node: Node) -> bool:
    """Whether it is meant to be seen: it, or the plug-in in it, was given a place on the page."""
    sizes = [(one.box.width, one.box.height) for one in (node, *node.descendants("embed", "object")) if one.box is not None]
    return any(width > 10 and height > 10 for width, height in sizes) and node.style("visibility") != "hidden"


def _shows_instead(node: Node) -> bool:
    return bool(node.text and not ASKS_FOR_PLUGIN.search(node.text)) or any(
        (one.name and one.exposed) or (one.tag in SHOWN and one.visible) for one in node.descendants() if not plugin(one)
    )


def _what(node: Node) -> str:
    files = " ".join(
        [node.get("src"), node.get("data"), node.get("type"), *(one.get("value") for one in node.descendants("param", "embed"))]
    )
    return "Flash 内容" if re.search(r"swf|flash", files, re.IGNORECASE) or "D27CDB6E" in node.get("classid").upper() else "这里的内容"
