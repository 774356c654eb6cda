"""Finds personal data in text of a page and covers it (个人信息保护法): what is told on must name barriers, never people.

Always covered are the numbers that do harm by themselves and who they belong to: identity numbers, bank cards and the names beside them.
`strict`, for everybody's eyes, covers mobile numbers, private telephones, licence plates and e-mail addresses as well.
What an office must publish stays (政府信息公开条例: its address, hours and telephones): hotlines, telephones of departments and
halls, mailboxes under gov.cn. Dates, sums, document numbers and serial numbers are no personal data and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What kind of personal data was found; the value is what is written in its place."""

    IDENTITY = "身份证号"
    CARD = "银行卡号"
    MOBILE = "手机号码"
    TELEPHONE = "电话号码"
    PLATE = "车牌号"
    MAIL = "电子邮箱"
    NAME = "姓名"


ENGLISH = {
    Kind.IDENTITY: "identity number", Kind.CARD: "bank card number", Kind.MOBILE: "mobile number", Kind.TELEPHONE: "telephone number",
    Kind.PLATE: "licence plate", Kind.MAIL: "e-mail address", Kind.NAME: "name",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Found:
    """Personal data in a text: characters `start` up to `end`."""

    kind: Kind
    start: int
    end: int


def masked(text: str, *, strict: bool = False, language: str = "zh") -> str:
    """The text with personal data replaced by what it was: [身份证号已遮盖], in English [identity number masked]."""
    parts, reached = [], 0
    for found in personal(text, strict=strict):
        parts += [text[reached : found.start], mask(found.kind, language)]
        reached = found.end
    return "".join([*parts, text[reached:]]) if parts else text


def mask(kind: Kind, language: str = "zh") -> str:
    """What is written in the place of personal data."""
    return f"[{kind}已遮盖]" if language == "zh" else f"[{ENGLISH[kind]} masked]"


def has_mask(text: str) -> bool:
    """Whether something was covered in a text: as an address it leads nowhere any more."""
    return "已遮盖]" in text or " masked]" in text


def personal(text: str, *, strict: bool = False) -> tuple[Found, ...]:
    """Where personal data stands, in the order of the text; no two overlap. Wide digits (１２３) are read as digits.

    Addresses are looked through as they stand and as they read: in `%E5%8F%B713812345678` a number begins only once it is decoded.
    """
    if not _ESCAPED.search(text):
        return _personal(text, strict)
    plain, places = _decoded(text)
    read = (Found(kind=one.kind, start=places[one.start], end=places[one.end]) for one in _personal(plain, strict))
    return _apart([*_personal(text, strict), *read])


def _personal(text: str, strict: bool) -> tuple[Found, ...]:
    if not _POSSIBLE.search(text):
        return ()
    plain = text.translate(_NARROW)
    numbers = _apart([*_identities(plain, strict), *_cards(plain), *(_contacts(plain) if strict else ())])
    return _apart([*numbers, *_names(plain, numbers)])


_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def _decoded(text: str) -> tuple[str, list[int]]:
    """The text as it reads, and where each of its characters began, its end last. What is no UTF-8 is read as GB 18030."""
    parts, places, reached = list[str](), list[int](), 0
    for match in _ESCAPED.finditer(text):
        parts.append(text[reached : match.start()])
        places += range(reached, match.start())
        raw, place = bytes.fromhex(match[0].replace("%", "")), match.start()
        for sign, length in _signs(raw):
            parts.append(sign)
            places.append(place)
            place += 3 * length
        reached = match.end()
    return "".join([*parts, text[reached:]]), [*places, *range(reached, len(text) + 1)]


def _signs(raw: bytes) -> list[tuple[str, int]]:
    """The characters, each with the number of its bytes."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return [(sign, len(sign.encode(encoding))) for sign in raw.decode(encoding)]
        except UnicodeDecodeError:
            continue
    return [(chr(byte), 1) for byte in raw]


# ---------------------------------------------------------------------------------------------- numbers

_POSSIBLE = re.compile(r"[@＠]|(?:\d[ +()（）—－-]{0,3}){7}|[\u4e00-\u9fff][A-HJ-Z][·• ]?[A-HJ-NP-Z]{0,2}\d{3}")
"""A quick look: nothing of what follows is found without an @, seven digits in a row or what may be a plate."""
_NARROW = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("Ｘ"): "X", ord("－"): "-", ord("＠"): "@"}
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_IDENTITY = re.compile(rf"(?<![0-9A-Za-z]){_PROVINCE}\d{{4}}((?:19|20)\d{{2}})(\d{{2}})(\d{{2}})\d{{3}}[\dXx](?![0-9A-Za-z])", re.ASCII)
_OLD_IDENTITY = re.compile(rf"(?<![0-9A-Za-z]){_PROVINCE}\d{{4}}(\d{{2}})(\d{{2}})(\d{{2}})\d{{3}}(?![0-9A-Za-z])", re.ASCII)
_IDENTITY_WORD = re.compile(r"身份证|证件号|公民身份|残疾人?证号?|社会保障号|社保号")
_CARD = re.compile(r"(?<![0-9A-Za-z/_.-])(?:62|4\d|5[1-5]|3[47])\d{2}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?(?![0-9A-Za-z]|[-_.]\d)", re.ASCII)
_MOBILE = re.compile(r"(?<![0-9A-Za-z.-])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z]|\.\d|[ ]?[元万亿人户件次吨米])", re.ASCII)
_TELEPHONE = re.compile(r"(?<![0-9A-Za-z.-])(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3}[- —]?)[ ]?[2-8]\d{6,7}(?![0-9A-Za-z.])", re.ASCII)
_HOME = re.compile(r"(?:家庭电话|住宅电话|宅电|家里?电话)[:： ]{0,2}([2-8]\d{6,7})(?!\d)", re.ASCII)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][·• ]?(?=[A-HJ-NP-Z]{0,2}\d{3})"
    r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警](?![0-9A-Za-z-])"
)
_MAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})(?![\w-])", re.ASCII)
_NO_MAIL = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|css|js|ico|html?)$|(?:^|\.)gov\.cn$", re.IGNORECASE)
_OFFICE = re.compile(
    r"热线|咨询|投诉|举报|监督|服务|值班|办公|受理|窗口|总机|传真|客服|报警|急救|预约|挂号|局|委|厅|中心|政府|大厅|医院|学校|法院|检察院|联合会|残联|社区|街道|单位|科室|联系我们"
)
_PRIVATE = re.compile(r"家庭|住宅|宅电|家长|本人|户主|住址|个人|申请人|当事人|姓名|监护人|亲属")
_NEAR = 30
"""Characters before a number that say whose it is."""


def _identities(text: str, strict: bool) -> Iterator[Found]:
    """Numbers of 18 places that name a province and a birthday, and check (GB 11643); unchecked ones where a word or `strict` says so.

    Those of 15 places, issued until 1999, only where a word beside them says what they are: serial numbers look the same.
    """
    for match in _IDENTITY.finditer(text):
        if _a_day(*match.groups()) and (strict or _checks(match[0]) or _said_to_be(text, match.start())):
            yield Found(kind=Kind.IDENTITY, start=match.start(), end=match.end())
    for match in _OLD_IDENTITY.finditer(text):
        year, month, day = match.groups()
        if _a_day(f"19{year}", month, day) and _said_to_be(text, match.start()):
            yield Found(kind=Kind.IDENTITY, start=match.start(), end=match.end())


def _said_to_be(text: str, place: int) -> bool:
    """Whether a word before the place says that an identity number follows."""
    return _IDENTITY_WORD.search(text, max(0, place - _NEAR), place) is not None


def _a_day(year: str, month: str, day: str) -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def _checks(number: str) -> bool:
    """Whether the last place is what the others give: ISO 7064, MOD 11-2."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return number[17].upper() == "10X98765432"[total % 11]


def _cards(text: str) -> Iterator[Found]:
    """Card numbers of 15 to 19 places with the beginnings of the large systems that check (ISO/IEC 7812, Luhn)."""
    for match in _CARD.finditer(text):
        digits = [int(sign) for sign in match[0] if sign.isdigit()]
        doubled = (sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits)))
        if 15 <= len(digits) <= 19 and sum(doubled) % 10 == 0:
            yield Found(kind=Kind.CARD, start=match.start(), end=match.end())


def _contacts(text: str) -> Iterator[Found]:
    """Ways to reach somebody that are not those of an office."""
    for match in _MOBILE.finditer(text):
        yield Found(kind=Kind.MOBILE, start=match.start(), end=match.end())
    for match in _TELEPHONE.finditer(text):
        if not _of_an_office(text[max(0, match.start() - _NEAR) : match.start()]):
            yield Found(kind=Kind.TELEPHONE, start=match.start(), end=match.end())
    for match in _HOME.finditer(text):
        yield Found(kind=Kind.TELEPHONE, start=match.start(1), end=match.end(1))
    for match in _PLATE.finditer(text):
        yield Found(kind=Kind.PLATE, start=match.start(), end=match.end())
    for match in _MAIL.finditer(text):
        if not _NO_MAIL.search(match[1]):
            yield Found(kind=Kind.MAIL, start=match.start(), end=match.end())


def _of_an_office(before: str) -> bool:
    """Whether the words before a telephone number speak of an office; the last word counts."""
    offices, people = ([match.start() for match in words.finditer(before)] for words in (_OFFICE, _PRIVATE))
    return bool(offices) and (not people or max(offices) > max(people))


# ---------------------------------------------------------------------------------------------- names

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊"
    "金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管"
    "祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬"
    "臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)
_HAN = "[\u4e00-\u9fff]"
_TWO = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯"
_NAME = rf"(?:(?:{_TWO}){_HAN}{{1,2}}|[{_SURNAMES}]某{{1,2}}{_HAN}?|[{_SURNAMES}]{_HAN}{{1,2}})"
_GAP = r"(?:<[^<>]{0,200}>|[\s，,、；;：:（(|/。])"
_BESIDE = re.compile(
    rf"(?<!{_HAN})({_NAME}){_GAP}{{0,8}}(?:(?:性别)?[:：]?[男女]{_GAP}{{0,8}})?"
    rf"(?:(?:公民|居民|有效|持卡人)?(?:身份证件?|证件|手机|联系电话|电话|联系方式|银行卡|银行账户|账户|账号|卡号)?(?:号码|号)?[为是]?{_GAP}{{0,8}})?$"
)
_LABELLED = re.compile(
    rf"(?:姓名|联系人|申请人|当事人|户主|监护人|持卡人|收款人|法定代表人|受助人|补贴对象|残疾人){_GAP}{{1,8}}({_NAME})(?!{_HAN})"
)
_BEHIND = re.compile(rf"[\s，,、（(]{{1,3}}({_NAME})(?=[）)，,、。；;\s<]|$)")


def _names(text: str, numbers: tuple[Found, ...]) -> Iterator[Found]:
    """Names of people, only where a number that belongs to a person stands beside them or in the same text behind a label.

    Alone a name says nothing here: officials are named in their office, and words begin with surnames everywhere.
    """
    owned = [number for number in numbers if number.kind is not Kind.TELEPHONE]
    for number in owned:
        begin = max(0, number.start - 240)
        if match := _BESIDE.search(text[begin : number.start]):
            yield Found(kind=Kind.NAME, start=begin + match.start(1), end=begin + match.end(1))
        if match := _BEHIND.match(text, number.end):
            yield Found(kind=Kind.NAME, start=match.start(1), end=match.end(1))
    if owned:
        for match in _LABELLED.finditer(text):
            yield Found(kind=Kind.NAME, start=match.start(1), end=match.end(1))


def _apart(found: list[Found]) -> tuple[Found, ...]:
    """In the order of the text; of two that overlap the first one given stays."""
    kept: list[Found] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))
