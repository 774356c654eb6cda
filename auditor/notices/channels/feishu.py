"""飞书: a robot of a group, with its signature (签名校验) where a secret is set.

Source: research/dependencies.md 5: S = base64(HMAC-SHA256(key = "{seconds}\\n{secret}", message empty)), which several public projects have
the other way round; failures are answered with status 200 and a `code` that is not 0.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import quote

from auditor.model import Channel
from auditor.notices.message import Message, Request, Secrets, fitted, json_request

URL = "https://open.feishu.cn/open-apis/bot/v2/hook"
LIMIT = 15_000  # bytes of text; the whole body may have 20 KB
A_MINUTE = 20


def build(channel: Channel, secrets: Secrets, message: Message, now: datetime) -> Request:
    """The request that makes the robot say it."""
    url = secrets.url or URL
    if secrets.key:
        url = f"{url.rstrip('/')}/{quote(secrets.key, safe='')}"
    said: dict[str, Any] = {"msg_type": "text", "content": {"text": fitted(message, LIMIT, link=message.link)}}
    if secrets.secret:
        stamp = int(now.timestamp())
        said = {"timestamp": str(stamp), "sign": signature(secrets.secret, stamp), **said}
    return json_request(url, said, _refusal)


def signature(secret: str, seconds: int) -> str:
    """The signature as it stands in the body."""
    return base64.b64encode(hmac.digest(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256)).decode()


def _refusal(status: int, answer: Any) -> str:
    """What the answer says against it. Older servers say StatusCode instead of code."""
    told = answer if isinstance(answer, dict) else {}
    code = told.get("code", told.get("StatusCode"))
    if status == 200 and code == 0:
        return ""
    return f"飞书没有接收（HTTP {status}，code {code}：{told.get('msg', '')}）"
