"""What may stand under `notices` in targets.yml: to whom news is sent, by which way, and where its secrets come from."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from auditor import model
from auditor.model import Reader, Security
from auditor.target_values import Id, Name, Url, Words, no_repeats, said, web_address

Kind = Literal["dingtalk", "feishu", "mail", "webhook", "wecom"]
ROBOTS = frozenset({"dingtalk", "feishu", "wecom"})
SIGNED = frozenset({"dingtalk", "feishu", "webhook"})
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
OF_ADDRESSES: tuple[str, ...] = ("url", "key", "secret")
OF_MAIL: tuple[str, ...] = ("host", "port", "security", "username", "password", "sender", "to")


def _from_settings(value: str) -> str:
    return value if value.startswith("env:") else web_address(value)


def _mailbox(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value):
        raise said("邮箱地址要写成 name@example.gov.cn 这样。")
    return value


def _is_ipv6(value: str) -> bool:
    try:
        return bool(ipaddress.IPv6Address(value))
    except ValueError:
        return False


def _host(value: str) -> str:
    if not re.fullmatch(LABEL + r"(\." + LABEL + r")*\.?", value) and not _is_ipv6(value):
        raise said("这里只写邮件服务器的主机名，如 smtp.example.gov.cn，端口写在 port 里。")
    return value


Address = Annotated[
    str, AfterValidator(_from_settings), Field(json_schema_extra={"pattern": r"^([hH][tT][tT][pP][sS]?://[^\s\\@]+|env:.+)"})
]
Mailbox = Annotated[str, AfterValidator(_mailbox)]


class Notice(Words):
    model_config = ConfigDict(title="通知")
    id: Id | None = Field(default=None, title="编号", description="不写则与 kind 相同；同一种写了多条时要写，不能重复。")
    kind: Kind = Field(title="方式", description="mail 电子邮件；wecom 企业微信；dingtalk 钉钉；feishu 飞书；webhook 其他系统。")
    reader: Annotated[Reader, Field(strict=False)] = Field(
        default=Reader.OPERATOR,
        title="读者",
        description="operator 运行单位：每晚概况和没有完成的事；owner 主办单位：自己网站的变化；federation 残联：每周分县（市、区）情况。",
    )
    sites: Annotated[list[Id], AfterValidator(no_repeats)] = Field(
        default=[], title="站点编号", description="只说这些站点；reader 是 owner 时要写，其他不写则为全部。"
    )
    link: Url | None = Field(default=None, title="服务网址", description="本服务的网址，消息里的链接由它组成；不写则消息不带链接。")
    allow_private: bool = Field(default=False, title="允许内网地址", description="机器人、接口或邮件服务器在内网的写 true。")
    url: Address | None = Field(
        default=None, title="接口网址", description="机器人或接口的网址；含有密钥的写成 env:NAME。机器人在公有云上的可以不写，只写 key。"
    )
    key: Name | None = Field(default=None, title="机器人的 key", description="网址里的 key、access_token 或最后一段，写成 env:NAME。")
    secret: Name | None = Field(
        default=None, title="签名密钥", description="钉钉、飞书的“加签”“签名校验”密钥，webhook 的密钥，写成 env:NAME。"
    )
    host: Annotated[str, AfterValidator(_host)] | None = Field(default=None, title="邮件服务器")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, title="邮件服务器端口", description="不写则为 465（tls）、587（starttls）或 25（none）。"
    )
    security: Annotated[Security, Field(strict=False)] = Field(
        default=Security.TLS, title="邮件加密方式", description="tls、starttls；none 不加密，只用于内网。"
    )
    username: Name | None = Field(default=None, title="邮件登录名", description="不需要登录的不写。")
    password: Name | None = Field(default=None, title="邮件密码", description="写成 env:NAME。")
    sender: Mailbox | None = Field(default=None, alias="from", title="发件邮箱")
    to: Annotated[list[Mailbox], AfterValidator(no_repeats), Field(max_length=50)] = Field(default=[], title="收件邮箱")

    @model_validator(mode="after")
    def _belongs_together(self) -> Notice:
        for sentence in _gaps(self):
            raise said(sentence)
        return self


def _gaps(one: Notice) -> list[str]:
    """What is missing, or stands where it has no meaning."""
    mail, given = one.kind == "mail", one.model_fields_set
    lacking = [name for name, value in (("host", one.host), ("from", one.sender), ("to", one.to)) if mail and not value]
    foreign = ["from" if name == "sender" else name for name in (OF_ADDRESSES if mail else OF_MAIL) if name in given]
    found = [f"mail 要写 {'、'.join(lacking)}。"] if lacking else []
    found += [f"{one.kind} 用不到 {'、'.join(foreign)}。"] if foreign else []
    found += ["key 只用于 wecom、dingtalk、feishu。"] if one.key and one.kind not in ROBOTS and not mail else []
    found += ["secret 只用于 dingtalk、feishu、webhook。"] if one.secret and one.kind not in SIGNED and not mail else []
    found += ["机器人要写 key，或者用 url 写出完整的网址。"] if one.kind in ROBOTS and not one.url and not one.key else []
    found += ["feishu 的 key 接在 url 的末尾，url 里不能有 ?。"] if one.kind == "feishu" and one.key and "?" in (one.url or "") else []
    found += ["webhook 要写 url 和 secret。"] if one.kind == "webhook" and not (one.url and one.secret) else []
    found += ["username 和 password 要一起写。"] if bool(one.username) != bool(one.password) else []
    found += ["reader 是 owner 时要在 sites 里写明是哪些站点。"] if one.reader is Reader.OWNER and not one.sites else []
    if not one.allow_private and (one.security is Security.NONE or (one.url or "").lower().startswith("http:")):
        found.append("不加密的只允许在内网使用，请改用加密的方式；确在内网的，请写 allow_private: true。")
    return found


def channel(told: Notice) -> model.Channel:
    """The same in the words of the model."""
    given: dict[str, Any] = {key: value for key, value in dict(told).items() if value is not None}
    given |= {"sites": tuple(told.sites), "to": tuple(told.to)}
    return model.Channel(**{"id": told.kind, **given})
