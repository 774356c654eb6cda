"""Says the words of the model in Chinese: states, impacts, levels, elements, dates and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from auditor.model import (
    NEVER_TRIED,
    NOT_A_PAGE,
    SEEN,
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
    State,
    Variant,
    Verdict,
)
from reports.text import line

REACH: Mapping[Reach, str] = {Reach.FAILED: "能判定违反", Reach.CANT_TELL: "找出后交人工判断", Reach.HUMAN: "只能由人检查"}

STATE: Mapping[State, str] = {
    State.AUDITED: "已检测",
    State.REUSED: "沿用上次结果",
    State.NOT_SAMPLED: "本次未抽到",
    State.OVER_BUDGET: "超出本次检测量",
    State.EXCLUDED: "按设置不检测",
    State.BLOCKED_BY_ROBOTS: "robots.txt 不允许访问",
    State.REDIRECTED_OUT: "跳转到检测范围之外",
    State.NOT_HTML: "不是网页",
    State.DUPLICATE: "重复地址",
    State.GONE: "页面不存在",
    State.ERROR_PAGE: "服务器返回错误",
    State.SOFT_404: "内容为“页面不存在”",
    State.MAINTENANCE: "正在维护",
    State.LOGIN_WALL: "需要登录",
    State.CHALLENGE: "遇到安全验证",
    State.TIMEOUT: "打开超时",
    State.TLS_ERROR: "安全连接未建立",
    State.DNS_ERROR: "域名无法解析",
    State.CONNECTION_REFUSED: "连接被拒绝",
    State.CONNECTION_RESET: "连接中断",
    State.DENIED_BY_EGRESS: "不在允许访问的网络范围",
    State.TOO_LARGE: "页面过大",
    State.RENDER_FAILED: "页面未能显示",
    State.CRASHED: "浏览器意外退出",
    State.INTERRUPTED: "检测中断",
    State.NOT_CONFIRMED: "网址待确认",
}

STATE_MEANING: Mapping[State, str] = {
    State.AUDITED: "页面已在浏览器中打开并完成检测。",
    State.REUSED: "页面内容与上次检测时相同，沿用上次的检测结果。",
    State.NOT_SAMPLED: "本次抽样没有选到，以后的检测可能会选到。",
    State.OVER_BUDGET: "本次检测的页数或时间已经用完，没有访问。",
    State.EXCLUDED: "检测设置中写明不检测这类地址。",
    State.BLOCKED_BY_ROBOTS: "网站的 robots.txt 不允许自动访问，本服务照此执行。如需检测，请调整 robots.txt。",
    State.REDIRECTED_OUT: "打开后跳转到了检测范围以外的网站。",
    State.NOT_HTML: "返回的是文档、图片等文件，不是网页。",
    State.DUPLICATE: "与另一个地址是同一个页面，只检测一次。",
    State.GONE: "服务器答复页面不存在（404 或 410）。如果站内还有链接指向它，请更新链接。",
    State.ERROR_PAGE: "服务器返回错误，页面没有正常打开。请检查网站运行情况。",
    State.SOFT_404: "服务器答复正常，但页面内容说明页面不存在。建议改为答复 404。",
    State.MAINTENANCE: "页面显示正在维护，以后的检测会再次访问。",
    State.LOGIN_WALL: "登录以后才能看到内容，检测程序没有登录。",
    State.CHALLENGE: "网站的安全防护要求先通过验证，检测程序不绕过验证。如需检测，请在防护设备上放行本服务。",
    State.TIMEOUT: "在规定时间内没有打开。请检查网站的响应速度。",
    State.TLS_ERROR: "HTTPS 安全连接没有建立。请检查证书和加密设置。",
    State.DNS_ERROR: "查不到域名对应的服务器。请核对网址和域名解析。",
    State.CONNECTION_REFUSED: "服务器拒绝了连接。请检查服务器和防火墙设置。",
    State.CONNECTION_RESET: "连接被中途断开。请检查服务器和防火墙设置。",
    State.DENIED_BY_EGRESS: "地址指向内部网络或未获准访问的网络，检测程序没有访问。",
    State.TOO_LARGE: "页面超过了检测程序能够处理的大小。",
    State.RENDER_FAILED: "页面没有完成显示，无法检测。",
    State.CRASHED: "检测这个页面时浏览器意外退出，以后的检测会再次访问。",
    State.INTERRUPTED: "检测在完成之前中断，以后的检测会再次访问。",
    State.NOT_CONFIRMED: "网址还没有经人确认，确认之前不访问。",
}

RUN_STATE: Mapping[RunState, str] = {
    RunState.AUDITED: "已检测",
    RunState.PARTIAL: "部分检测",
    RunState.WITHHELD: "未能评价",
    RunState.FAILED: "未能评价",
}

RUN_MEANING: Mapping[RunState, str] = {
    RunState.AUDITED: "首页和绝大部分访问到的页面都已检测。",
    RunState.PARTIAL: "只检测到一部分页面，数字只代表这些页面。",
    RunState.WITHHELD: "检测到的页面太少，不足以评价。",
    RunState.FAILED: "没有一个页面能够检测。",
}

ISSUE_STATE: Mapping[IssueState, str] = {
    IssueState.NEW: "新出现",
    IssueState.NEW_RULE: "新规则首次查出",
    IssueState.OPEN: "未修复",
    IssueState.REOPENED: "修复后再次出现",
    IssueState.NOT_OBSERVED: "最近一次未能复查",
    IssueState.FIXED: "已修复",
    IssueState.PAGE_GONE: "所在页面已撤下",
    IssueState.RULE_RETIRED: "规则已停用",
}

CAUSE: Mapping[Cause, str] = {
    Cause.REPAIRED: "查到的问题减少",
    Cause.NEW: "查到的问题增多",
    Cause.CONTENT: "页面内容增减",
    Cause.COVERAGE: "检测到的页面不同",
    Cause.RULES: "检测规则不同",
    Cause.RECOUNTED: "按现在的人工认定和页面归类重算",
}
"""Why an index moved."""

IMPACT: Mapping[Impact, str] = {
    Impact.CRITICAL: "完全受阻",
    Impact.SERIOUS: "严重受阻",
    Impact.MODERATE: "部分受阻",
    Impact.MINOR: "轻微不便",
}

CATEGORY: Mapping[Category, str] = {
    Category.PORTAL: "政府门户网站",
    Category.SERVICE: "政务服务平台",
    Category.DEPARTMENT: "部门网站",
    Category.DISABLED_FEDERATION: "残联网站",
    Category.HOSPITAL: "医院网站",
    Category.SCHOOL: "学校网站",
    Category.OTHER: "其他网站",
}

VERDICT: Mapping[Verdict, str] = {
    Verdict.CONFIRMED: "确认属实",
    Verdict.ACCEPTED: "暂不整改",
    Verdict.FALSE_POSITIVE: "误报",
    Verdict.EXEMPT: "豁免",
}

LEVEL: Mapping[Level, str] = {Level.A: "A 级", Level.AA: "AA 级", Level.AAA: "AAA 级"}

VARIANT: Mapping[Variant, str] = {
    Variant.DESKTOP: "电脑版",
    Variant.MOBILE: "手机版",
    Variant.ELDER: "长者版",
    Variant.TOOLBAR_OPEN: "打开无障碍工具条后",
    Variant.TOOLBAR_BLOCKED: "屏蔽无障碍工具条后",
}

SCOPE: Mapping[Scope, str] = {
    Scope.ALL: "不限",
    Scope.SAME_DOMAIN: "同一主域名",
    Scope.SAME_HOSTNAME: "同一主机名",
    Scope.SAME_ORIGIN: "同一协议、主机名和端口",
}

TRIGGER: Mapping[str, str] = {"schedule": "定时", "manual": "手动", "demo": "演示"}

LANDMARK: Mapping[str, str] = {
    "banner": "页头",
    "navigation": "导航",
    "main": "主要内容",
    "complementary": "侧栏",
    "contentinfo": "页脚",
    "search": "搜索区",
    "form": "表单",
    "region": "栏目",
}

ELEMENT: Mapping[str, str] = {
    "a": "链接", "area": "图片热区", "audio": "音频", "button": "按钮", "canvas": "画布", "dd": "列表项", "dl": "列表",
    "dt": "列表项", "document": "整份文档", "embed": "插件", "form": "表单", "frame": "框架", "frameset": "框架页", "h1": "标题",
    "h2": "标题", "h3": "标题", "h4": "标题", "h5": "标题", "h6": "标题", "html": "整个页面", "body": "整个页面", "head": "整个页面",
    "title": "页面标题", "iframe": "框架", "img": "图片", "input": "输入框", "label": "标签文字", "li": "列表项",
    "marquee": "滚动文字", "meta": "页面设置", "object": "插件", "ol": "列表", "p": "文字", "select": "下拉框", "span": "文字",
    "strong": "文字", "em": "文字", "svg": "图形", "table": "表格", "td": "单元格", "textarea": "多行输入框", "th": "表头",
    "ul": "列表", "video": "视频",
}  # fmt: skip

INPUT: Mapping[str, str] = {
    "button": "按钮", "submit": "按钮", "reset": "按钮", "image": "图片按钮", "checkbox": "复选框", "radio": "单选按钮",
    "file": "文件选择框", "password": "密码框",
}  # fmt: skip

ROLE: Mapping[str, str] = {
    "button": "按钮", "checkbox": "复选框", "dialog": "对话框", "img": "图片", "link": "链接", "list": "列表",
    "listitem": "列表项", "menu": "菜单", "menuitem": "菜单项", "tab": "选项卡", "tablist": "选项卡", "textbox": "输入框",
}  # fmt: skip

SEEN_KIND, FAILED_KIND, NEVER_KIND, OTHER_KIND = "有检测结果", "访问了，但未能检测", "没有访问", "不是网页、不在本站或已不存在"
KINDS = (FAILED_KIND, NEVER_KIND, OTHER_KIND, SEEN_KIND)
"""Kinds of ledger states, those that need a hand first."""


def kind(state: State) -> str:
    """Which of KINDS a ledger state belongs to."""
    if state in SEEN:
        return SEEN_KIND
    if state in NEVER_TRIED:
        return NEVER_KIND
    return OTHER_KIND if state in NOT_A_PAGE else FAILED_KIND


def advice(state: State) -> tuple[str, str]:
    """What a ledger state means, and what can be done about it; "" where STATE_MEANING names nothing. Neither ends in a full stop."""
    meaning, _, remedy = STATE_MEANING[state].removesuffix("。").partition("。")
    return meaning, remedy


def zone(timezone: str) -> ZoneInfo:
    """The timezone by its name, such as Asia/Shanghai."""
    return ZoneInfo(timezone)


def date_of(moment: datetime, timezone: str) -> date:
    """The day on which a moment falls in the timezone."""
    return moment.astimezone(zone(timezone)).date()


def day(moment: datetime | date, timezone: str = "") -> str:
    """A date such as 2026年11月23日; a moment is first moved into the timezone, which a date does not need."""
    local = date_of(moment, timezone) if isinstance(moment, datetime) else moment
    return f"{local.year}年{short_day(local)}"


def short_day(date: date) -> str:
    """A date of which nobody asks the year, such as 11月23日."""
    return f"{date.month}月{date.day}日"


def clock(moment: datetime, timezone: str) -> str:
    """A date and time such as 2026年11月23日 02:00 in the timezone."""
    return f"{day(moment, timezone)} {moment.astimezone(zone(timezone)):%H:%M}"


def span(start: datetime, end: datetime, timezone: str) -> str:
    """From one moment to another; the date is not said twice."""
    if day(start, timezone) == day(end, timezone):
        return f"{clock(start, timezone)} 至 {end.astimezone(zone(timezone)):%H:%M}"
    return f"{clock(start, timezone)} 至 {clock(end, timezone)}"


def duration(seconds: float) -> str:
    """A length of time such as 1 小时 12 分, in whole minutes from one minute on."""
    if seconds < 60:
        return f"{max(0, round(seconds))} 秒"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} 分"
    return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"


def group_number(group: str) -> str:
    """The number of a group of issues in words for people: the beginning of its id, as `auditor decide` takes it."""
    return group[:10]


def number(count: int) -> str:
    """A whole number with thousands apart: 12,345."""
    return f"{count:,}"


def share(part: int, whole: int) -> str:
    """A part of a whole with both counts, such as 3/13（23.1%）; never called with an empty whole."""
    return f"{part}/{whole}（{100 * part / whole:.1f}%）"


def signed(points: float) -> str:
    """A change in points with its sign, such as +1.2; what would be rounded to nothing is 0."""
    return "0" if abs(points) < 0.05 else f"{'+' if points > 0 else '−'}{abs(points):.1f}"


def criterion(one: Criterion) -> str:
    """Number, authorised name, help word and level; a name of our own is marked as such."""
    gloss = f"（{one.gloss}）" if one.gloss else ""
    own = "" if one.official else "（非官方译名）"
    return f"{one.number} {one.name_zh}{gloss}{own}，{LEVEL[one.level]}"


def legal_basis(text: str) -> str:
    """Which paragraph of the law a site falls under (standards_cn.md 1.1); empty if it is none we know."""
    law = "《中华人民共和国无障碍环境建设法》第三十二条"
    return {"32-1": f"{law}第一款（利用财政资金建立，应当逐步符合标准）", "32-2": f"{law}第二款（国家鼓励逐步符合标准）"}.get(text, text)


def component(element: Element) -> str:
    """Where on a page an element is and what it is, in a few words: 页头中的图片 .logo."""
    what = _what(element)
    if what in ("整个页面", "整份文档"):
        return what
    where = LANDMARK.get(element.landmark, "")
    return f"{where}中的{what}{_mark(element)}" if where else f"{what}{_mark(element)}"


def _what(element: Element) -> str:
    role = element.attributes.get("role", "")
    if role in ROLE:
        return ROLE[role]
    if element.tag == "input":
        return INPUT.get(element.attributes.get("type", "").lower(), ELEMENT["input"])
    return ELEMENT.get(element.tag, "页面元素")


def _mark(element: Element) -> str:
    """The shortest thing a webmaster can search for: id, else first class, else the words on it."""
    identifier = element.attributes.get("id", "").strip()
    classes = element.attributes.get("class", "").split()
    words = element.name or element.text
    if identifier:
        return f" #{line(identifier, 40)}"
    if classes:
        return f" .{line(classes[0], 40)}"
    return f"“{line(words, 20)}”" if words else ""
