"""Says the words of the model in the language that is told: states, impacts, levels, elements, dates and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from auditor.language import Words, aside, counted, say
from auditor.model import (
    Category,
    Cause,
    Criterion,
    Element,
    Impact,
    IssueState,
    Level,
    Reach,
    RunState,
    Scope,
    Variant,
    Verdict,
)
from reports.states import KIND as KIND
from reports.states import STATE as STATE
from reports.states import STATE_MEANING as STATE_MEANING
from reports.states import Kind as Kind
from reports.states import advice as advice
from reports.states import kind as kind
from reports.text import line

REACH: Mapping[Reach, str] = Words(
    {
        Reach.FAILED: ("能判定违反", "a failure can be proved"),
        Reach.CANT_TELL: ("找出后交人工判断", "found, then judged by a person"),
        Reach.HUMAN: ("只能由人检查", "only a person can check it"),
    }
)

RUN_STATE: Mapping[RunState, str] = Words(
    {
        RunState.AUDITED: ("已检测", "audited"),
        RunState.PARTIAL: ("部分检测", "partly audited"),
        RunState.WITHHELD: ("未能评价", "not rated"),
        RunState.FAILED: ("未能评价", "not rated"),
    }
)

RUN_MEANING: Mapping[RunState, str] = Words(
    {
        RunState.AUDITED: (
            "首页和绝大部分访问到的页面都已检测。",
            "The home page and nearly all pages that were visited have been audited.",
        ),
        RunState.PARTIAL: (
            "只检测到一部分页面，数字只代表这些页面。",
            "Only some of the pages were audited; the figures stand for these alone.",
        ),
        RunState.WITHHELD: ("检测到的页面太少，不足以评价。", "Too few pages were audited for a rating."),
        RunState.FAILED: ("没有一个页面能够检测。", "Not a single page could be audited."),
    }
)

ISSUE_STATE: Mapping[IssueState, str] = Words(
    {
        IssueState.NEW: ("新出现", "new"),
        IssueState.NEW_RULE: ("新规则首次查出", "first found by a new rule"),
        IssueState.OPEN: ("未修复", "not fixed"),
        IssueState.REOPENED: ("修复后再次出现", "back after a repair"),
        IssueState.NOT_OBSERVED: ("最近一次未能复查", "could not be rechecked in the latest audit"),
        IssueState.FIXED: ("已修复", "fixed"),
        IssueState.PAGE_GONE: ("所在页面已撤下", "page withdrawn"),
        IssueState.RULE_RETIRED: ("规则已停用", "rule retired"),
    }
)

CAUSE: Mapping[Cause, str] = Words(
    {
        Cause.REPAIRED: ("查到的问题减少", "fewer problems found"),
        Cause.NEW: ("查到的问题增多", "more problems found"),
        Cause.CONTENT: ("页面内容增减", "content added or removed"),
        Cause.COVERAGE: ("检测到的页面不同", "different pages audited"),
        Cause.RULES: ("检测规则不同", "different rules"),
        Cause.RECOUNTED: ("按现在的人工认定和页面归类重算", "recounted by today’s decisions and page groups"),
    }
)
"""Why an index moved."""

IMPACT: Mapping[Impact, str] = Words(
    {
        Impact.CRITICAL: ("完全受阻", "shut out"),
        Impact.SERIOUS: ("严重受阻", "seriously hindered"),
        Impact.MODERATE: ("部分受阻", "partly hindered"),
        Impact.MINOR: ("轻微不便", "slightly inconvenienced"),
    }
)

CATEGORY: Mapping[Category, str] = Words(
    {
        Category.PORTAL: ("政府门户网站", "government portal"),
        Category.SERVICE: ("政务服务平台", "government services platform"),
        Category.DEPARTMENT: ("部门网站", "department website"),
        Category.DISABLED_FEDERATION: ("残联网站", "Disabled Persons’ Federation website"),
        Category.HOSPITAL: ("医院网站", "hospital website"),
        Category.SCHOOL: ("学校网站", "school website"),
        Category.OTHER: ("其他网站", "other website"),
    }
)

VERDICT: Mapping[Verdict, str] = Words(
    {
        Verdict.CONFIRMED: ("确认属实", "confirmed"),
        Verdict.ACCEPTED: ("暂不整改", "repair put off"),
        Verdict.FALSE_POSITIVE: ("误报", "false alarm"),
        Verdict.EXEMPT: ("豁免", "exempt"),
    }
)

LEVEL: Mapping[Level, str] = Words({level: (f"{level.value} 级", f"level {level.value}") for level in Level})

VARIANT: Mapping[Variant, str] = Words(
    {
        Variant.DESKTOP: ("电脑版", "desktop version"),
        Variant.MOBILE: ("手机版", "mobile version"),
        Variant.ELDER: ("长者版", "version for older people"),
        Variant.TOOLBAR_OPEN: ("打开无障碍工具条后", "with the accessibility toolbar open"),
        Variant.TOOLBAR_BLOCKED: ("屏蔽无障碍工具条后", "with the accessibility toolbar blocked"),
    }
)

SCOPE: Mapping[Scope, str] = Words(
    {
        Scope.ALL: ("不限", "no limit"),
        Scope.SAME_DOMAIN: ("同一主域名", "same main domain"),
        Scope.SAME_HOSTNAME: ("同一主机名", "same host name"),
        Scope.SAME_ORIGIN: ("同一协议、主机名和端口", "same protocol, host name and port"),
    }
)

TRIGGER: Mapping[str, str] = Words({"schedule": ("定时", "by schedule"), "manual": ("手动", "by hand"), "demo": ("演示", "demonstration")})

LANDMARK: Mapping[str, str] = Words({
    "banner": ("页头", "page header"), "navigation": ("导航", "navigation"), "main": ("主要内容", "main content"),
    "complementary": ("侧栏", "sidebar"), "contentinfo": ("页脚", "page footer"), "search": ("搜索区", "search area"),
    "form": ("表单", "form"), "region": ("栏目", "section"),
})  # fmt: skip

ELEMENT: Mapping[str, str] = Words({
    "a": ("链接", "link"), "area": ("图片热区", "hot spot of a picture"), "audio": ("音频", "audio"), "button": ("按钮", "button"),
    "canvas": ("画布", "canvas"), "dd": ("列表项", "list item"), "dl": ("列表", "list"), "dt": ("列表项", "list item"),
    "document": ("整份文档", "whole document"), "embed": ("插件", "plug-in"), "form": ("表单", "form"), "frame": ("框架", "frame"),
    "frameset": ("框架页", "frameset"), "h1": ("标题", "heading"), "h2": ("标题", "heading"), "h3": ("标题", "heading"),
    "h4": ("标题", "heading"), "h5": ("标题", "heading"), "h6": ("标题", "heading"), "html": ("整个页面", "whole page"),
    "body": ("整个页面", "whole page"), "head": ("整个页面", "whole page"), "title": ("页面标题", "page title"),
    "iframe": ("框架", "frame"), "img": ("图片", "picture"), "input": ("输入框", "input field"), "label": ("标签文字", "label"),
    "li": ("列表项", "list item"), "marquee": ("滚动文字", "scrolling text"), "meta": ("页面设置", "page setting"),
    "object": ("插件", "plug-in"), "ol": ("列表", "list"), "p": ("文字", "text"), "select": ("下拉框", "drop-down list"),
    "span": ("文字", "text"), "strong": ("文字", "text"), "em": ("文字", "text"), "svg": ("图形", "graphic"), "table": ("表格", "table"),
    "td": ("单元格", "table cell"), "textarea": ("多行输入框", "multi-line input field"), "th": ("表头", "table header"),
    "ul": ("列表", "list"), "video": ("视频", "video"),
})  # fmt: skip

WHOLE = frozenset({"document", "html", "body", "head"})
"""Elements that are no part of a page but all of it."""

INPUT: Mapping[str, str] = Words({
    "button": ("按钮", "button"), "submit": ("按钮", "button"), "reset": ("按钮", "button"), "image": ("图片按钮", "picture button"),
    "checkbox": ("复选框", "checkbox"), "radio": ("单选按钮", "radio button"), "file": ("文件选择框", "file chooser"),
    "password": ("密码框", "password field"),
})  # fmt: skip

ROLE: Mapping[str, str] = Words({
    "button": ("按钮", "button"), "checkbox": ("复选框", "checkbox"), "dialog": ("对话框", "dialogue"), "img": ("图片", "picture"),
    "link": ("链接", "link"), "list": ("列表", "list"), "listitem": ("列表项", "list item"), "menu": ("菜单", "menu"),
    "menuitem": ("菜单项", "menu item"), "tab": ("选项卡", "tab"), "tablist": ("选项卡", "tab"), "textbox": ("输入框", "input field"),
})  # fmt: skip


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def zone(timezone: str) -> ZoneInfo:
    """The timezone by its name, such as Asia/Shanghai."""
    return ZoneInfo(timezone)


def date_of(moment: datetime, timezone: str) -> date:
    """The day on which a moment falls in the timezone."""
    return moment.astimezone(zone(timezone)).date()


def day(moment: datetime | date, timezone: str = "") -> str:
    """A date such as 2026年11月23日 or 23 November 2026; a moment is first moved into the timezone, which a date does not need."""
    local = date_of(moment, timezone) if isinstance(moment, datetime) else moment
    return say(f"{local.year}年{local.month}月{local.day}日", f"{short_day(local)} {local.year}")


def short_day(date: date) -> str:
    """A date of which nobody asks the year, such as 11月23日 or 23 November."""
    return say(f"{date.month}月{date.day}日", f"{date.day} {MONTHS[date.month - 1]}")


def clock(moment: datetime, timezone: str) -> str:
    """A date and time such as 2026年11月23日 02:00 or 23 November 2026, 02:00 in the timezone."""
    return f"{day(moment, timezone)}{say(' ', ', ')}{time(moment, timezone)}"


def time(moment: datetime, timezone: str) -> str:
    """A time of day such as 02:00 in the timezone."""
    return f"{moment.astimezone(zone(timezone)):%H:%M}"


def span(start: datetime, end: datetime, timezone: str) -> str:
    """From one moment to another; the date is not said twice."""
    until = time(end, timezone) if day(start, timezone) == day(end, timezone) else clock(end, timezone)
    return f"{clock(start, timezone)} {say('至', 'to')} {until}"


def duration(seconds: float) -> str:
    """A length of time such as 1 小时 12 分 or 1 hour 12 minutes, in whole minutes from one minute on."""
    if seconds < 60:
        whole = max(0, round(seconds))
        return say(f"{whole} 秒", counted(whole, "second"))
    hours, minutes = divmod(round(seconds / 60), 60)
    told = [say(f"{hours} 小时", counted(hours, "hour"))] if hours else []
    return " ".join([*told, say(f"{minutes} 分", counted(minutes, "minute"))] if minutes else told)


def group_number(group: str) -> str:
    """The number of a group of issues in words for people: the beginning of its id, as `auditor decide` takes it."""
    return group[:10]


def number(count: int) -> str:
    """A whole number with thousands apart: 12,345."""
    return f"{count:,}"


def share(part: int, whole: int) -> str:
    """A part of a whole with both counts, such as 3/13（23.1%）; never called with an empty whole."""
    return f"{part}/{whole}{aside(f'{100 * part / whole:.1f}%')}"


def signed(points: float) -> str:
    """A change in points with its sign, such as +1.2; what would be rounded to nothing is 0."""
    return "0" if abs(points) < 0.05 else f"{'+' if points > 0 else '−'}{abs(points):.1f}"


def criterion(one: Criterion) -> str:
    """Number, authorised name, help word and level; a name of our own is marked as such."""
    gloss = f"（{one.gloss}）" if one.gloss else ""
    own = "" if one.official else "（非官方译名）"
    return say(f"{one.number} {one.name_zh}{gloss}{own}，{LEVEL[one.level]}", f"{one.number} {one.name_en}, {LEVEL[one.level]}")


def legal_basis(text: str) -> str:
    """Which paragraph of the law a site falls under (standards_cn.md 1.1); empty if it is none we know."""
    law = say("《中华人民共和国无障碍环境建设法》第三十二条", "Article 32 of the Barrier-Free Environment Construction Law")
    publicly = say(
        f"{law}第一款（利用财政资金建立，应当逐步符合标准）",
        f"{law}, first paragraph (built with public funds, shall gradually meet the standards)",
    )
    privately = say(
        f"{law}第二款（国家鼓励逐步符合标准）", f"{law}, second paragraph (the state encourages gradually meeting the standards)"
    )
    return {"32-1": publicly, "32-2": privately}.get(text, text)


def component(element: Element) -> str:
    """Where on a page an element is and what it is, in a few words: 页头中的图片 .logo."""
    if element.tag in WHOLE and element.attributes.get("role", "") not in ROLE:
        return ELEMENT[element.tag]
    what = f"{_what(element)}{_mark(element)}"
    where = LANDMARK.get(element.landmark, "")
    return say(f"{where}中的{what}", f"{what} in the {where}") if where else what


def _what(element: Element) -> str:
    role = element.attributes.get("role", "")
    if role in ROLE:
        return ROLE[role]
    if element.tag == "input":
        return INPUT.get(element.attributes.get("type", "").lower(), ELEMENT["input"])
    return ELEMENT.get(element.tag, say("页面元素", "element"))


def _mark(element: Element) -> str:
    """The shortest thing a webmaster can search for: id, else first class, else the words on it."""
    identifier = element.attributes.get("id", "").strip()
    classes = element.attributes.get("class", "").split()
    words = element.name or element.text
    if identifier:
        return f" #{line(identifier, 40)}"
    if classes:
        return f" .{line(classes[0], 40)}"
    return f"{say('', ' ')}“{line(words, 20)}”" if words else ""
