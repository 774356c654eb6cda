"""钉钉 (and 专有钉钉): a robot of a group, with its signature (加签) where a secret is set.

Source: research/dependencies.md 5: S = urlquote(base64(HMAC-SHA256(key = secret, message = "{milliseconds}\\n{secret}"))), valid for an
hour; failures are answered with status 200. Robots that look for a word instead (自定义关键词) find 无障碍 in every message of ours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from auditor.model import Channel
from auditor.notices.message import Message, Request, Secrets, fitted, json_request, parameter, unmarked

URL = "https://oapi.dingtalk.com/robot/send"
LIMIT = 15_000  # bytes of text; the whole body may have 20 000
A_MINUTE = 20


def build(channel: Channel, secrets: Secrets, message: Message, now: datetime) -> Request:
    """The request that makes the robot say it."""
    url = secrets.url or URL
    if secrets.key:
        url = parameter(url, "access_token", secrets.key)
    if secrets.secret:
        stamp = round(now.timestamp() * 1000)
        url = parameter(parameter(url, "timestamp", str(stamp)), "sign", signature(secrets.secret, stamp))
    link = f"[查看详情]({message.link})" if message.link else ""
    text = fitted(unmarked(message), LIMIT, link=link, between="\n\n", strong="**")
    return json_request(url, {"msgtype": "markdown", "markdown": {"title": message.subject, "text": text}}, _refusal)


def signature(secret: str, milliseconds: int) -> str:
    """The signature before it is quoted for the address."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256)).decode()


def _refusal(status: int, answer: Any) -> str:
    """What the answer says against it."""
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if status == 200 and code == 0:
        return ""
    return f"钉钉没有接收（HTTP {status}，errcode {code}：{answer.get('errmsg', '') if isinstance(answer, dict) else ''}）"
