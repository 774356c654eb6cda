"""Sends one mail by smtplib in a thread, over a closed way, to the address that was checked."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import ssl
import threading
from email.message import EmailMessage

from auditor.model import Channel, Security
from auditor.notices.message import Doubtful, Final, Refused, Secrets

PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
"""The usual ports."""


async def mail_out(channel: Channel, secrets: Secrets, mail: EmailMessage, place: tuple[str, int], step: float) -> None:
    """Send a mail to all its readers, or raise Refused. `place`: IP address and port; `step`: seconds for each answer.

    When the waiting is given up the connection is closed, so that the thread ends with it.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    open_ones: list[socket.socket] = []

    def end(problem: Exception | None) -> None:
        if not done.done():
            done.set_exception(problem) if problem else done.set_result(None)

    def work() -> None:
        problem: Exception | None = None
        try:
            _send(channel, secrets, mail, place, step, open_ones)
        except Exception as error:
            problem = error if isinstance(error, Refused) else Refused(_reason(error))
        with contextlib.suppress(RuntimeError):  # the loop is closed by now
            loop.call_soon_threadsafe(end, problem)

    threading.Thread(target=work, name="mail", daemon=True).start()
    try:
        await done
    finally:
        for connection in open_ones:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _send(
    channel: Channel, secrets: Secrets, mail: EmailMessage, place: tuple[str, int], step: float, open_ones: list[socket.socket]
) -> None:
    def connected(server: smtplib.SMTP) -> socket.socket:
        made = socket.create_connection(place, step)
        open_ones.append(made)
        return made

    class Plain(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            return connected(self)

    class Closed(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            return ssl.create_default_context().wrap_socket(connected(self), server_hostname=channel.host)

    kind = Closed if channel.security is Security.TLS else Plain
    server = kind(channel.host, place[1], timeout=step)
    try:
        if channel.security is Security.STARTTLS:
            server.starttls(context=ssl.create_default_context())
        if secrets.username:
            server.login(secrets.username, secrets.password)
        _hand_over(server, channel, mail)
        with contextlib.suppress(smtplib.SMTPException, OSError):  # the mail is taken, however they take leave
            server.quit()
    finally:
        server.close()


def _hand_over(server: smtplib.SMTP, channel: Channel, mail: EmailMessage) -> None:
    """Where the line breaks in the middle, nobody knows whether the mail was taken; one that some readers have is not sent again."""
    try:
        refused = server.send_message(mail, channel.sender, list(channel.to))
    except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError, ssl.SSLError) as error:
        raise Refused(_reason(error), Doubtful) from error
    if refused:
        raise Refused(f"邮件服务器没有接收其中 {len(refused)} 个收件邮箱，其余的已经收到，不再发送；请核对 to", Final)


def _reason(error: Exception) -> str:
    """What happened, without a word of what was sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"邮件服务器不接受登录名或密码（{error.smtp_code}）"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "邮件服务器不接收任何一个收件邮箱"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "邮件服务器不支持要求的加密或登录方式"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"邮件服务器没有接收（{error.smtp_code}）"
    if isinstance(error, ssl.SSLError):
        return "到邮件服务器的安全连接没有建立，请检查证书"
    if isinstance(error, TimeoutError):
        return "邮件服务器没有按时答复"
    return "到邮件服务器的连接没有建立或者中断"
