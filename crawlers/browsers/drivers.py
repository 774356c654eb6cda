"""WebDriver sessions: starts a driver here or speaks to one elsewhere, each session in a thread of its own, no wait without a limit."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from selenium.common.exceptions import InvalidSessionIdException, TimeoutException, UnexpectedAlertPresentException, WebDriverException
from selenium.webdriver import ChromeOptions, Remote
from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.common.proxy import Proxy, ProxyType
from selenium.webdriver.common.utils import free_port
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from urllib3.exceptions import HTTPError

from auditor.model import NotAnswered
from crawlers.browsers.find import launch_flags
from crawlers.browsers.worlds import ANSWER_LIMIT

Result = TypeVar("Result")

START_LIMIT = 60.0  # seconds for a driver and its browser to be ready
HTTP_LIMIT = 120  # seconds after which a driver elsewhere is not listened to any more
CLOSE_LIMIT = 5.0

ONE_TRY: Mapping[str, Any] = {"init_args_for_pool_manager": {"init_args_for_pool_manager": {"retries": False}}}
"""A driver that is not there is told at once, and not by urllib3."""

GUARD = """
folder=$1; shift; trap : TERM
("$@" </dev/null; kill -s KILL 0) &
read -r _
kill -s TERM 0; sleep 1; rm -rf "$folder"; kill -s KILL 0
"""
"""The shell that stands between us and a driver: when either ends, however it ends, the whole process group does."""

FLAGS = (
    "--headless", "--hide-scrollbars", "--mute-audio", "--disable-back-forward-cache", "--disable-breakpad",
    "--disable-component-extensions-with-background-pages", "--disable-default-apps", "--disable-dev-shm-usage", "--disable-extensions",
    "--disable-field-trial-config", "--disable-ipc-flooding-protection", "--disable-renderer-backgrounding",
    "--disable-search-engine-choice-screen", "--no-default-browser-check", "--force-device-scale-factor=1",
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--lang=zh-CN", "--accept-lang=zh-CN", "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,IsolateSandboxedIframes,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "PaintHolding,ThirdPartyStoragePartitioning,OptimizationHints,NetworkTimeServiceQuerying,MediaRouter,PreconnectToSearch",
)  # fmt: skip
"""What Playwright starts Chromium with, as far as a page can tell the difference; and all frames in one process, since a driver's
CDP command reaches no other."""

PREFERENCES: Mapping[str, Any] = {
    "download_restrictions": 3, "plugins.always_open_pdf_externally": True, "credentials_enable_service": False,
    "intl.accept_languages": "zh-CN",
}  # fmt: skip


class NotStarted(Exception):
    """No session could be started; the text is the driver's."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a session is to be like."""

    driver: Path | None  #: the driver to start here
    remote: str | None  #: or the address of one elsewhere
    proxy: str
    viewport: tuple[int, int]
    browser: Path | None = None  #: the browser that a driver here is to start
    agent: str = ""  #: User-Agent; "": the browser's own
    pipe: bool = False  #: whether driver and browser are to speak through a pipe: no port that others could use, and both end together
    cdp: bool = True  #: whether to ask for the DevTools; without them a navigation is waited for by the driver


class Session:
    """A WebDriver session. Its driver knows one command at a time, so all of them are given by one thread.

    A command that overruns its limit cannot be taken back: the session is `stuck` then, answers nothing more and has to be closed.
    """

    def __init__(self, wish: Wish) -> None:
        self.cdp = wish.cdp
        self.wish = wish
        self.lost = False  #: the driver, the browser or the page's process is no more
        self.stuck = False
        self.agent = self.version = self.driver_version = ""
        self.anchor = ""  #: the window that stays when tabs are closed
        self.folder = tempfile.mkdtemp(prefix="auditor-")  #: for what the browser and we write; goes with the session
        self.driver: Remote
        self._process: _Process | None = None
        self._line: RemoteConnection | None = None
        self._thread = _Thread()

    @classmethod
    async def start(cls, wish: Wish) -> Session:
        """A running session. Raises NotStarted."""
        session = cls(wish)
        try:
            await session.do(session._start, limit=START_LIMIT)
        except BaseException as error:
            await session.close()
            if isinstance(error, NotAnswered | OSError):
                raise NotStarted(str(error)) from error
            raise
        return session

    @property
    def usable(self) -> bool:
        """Whether it is worth asking anything more."""
        return not (self.lost or self.stuck)

    async def do(self, work: Callable[[], Result], limit: float = ANSWER_LIMIT) -> Result:
        """The result of some commands, given in the session's thread. Raises NotAnswered."""
        if not self.usable:
            raise NotAnswered("浏览器已不再应答")
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._thread.submit(work)), limit)
        except TimeoutError:
            self.stuck = True
            raise NotAnswered(f"页面在 {limit:.0f} 秒内没有应答") from None
        except asyncio.CancelledError:
            self.stuck = True  # the command goes on in its thread
            raise
        except InvalidSessionIdException as error:
            self.lost = True
            raise NotAnswered(_first_line(error)) from error
        except HTTPError as error:
            self.lost = True
            raise NotAnswered("浏览器驱动没有应答") from error
        except TimeoutException:  # the driver itself has ended the script
            raise NotAnswered(f"页面在 {limit:.0f} 秒内没有应答") from None
        except UnexpectedAlertPresentException:
            raise NotAnswered("页面弹出了对话框") from None
        except WebDriverException as error:
            self.lost = any(sign in str(error.msg) for sign in ("crash", "disconnected", "not reachable"))
            raise NotAnswered(_first_line(error)) from error

    def command(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """The answer to a CDP command, for use within `do`; None where a dialog of the page came in between."""
        return self.driver.execute("executeCdpCommand", {"cmd": method, "params": dict(params or {})})["value"]

    async def alive(self) -> bool:
        """Whether the session still answers."""
        with contextlib.suppress(NotAnswered):
            await self.do(lambda: self.driver.window_handles, limit=CLOSE_LIMIT)
        return self.usable

    async def close(self) -> None:
        """End the session with all that belongs to it, whatever it is doing, in a few seconds."""
        self.lost = True
        quitting: Future[None] | None = None
        if self._process is not None:  # all that matters is begun before the first wait, since whoever closes may be cancelled
            self._process.kill()
        elif hasattr(self, "driver"):
            farewell = _Thread()
            quitting = farewell.submit(self._quit)
            farewell.end()
        self._thread.end(last=self._hang_up)
        if quitting is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(quitting)), CLOSE_LIMIT)
        await asyncio.to_thread(self._tidy_up)

    def _quit(self) -> None:
        """End a session elsewhere. Drivers only end what they started, which may be a wrapper; the browser ends with its pipe too."""
        with contextlib.suppress(WebDriverException, HTTPError):
            if self.cdp:
                self.command("Browser.close")
        with contextlib.suppress(WebDriverException, HTTPError):
            self.driver.quit()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()  # type: ignore[no-untyped-call]

    def _tidy_up(self) -> None:
        if self._process is not None:
            self._process.wait_for_end()
        _remove(self.folder)

    def _start(self) -> None:
        wish = self.wish
        address = wish.remote
        if address is None:
            assert wish.driver is not None
            self._process = _Process(wish.driver, self.folder)
            address = self._process.wait_for_start(lambda: self.lost)
        config = ClientConfig(remote_server_addr=address, proxy=Proxy({"proxyType": ProxyType.DIRECT}), timeout=HTTP_LIMIT, **ONE_TRY)
        self._line = ChromeRemoteConnection(remote_server_addr=None, client_config=config)  # type: ignore[arg-type]  # config has it
        self.driver = Remote(command_executor=self._line, options=_options(wish, self.folder))
        if self.lost:  # closed while it was starting
            self._quit()
            raise NotAnswered("浏览器已不再需要")
        self.driver.set_script_timeout(ANSWER_LIMIT)
        self.driver.set_page_load_timeout(HTTP_LIMIT)
        self.anchor = self.driver.current_window_handle
        self.agent = self.driver.execute_script("return navigator.userAgent")
        told = self.driver.capabilities
        self.version = f"{told.get('browserName', '')}/{told.get('browserVersion', '')}"
        self.driver_version = str(told.get("chrome", {}).get("chromedriverVersion", "")).split(" ")[0]
        if self.cdp:
            try:
                self.version = self.command("Browser.getVersion")["product"]
            except WebDriverException:
                self.cdp = False


def _options(wish: Wish, folder: str) -> ChromeOptions:
    options = ChromeOptions()
    if wish.browser is not None and wish.remote is None:
        options.binary_location = str(wish.browser)
    flags = [*FLAGS, *launch_flags(wish.proxy), f"--window-size={wish.viewport[0]},{wish.viewport[1]}"]
    flags += [f"--proxy-server={wish.proxy}", "--proxy-bypass-list=<-loopback>", *(["--remote-debugging-pipe"] if wish.pipe else [])]
    flags += [f"--user-agent={wish.agent}"] if wish.agent else []
    for flag in flags:
        options.add_argument(flag)
    # The headless shell does download what nobody forbids it over CDP: then to where it goes with the session.
    options.add_experimental_option("prefs", {**PREFERENCES, "download.default_directory": folder})
    options.set_capability("unhandledPromptBehavior", "dismiss")
    options.page_load_strategy = "none" if wish.cdp else "eager"
    if wish.cdp:
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
    return options


def _first_line(error: WebDriverException) -> str:
    return (str(error.msg).splitlines() or [type(error).__name__])[0][:300]


class _Process:
    """A driver of our own and its browser: one process group."""

    def __init__(self, driver: Path, folder: str) -> None:
        self._port = free_port()
        self._place = f"/{secrets.token_hex(8)}"  # nobody else on this machine can speak to it, and we to nobody else's
        command: Sequence[str] = ("sh", "-c", GUARD, "sh", folder, str(driver), f"--port={self._port}", f"--url-base={self._place}")
        surroundings = {**os.environ, "TMPDIR": folder, "TZ": "Asia/Shanghai"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=surroundings
        )

    def wait_for_start(self, given_up: Callable[[], bool]) -> str:
        """Its address, once it answers. Raises OSError."""
        end = time.monotonic() + START_LIMIT / 2
        while time.monotonic() < end and self._process.poll() is None and not given_up():
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                connection.request("GET", f"{self._place}/status")
                if connection.getresponse().status == 200:
                    return f"http://127.0.0.1:{self._port}{self._place}"
            time.sleep(0.03)
        self.kill()
        self.wait_for_end()
        raise OSError("浏览器驱动没有启动")

    def kill(self) -> None:
        """End all of its processes, without waiting for it."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait_for_end(self) -> None:
        """Take leave of it once it has been killed."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()  # type: ignore[union-attr]
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSE_LIMIT)


def _remove(folder: str) -> None:
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            break
        time.sleep(0.05)  # browsers write while they die


class _Thread:
    """A thread that does one piece of work after another and keeps nobody from leaving."""

    def __init__(self) -> None:
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        threading.Thread(target=self._run, name="webdriver", daemon=True).start()

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        future: Future[Result] = Future()
        self._work.put((future, work))
        return future

    def end(self, last: Callable[[], object] | None = None) -> None:
        if last is not None:
            self._work.put((Future(), last))
        self._work.put(None)

    def _run(self) -> None:
        while (job := self._work.get()) is not None:
            future, work = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
