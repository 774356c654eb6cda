"""Electronic mail: plain text in UTF-8, which every screen reader reads as it stands."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from auditor.model import Channel
from auditor.notices.message import Message, Secrets, fitted

LIMIT = 200_000  # bytes of text
A_MINUTE = 60
NAME = "信息无障碍审计服务"


def build(channel: Channel, secrets: Secrets, message: Message, now: datetime) -> EmailMessage:
    """The mail. Its Message-ID is the same when it is sent again, and its subject then says so."""
    mail = EmailMessage(policy=SMTP)
    user, _, domain = channel.sender.rpartition("@")
    mail["From"] = Address(NAME, user, domain)
    mail["To"] = ", ".join(channel.to)
    mail["Subject"] = " ".join(message.subject.split()) + ("（再次发送）" if message.again else "")
    mail["Date"] = now
    mail["Message-ID"] = f"<{_token(message.id)}.{_token(channel.id)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(fitted(message, LIMIT, link=message.link and f"查看详情：{message.link}", between="\n\n"), cte="base64")
    return mail


def _token(name: str) -> str:
    return "".join(each if each.isascii() and each.isalnum() else "-" for each in name)
