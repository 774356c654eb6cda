"""Who cannot get any further on a page needs to know whom to tell, and what the site promises."""

from __future__ import annotations

from collections.abc import Iterator

from checks.survey import Hit, Impact, Survey, example, passed, sight, site_check, unsure, whole_page


@site_check(
    id="accessibility-statement",
    impact=Impact.MINOR,
    title="没有无障碍声明或意见反馈渠道",
    title_en="No accessibility statement or feedback channel",
    who="残疾人在网站上遇到障碍时，不知道向谁反映，也不知道网站承诺做到什么程度、还有什么别的办法可以办事。",
    who_en="Disabled people who meet a barrier do not know whom to tell, what the site promises, and how else they can get things done.",
    repair=(
        "在页脚增加“无障碍声明”链接，写明达到的标准、已知的问题、其他办理方式、受理单位和电话。",
        "在页脚提供“网站找错”或“意见反馈”入口，使用读屏软件和键盘也能填写、提交。",
    ),
    repair_en=(
        "Link to an accessibility statement in the footer: the standard met, known problems, other ways to get things done, whom to call.",
        "Offer a feedback channel in the footer that works with a keyboard and a screen reader.",
    ),
    verify="在首页和任意内容页的页脚能找到无障碍声明和意见反馈入口，用键盘可以打开。",
    before="<footer>主办单位：……</footer>",
    after='<footer>主办单位：…… <a href="/wza/">无障碍声明</a> <a href="/fankui/">意见反馈</a></footer>',
    unsure=(
        example(sight("/"), sight("/a")),
        example(sight("/", feedback="网站找错"), sight("/a")),
        example(sight("/"), sight("/a", statement="无障碍声明")),
    ),
    good=(example(sight("/", feedback="网站找错"), sight("/a", statement="无障碍声明")), example(sight("/"))),
)  # fmt: skip
def accessibility_statement(survey: Survey) -> Iterator[Hit]:
    """Best practice: no criterion demands it. W3C's «Developing an Accessibility Statement» says what it should hold."""
    start = survey.first
    if start is None or len(survey.pages) < 2:
        return
    missing = [
        name
        for name, found in (
            ("无障碍声明", any(page.extract.statement for page in survey.pages)),
            ("意见反馈或网站找错入口", any(page.extract.feedback for page in survey.pages)),
        )
        if not found
    ]
    if not missing:
        yield passed(start)
    else:
        yield unsure(start, whole_page(start), f"检测的 {len(survey.pages)} 个页面上没有找到{'和'.join(missing)}；请在页脚提供")
