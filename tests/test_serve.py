"""The service as it is installed: it makes up a missed night by itself, serves the pages meanwhile, and survives being killed."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from auditor.accounts import Account, Role
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Profile
from auditor.store import Store
from auditor.store_accounts import Accounts
from auditor.store_log import Act, Actor, LogBook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


class Service:
    """`auditor serve` on the demo city's hospital and library."""

    def __init__(self, folder: Path, city: City) -> None:
        self.folder, self.city = folder, city
        text = targets_text(city.port, Profile.STATIC)
        wanted = ("- {id: hospital,", "- {id: clean,")
        kept = [line for line in text.splitlines() if ", url: " not in line or line.strip().startswith(wanted)]
        (folder / "targets.yml").write_text("\n".join(kept) + "\n", encoding="utf-8")
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "auditor", "serve", "--public", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.until(lambda: self.health()["ok"])

    def stop(self, how: signal.Signals) -> str:
        assert self.process is not None
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=60)
        return err

    def health(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.get("/health"))
        return told

    def get(self, path: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            body: bytes = answer.read()
        return body

    def until(self, condition: Callable[[], bool], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
            except OSError:
                assert self.process is not None and self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end, "it did not come to pass"
            time.sleep(0.05)

    def rounds(self) -> list[bool]:
        """Whether each round has finished, oldest first."""
        with Store.open(self.folder / "out" / "auditor.db", readonly=True) as store:
            return [entry.finished is not None for entry in reversed(store.rounds())]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with City(night=1) as city:
        made = Service(tmp_path, city)
        yield made
        if made.process is not None and made.process.poll() is None:
            made.process.kill()
            made.process.communicate()


def a_night_long_ago(service: Service) -> None:
    """One audited night, dated back to yesterday: a missed schedule lies between it and now."""
    subprocess.run([sys.executable, "-m", "auditor", "run"], cwd=service.folder, check=True, capture_output=True, timeout=120)
    with sqlite3.connect(service.folder / "out" / "auditor.db") as db:
        db.execute("UPDATE round SET started = '2026-11-01T18:00:00+00:00'")
        db.execute("UPDATE run SET started = '2026-11-01T18:00:00+00:00', finished = '2026-11-01T18:01:00+00:00'")
    db.close()


def test_without_any_night_the_service_waits_and_says_when_the_next_one_comes(service: Service) -> None:
    service.start()
    told = service.health()
    assert (told["running"], told["last_round"], list(told["next"])) == (False, None, ["02:00"])
    assert told["next"]["02:00"].endswith("T02:00:00+08:00")
    assert "云浔市第二人民医院" in service.get("/reports/").decode()
    assert "Traceback" not in service.stop(signal.SIGTERM)


def test_a_missed_night_is_made_up_once_and_its_pages_are_served(service: Service) -> None:
    a_night_long_ago(service)
    service.city.night = 2
    service.start()
    service.until(lambda: service.rounds() == [True, True])
    page = service.get("/reports/sites/hospital").decode()
    assert "已修复" in page and "2026年11月" in page
    assert service.get("/reports/sites/clean") and service.health()["ok"]
    assert "Traceback" not in service.stop(signal.SIGTERM)
    service.start()
    assert service.rounds() == [True, True], "what was made up is not missed any more"


def test_a_service_killed_in_a_night_goes_on_with_it_at_the_next_start(service: Service) -> None:
    a_night_long_ago(service)
    service.city.requests.clear()
    with Store.open(service.folder / "out" / "auditor.db") as store:
        reader = Account(name="reader", title="张三", role=Role.OPERATOR)
        Accounts(store).add(reader, None)
        key = Accounts(store).begin(reader, "127.0.0.1", datetime.now(UTC))
        LogBook(store).record(Actor(name="reader", role="operator"), Act.SIGN_IN)
    service.start()
    service.until(lambda: sum(path.endswith((".html", "/")) for _, path in service.city.requests) >= 4)
    service.stop(signal.SIGKILL)
    assert service.rounds() == [True, False]
    service.start()
    service.until(lambda: service.rounds() == [True, True])
    signed_in = Request(f"http://127.0.0.1:{service.port}/log", headers={"Cookie": f"auditor={key}"})
    with urlopen(signed_in, timeout=20) as answer:
        page = answer.read().decode()
    assert "日志完好，共 1 条" in page and "张三" in page, "nobody is signed out, and the log is whole"


def test_a_service_told_to_stop_in_a_night_ends_soon_and_leaves_the_round_to_go_on(service: Service) -> None:
    a_night_long_ago(service)
    service.city.requests.clear()
    service.start()
    service.until(lambda: sum(path.endswith((".html", "/")) for _, path in service.city.requests) >= 3)
    assert "Traceback" not in service.stop(signal.SIGTERM)
    assert service.rounds() == [True, False]
