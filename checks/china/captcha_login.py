"""The only way in asks for a password and for the letters of a distorted picture: a riddle that many people cannot solve."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.china.captcha import FILE, WORDS
from checks.document import Document, Node

WAYS = re.compile(
    r"扫码|扫一扫|二维码登录|短信(?:验证码|登录|快捷)|手机(?:验证码|动态码|号登录|快捷登录)|动态密码|(?:获取|发送|免费获取)(?:短信|手机|"
    r"动态)?(?:验证码|校验码)|"
    r"证书登录|数字证书|\bCA\s*登录|U\s*[Kk]ey|UKEY|刷脸|人脸|指纹|支付宝登录|微信登录|微信小程序|电子社保卡|一网通办|统一身份认证登录|"
    r"法人登录|第三方登录|其他登录方式|通行密钥|passkey|语音验证|语音播报|播放验证码|听验证码|收听|\baudio\b|sms code|QR code",
    re.IGNORECASE,
)
ICONS = re.compile(r"qr-?code|ewm|erweima|saoma|scan|weixin|wechat|alipay|sms|voice|ukey|audio", re.IGNORECASE)
CODE = re.compile(r"验证码|校验码|附加码|captcha|verif|yzm|(?:check|auth|valid(?:ate)?|rand|img|vali|pic)_?-?code|\bcode\b", re.IGNORECASE)
FIELDS = '<label>用户名 <input name="u"></label><label>密码 <input type="password"></label><label>验证码 <input name="yzm"></label>'
LOGIN = (
    f'<form>{FIELDS}<img src="/captcha.jpg" alt="验证码，看不清点击刷新" width="100" height="40">'
    '<button type="button" onclick="a()">登录</button>{}</form>'
)


@check(
    id="captcha-login",
    criteria=("3.3.8",),
    impact=Impact.CRITICAL,
    title="登录必须辨认图形验证码，没有其他登录方式",
    title_en="Logging in takes a picture captcha, and there is no other way",
    who="盲人、低视力者、有阅读或认知障碍的人辨认、抄写不出扭曲的字符，又没有扫码、短信等方式可选，就无法登录办事。",
    who_en="Blind people, people who see little and people with reading or cognitive disabilities cannot make out and copy distorted "
    "letters; "
        "with no other way offered they cannot log in.",
    repair=(
        "后台能选登录方式的，开通扫码、短信验证码或省统一身份认证登录，并放在同一页面上。",
        "请开发单位取消登录时的图形验证码，改在服务器上限制次数、识别机器；或另给不需要辨认和抄写的登录方式。",
    ),
    repair_en=(
        "Where the system offers a choice, switch on logging in by scan, text message or the unified identity, on the same page.",
        "Ask the vendor to drop the picture at login in favour of limits and detection on the server, or to add a way without riddles.",
    ),
    verify="不辨认图片也能登录：页面上有扫码、短信、证书等其他方式，或登录时不再出现图形验证码。",
    before=LOGIN.format(""),
    after='<form><label>用户名 <input name="u" autocomplete="username"></label><label>密码 <input type="password" '
        'autocomplete="current-password"></label><button type="button" onclick="a()">登录</button></form>',
    bad=(
        LOGIN.format(""),
        '<div class="login-box"><input id="user" placeholder="账号"><input id="pwd" type="password" placeholder="密码"><input id="code" '
        'placeholder="验证码" maxlength="4"><img id="imgCode" src="/VerifyCode.aspx" onclick="this.src+=1" style="width:90px;'
        'height:36px"></div>',
        '<form action="/login"><table><tr><td>用户名</td><td><input></td></tr><tr><td>密码</td><td><input type="password"></td></tr><tr>'
        '<td>验证码'
        '</td><td><input name="validateCode"><canvas id="captcha" width="100" height="38"></canvas><a href="#">看不清，换一张</a></td>'
        '</tr></table>'
        '</form>',
    ),
    unsure=(
        LOGIN.format('<label>确认密码 <input type="password"></label>'),
        LOGIN.format("") + '<img src="/images/qrcode_login.png" alt="" width="60" height="60">',
    ),
    good=(
        LOGIN.format("") + '<a href="/sms">短信验证码登录</a>', LOGIN.format("") + '<div class="tab">扫码登录</div>',
        LOGIN.format('<a href="#">语音播报验证码</a>'), f'<form>{FIELDS}<button type="button">获取验证码</button></form>',
        '<form><label>留言 <input></label><label>验证码 <input name="yzm"></label><img src="/captcha.jpg" alt="验证码" width="100" '
        'height="40"></form>',
        LOGIN.format("").replace("<form", '<form style="display:none"'),
        '<form><label>用户名 <input></label><label>密码 <input type="password"></label><img src="/logo.png" alt=""></form>',
    ),
)  # fmt: skip
def captcha_login(document: Document) -> Iterator[Hit]:
    """3.3.8: transcribing is a cognitive function test, and a picture of letters is none of its exceptions (object recognition)."""
    for picture in document.elements("img", "canvas", "input"):
        if not _riddle(picture):
            continue
        home = _home(picture)
        if home is None:
            continue
        shown = [one for one in home.descendants("input") if one.visible]
        if not any(_asks(one) for one in shown) and not CODE.search(home.text):
            continue
        passwords = sum(1 for one in shown if one.get("type").lower() == "password")
        if document.body and (WAYS.search(document.body.text) or WAYS.search(_words(document))):
            yield passed(picture)
        elif passwords > 1 or _hints(document):
            yield unsure(picture, "登录要辨认图形验证码，没有看到文字写明的其他方式；请确认不辨认图片也能登录（如扫码、短信、证书）")
        else:
            yield failed(picture, "登录要填密码，还要辨认并抄写图形验证码，页面上没有扫码、短信、证书等其他方式；请增加一种，"
            "或取消图形验证码")


def _riddle(picture: Node) -> bool:
    """Whether it is the picture of a captcha, by its size, file and words."""
    box = picture.box
    if (picture.tag == "input" and picture.get("type").lower() != "image") or not picture.visible or box is None:
        return False
    if not (30 <= box.width <= 400 and 15 <= box.height <= 220):
        return False
    file = picture.get("src").partition("?")[0].rpartition("/")[2]
    marks = " ".join((*(picture.get(name) for name in ("id", "class", "name", "onclick")), file))
    return bool(FILE.search(marks) or WORDS.search(f"{picture.name} {picture.get('title')}"))


def _asks(field: Node) -> bool:
    """Whether a field asks for a code."""
    told = " ".join((field.name, *(field.get(name) for name in ("name", "id", "placeholder", "title"))))
    return field.get("type").lower() != "password" and bool(CODE.search(told))


def _home(picture: Node) -> Node | None:
    """The form, or the nearest thing around it, that holds a password field too."""
    for steps, above in enumerate(picture.ancestors()):
        if above.tag in ("body", "html") or steps > 8:
            return None
        if any(one.get("type").lower() == "password" and one.visible for one in above.descendants("input")):
            return above
        if above.tag == "form":
            return None
    return None


def _words(document: Document) -> str:
    """What links, buttons and pictures are called, whether they are seen now or on another tab of the login."""
    parts = document.elements("a", "button", "img", "input", "li", "audio")
    return " ".join(
    f"{one.name} {one.get('title')} {one.get('alt')} {one.raw_text if one.tag != 'input' else ''} {one.tag}" for one in parts)


def _hints(document: Document) -> bool:
    """Whether a picture or icon without words may stand for another way."""
    parts = document.elements("a", "i", "img", "span", "canvas", "iframe")
    return any(ICONS.search(f"{one.get('id')} {one.get('class')} {one.get('src')} {one.get('href')}") for one in parts if one.visible)
