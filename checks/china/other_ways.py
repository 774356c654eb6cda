"""A service that is only online, with no telephone and no counter, is no service for who cannot get through the online way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node

GUIDE = re.compile(r"(?:办事|服务|办理|申请|申报|报名|预约|缴费)(?:指南|流程|须知|说明)|如何(?:办理|申请)|(?:办理|申领|换领|补办|申请)$")
ONLINE = re.compile(
    r"(?:在线|网上|立即|马上|我要|一键|一网)(?:办理|申请|申报|办|预约|缴费|报名|提交)|一网通办|扫码(?:办理|申请|预约|缴费)|"
    r"(?:登录|进入).{0,12}(?:办理|申请|申报)"
)
PHONE = re.compile(
    r"(?<!\d)(?:0\d{2,3}[-—－\s]?\d{7,8}|1[3-9]\d{9}|400[-\s]?\d{3}[-\s]?\d{4}|[2-8]\d{6,7}|12345|12385|12333|12393)(?!\d)"
)
"""Numbers of telephones: with or without area code, mobile, 400, and the hotlines of government, 残联, 人社 and 医保."""
COUNTER = re.compile(
    r"(?:现场|窗口|线下|上门|电话|邮寄|代办|人工|社区|街道办事处|便民服务中心|政务服务(?:大厅|中心)).{0,10}"
    r"(?:办理|申请|提交|受理|领取|服务|咨询|地址|代办)|办(?:理|公)地[点址]|受理地[点址]"
)
ARTICLE = "<h1>残疾人证办理指南</h1><h2>办理方式</h2><p>请登录网上办事大厅在线办理，按提示上传材料。</p>"
WAYS = "<p>也可以到街道办事处窗口办理，行动不便的可预约上门办理，咨询电话：0990-8800001 或 12345。</p>"


@check(
    id="service-other-way",
    impact=Impact.MODERATE,
    title="办事页面只写了网上办理，没有电话和窗口",
    title_en="A service page offers the online way only",
    who="用不了网上办理的残疾人和老年人，在页面上找不到电话、窗口和上门服务，不知道还能怎么办、向谁求助。",
    who_en="Disabled and older people who cannot get through the online way find no telephone, counter or home visit on the page and "
        "do not know whom to ask.",
    repair=(
        "在办事指南里写明咨询电话、12345 热线、办理窗口的地址和时间，以及代办、上门服务的办法。",
        "请开发单位在办事指南模板里设置必填的“咨询电话”和“线下办理地点”。",
        "无障碍环境建设法第三十九条：涉及医疗健康、社会保障、生活缴费等事项的公共服务场所，应当保留现场指导、人工办理等传统服务方式。",
    ),
    repair_en=(
        "Name the telephone, the hotline 12345, the counter with its hours, and how to get help or a visit at home.",
        "Ask the vendor to make telephone and counter obligatory fields of the template for guides.",
        "Article 39 of the law on barrier-free environments: places of public service for health, social security and payments keep the "
        "counter and guidance in person.",
    ),
    verify="在这一页上能找到电话号码，以及不上网也能办理的方式。",
    before=ARTICLE,
    after=ARTICLE + WAYS,
    unsure=(
        ARTICLE,
        '<h1>两项补贴申请</h1><p>补贴标准见通知。</p><a href="/apply">在线申请</a>',
    ),
    good=(
        ARTICLE + WAYS, ARTICLE + "<p>咨询电话：12345</p>", ARTICLE + '<footer><a href="tel:09908800001">联系我们</a></footer>',
        ARTICLE + "<p>线下办理：县政务服务中心二楼</p>", "<h1>关于换领残疾人证的通知</h1><p>请登录网上办事大厅在线办理。</p>",
        "<h1>残疾人证办理指南</h1><p>申请人持身份证向社区提出。</p>",
    ),
)  # fmt: skip
def service_other_way(document: Document) -> Iterator[Hit]:
    """Best practice: pages whose heading says that they guide through a service, and that lead to doing it online."""
    body = document.body
    heading = next((one for one in document.headings if one.heading_level in (1, 2) and one.visible and GUIDE.search(one.name)), None)
    if body is None or heading is None or heading.inside("nav", "navigation", "a") is not None:
        return
    text = body.text
    if not (ONLINE.search(text) or any(_online(node) for node in document.by_role("link", "button"))):
        return
    if PHONE.search(text) or COUNTER.search(text) or any(link.get("href").lower().startswith("tel:") for link in document.links):
        yield passed(heading)
    else:
        yield unsure(heading, f"“{heading.name[:30]}”写了网上办理，没有找到咨询电话、12345 和线下办理的地点；请补上，或确认写在别处")


def _online(node: Node) -> bool:
    return bool(node.visible and len(node.name) <= 12 and ONLINE.search(node.name))
