"""The single values that may stand in targets.yml: their shapes, and the Chinese sentence where one has not its shape."""

from __future__ import annotations

import datetime
import ipaddress
import re
import zoneinfo
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from auditor.addresses import host_of, is_ip

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def said(sentence: str) -> PydanticCustomError:
    """A complaint that is already a Chinese sentence."""
    return PydanticCustomError("said", "{sentence}", {"sentence": sentence})


@dataclass(frozen=True)
class Shape:
    """A pattern that a text must match as a whole, and what to say when it does not."""

    pattern: str
    sentence: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}

    def check(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value):
            raise said(self.sentence)
        return value


# ---------------------------------------------------------------------------------------------- values


def weekly(text: str) -> tuple[tuple[str, ...], int, int]:
    """The weekdays (mon … sun, in their order), hour and minute of a schedule such as `02:00` or `mon-fri 02:00`.

    Raises ValueError with a Chinese sentence. Weekdays are names only: 0 is Sunday for cron and Monday for APScheduler.
    """
    *days, clock = text.split() or [""]
    if re.search(r"(?<!\S)[0-7](?!\S)", text) or (len(days) == 1 and re.fullmatch(r"[a-z*,/-]*[0-9][^:]*", days[0])):
        raise ValueError(
            "星期请写英文缩写，如 mon-fri 02:00：数字的星期各处数法不同（有的从周日数起，有的从周一数起），会在错误的日子启动。"
        )
    if len(days) > 1 or not re.fullmatch(CLOCK, clock):
        raise ValueError("启动时间要写成 24 小时制的“时:分”，前面可加星期，如 02:00、mon-fri 02:00 或 mon,thu 02:00。")
    hour, minute = (int(part) for part in clock.split(":"))
    names = [name for part in (days[0].split(",") if days else ["mon-sun"]) for name in _day_range(part)]
    return tuple(day for day in WEEKDAYS if day in names), hour, minute


def web_address(value: str) -> str:
    """The address itself; raises the sentence to say when a browser could not or should not open it."""
    if re.search(r"[\s\\]", value):
        raise said("网址里不能有空格、换行或反斜杠。")
    found = re.match(r"https?://([^/?#]*)", value, re.IGNORECASE)
    if not found:
        raise said("网址要以 http:// 或 https:// 开头。")
    if "@" in found[1]:
        raise said("网址里不能带用户名或密码。")
    if not found[1].partition(":")[0]:
        raise said("网址里缺少主机名，应像 http://www.example.gov.cn/ 这样。")
    if not host_of(value):
        raise said("网址的主机名或端口写法有误。")
    return value


def _day_range(part: str) -> tuple[str, ...]:
    first, dash, last = part.partition("-")
    for name in (first, last) if dash else (first,):
        if name not in WEEKDAYS:
            hint = get_close_matches(name.lower()[:3], WEEKDAYS, 1)
            raise ValueError(f"星期只能写 mon、tue、wed、thu、fri、sat、sun{f'（是否想写 {hint[0]}？）' if hint else ''}。")
    start, stop = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if start > stop:
        raise ValueError("星期的范围要从前往后写；跨周的请逐个列出，如 fri,sat,sun,mon 02:00。")
    return WEEKDAYS[start : stop + 1]


def version_one(value: Any) -> Any:
    """The version; raises the sentence to say where it is another one."""
    if type(value) is not int or value != 1:
        raise said("目前的格式版本是 1，请写 version: 1，不加引号。")
    return value


def starting_time(value: str) -> str:
    """The schedule itself; raises the sentence to say where it is none (`weekly`)."""
    try:
        weekly(value)
    except ValueError as error:
        raise said(str(error)) from None
    return value


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        raise said("日期要写成“年-月-日”，如 2026-11-23。")
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return datetime.date.fromisoformat(value)
    except ValueError:
        raise said("没有这一天，请检查月份和日期。") from None
    raise said("日期要写成“年-月-日”，如 2026-11-23。")


def in_order(days: list[datetime.date]) -> list[datetime.date]:
    """Two days, the first not after the second."""
    if len(days) == 2 and days[0] > days[1]:
        raise said("开始日期不能晚于结束日期。")
    return days


def two_times(clocks: list[str]) -> list[str]:
    """Two times that differ."""
    if len(clocks) == 2 and clocks[0] == clocks[1]:
        raise said("开始和结束的时间不能相同；不限时段请写 null。")
    return clocks


def host_and_port(value: str) -> str:
    """A host, or `*.` and a host, with its port."""
    host, _, port = value.rpartition(":")
    bare = host.removeprefix("*.")
    if not re.fullmatch(r"[^\s:/?#@*\\]+", bare) or not host_of(f"http://{bare}/") or not _is_port(port):
        raise said('左边要写成“主机名:端口”，如 "www.example.gov.cn:80" 或 "*.example.gov.cn:80"。')
    return value.lower()


def host_maybe_port(value: str) -> str:
    """A host, with or without a port."""
    host, colon, port = value.partition(":")
    if not re.fullmatch(r"[^\s:/?#@*\\]+", host) or not host_of(f"http://{host}/") or (colon and not _is_port(port)):
        raise said("要写成主机名，或者“主机名:端口”，如 a.example.gov.cn。")
    return value.lower()


def address_and_port(value: str) -> str:
    """An IP address with its port."""
    host, _, port = value.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not is_ip(bare) or (":" in bare and bare == host) or not _is_port(port):
        raise said('右边要写成“IP 地址:端口”，如 "127.0.0.1:8080"。')
    return value


def _is_port(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,5}", text)) and 0 < int(text) < 65536


def contactable(value: str) -> str:
    """A User-Agent suffix that can be sent and names a contact."""
    if len(value) > 300:
        raise said("User-Agent 太长，最多 300 个字符。")
    if not re.fullmatch(r"[\x20-\x7e]+", value) or value != value.strip():
        raise said("User-Agent 只能是一行英文字母、数字和半角符号，首尾不能有空格。")
    if not re.search(_CONTACT, value):
        raise said("User-Agent 里要有联系方式，让网站管理员找得到人：+http 开头的网址、电话或电子邮箱，写在括号里。")
    return value


def network(value: str) -> str:
    """An IP address or a network."""
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise said('要写成 IP 地址或网段，如 "10.1.2.3" 或 "10.1.2.0/24"。') from None
    return value


def known_timezone(value: str) -> str:
    """A timezone that this machine knows."""
    known = zoneinfo.available_timezones()
    if not known:
        raise said("本机没有时区数据，请安装 tzdata。")
    if value not in known:
        hint = get_close_matches(value[:60], sorted(known), 1)
        raise said(f"没有这个时区{f'（是否想写 {hint[0]}？）' if hint else ''}，北京时间请写 Asia/Shanghai。")
    return value


def no_repeats(values: list[Any]) -> list[Any]:
    """A list in which nothing stands twice."""
    if len(set(values)) < len(values):
        raise said("有重复的内容，请只留一个。")
    return values


CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_CONTACT = r"\+https?://[\w-]+\.\w|[\w.+-]+@[\w-]+\.\w|(?<![\w.])\+?\d[\d -]{5,}\d(?![\w.])"

Id = Annotated[str, Shape(r"[a-z0-9-]+", "编号只能用小写英文字母、数字和短横线，如 jining-portal。")]
Name = Annotated[str, Shape(r"\s*\S[\s\S]*", "这里不能留空。")]
Url = Annotated[str, AfterValidator(web_address), Field(json_schema_extra={"pattern": r"^[hH][tT][tT][pP][sS]?://[^\s\\@]+"})]
Day = Annotated[datetime.date, BeforeValidator(_day)]
Clock = Annotated[str, Shape(CLOCK, '时间要写成 24 小时制的“时:分”，如 "22:00"。')]
Indicator = Annotated[str, Shape(r"IA-([1-9]|1[0-6])", "指标编号是 IA-1 到 IA-16；没有指标的请写 null。")]
Basis = Annotated[str, Shape(r"([1-9][0-9]*-[1-9][0-9]*)?", "法律依据写成“条-款”，如 32-1；未定的请不写。")]
Whole = Annotated[int, Field(ge=0, le=36_500)]
Texts = list[Name]
Finder = Literal["links", "sitemap", "listed"]
Browser = Literal["playwright", "selenium"]


class Words(BaseModel):
    """A mapping of targets.yml: no other keys, no other types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
