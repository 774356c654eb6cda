"""Who cannot see a file's icon follows a link and lands in another program, or waits for a large download that was not announced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node

KIND = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|ceb|zip|rar|7z|tar|gz|apk|exe)$", re.IGNORECASE)
SAID = re.compile(
    r"pdf|docx?\b|word|xlsx?\b|excel|pptx?\b|powerpoint|wps|ofd|ceb|zip|rar|7z|apk|安装包|压缩包|文档|表格下载|附件|下载|download|客户端|软件",
    re.IGNORECASE,
)
LONG_ADDRESS = re.compile(r"(?:https?://|www\.)\S{30,}", re.IGNORECASE)


@check(
    id="link-to-file",
    criteria=(),
    impact=Impact.MINOR,
    title="链接没有说明打开的是文件",
    title_en="Link does not say that it opens a file",
    who="使用读屏软件的盲人和用手机的老年人点开链接，才发现跳出了网页、开始下载文件，容易找不到回来的路。",
    who_en="Blind people and older people on a phone find only afterwards that a link has left the page and begun a download.",
    repair=(
        "在链接文字后面写上文件类型和大小，例如“残疾人证申请表（Word 文档，35 kB）”。",
        "附件列表由模板生成的，请开发单位自动加上类型和大小。",
    ),
    repair_en=(
        "Put the type and size of the file after the link text, such as “Application form (Word, 35 kB)”.",
        "Where the template lists attachments, ask the vendor to add type and size by itself.",
    ),
    verify="只听链接，就知道打开的是什么类型的文件。",
    before='<p><a href="/files/sqb.pdf">残疾人证申请表</a></p>',
    after='<p><a href="/files/sqb.pdf">残疾人证申请表（PDF，35 kB）</a></p>',
    unsure=('<ul><li><a href="/a.pdf">申请表</a></li><li><a href="/b.xlsx">名单</a></li></ul>', '<a href="/d/notice.ofd?v=2">通知</a>'),
    good=(
        '<a href="/a.pdf">申请表.pdf</a>',
        '<a href="/a.html">申请表</a>',
        '<p>附件：<a href="/a.doc">申请表</a></p>',
        '<ul><li><a href="/a.pdf">申请表</a>（PDF，35 kB）</li></ul>',
        '<a href="/a.zip" title="压缩包">资料</a>',
        '<a href="/view?file=a.pdf#x" hidden>申请表</a>',
        '<a href="/a.pdf"><img src="/p.png" alt="PDF"> 申请表</a>',
    ),
)
def link_to_file(document: Document) -> Iterator[Hit]:
    """Best practice; one report for each page, at the first of them."""
    found: list[Node] = []
    for link in document.links:
        kind = KIND.search(_path(link.get("href")))
        if kind is None or link.hidden:
            continue
        around = next((above for above in link.ancestors() if above.role in ("listitem", "paragraph", "cell", "row")), None)
        if SAID.search(f"{link.name} {link.description} {around.text[:300] if around else ''}"):
            yield passed(link)
        else:
            found.append(link)
    if found:
        more = f"，本页这样的链接共有 {len(found)} 个" if len(found) > 1 else ""
        kind = KIND.search(_path(found[0].get("href")))
        yield unsure(
            found[0], f"链接“{found[0].name[:30]}”打开的是 {kind[1].upper() if kind else ''} 文件，文字里没有说明{more}；宜写上文件类型"
        )


@check(
    id="link-text-address",
    criteria=(),
    impact=Impact.MINOR,
    title="用一长串网址作链接文字",
    title_en="A long address serves as link text",
    who="使用读屏软件的盲人只能听着一长串字母、斜线和数字被逐个念完，仍不知道网址通向哪里。",
    who_en="A blind person must listen to a long address spelt out, and still does not know where it leads.",
    repair=("在后台编辑器中把网址换成它的名称，例如“省政务服务网”，网址留在链接地址里。", "需要打印的，可以在名称后面另写简短的域名。"),
    repair_en=(
        "In the editor, replace the address by the name of what it leads to; the address stays in the link.",
        "For print, a short domain may follow the name.",
    ),
    verify="只听链接，就知道通向哪里。",
    before='<p>网上申请：<a href="http://www.example.test/a">http://www.example.test/col/col25359/index.html?id=3</a></p>',
    after='<p>网上申请：<a href="http://www.example.test/a">残疾人服务平台</a></p>',
    unsure=('<p><a href="/a">https://www.example.test/art/2026/11/20/art_25359_4761.html</a></p>',),
    good=(
        '<a href="/a">残疾人服务平台</a>',
        '<a href="http://www.example.test/">www.example.test</a>',
        '<a href="/a">http://example.test/cz</a>',
        '<a href="/a" aria-label="残疾人服务平台">https://www.example.test/art/2026/11/20/art_25359_4761.html</a>',
    ),
)
def link_text_address(document: Document) -> Iterator[Hit]:
    """Best practice; one report for each page."""
    found = [link for link in document.links if LONG_ADDRESS.fullmatch(link.name) and not link.hidden]
    if found:
        more = f"，本页共有 {len(found)} 处" if len(found) > 1 else ""
        yield unsure(found[0], f"链接文字是一长串网址“{found[0].name[:50]}”{more}；宜改成它所通向的网页名称")


def _path(address: str) -> str:
    try:
        return urlsplit(address.strip()).path
    except ValueError:
        return ""
