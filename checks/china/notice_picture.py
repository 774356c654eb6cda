"""一图读懂、公告长图：the whole notice is drawn in one picture, and who cannot see it gets its title and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.notices import Notice, picture_notices
from checks.probes.picture_text import NAME
from checks.wcag.picture_words import letters, readings, shared

MANY = 8  # lines of text in a picture, which no title says
LINES = ("补贴对象为持证残疾人", "每人每月一百二十元", "向街道办事处提出申请", "十个工作日内办结", "咨询请拨打服务热线", "逾期不再受理补报",
         "材料齐全当场受理", "身份证户口簿原件", "委托他人须持委托书", "每年复核一次资格", "死亡次月停止发放",
         "迁出本市停止发放")  # fmt: skip


def poster(lines: tuple[str, ...] = LINES) -> str:
    """The address of a picture of a notice, for examples."""
    rows = "".join(f"<text x='30' y='{70 + 62 * at}' font-size='38'>{line}</text>" for at, line in enumerate(lines))
    height = 60 + 62 * len(lines)
    ground = f"<rect width='520' height='{height}' fill='#fff'/>"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='520' height='{height}'>{ground}{rows}</svg>"
    return "data:image/svg+xml," + svg.replace("#", "%23")


def page(title: str, body: str) -> str:
    """An article as the templates of government sites write it, for examples."""
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><title>{title}</title></head><body><h1>{title}</h1><p>来源：市残联 2026-11-20</p>'
        f'<div class="TRS_Editor">{body}</div></body></html>'
    )


LONG = '<p style="text-align:center"><img src="/yt.jpg" alt="{}" width="600" height="1800"></p>'
GUIDE, STORM = "一图读懂：残疾人两项补贴", "暴雨红色预警信号"
TEXT = "<p>补贴对象为持有第二代残疾人证的本市居民，每人每月一百二十元，向户籍所在地的街道办事处提出申请，十个工作日内办结，"
TEXT += "材料为身份证和户口簿原件，委托他人办理的，须另持委托书和代办人的身份证原件。</p>"


@check(
    id="notice-picture",
    reads=("capture", NAME),
    criteria=("1.1.1",),
    impact=Impact.CRITICAL,
    title="通知的全部内容画在一张图片里",
    title_en="A whole notice is drawn in one picture",
    who="使用读屏软件的盲人打开“一图读懂”或公告长图，只能听到一个标题；低视力者放大后字迹模糊，也不能换成看得清的颜色。",
    who_en="A blind person who opens a notice drawn as one long picture hears its title and nothing else; enlarged, its words blur.",
    repair=(
        "在图片下面用正文把图上的内容写全，或者放一个“文字版”链接；图片的替代文本写明“内容见下面的文字”。",
        "以后发布图解、公告时，请先写文字稿，再配图片；请开发单位在编辑器里提醒补上文字版。",
    ),
    repair_en=(
        "Write all that the picture says as text below it, or link to a text version; let the alternative point there.",
        "From now on write the text first and add the picture; ask the vendor for a reminder in the editor.",
    ),
    verify="遮住图片，只看文字，能知道通知的全部内容：对象、标准、时间、地点、电话。",
    before=page(GUIDE, LONG.format(GUIDE)),
    after=page(GUIDE, LONG.format(GUIDE + "，内容见下面的文字") + TEXT),
    bad=(
        page(GUIDE, f'<p><img src="{poster()}" alt="{GUIDE}"></p>'),
        page("关于换领残疾人证的公告", f'<div><img src="{poster()}" alt="公告"></div>'),
    ),
    unsure=(
        page(GUIDE, LONG.format(GUIDE)),
        page(GUIDE, LONG.format("图解一") + LONG.format("图解二")),
    ),
    good=(
        page(GUIDE, LONG.format(GUIDE) + TEXT),
        page(GUIDE, LONG.format(GUIDE) + '<p><a href="/wzb.html">文字版</a></p>'),
        page(GUIDE, LONG.format(TEXT[3:])),
        page(GUIDE, LONG.format("")), page(GUIDE, LONG.format("W020261120380012345678.jpg")),
        page("市残联走访困难家庭", '<p><img src="/zp.jpg" alt="走访现场" width="600" height="400"></p>'),
        page(GUIDE, f'<p><img src="{poster()}" alt="{GUIDE}"></p><p>{"，".join(LINES)}。</p>'),
        page(STORM, LONG.format(STORM)),
        '<img src="/top.png" alt="云浔市人民政府" width="900" height="1200">',
    ),
)  # fmt: skip
def notice_picture(document: Document) -> Iterator[Hit]:
    """1.1.1: fails where many lines were read in the picture and none of them stands on the page; otherwise a person looks."""
    yield from _judged(document, urgent=False)


@check(
    id="emergency-picture",
    reads=("capture", NAME),
    criteria=("1.1.1",),
    impact=Impact.CRITICAL,
    title="预警和应急通知只有图片",
    title_en="A warning or emergency notice is nothing but a picture",
    who="暴雨、停水、疏散的通知只发一张图片，盲人听不到危险是什么、何时到、往哪里去，低视力者在手机上也难以看清。",
    who_en="Where a warning of storm, water or evacuation is a picture, a blind person does not learn what the danger is, when it comes "
        "and where to go.",
    repair=(
        "立即把图上的内容写成文字发布：发生了什么、影响哪里、从何时到何时、要做什么、电话是多少。",
        "请开发单位在应急信息栏目里设置必填的文字正文。",
        "无障碍环境建设法第二十九条：发布突发事件信息时，条件具备的同步采取语音、大字、盲文、手语等无障碍信息交流方式。",
    ),
    repair_en=(
        "Publish at once in words what the picture says: what happens, where, from when to when, what to do, whom to call.",
        "Ask the vendor to make text obligatory in this column.",
        "Article 29 of the law on barrier-free environments asks for accessible forms of emergency information where conditions allow.",
    ),
    verify="遮住图片，只看文字，能知道危险、范围、时间、该做什么和联系电话。",
    before=page(STORM, LONG.format(STORM)),
    after=page(STORM, LONG.format(STORM + "，内容见下面的文字") + TEXT),
    bad=(
        page(STORM, f'<p><img src="{poster()}" alt="{STORM}"></p>'),
        page("关于城区停水的紧急通知", f'<p><img src="{poster()}" alt="停水通知"></p>'),
    ),
    unsure=(
        page(STORM, LONG.format(STORM)),
        page("关于城区停水的通知", '<p><img src="/ts.jpg" alt="停水通知" width="700" height="420"></p>'),
    ),
    good=(
        page(STORM, LONG.format(STORM) + TEXT),
        page(STORM, '<p><img src="/yj.png" alt="暴雨红色预警信号图标" width="96" height="80"></p>'),
        page(GUIDE, LONG.format(GUIDE)),
    ),
)  # fmt: skip
def emergency_picture(document: Document) -> Iterator[Hit]:
    """The same as `notice-picture` where danger or a cut-off is announced."""
    yield from _judged(document, urgent=True)


def _judged(document: Document, *, urgent: bool) -> Iterator[Hit]:
    for notice in picture_notices(document):
        if notice.urgent is not urgent:
            continue
        more = f"等 {notice.pictures} 张图片" if notice.pictures > 1 else ""
        box = notice.image.box
        size = f"（{box.width:.0f}×{box.height:.0f} 像素）" if box else ""
        if notice.told:
            yield passed(notice.image)
        elif (lines := _unsaid(document, notice)) >= MANY:
            yield failed(
                notice.image,
                f"正文只有图片{more}{size}，图上有 {lines} 行文字，替代文本只有“{_short(notice)}”，本页别处也没有；请用正文写出",
            )
        else:
            told = f"正文只有图片{more}{size}，替代文本是“{_short(notice)}”"
            yield unsure(notice.image, f"{told}；图上若写有通知的内容，请用正文写全或附文字版")


def _unsaid(document: Document, notice: Notice) -> int:
    """How many lines of text were found in the picture, if none of those that were read stands on the page; else 0."""
    reading = next((one for one in readings(document) if one.node is notice.image), None)
    if reading is None or document.body is None:
        return 0
    said = letters(f"{document.body.text} {document.title} {notice.image.name}")
    known = [letters(line) for line in reading.lines if len(letters(line)) >= 4]
    return reading.found if len(known) >= 2 and all(shared(line, said) < 0.4 for line in known) else 0


def _short(notice: Notice) -> str:
    return notice.image.name if len(notice.image.name) <= 30 else notice.image.name[:30] + "…"
