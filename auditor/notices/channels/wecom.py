"""企业微信 (and 政务微信): a robot of a group. Its messages carry no signature; the key in the address is the secret.

Source: research/dependencies.md 5: Markdown of at most 4096 bytes (errcode 40058 beyond), 20 messages a minute,
failures answered with status 200.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from auditor.model import Channel
from auditor.notices.message import Message, Request, Secrets, fitted, json_request, parameter, unmarked

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
LIMIT = 4096
A_MINUTE = 20


def build(channel: Channel, secrets: Secrets, message: Message, now: datetime) -> Request:
    """The request that makes the robot say it."""
    url = secrets.url or URL
    if secrets.key:
        url = parameter(url, "key", secrets.key)
    link = f"[查看详情]({message.link})" if message.link else ""
    text = fitted(unmarked(message), LIMIT, link=link, strong="**")
    return json_request(url, {"msgtype": "markdown", "markdown": {"content": text}}, _refusal)


def _refusal(status: int, answer: Any) -> str:
    """What the answer says against it."""
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if status == 200 and code == 0:
        return ""
    return f"企业微信没有接收（HTTP {status}，errcode {code}：{answer.get('errmsg', '') if isinstance(answer, dict) else ''}）"
