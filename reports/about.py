"""Tells everybody how the monitoring works, what it cannot say, since when it runs, and whom to write to (关于本监测)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup

from auditor.language import capital, say
from auditor.model import History, Reach
from reports import catalogue, open_data, reuse, reviews, tendencies, trends, words
from reports.pages import Document, Section, made, paragraph, piece, table, write
from reports.runs import unconfirmed

ALL_SITES = True
PATH = "about.html"


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """about.html."""
    yield from write(
        Document(
            path=PATH.removesuffix(".html"),
            title=say("关于本监测", "About this monitoring"),
            lead=piece("about.html", "lead"),
            sections=tuple(_sections(history)),
            trail=((say("全市总览", "All sites"), "index.html"),),
            foot=made(history),
        )
    )


def more() -> Section:
    """Where else to look, for the city's page."""
    rows = [
        (say("无障碍趋势报告", "Trends"), trends.PATH,
         say("按县（市、区）、类别、部门和平台看现在和变化", "now and change by county, kind, department and platform")),
        (say("指标的定义和现值", "Indicators"), catalogue.PATH, say("各项指标怎样计算，现在是多少", "how they are counted")),
        (say("开放数据和数据字典", "Open data"), open_data.PATH, say("CSV 文件，可以自由计算", "CSV files for your own computations")),
        (say("关于本监测", "About this monitoring"), PATH,
         say("怎样选取、检测什么、有什么局限、怎样反映错误", "what is chosen and tested, the limits, and how to report errors")),
    ]  # fmt: skip
    title = say("趋势、数据和说明", "Trends, data and method")
    return Section(id="more", title=title, intro=piece("parts.html", "links", rows=rows))


def _sections(history: History) -> Iterator[Section]:
    yield _part("chosen", say("监测哪些网站和网页", "Which sites and pages"), _chosen(history))
    yield _part("tested", say("检测什么", "What is tested"), _tested(history))
    yield _part("index", say("无障碍指数和置信区间", "The index and its interval"), _index())
    yield _part("limits", say("有什么局限", "Its limits"), _limits())
    yield _history(history)
    data = piece("parts.html", "links", rows=[(say("开放数据和数据字典", "Open data and dictionary"), open_data.PATH, _data())])
    yield Section(id="data", title=say("数据", "Data"), intro=data + paragraph(_licence()))
    yield _part("personal", say("个人信息", "Personal data"), _personal())
    yield _part("contact", say("怎样反映错误、申请更正或者删除", "Errors, corrections, deletion"), _contact(history))


def _part(id: str, title: str, told: Sequence[str]) -> Section:
    return Section(id=id, title=title, intro=Markup().join(map(paragraph, told)))


def _chosen(history: History) -> list[str]:
    listed = [site for site in history.sites if site.target.enabled]
    waiting, visited = sum(map(unconfirmed, listed)), sum(bool(site.runs) and not unconfirmed(site) for site in listed)
    listed_n, off = len(listed), len(history.sites) - len(listed)
    return [
        say(
            "监测的依据是《中华人民共和国无障碍环境建设法》第三十二条：利用财政资金建立的互联网网站、服务平台、移动互联网应用程序，"
            "应当逐步符合无障碍网站设计标准和国家信息无障碍标准。列入哪些网站，由组织监测的单位决定；每个网址都要由人核对、"
            "确认可以访问以后才访问。",
            "It rests on article 32 of the Law on the Construction of Barrier-free Environments: websites, service platforms and apps "
            "built "
            "with public money shall gradually meet the standards of accessibility. Which sites are watched is for those to decide "
            "who "
            "organise the monitoring; a site is visited only after a person has checked and confirmed its address.",
        ),
        say(
            f"现在列入监测 {listed_n} 个站点，其中已经检测的 {visited} 个，等待确认的 {waiting} 个；另有停用的 {off} 个。",
            f"Now {listed_n} sites are watched: {visited} were audited, {waiting} wait for confirmation; {off} more are switched off.",
        ),
        say(
            "网页从首页的链接和站点地图中找到。网页多的网站不能全部检测，就按网页模板和网址的写法分层，每季度随机抽取；"
            "首页等必查的网页每次都查。"
            "程序在夜间像普通访问者一样用浏览器打开网页，遵守 robots.txt，控制访问的快慢，不登录；除了事先约定的办事流程，不提交表单。",
            "Pages are found by links from the start page and by sitemaps. Of large sites a random sample is drawn each quarter, by "
            "templates "
            "and kinds of addresses; the start page is always looked at. Pages are opened at night in a browser as by any visitor: "
            "robots.txt "
            "is obeyed, visits are slow, nobody signs in, and no form is sent but in agreed journeys.",
        ),
    ]


def _tested(history: History) -> list[str]:
    counts = Counter(one.reach for one in history.reach)
    left = counts[Reach.HUMAN]
    told = [say(
        f"标准是《网页内容无障碍指南》（WCAG）2.2 的 A、AA 两级和与它对应的国家标准条款。程序用 {len(history.rules)} "
        "条规则检查网页的代码和画面，"
        "并在一部分网页上试用键盘、放大、表单等；附件和老年版、无障碍工具条另外检查，分开列出。",
        "The standard is WCAG 2.2, levels A and AA, with the clauses of national standards that ask for the same. "
        f"{len(history.rules)} rules "
        "look at code and rendering, and some pages are used by keyboard, enlarged, and their forms tried. Documents, editions for the "
        "elderly and toolbars are looked at apart.",
    )]  # fmt: skip
    if history.reach:
        told.append(say(
            f"{len(history.reach)} 条成功准则中，程序能够判定违反其中的 {counts[Reach.FAILED]} 条，对 {counts[Reach.CANT_TELL]} "
            f"条能找出可疑之处{f'，其余 {left} 条只能由人检查' if left else ''}。",
            f"Of {len(history.reach)} success criteria a program can prove failures of {counts[Reach.FAILED]} and put evidence before "
            "a person "
            f"for {counts[Reach.CANT_TELL]}{f'; {left} only people can judge' if left else ''}.",
        ))  # fmt: skip
    told.append(say(
        "网页的文件、样式、脚本和数据都与上次检测时相同的，当晚不再打开，沿用上次的结果；每页至少每 7 晚重新检测一次，"
        "另外每晚随机抽查一部分。只换了图片的网页，要到重新检测时才看得到变化。",
        "A page whose document, style sheets, scripts and data are the same as when it was last audited is not opened that night, and the "
        "result is carried over; every page is audited anew at least every 7 nights, and some are drawn every night besides. Where only a "
        "picture was replaced, that is noticed when the page is audited anew.",
    ) + (say(f"{tried}。", f" {capital(tried)}.") if (tried := reuse.error_of_all(history)) else ""))  # fmt: skip
    told.append(say(
        "查到的每一处问题都连续跟踪，直到网页上确实看到它消除；没有看到的不算修复。打不开的网页不算没有问题，"
        "检测不够的网站写作“未能评价”，不给数字。",
        "Every barrier is followed until it is seen to be gone; what was not looked at is not repaired. A page that did not open is not "
        "clean, and a site of which too little was seen is withheld and gets no number.",
    ))  # fmt: skip
    return told


def _index() -> list[str]:
    return [
        say(
            "无障碍指数在 0 到 100 之间。一页的指数是各条适用准则得分的平均，每条准则一半看有没有查到问题，一半看查到问题的比例；"
            "网站的指数按网页模板加权，可疑而未证实的不计。地区、类别等的指数是所辖站点的简单平均。",
            "The index lies between 0 and 100. That of a page is the mean over the criteria that apply: half whether anything fails, "
            "half how "
            "much. That of a site weighs templates of pages; what is not proven does not count. That of regions and kinds is a plain "
            "mean.",
        ),
        say(
            "抽查出来的数字都带 95% 置信区间：用同样的办法反复抽查，100 次中大约 95 次的区间包含真实的数字。"
            "两个数字的区间差别小于误差时，"
            "本监测不说哪一个高，名次写作一个范围；趋势只在每季度末判断，并控制同时检验许多站点带来的误判。",
            "Numbers from samples carry a 95% interval: of 100 samples drawn in the same way, about 95 give an interval that holds the "
            "true "
            "number. Where a difference is smaller than its error we do not say which is higher, and ranks are ranges. Trends are "
            "judged at "
            "the ends of quarters only, and false alarms among many sites are controlled.",
        ),
    ]


def _limits() -> list[str]:
    return [
        say(
            "这里的一切只说明自动检测范围内的情况。没有查到问题，不等于没有问题；许多障碍只有人工核查和残疾人试用才能发现。",
            "All this speaks of what a program can find. Nothing found does not mean that nothing is there: many barriers are found "
            "only by "
            "people who look, and by disabled people who try.",
        ),
        say(
            "本监测不是国家的无障碍信息评测、标识或者认证，不表示任何网站符合或者不符合某项标准，也不是对单位或个人工作的评价。",
            "It is not the state's assessment, mark or certificate. It does not say that a site meets or fails a standard, and it is no "
            "judgement of the work of an office or of a person.",
        ),
        say(
            "程序也会出错：它可能把没有障碍的地方当成障碍，也可能漏掉障碍。网页在检测之后可能已经改变。移动应用、自助终端、"
            "热线等不在检测之内。",
            "Programs err: they may take for a barrier what is none, and miss what is one. A page may have changed since. Apps, "
            "terminals and "
            "hotlines are not tested.",
        ),
    ]


def _history(history: History) -> Section:
    """Since when, and where series break."""
    title = say("历史和间断", "History and breaks")
    first = reviews.first_day(history)
    if first is None:
        return Section(id="history", title=title, intro=paragraph(say("还没有检测过。", "Nothing was audited yet.")))
    newest = words.day(history.rounds[0].started, history.timezone) if history.rounds else words.day(history.now, history.timezone)
    told = say(
        f"报告中最早的检测在{words.day(first, history.timezone)}，最近一次在{newest}。",
        f"The earliest audit told of here was on {words.day(first, history.timezone)}, the newest on {newest}.",
    )
    changes = _breaks(history)
    if not changes:
        none = say("其间检测规则没有更换，指数前后可以比较。", "The rules did not change in between: indices can be compared.")
        return Section(id="history", title=title, intro=paragraph(told + none))
    told += say(
        "检测规则更换以后，指数可能只因为规则不同而升降。能够用新旧两套规则检测同样网页的，以前的指数按差值换算；不能的，前后不作比较。",
        "When rules change, an index may move because of them alone. Where the same pages were judged by both rule sets, earlier "
        "indices are "
        "moved by the difference; elsewhere nothing is compared across the change.",
    )
    heads = [say("日期", "Day"), say("能够换算的站点数", "Sites linked"), say("不能换算的站点数", "Sites not linked")]
    rows = [
        piece("about.html", "change", day=words.day(day, history.timezone), linked=linked, loose=loose)
        for day, (linked, loose) in sorted(changes.items(), reverse=True)
    ]
    caption = say("检测规则的更换，新的在前", "Changes of the rules, newest first")
    return table("history", title, paragraph(told), caption, heads, rows, counts=heads[1:])


def _breaks(history: History) -> dict[date, tuple[int, int]]:
    """Day on which rules changed -> sites of which the series was linked over it, and sites of which it was not."""
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for site in history.sites:
        for mark in tendencies.series(history, site).breaks:
            found[mark.day][0 if mark.linked else 1] += 1
    return {day: (linked, loose) for day, (linked, loose) in found.items()}


def _data() -> str:
    return say(
        "站点、指数、分地区和分部门的汇总、指标、规划任务、问题的数量，每一列都有说明",
        "sites, indices, regions and departments, indicators, promises and counts of barriers, with every column explained",
    )


def _licence() -> str:
    return say(
        "数据的使用许可由发布本页的单位注明；没有注明的，请先向发布单位询问。",
        "The licence is for whoever publishes this page to state; where none is stated, please ask them first.",
    )


def _personal() -> list[str]:
    return [
        say(
            "检测只看网页本身，不收集访问者的信息。网页上公开的身份证号、银行卡号、手机号码、私人电话、车牌号、"
            "电子邮箱和与这些号码写在一起的姓名，"
            "在公开的网页、工作清单和数据中都已遮盖；单位的办公电话和热线照录。",
            "Audits look at pages only and collect nothing of visitors. Identity numbers, bank cards, mobile and private telephone "
            "numbers, "
            "licence plates, e-mail addresses and the names beside them are covered in the public pages, work lists and data; "
            "telephones of "
            "offices stay.",
        ),
        say(
            "查到过个人信息的网页，公开的报告不附它的截图；整个窗口的截图（键盘走查和试用时的画面）一律不附。文字说明仍在。",
            "Of pages on which personal data was found no picture is published, and of whole windows (walks by keyboard, pages in use) "
            "none at "
            "all. What they show is told in words.",
        ),
        say(
            "遮盖由程序完成，可能有遗漏。发现遗漏的，请按下面的办法告知，会尽快遮盖或者删除。",
            "Covering is done by a program and may miss something. Please tell us as said below: it will be covered or deleted soon.",
        ),
    ]


def _contact(history: History) -> list[str]:
    told = [say(
        "认为某一处不是障碍、结果有误，或者网页已经修复而报告没有更新的，请写明网站、网页地址和报告中的编号。"
        "个人可以依照《中华人民共和国个人信息保护法》查阅、复制、更正、删除自己的个人信息。",
        "Whoever thinks that something is no barrier, that a result is wrong or that a repair is missing: please name the site, the "
        "address of "
        "the page and the number in the report. Everybody may ask to see, copy, correct or delete their personal data (Personal "
        "Information "
        "Protection Law).",
    )]  # fmt: skip
    if history.contact:
        told.append(say(f"联系方式：{history.contact}", f"Contact: {history.contact}"))
    else:
        told.append(say(
            "本页没有写明受理的单位。请向发布本页的单位提出，它的联系方式在发布本页的政府网站上。",
            "No office is named here. Please write to whoever publishes this page, as the government site it stands on says.",
        ))  # fmt: skip
        if not history.public:
            told.append(say(
                "公开以前，请在 targets.yml 的 service 中写上 contact：受理申请的单位、电话或邮箱。",
                "Before this is published, please write `contact` under `service` in targets.yml: office, telephone or mail address.",
            ))  # fmt: skip
    return told
