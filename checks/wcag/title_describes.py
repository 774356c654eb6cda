"""Who hears a page's title first, or looks for it among many tabs, gets «Untitled» or «index.html» and does not know where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node, collapsed
from checks.words import ADDRESS, PAGE_FILE, TEMPLATE, bare

LEFT_BEHIND = re.compile(
    r"(?:untitled|notitle|nonamed?)(?:document|page|webpage)?[0-9]*|(?:无标题|未命名|没有标题|未标题)(?:文档|页面?|网页|页)?[0-9]*|"
    r"(?:新建|新)(?:网页|页面|文档|文本文档|标签页|html文档)[0-9]*|new(?:page|document|webpage)[0-9]*|(?:html)?document|"
    r"(?:page|site|website|web)?title(?:here)?|(?:网页|网站|页面|文档|文章|这里是|请输入|输入)?标题|inserttitlehere|myjsp\w*startingpage|jsppage|"
    r"index|default|main|home|homepage|page[0-9]*|web|website|html|list|content|article|details?|articledetails?|welcometonginx|"
    r"(?:vite|vue|react|angular|uniapp|next|nuxt)app|vite(?:vue|react)(?:ts)?|create(?:next)?app|null|undefined|none|nan|test(?:page)?|demo|"
    r"测试(?:页面?|网页|标题)?|演示|示例|欢迎(?:光临|访问|您|使用)?|loading|加载中|请稍候|请稍等|页面|网页|"
    r"详情页?|详细页?|内容页?|正文页?|列表页?|文章页?|栏目页?|内页|信息内容|文章内容|详细内容|新闻详情页?"
)
SEPARATOR = re.compile(r"\s*[-_|｜—–·>»,，:：/]+\s*")
ENGLISH = re.compile(r"[a-z0-9]{3,}")
HAN = re.compile("[\u3400-\u9fff]+")
PAGE_TEXT = 120  #: letters, from which on a page has enough text to be compared with its title


def _page(title: str, body: str = "<p>通知</p>", language: str = "zh-CN") -> str:
    return f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title></head><body>{body}</body></html>'


@check(
    id="title-describes",
    criteria=("2.4.2",),
    impact=Impact.SERIOUS,
    title="网页标题没有说明这是什么网页",
    title_en="Page title does not say what the page is",
    who="使用读屏软件的盲人打开网页首先听到标题，听到“无标题文档”就不知道来到了哪里；打开几个标签页时，谁都只能逐个点开来认。",
    who_en="A blind person hears the title first; «Untitled» tells nothing of where they are, and nobody can tell several tabs apart.",
    repair=(
        "在后台把这一页的标题改成它的名称，首页写网站名称，文章页写文章标题。",
        "请开发单位修改模板的 <title>，按“本页标题－栏目名称－网站名称”的顺序自动生成，不要留下编辑软件的默认字样。",
    ),
    repair_en=(
        "In the content system, change the title to the name of the page: the site's name on the home page, the headline on an article.",
        "Ask the vendor to build <title> in the template from headline, section and site name, without an editor's default words.",
    ),
    verify="看浏览器的标签页，只看标题就知道这是哪个网站的哪一页。",
    before=_page("无标题文档", "<h1>残疾人证办理指南</h1>"),
    after=_page("残疾人证办理指南－云浔市残联", "<h1>残疾人证办理指南</h1>"),
    bad=(
        _page("Untitled Document"), _page("新建网页 1"), _page("index.html"), _page("Insert title here"), _page("Vite + Vue"),
        _page("{{ page.title }}"), _page(" - _ "), _page("http://www.example.test/col/col25359/index.html"),
        _page("Document", "<h1>Opening hours</h1>", "en"),
    ),
    unsure=(
        _page("\ufffd\ufffd\ufffd市\ufffd\ufffd\ufffd府"),
        _page("首页"), _page("www.example.test"), _page("-云浔市政务服务网"),
        _page("Apple harvesting season", "<p>Clementines are ready to pick from late October on.</p>" * 3, "en"),
    ),
    good=(
        _page("残疾人证办理指南－云浔市残联", "<p>残疾人证的办理</p>"), _page(""), _page("云浔市人民政府"), _page("12345热线"),
        _page("Clementine harvesting season", "<p>Clementines are ready.</p>", "en"),
        _page("Document delivery service", "<p>Books.</p>", "en"),
    ),
)  # fmt: skip
def title_describes(document: Document) -> Iterator[Hit]:
    """F25; a missing or empty title is a matter of axe's document-title."""
    node = next((one for one in document.elements("title") if one.scope is document.root.scope and one.inside("svg") is None), None)
    title = collapsed(document.title) or (node.raw_text if node else "")
    if node is None or not title:
        return
    fault, doubt = _fault(title), _doubt(title, document)
    if fault:
        yield failed(node, f"网页标题是“{title[:60]}”，{fault}；请改成这一页的名称加网站名称")
    elif doubt:
        yield unsure(node, f"网页标题是“{title[:60]}”，{doubt}")
    else:
        yield passed(node)


def _fault(title: str) -> str:
    words = bare(title)
    if not words:
        return "只有符号"
    if LEFT_BEHIND.fullmatch(words):
        return "是编辑软件或模板留下的字样，没有说明是什么网页"
    if TEMPLATE.search(title):
        return "含有没有替换掉的模板代码"
    if PAGE_FILE.fullmatch(title) or (ADDRESS.fullmatch(title) and not _host_only(title)):
        return "只是文件名或网址"
    return ""


def _doubt(title: str, document: Document) -> str:
    if "\ufffd" in title:
        return "含有不能显示的字符；请查看网页和网站服务器声明的字符编码是否正确"
    parts = [part for part in SEPARATOR.split(title) if part]
    if re.fullmatch(r"首\s*页|主\s*页|网站首页|门户网站|官方网站|政府网站|home\s*page|welcome", title, re.IGNORECASE):
        return "没有说是哪个网站；请看是否需要加上网站名称"
    if _host_only(title):
        return "只是域名；请看是否需要改成网站名称"
    if SEPARATOR.match(title) and len(parts) == 1:
        return "开头是分隔符，可能缺了这一页自己的名称"
    body = document.body
    text = body.text if body else ""
    if len(text) >= PAGE_TEXT and not _shared(title, f"{text} {_hidden_words(body)}"):
        return "其中的词在网页上一个也没有出现；请看它说的是不是这一页"
    return ""


def _host_only(title: str) -> bool:
    host = re.fullmatch(r"(?:https?://)?([\w-]+(?:\.[\w-]+)+)(?::\d+)?/?", title, re.IGNORECASE)
    return bool(host) and urlsplit(f"//{host[1]}").hostname is not None and not PAGE_FILE.fullmatch(title) if host else False


def _shared(title: str, text: str) -> bool:
    """Whether any word of a title (two Han characters, or the beginning of an English word) stands in a text."""
    lower, there = title.casefold(), text.casefold()
    pairs = [run[at : at + 2] for run in HAN.findall(lower) for at in range(max(1, len(run) - 1))]
    words = [word[: max(3, len(word) - 3)] for word in ENGLISH.findall(lower)]
    return not (pairs or words) or any(piece in there for piece in (*pairs, *words))


def _hidden_words(body: Node | None) -> str:
    return " ".join(one.name for one in body.document.by_role("img", "link", "heading")) if body else ""
