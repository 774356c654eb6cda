"""Who finds it hard to remember or to type lets the browser fill in name, phone and e-mail; the fields must say what they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, passed, unsure
from checks.document import Document, Node

OTHERS = re.compile(r"法定代表|法人|代理人|监护人|联系人|被投诉|被举报|被申请|投诉对象|企业|单位|机构|公司|部门|医院|学校|子女|配偶|父亲|"
    r"母亲|亲属|对方|收件人|"
                    r"contact person|company|organi[sz]ation|agent|guardian|查询|搜索|search", re.IGNORECASE)  # fmt: skip
WHOSE = "(?:您的|你的|本人|我的|申请人|来信人|写信人|用户|真实|your )*"
PURPOSES = tuple(
    (re.compile(rf"(?:请?(?:输入|填写))?{WHOSE}(?:{words})(?:[(（].{{0,12}}[)）])?", re.IGNORECASE), token)
    for words, token in (
        ("姓名|真实姓名|full name|name", "name"),
        ("手机|手机号|手机号码|联系电话|联系方式|电话|电话号码|移动电话|phone|phone number|telephone|mobile", "tel"),
        ("邮箱|电子邮箱|电子邮件|邮箱地址|e-?mail|e-?mail address|Email", "email"), ("邮编|邮政编码|postal code|zip code", "postal-code"),
        ("联系地址|通讯地址|通信地址|家庭住址|家庭地址|详细地址|住址|street address|home address", "street-address"),
        ("出生日期|出生年月日?|生日|date of birth", "bday"), ("性别|gender|sex", "sex"),
        ("用户名|登录名|账号|帐号|username|user name", "username"),
    )
)  # fmt: skip
TYPES = frozenset({"", "text", "tel", "email", "number", "date"})
ORNAMENT = re.compile(r"[\s*＊:：•·]+")


@check(
    id="autocomplete-missing",
    criteria=("1.3.5",),
    title="个人信息输入框没有注明用途",
    title_en="Fields for personal data do not say what they ask for",
    who="手抖、打字慢或记不住号码的人，靠浏览器自动填写姓名、电话和邮箱；输入框没有注明用途，就要一个字一个字地输入，容易出错。",
    who_en="People whose hands shake, or who type slowly or forget numbers, let the browser fill in name, phone and e-mail; without a hint "
        "they type it all.",
    repair=(
        "请开发单位给填写本人信息的输入框加上 autocomplete 属性：姓名用 name，手机用 tel，邮箱用 email，地址用 street-address，邮编用 "
        "postal-code。",
        "填写他人或单位信息的输入框不必加。",
    ),
    repair_en=(
        "Ask the vendor for autocomplete attributes on fields for the user's own data: name, tel, email, street-address, postal-code.",
        "Fields about other people or organisations need none.",
    ),
    verify="在浏览器中保存过个人信息后，点进输入框，浏览器提示可以自动填写。",
    before='<form><label>姓名 <input></label> <label>手机号码 <input></label></form>',
    after='<form><label>姓名 <input autocomplete="name"></label> <label>手机号码 <input autocomplete="tel"></label></form>',
    unsure=(
        '<form><label>* 您的姓名：<input name="xm"></label><label>电子邮箱：<input autocomplete="off"></label></form>',
        '<form><label for="a">联系电话</label><input id="a" type="tel"><label for="b">通讯地址</label><textarea id="b"></textarea></form>',
    ),
    good=(
        '<form><label>姓名<input autocomplete="name"></label><label>手机<input autocomplete="tel"></label></form>',
        '<form><label>企业联系人姓名<input></label><label>单位电话<input></label></form>',
        '<form><label>标题<input></label><label>内容<textarea></textarea></label></form>',
        '<form role="search"><label>姓名<input type="search"></label></form>', '<form><label>姓名<input></label></form>',
        '<form><label>姓名<input disabled></label><label>手机<input readonly></label></form>',
        '<form><h2>被举报人信息</h2><label>姓名<input></label><label>电话<input></label></form>',
    ),
)  # fmt: skip
def autocomplete_missing(document: Document) -> Iterator[Hit]:
    """1.3.5 names what a browser can fill in of the user's own data; whose data a form asks for a person must say."""
    forms: dict[int, list[tuple[Node, str]]] = {}
    homes: dict[int, Node] = {}
    for field in document.elements("input", "textarea"):
        kind = field.get("type").lower()
        if field.tag == "input" and kind not in TYPES:
            continue
        if not field.visible or field.hidden or field.has("disabled") or field.has("readonly"):
            continue
        if not (token := _purpose(field)):
            continue
        if field.get("autocomplete").strip().lower() not in ("", "off", "on"):
            yield passed(field)
            continue
        home = field.inside("form") or document.root
        homes[home.index] = home
        forms.setdefault(home.index, []).append((field, token))
    for index, missing in forms.items():
        home = homes[index]
        if len(missing) < 2 or home.role == "search" or _about_others(home):
            continue
        told = "、".join(f"“{ORNAMENT.sub('', field.name)[:12]}”用 {token}" for field, token in missing[:6])
        yield unsure(
            missing[0][0], f"这张表单有 {len(missing)} 个像是填写本人信息的输入框没有 autocomplete 属性；若填写的是本人信息，请加上：{told}"
        )


def _purpose(field: Node) -> str:
    name = ORNAMENT.sub(" ", field.name).strip()
    if not name or len(name) > 30 or OTHERS.search(name):
        return ""
    return next((token for pattern, token in PURPOSES if pattern.fullmatch(name.replace(" ", "") if not name.isascii() else name)), "")


def _about_others(home: Node) -> bool:
    heads = [one.text for one in home.descendants("legend", "h1", "h2", "h3", "h4", "caption")] if home.tag == "form" else []
    return any(OTHERS.search(text) for text in heads)
