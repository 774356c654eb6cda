"""Who has several windows open hears their titles; if all are called the same, none can be told from the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from checks.survey import Hit, Impact, Sight, Survey, example, passed, sight, site_check, title_of, unsure

PART_OF_A_LIST = re.compile(
    r"(?:index|list|page|default|node|col|column)[-_]?\d+\.|[?&](?:page|p|pn|pageno|pageindex|currentpage|curpage)=\d", re.IGNORECASE
)
SITE = "云浔市人民政府"


@site_check(
    id="title-duplicate",
    criteria=("2.4.2",),
    impact=Impact.MODERATE,
    title="不同页面的标题相同",
    title_en="Different pages have the same title",
    who="使用读屏软件的盲人打开页面首先听到标题，也靠标题在几个窗口和收藏夹中分辨页面；标题都一样，就不知道自己在哪里。",
    who_en="Blind people hear the title first and tell windows and bookmarks apart by it; where all are the same, they are lost.",
    repair=(
        "在后台把每个栏目和文章的页面标题（SEO 标题）设为“文章或栏目名称 - 网站名称”。",
        "请开发单位在页面模板的 title 元素中输出文章或栏目名称，不要只写网站名称。",
    ),
    repair_en=(
        "Set the title of each section and article to its own name, followed by that of the site.",
        "Ask the vendor to put the name of the article or section into the title element of the template.",
    ),
    verify="打开几个不同的页面，浏览器标签上的标题各不相同，并且说明页面的内容。",
    before=f"<!-- 两个不同的页面 -->\n<title>{SITE}</title>\n<title>{SITE}</title>",
    after=f"<!-- 两个不同的页面 -->\n<title>残疾人证办理指南 - {SITE}</title>\n<title>机构设置 - {SITE}</title>",
    unsure=(
        example(sight("/", title=SITE), sight("/a", title=SITE, headings=("机构设置",)), sight("/b", title=SITE, headings=("通知公告",))),
        example(sight("/", title="首页"), sight("/a", title=SITE), sight("/b", title=SITE)),
    ),
    good=(
        example(sight("/", title=SITE), sight("/a", title=f"机构设置 - {SITE}")),
        example(sight("/", title=SITE), *(sight(url, title="通知公告", headings=("通知公告",)) for url in ("/l", "/l?page=2"))),
        example(sight("/", title=SITE), sight("/list_2.html", title="通知"), sight("/list_3.html", title="通知")),
        example(sight("/", title=""), sight("/a", title="")),
    ),
)  # fmt: skip
def title_duplicate(survey: Survey) -> Iterator[Hit]:
    """F25. One finding for each title; pages of one list, and pages whose headings say the same, may share it."""
    groups: dict[str, list[Sight]] = defaultdict(list)
    for page in survey.ordered():
        if page.extract.title:
            groups[" ".join(page.extract.title.split())].append(page)
    for title, pages in groups.items():
        distinct = _distinct(pages)
        if len(distinct) < 2:
            yield from (passed(page) for page in pages)
            continue
        names = "、".join(page.url for page in distinct[:5])
        told = f"{len(distinct)} 个页面的标题都是“{title}”：{names}{'等' if len(distinct) > 5 else ''}"
        yield unsure(distinct[0], title_of(distinct[0]), f"{told}；如果内容不同，请让标题说明各自的内容")


def _distinct(pages: Sequence[Sight]) -> list[Sight]:
    """Of pages that are parts of one list, or say the same in their headings, only the first."""
    found: dict[object, Sight] = {}
    for number, page in enumerate(pages):
        bare = PART_OF_A_LIST.sub("", page.url)
        key: object = page.extract.headings or (("list", re.sub(r"\d+", "#", bare)) if bare != page.url else number)
        found.setdefault(key, page)
    return list(found.values())
