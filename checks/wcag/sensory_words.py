"""«Press the round button on the right»: who cannot see where right is, or what is red, does not find what the sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document, Node

PLACE = "(?:左|右)(?:侧|边|上角|下角|上方|下方|面)|上方|下方|上面|下面|顶部|底部"
SHAPE = "圆形|方形|三角形?|菱形|箭头状|齿轮状?|放大镜状?|大的|小的"
HUE = "红|绿|蓝|黄|橙|紫|灰|黑|白|粉"
THING = "按钮|按键|链接|图标|菜单|图片|图案|方框|标志|入口|栏目|区域|箭头"
DO = "点击|单击|点按|按下|选择|请点|请按|详见|请见|请看|查看|使用|拖动"
SENSE_ZH = re.compile(f"(?:{DO})[^。；！？“”《》【】]{{0,6}}?((?:{PLACE}|{SHAPE}|(?:{HUE})色)[^。；！？，“”《》【】]{{0,6}}?(?:{THING}))")
SENSE_EN = re.compile(
    r"\b(?:click|press|select|use|tap|push|see)\s+(?:on\s+)?(?:the\s+)?((?:\w+\s+){0,2}?"
    r"(?:round|square|circular|triangular|red|green|blue|yellow|orange|grey|"
    r"gray|left|right|upper|lower|top|bottom|large|small|big)(?:[- ]hand)?(?:\s+\w+){0,2}?\s+(?:button|link|icon|menu|arrow|image|box))\b"
    r"(?!\s+(?:labell?ed|marked|named|called|that says|[\"“‘']))",
    re.IGNORECASE,
)
PLACED_EN = re.compile(r"\b(?:button|link|icon|menu)\s+(?:on|to|at|in)\s+the\s+(?:left|right|top|bottom|upper|lower)\b", re.IGNORECASE)
COLOUR_ZH = re.compile(
    f"((?:用|以|标|显示)?(?:{HUE})色(?:的)?(?:字体|文字|字|部分|标注|标记|标示|底色|背景|区域|栏目|项目|项|格)?(?:的)?"
    "(?:为|是|表示|代表|均为|必填|不能为空)[^。；！？，]{1,12})"
)
COLOUR_EN = re.compile(
    r"((?:fields?|items?|text|entries|dates?|words?)\s+(?:(?:shown|marked|displayed|highlighted|written|printed)\s+)?in\s+(?:red|green|blue|yellow|orange)"
    r"|(?:red|green|blue|yellow|orange)\s+(?:fields?|items?|text|entries|dates?)\s+(?:are|is|means?|indicates?))\b",
    re.IGNORECASE,
)
TRIGGER = re.compile(
    f"{PLACE}|{SHAPE}|(?:{HUE})色|"
    r"\b(?:round|square|circular|triangular|red|green|blue|yellow|orange|gr[ea]y|left|right|upper|lower|top|bottom|large|small|big)\b",
    re.IGNORECASE,
)
SIGN = re.compile(r"[*＊★☆※#△▲!！?？√✓×]|星号|星标|“[^”]{1,12}”|「|\"[^\"]{1,20}\"")
AT_MOST = 5
ARTICLE = re.compile("红色(?:教育|基因|文化|旅游|资源|传承|江山|革命|血脉)|绿色(?:发展|出行|食品|通道)|[黄橙蓝红]色(?:预警|信号)|白色污染")


@check(
    id="sensory-instruction",
    criteria=("1.3.3",),
    impact=Impact.MODERATE,
    title="操作说明只讲位置、形状或颜色",
    title_en="Instruction relies on place, shape or colour alone",
    who="盲人听到“点击右侧的圆形按钮”，不知道是哪一个；放大网页看的低视力者，看到的排列也与说明不同。",
    who_en="A blind person told to press “the round button on the right” cannot know which it is.",
    repair=("在说明中写出按钮或链接上的文字，例如把“点击右侧蓝色按钮”改为“点击右侧的‘在线办理’按钮”。",),
    repair_en=("Name the words on the button or link in the instruction, such as “press ‘Apply online’ on the right”.",),
    verify="只听这句说明、不看网页，也能知道要操作的是哪一个按钮或链接。",
    before="<p>填写完成后，请点击右下角的绿色按钮提交。</p>",
    after="<p>填写完成后，请点击右下角的“提交申请”按钮。</p>",
    unsure=(
        "<p>请点击左侧菜单查看办事指南。</p>",
        '<p lang="en">Press the round button to go on.</p>',
        '<p lang="en">Use the link on the right.</p>',
    ),
    good=(
        "<p>请点击右侧的“在线办理”按钮。</p>",
        "<p>市民广场右侧的大楼是政务中心。</p>",
        '<p lang="en">Press the red button labelled Stop.</p>',
        "<p>传承红色基因。</p>", "<p hidden>请点击左侧菜单。</p>", "<p>请点击提交按钮。</p>",
    ),
)  # fmt: skip
def sensory_instruction(document: Document) -> Iterator[Hit]:
    """F14, F26: sentences that point at a control without its name. A person decides: the words may stand somewhere near."""
    told = 0
    for node, text in _passages(document):
        found = SENSE_ZH.search(text) or SENSE_EN.search(text) or PLACED_EN.search(text)
        if found and told < AT_MOST and not SIGN.search(text[found.start() : found.end() + 14]):
            told += 1
            yield unsure(node, f"“{found[0][:40]}”只讲了位置、形状或颜色；若没有同时写出名称，请补上按钮或链接上的文字")


@check(
    id="colour-instruction",
    criteria=("1.4.1",),
    impact=Impact.MODERATE,
    title="说明只用颜色区分",
    title_en="Explanation relies on colour alone",
    who="盲人和色觉异常的人读到“红色为必填项”，分不出哪些是红色的，表单就填不完整。",
    who_en="Who is blind or colour-blind and reads “red fields are required” cannot tell which these are and leaves the form incomplete.",
    repair=("在颜色之外加上文字或符号，例如在必填项后面写“（必填）”，并把说明改为“带 * 号的为必填项”。",),
    repair_en=("Add words or a sign to the colour, such as “(required)” beside each field, and say so in the explanation.",),
    verify="把网页打印成黑白，仍能看出说明所指的是哪些内容。",
    before="<p>红色为必填项。</p>",
    after="<p>带 * 号的为必填项。</p>",
    unsure=(
        "<p>表中红色字体为新增内容。</p>",
        '<p lang="en">Fields marked in red are required.</p>',
        "<p>绿色表示已办结，红色表示逾期</p>",
    ),
    good=(
        "<p>红色*号为必填项。</p>", "<p>我市发布暴雨红色预警。</p>", "<p>绿色发展是主题。</p>", "<p hidden>红色为必填项。</p>",
        '<p lang="en">Red items marked * are required.</p>', "<p>红色教育基地为您服务</p>",
    ),
)  # fmt: skip
def colour_instruction(document: Document) -> Iterator[Hit]:
    """F81, G14: sentences that explain what a colour means and name no sign beside it."""
    told = 0
    for node, text in _passages(document):
        found = COLOUR_ZH.search(text) or COLOUR_EN.search(text)
        if found and told < AT_MOST and not SIGN.search(text) and not ARTICLE.search(text) and len(text) <= 200:
            told += 1
            yield unsure(node, f"“{found[0][:40]}”只用颜色来区分；若没有同时用文字或符号标出，请补上")


def _passages(document: Document) -> Iterator[tuple[Node, str]]:
    """Elements that mention a place, shape or colour, with all their text; for a single word of a sentence, what holds it."""
    met: set[int] = set()
    for node in document.nodes:
        if not node.texts or node.tag in ("a", "button", "title", "option", "textarea", "script"):
            continue
        own = "".join(text.raw for _, text in node.texts)
        if not TRIGGER.search(own):
            continue
        at = node.parent if len(own.strip()) < 6 and node.parent is not None and len(node.parent.children) <= 12 else node
        if at.index not in met and not at.hidden and at.visible:
            met.add(at.index)
            yield at, at.text if len(at.children) <= 12 else at.own_text
