"""Who remembers and copies with difficulty, or lets a program keep the passwords, needs to paste them where he logs in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node

REFUSES = re.compile(r"return\s+false|preventDefault\s*\(|returnValue\s*=\s*(?:false|!1)", re.IGNORECASE)
CODE = re.compile(r"验证码|校验码|动态码|captcha|verif|yzm|(?:sms|check|auth|valid(?:ate)?|rand|img|vali)_?-?code", re.IGNORECASE)
ACCOUNT = re.compile(r"用户名|账号|帐号|登录名|手机号|身份证|证件号|user_?name|account|login_?name|loginid", re.IGNORECASE)
OTHER_WAY = re.compile(r"扫码登录|扫一扫登录|微信登录|支付宝登录|刷脸|人脸(?:识别|登录)|扫码|指纹登录")


@check(
    id="paste-blocked",
    criteria=("3.3.8",),
    title="登录时不允许粘贴",
    title_en="Pasting is blocked where people log in",
    who="记忆和抄写有困难的人、用密码管理工具或读屏软件的人要把密码和验证码粘贴进来，不允许粘贴就只能逐字硬记硬抄，往往登录不了。",
    who_en="People who find it hard to remember and copy, and those with password managers or screen readers, need to paste; without it "
        "they often cannot log in.",
    repair=(
        "请开发单位删去这个输入框上阻止粘贴的脚本（如 onpaste=\"return false\"）。",
        "担心安全的，可以限制登录次数、增加短信或扫码登录，不必禁止粘贴。",
    ),
    repair_en=(
        "Ask the vendor to remove the script that stops pasting in this field (such as onpaste=\"return false\").",
        "For security, limit the number of attempts or offer other ways to log in; there is no need to stop pasting.",
    ),
    verify="把一段文字复制下来，能够粘贴进这个输入框。",
    before='<label>密码 <input type="password" onpaste="return false"></label>',
    after='<label>密码 <input type="password" autocomplete="current-password"></label>',
    bad=(
        '<form><input type="password" aria-label="密码" onpaste="return false"></form>',
        '<form><label>用户名<input></label><label>密码<input type="password"></label>'
        '<input placeholder="请输入验证码" onpaste="event.preventDefault()"></form>',
        '<form><label>手机号<input onpaste="return false;"></label><label>密码<input type="password"></label></form>',
        '<input type="password" aria-label="密码" onkeydown="a()" onpaste="javascript:return false">',
    ),
    unsure=(
        '<p>扫码登录</p><form><input type="password" aria-label="密码" onpaste="return false"></form>',
        '<form><label>留言<input name="msg"></label><label>验证码<input name="yzm" onpaste="return false"></label></form>',
    ),
    good=(
        '<form><input type="password" aria-label="密码"></form>', '<form><label>关键词<input onpaste="return false"></label></form>',
        '<form><input type="password" aria-label="密码" onpaste="trim(this)"></form>',
        '<form style="display:none"><input type="password" onpaste="return false"></form>',
        '<form><input type="password" aria-label="密码" onpaste="return false" disabled></form>',
    ),
)  # fmt: skip
def paste_blocked(document: Document) -> Iterator[Hit]:
    """3.3.8 (F109): what must be remembered or copied to log in may be pasted, unless there is another way in."""
    for field in document.elements("input"):
        kind = field.get("type").lower()
        if not field.visible or field.has("disabled") or kind in ("hidden", "submit", "button", "checkbox", "radio", "image", "file"):
            continue
        what = "密码" if kind == "password" else _asks(field)
        login = kind == "password" or _beside_password(field)
        if not what or not (login or what == "验证码"):
            continue
        if not REFUSES.search(field.get("onpaste")):
            yield passed(field)
        elif not login:
            yield unsure(field, "这个验证码输入框不允许粘贴；若它用于登录或身份核验，请允许粘贴")
        elif document.body and OTHER_WAY.search(document.body.text):
            yield unsure(field, f"这个{what}输入框不允许粘贴；页面上似乎另有扫码等登录方式，请确认它不需要记忆和抄写，最好同时允许粘贴")
        else:
            yield failed(field, f'这个{what}输入框写有 onpaste="{field.get("onpaste").strip()[:50]}"，不允许粘贴；请删去')


def _asks(field: Node) -> str:
    told = " ".join((field.name, *(field.get(name) for name in ("name", "id", "placeholder", "title", "class"))))
    return "验证码" if CODE.search(told) else "账号" if ACCOUNT.search(told) else ""


def _beside_password(field: Node) -> bool:
    form = field.inside("form")
    around = form.descendants("input") if form else field.document.elements("input")
    return any(one.get("type").lower() == "password" and one.rendered for one in around)
