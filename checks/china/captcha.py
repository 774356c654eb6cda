"""A blind person cannot read the letters in a distorted picture, and without another way can neither log in nor write to the authority."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node

FILE = re.compile(
    r"captcha|kaptcha|verif(?:y|ication)[-_]?(?:code|img|image|pic)?|valid(?:ate|ation)?[-_]?(?:code|img|image|num)|check[-_]?(?:code|num)|"
    r"rand(?:om)?[-_]?code|"
    r"auth[-_]?code|img[-_]?code|code[-_]?img|security[-_]?code|yzm|yanzheng|jcaptcha|vcode|verifycode|piccode|imagecode",
    re.IGNORECASE,
)  # fmt: skip
WORDS = re.compile(r"验证码|校验码|附加码|看不清|换一张|captcha|verification code|security code", re.IGNORECASE)
SLIDES = re.compile(r"(?:拖动|滑动|按住|向右).{0,6}(?:滑块|拼图|完成验证|完成拼图|验证)|(?:依次|按顺序)点击|点选.{0,4}(?:文字|图)")
WIDGETS = re.compile(
    r"(?:^|\s)(?:geetest_\w+|yidun\S*|nc[-_](?:container|wrapper)|tcaptcha\S*|vaptcha\S*|dx[-_]captcha\S*|(?:slide|drag)[-_]?verif\S*|"
    r"verify[-_]?(?:bar|slide|move)\S*|slider?[-_]?captcha)(?:\s|$)",
    re.IGNORECASE,
)
"""Words in class or id by which the widgets in use (standards_cn.md 5.3) call themselves."""
TYPES = frozenset({"", "text", "tel", "number", "password"})
OTHER = re.compile(
    r"语音验证|语音播报|听验证码|播放验证码|音频|收听|语音码|短信验证|短信登录|短信快捷登录|获取验证码|发送验证码|手机验证码|动态密码|扫码登录|"
    r"audio|listen",
    re.IGNORECASE,
)


@check(
    id="captcha-picture",
    criteria=("1.1.1",),
    impact=Impact.CRITICAL,
    title="图形验证码没有其他方式可以代替",
    title_en="Picture captcha without another way",
    who="盲人和视力很弱的人看不到图片里的字，也拖不准滑块，没有语音、短信等方式可选，就不能登录、写信和办理。",
    who_en="Blind people and those who see little cannot read the picture nor aim the slider; without sound or text message they cannot "
        "log in or apply.",
    repair=(
        "后台能选验证方式的，加上短信验证码或语音验证码，并写在图形验证码旁边。",
        "请开发单位改用不需要辨认图形的办法（例如限制提交次数、在服务器上识别机器），或提供语音播报。",
        "图片本身写上替代文本“验证码图片”，说明它是什么；不要把答案写进去。",
    ),
    repair_en=(
        "Where the system offers a choice, add a code by text message or by voice beside the picture.",
        "Ask the vendor for a method that needs no picture (a limit on attempts, detection on the server), or for an audio version.",
        "Give the picture itself an alternative that says what it is, without the answer.",
    ),
    verify="不看屏幕，只用键盘和读屏软件，能够通过验证。",
    before='<form><label>验证码 <input name="yzm"></label> <img src="/captcha.jpg" alt="验证码图片"></form>',
    after='<form><label>短信验证码 <input name="code" autocomplete="one-time-code"></label> <button type="button">获取短信验证码</button>'
        '</form>',
    unsure=(
        '<form><label>验证码<input name="yzm"></label><img src="/VerifyCode.jsp" alt="看不清楚？点击刷新"></form>',
        '<form><input type="password" aria-label="密码"><input aria-label="验证码"><img src="/a.png" id="imgCode" alt="验证码"><a href="#">'
        '看不清，换一张</a></form>',
        '<form><label>姓名<input></label><div style="width:300px;height:40px">向右拖动滑块完成验证</div></form>',
        '<form><label>手机号<input></label><div class="geetest_holder geetest_wind" style="width:260px;height:44px"><div>点击按钮进行验证'
        "</div></div></form>",
    ),
    good=(
        '<form><label>验证码<input name="yzm"></label><img src="/VerifyCode.jsp" alt="验证码"><a href="#">语音验证码</a></form>',
        '<form><label>短信验证码<input name="yzm"></label><button type="button">获取验证码</button></form>', '<p>网站验证码使用说明</p>',
        '<a href="/n.html"><img src="/upload/verify-2026.jpg" alt="核验工作会议"></a>',
        '<form style="display:none"><input name="yzm"><img src="/captcha.jpg" alt=""></form>',
        '<form><label>关键词<input></label><img src="/logo.png" alt=""></form>',
        '<form><label>手机号<input></label><div id="nc-container" style="width:300px;height:34px"></div><button type="button">语音验证'
        "</button></form>",
        '<form><label>手机号<input></label><div class="yidun" style="display:none;width:300px;height:34px"></div></form>',
    ),
)  # fmt: skip
def captcha_picture(document: Document) -> Iterator[Hit]:
    """1.1.1: a captcha has alternatives for other senses. Whether one appears later, a program cannot see."""
    told: set[int] = set()
    for image in document.elements("img", "canvas", "input", "svg"):
        if (image.tag == "input" and image.get("type").lower() != "image") or not image.visible or not _captcha(image):
            continue
        home = _home(image)
        if home is None or home.index in told:
            continue
        told.add(home.index)
        if OTHER.search(_words(home)):
            yield passed(image)
        else:
            yield unsure(image, "这里要求辨认图形验证码，附近没有找到语音、短信等其他验证方式；请确认盲人也能通过验证")
    for node in document.elements("div", "span", "p"):
        asks = node.own_text if not node.children and len(node.own_text) <= 30 and SLIDES.search(node.own_text) else ""
        if not asks and not (node.visible and _widget(node)):
            continue
        home = _home(node)
        if home is not None and home.index not in told:
            told.add(home.index)
            if not OTHER.search(_words(home)):
                what = f"这里要求“{asks}”" if asks else "这里放着滑块或点选的验证组件"
                yield unsure(node, f"{what}，附近没有找到其他验证方式；请确认不看屏幕、不用鼠标也能通过验证")


def _widget(node: Node) -> bool:
    """Whether it is a captcha that is dragged or clicked, by what it calls itself and by its size."""
    box = node.box
    named = WIDGETS.search(node.get("class")) or WIDGETS.search(node.get("id"))
    return bool(named) and box is not None and 100 <= box.width <= 500 and 24 <= box.height <= 320


def _captcha(image: Node) -> bool:
    box = image.box
    if box is None or not (30 <= box.width <= 400 and 15 <= box.height <= 220):
        return False
    file = image.get("src").partition("?")[0].rpartition("/")[2]
    marks = " ".join((*(image.get(name) for name in ("id", "class", "name", "onclick")), file))
    return bool(FILE.search(marks) or WORDS.search(f"{image.name} {image.get('title')}"))


def _home(node: Node) -> Node | None:
    """The form around it, or what it stands in together with a text field."""
    for steps, above in enumerate(node.ancestors()):
        if above.tag in ("body", "html"):
            return None
        fields = any(one.visible and one.get("type").lower() in TYPES for one in above.descendants("input"))
        if fields and (above.tag == "form" or steps >= 1 or WORDS.search(_words(above))):
            return above.inside("form") or above
        if steps > 5:
            return None
    return None


def _words(home: Node) -> str:
    controls = home.descendants("a", "img", "button", "input")
    return " ".join((home.text, *(one.get(name) for one in controls for name in ("title", "alt", "aria-label", "value"))))
