"""Whose phone is fixed to a wheelchair or bed reads the page upright and on its side alike, unless the page turns itself by the screen."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document

LEAST = 100  # letters in one orientation, before their loss in the other is asked about
TEXT = "<p>" + "办理残疾人证请携带身份证和户口簿原件，行动不便的可以预约上门服务。" * 3 + "</p>"
SHORT = "<p>网上办事大厅</p>"
META = '<meta name="viewport" content="width=device-width, initial-scale=1">'
COVER = "position:fixed;left:0;top:0;width:100%;height:100%;background:#fff;z-index:99"


def _style(landscape: str = "", portrait: str = "", rest: str = "") -> str:
    ways = (("landscape", landscape), ("portrait", portrait))
    return f"{META}<style>{rest} {' '.join(f'@media (orientation: {name}) {{ {rules} }}' for name, rules in ways if rules)}</style>"


@check(
    id="css-orientation-lock",
    reads=("capture", "layout"),
    bad=(
        f"{_style(portrait='html { transform: rotate(90deg) }')}{TEXT}",
        f"{_style(portrait='body { transform: rotate(-90deg); transform-origin: left top; width: 100vh }')}{TEXT}",
        f"{_style(landscape='.page { transform: rotate(-90deg) }')}<div class=page>{TEXT}</div>",
        f"{_style(portrait='.page { transform: rotateZ(1.5708rad) }')}<div class=page>{TEXT}</div>",
        f"{_style(portrait='.page { transform: matrix(0,1,-1,0,0,0) }')}<div class=page>{TEXT}</div>",
        f"{_style(landscape='main { transform: rotate3d(0,0,1,0.25turn) }')}<main>{TEXT}</main>",
        f"{_style(portrait='main { rotate: 90deg }')}<main>{TEXT}</main>",
        f"{_style(portrait='main { transform: translate(10px, 0) rotate(100grad) scale(.8) }')}<main>{TEXT}</main>",
        f"{_style(portrait='.a { transform: rotate(0deg) }', landscape='.a { transform: rotate(270deg) }')}<div class=a>{SHORT}</div>",
        f"{_style(portrait='.a { transform: rotate(45deg) } .b { transform: rotate(45deg) }')}<div class=a><div class=b>{TEXT}</div></div>",
        f"{_style(portrait='.a { transform: rotate(180deg) }', landscape='.a { transform: rotate(90deg) }')}<div class=a>{TEXT}</div>",
        f"{META}<style>.app {{ transition: transform 2s }} @media (max-aspect-ratio: 1/1) {{ .app {{ transform: rotate(90deg) }} }}</style>"
        f"<div class=app>{TEXT}</div>",
        f"{META}<div id=app>{TEXT}</div><script>function turn(){{ document.getElementById('app').style.transform = "
        "innerHeight > innerWidth ? 'rotate(90deg)' : 'none'; } turn(); addEventListener('resize', turn);</script>",
        f"{_style(portrait='.h { transform: rotate(90deg) }')}<img class=h src=/banner.png alt=办事流程图>{SHORT}",
    ),
    unsure=(
        f"{_style(portrait='#tip { display:block }', rest=f'#tip {{ display:none; {COVER} }}')}{TEXT}"
        "<div id=tip><p>为了更好的浏览体验，请将手机横屏使用</p></div>",
        f"{_style(landscape='.only { display:block } .all { display: none }', rest=f'.only {{ display:none; {COVER} }}')}"
        f"<div class=all>{TEXT}</div><div class=only>请旋转手机，竖屏浏览</div>",
        f"{_style(landscape='main { display:none }')}<main>{TEXT * 2}</main><p>欢迎访问</p>",
    ),
    good=(
        TEXT,
        f"{_style(portrait='.cols { flex-direction: column }', rest='.cols { display: flex }')}<div class=cols>{TEXT}{TEXT}</div>",
        f"{_style(portrait='.a { transform: rotate(180deg) }')}<div class=a>{TEXT}</div>",
        f"{_style(portrait='.a { rotate: 90deg }', landscape='.a { rotate: 90deg }')}<div class=a>{SHORT}</div>{TEXT}",
        f"{_style(portrait='.a { transform: rotate(90deg) }', landscape='.a { rotate: 270deg }')}<div class=a>{SHORT}</div>{TEXT}",
        f"{_style(portrait='.a { transform: rotate(360deg) }')}<div class=a>{TEXT}</div>",
        f"{_style(portrait='.a { transform: rotate(5deg) }')}<div class=a>{TEXT}</div>",
        f"{_style(portrait='.a { transform: rotateX(60deg) }', landscape='.a { transform: scale(.5) }')}<div class=a>{SHORT}</div>{TEXT}",
        f"{_style(portrait='.a { transform: rotate(90deg) } .a > div { transform: rotate(-90deg) }')}<div class=a><div>{TEXT}</div></div>",
        f"{_style(portrait='.a { transform: rotate(90deg); display: none }')}<div class=a>{SHORT}</div>{TEXT}",
        f"{_style(portrait='.a { transform: rotate(90deg) }')}<div class=a></div>{TEXT}",
        f"{_style(portrait='.arrow { transform: rotate(90deg) }', rest='.arrow { display:inline-block }')}{TEXT}<i class=arrow>›</i>",
        f"{_style(portrait='.a { transform: translateY(10px) scale(1.1) }')}<div class=a>{TEXT}</div>",
        f"{TEXT}<p>请将手机横屏浏览下面的表格，效果更好。</p>",
        f"<style>@keyframes turn {{ to {{ transform: rotate(360deg) }} }} .load {{ animation: turn 2s linear infinite }}</style>"
        f"<div class=load>加载中</div>{TEXT}",
        f"{_style(portrait='.side { visibility: hidden; transform: rotate(90deg) }')}<div class=side>{SHORT}</div>{TEXT}",
    ),
)  # fmt: skip
def turned_by_phone(document: Document) -> Iterator[Hit]:
    """1.3.4, F97, ACT b33eff: what is shown is turned by 90 or 270 degrees between a window held upright and one on its side.

    F100: a message that asks to turn the phone, or a page of which little is left in one of the two, must be judged by a person,
    since one orientation may be essential.
    """
    seen = document.facts.get("layout")
    if not seen or not seen["held"]:
        return
    said: set[int] = set()
    for one in seen["turned"]:
        node = document.meet(one["top"])
        if node is None or one["moving"] or node.index in said:
            continue
        said.add(node.index)
        upright, flat = one["angles"]
        told = f"“{one['words']}”" if one["words"] else "这部分内容"
        yield failed(node, f"手机竖放时{told}转了{upright}度，横放时转了{flat}度，手机不能转动的人只能侧着看；请去掉按屏幕方向旋转的样式")
    if said:
        return
    held = seen["held"]
    for name, other, way in (("portrait", "landscape", "竖放"), ("landscape", "portrait", "横放")):
        asks, before = held[name]["asks"], held[other]
        if asks and asks["share"] >= 0.5 and not before["asks"]:
            yield unsure(document.root, f"手机{way}时，页面盖上了“{asks['words']}”，请确认手机不能转动的人也能使用")
            return
        if before["letters"] >= LEAST and held[name]["letters"] < 0.2 * before["letters"]:
            yield unsure(document.root, f"手机{way}时，页面的文字从{before['letters']}字减到{held[name]['letters']}字，请确认内容没有缺失")
            return
    yield passed(document.root)
