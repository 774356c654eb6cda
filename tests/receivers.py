"""What the tests of notices need: a web server that robots' owners could run, and a mail server, both on loopback and outspoken."""

from __future__ import annotations

import base64
import contextlib
import json
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

OK = {"errcode": 0, "code": 0}


@dataclass(frozen=True)
class Taken:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """A web server that notes every POST: `with Receiver() as receiver`, then `receiver.taken`. `answer(taken)` gives status and JSON."""

    answer: Callable[[Taken], tuple[int, Any]] = lambda taken: (200, OK)
    headers: dict[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    wait: float = 0.0
    taken: list[Taken] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken = Taken(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                receiver.taken.append(taken)
                time.sleep(receiver.wait)
                status, told = receiver.answer(taken)
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **receiver.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: pytest would show it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if self.context:
            self._server.socket = self.context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05])
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@dataclass
class MailServer:
    """A mail server that keeps what it takes: RFC 5321 as far as a client needs it. `refuse` maps the begin of a line
    to what it is answered with, "." the end of a mail, and "" breaks off."""

    security: str = "none"
    context: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                server._talk(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that breaks off is part of the tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if self.security == "tls" and self.context:
            self._server.socket = self.context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05])
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _talk(self, talk: socketserver.StreamRequestHandler) -> None:
        with contextlib.ExitStack() as closing:
            self._answer(talk, closing)

    def _refused(self, line: str) -> str | None:
        return next((answer for begin, answer in self.refuse.items() if begin != "." and line.upper().startswith(begin.upper())), None)

    def _answer(self, talk: socketserver.StreamRequestHandler, closing: contextlib.ExitStack) -> None:
        secure = self.security == "tls"
        reader, writer, known = talk.rfile, talk.wfile, self.login is None

        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            writer.flush()

        if self.silent:
            time.sleep(20)
            return
        say("220 mail.test")
        while line := reader.readline().decode().rstrip("\r\n"):
            self.said.append(line)
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            if (answer := self._refused(line)) is not None:
                say(answer)
            elif verb == "EHLO":
                offers = (["STARTTLS"] if self.security == "starttls" and not secure else []) + (["AUTH PLAIN"] if self.login else [])
                for offer in ["mail.test", *offers]:
                    say(f"250-{offer}")
                say("250 SIZE 1000000")
            elif verb == "STARTTLS" and self.context:
                say("220 go")
                wrapped = closing.enter_context(self.context.wrap_socket(talk.request, server_side=True))
                reader, writer = (closing.enter_context(wrapped.makefile(mode)) for mode in ("rb", "wb"))
                secure = True
            elif verb == "AUTH":
                given = base64.b64decode(rest.split()[1]).decode().split("\0")[1:]
                known = tuple(given) == self.login
                say("235 ok" if known else "535 no")
            elif verb in ("MAIL", "RCPT") and known:
                if verb == "RCPT":
                    self.readers.append(rest.partition("<")[2].partition(">")[0])
                say("250 ok")
            elif verb == "DATA":
                say("354 go")
                content = b""
                while (part := reader.readline()) != b".\r\n":
                    content += part.removeprefix(b".") if part.startswith(b"..") else part
                self.mails.append(message_from_bytes(content, policy=default))  # type: ignore[arg-type]
                if not (answer := self.refuse.get(".", "250 taken")):
                    return
                say(answer)
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok" if verb in ("RSET", "NOOP") else "530 no")


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The server's side of a closed way."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
