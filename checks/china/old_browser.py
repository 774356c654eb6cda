"""«请使用 IE 浏览器并安装控件»: the page asks for a browser that is gone, and for add-ons that no aid works with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document

NEEDS = re.compile(
    r"(?:请|建议|推荐|须|需|必须|仅支持|只支持|最好).{0,8}(?:使用|用|安装|下载|启用|在)?.{0,6}"
    r"(?:IE\s?(?:浏览器|\d{1,2}(?:\.0)?)|Internet\s?Explorer|IE内核|兼容模式|ActiveX|(?:安全|打印|签名|登录|办公)控件|(?<=安装|下载|启用)控件|Flash\s?Player|"
    r"Adobe\s?Flash|Silverlight)",
    re.IGNORECASE,
)
NOT_SO = re.compile(r"不(?:要|再|必|需|支持|建议|推荐)|停止支持|无需|请勿|避免", re.IGNORECASE)
LONGEST = 120  #: characters of a text that gives such advice, and is no report about it


@check(
    id="old-browser-only",
    impact=Impact.MODERATE,
    title="要求使用已经停用的浏览器或控件",
    title_en="The page asks for a browser or add-on that is out of use",
    who="使用读屏软件、信创电脑和手机的人装不上 IE、Flash 和 ActiveX 控件，照着要求做不到，就办不成事；这些控件里的内容读屏软件也读不到。",
    who_en="People with screen readers, domestic systems or phones cannot install IE, Flash or ActiveX controls and cannot do what the "
        "page is for; what these show, no aid can read.",
    repair=(
        "能用现在的浏览器办的，请删去这句话；不能的，写明其他办理方式和电话。",
        "请开发单位改掉依赖 IE、ActiveX 和 Flash 的功能，用标准网页、在线签名和 PDF 打印代替控件。",
    ),
    repair_en=(
        "Remove the sentence where current browsers do; where they do not, name another way and a telephone number.",
        "Ask the vendor to replace what depends on IE, ActiveX and Flash by standard pages, signing online and printing as PDF.",
    ),
    verify="用现在的浏览器和手机各办一次，不安装任何控件，能够办完。",
    before="<p>温馨提示：请使用 IE8.0 以上浏览器，并安装安全控件。</p>",
    after="<p>用常见的浏览器和手机都可以办理，不需要安装控件。</p>",
    unsure=(
        "<p>温馨提示：请使用 IE8.0 以上浏览器，并安装安全控件。</p>", "<div>您需要安装 Flash Player 才能浏览此页</div>",
        "<footer><p>建议使用IE9.0以上浏览器，1024*768分辨率</p></footer>",
    ),
    good=(
        "<p>本系统不再支持 IE 浏览器，请使用其他浏览器。</p>", "<p>无需安装控件，用手机就能办。</p>", "<p>关于开展商品质量控件的通知</p>",
        "<p>请选择日期控件中的一天，最好改用原生控件。</p>",
        '<p style="display:none">请使用 IE8.0 以上浏览器</p>', "<p>推荐使用谷歌、火狐、Edge 等浏览器。</p>",
        "<p>" + "微软公司宣布停止更新。" * 12 + "请使用 IE 浏览器的用户尽快更换。</p>",
    ),
)  # fmt: skip
def old_browser_only(document: Document) -> Iterator[Hit]:
    """Best practice, one report for each page: whether the page really needs it, only who uses it can tell."""
    for node in document.nodes:
        text = node.own_text
        if not text or len(text) > LONGEST or node.tag in ("title", "option") or node.hidden:
            continue
        if (found := NEEDS.search(text)) and not NOT_SO.search(text):
            yield unsure(node, f"这里写着“{found[0][:40]}”；IE、Flash 和 ActiveX 都已停用，请确认不用它们也能浏览和办理，并改写这句话")
            return
