"""Finds a Chromium on this machine: the headless shell first, since it is faster, then any full browser; and a driver for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

COMMANDS = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable",
    "microsoft-edge",
)  # fmt: skip

QUIET_FLAGS = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run",
    "--force-color-profile=srgb", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # the full browsers' name for the same
)  # fmt: skip
"""Flags that keep Chromium from talking to anybody but the site."""


class BrowserMissing(Exception):
    """There is no browser on this machine, or it does not start."""


class DriverMissing(BrowserMissing):
    """A browser that is driven over WebDriver could not be had; sites that are visited with another one are not concerned."""


def find_browser() -> Path | None:
    """The browser to run: AUDITOR_BROWSER, else Playwright's own download, else one on PATH; None if there is none."""
    return next(browsers(), None)


def find_driver() -> Path | None:
    """The WebDriver server to start: AUDITOR_DRIVER, else chromedriver on PATH; None if there is none."""
    found = shutil.which(os.environ.get("AUDITOR_DRIVER") or "chromedriver")
    return Path(found) if found else None


def browser_version(path: Path) -> str:
    """The version that a browser or driver says it is, such as 140.0.7339.127; "" where it says none, as it does not start."""
    try:
        told = subprocess.run([path, "--version", "--no-sandbox"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(\.\d+){2,3}", told)
    return found[0] if found else ""


def products() -> tuple[str, ...]:
    """How the browser to run may name itself once it is started, such as `HeadlessChrome/156.0.8078.79`; none where it does not tell."""
    found = find_browser()
    number = browser_version(found) if found else ""
    return tuple(f"{name}/{number}" for name in ("HeadlessChrome", "Chrome")) if number else ()


def launch_flags(proxy: str | None = None) -> list[str]:
    """Command line flags for Chromium; the sandbox stays on unless we are root, where it cannot work.

    With the address of its proxy the browser resolves no name but that one: a page could otherwise tell by them what it likes.
    """
    host = urlsplit(proxy).hostname if proxy else None
    ways = [f"EXCLUDE {name}" for name in ((host, f"[{host}]") if host and ":" in host else (host,))]
    rules = [f"--host-resolver-rules={', '.join(['MAP * ~NOTFOUND', *ways])}"] if host else []
    return [*QUIET_FLAGS, *rules, *(["--no-sandbox"] if as_root() else [])]


def as_root() -> bool:
    """Whether this process runs as root, so that browsers have no sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def browsers() -> Iterator[Path]:
    """All browsers on this machine, the one to run first."""
    named = os.environ.get("AUDITOR_BROWSER")
    if named:
        found = shutil.which(named)
        if found:
            yield Path(found)
        return
    for command in COMMANDS[:1]:
        found = shutil.which(command)
        if found:
            yield Path(found)
    own = _downloads()
    if own:
        yield own
    for command in COMMANDS[1:]:
        found = shutil.which(command)
        if found:
            yield Path(found)


def _downloads() -> Path | None:
    """Playwright's download, looked for in its folder, since asking Playwright costs half a second."""
    root = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    patterns = ("chromium_headless_shell-*/*/*headless[_-]shell*", "chromium-*/chrome-*/chrome", "chromium-*/chrome-win*/chrome.exe",
                "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")  # fmt: skip
    found = (path for pattern in patterns for path in sorted(root.glob(pattern), reverse=True))
    return next((path for path in found if path.is_file() and os.access(path, os.X_OK)), None)
