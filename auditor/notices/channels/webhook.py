"""Another system: one JSON object with a signature, so that the receiver can tell that it is from here, fresh and whole.

X-Auditor-Timestamp: 1764400000
X-Auditor-Signature: sha256=HEX      HMAC-SHA256(key = secret, message = "{timestamp}.{body}")
X-Auditor-Message: ID                the same when a message is sent again: who has it already puts it aside
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime
from typing import Any

from auditor.model import Channel
from auditor.notices.message import Message, Request, Secrets, json_request
from auditor.plain import to_plain

A_MINUTE = 600


def build(channel: Channel, secrets: Secrets, message: Message, now: datetime) -> Request:
    """The request that hands it over."""
    request = json_request(secrets.url, {"version": 1, **to_plain(message)}, _refusal)
    stamp = str(int(now.timestamp()))
    signed = {"X-Auditor-Timestamp": stamp, "X-Auditor-Signature": f"sha256={signature(secrets.secret, stamp, request.body)}"}
    name = message.id.encode("ascii", "backslashreplace").decode()
    return replace(request, headers={**request.headers, **signed, "X-Auditor-Message": name})


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature in hexadecimal digits."""
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hex()


def _refusal(status: int, answer: Any) -> str:
    """What the answer says against it: any status but 200 to 299."""
    return "" if 200 <= status < 300 else f"接口没有接收（HTTP {status}）"
