"""What people check by hand: a sample that stays, two numbers that never become one, pictures, checklists."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup
from consoles import Browser, service
from histories import HOSTILE
from PIL import Image

from auditor.accounts import Role
from auditor.acting_checks import drawn
from auditor.hand_checks import DRAWN, TEMPLATES, WCAG, HandCheck, Held, checklists, evaluation, sample
from auditor.model import Coverage, Reach, State
from auditor.service import Service
from auditor.store_backup import back_up
from auditor.store_hand_checks import HandChecks
from auditor.store_log import Act, LogBook
from checks.coverage import coverage

PAGE = "http://www.one.test/"
NOW = datetime(2026, 11, 28, tzinfo=UTC)
CHECK = HandCheck(list=WCAG, site="one", subject=PAGE, item="1.1.1", held=Held.YES, note="", by="赵六", day=date(2026, 11, 28), made=NOW)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


def jpeg(width: int = 60, height: int = 40) -> bytes:
    """A photograph that says where it was taken."""
    picture, out = Image.new("RGB", (width, height), "navy"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(browser: Browser, path: str, picture: bytes = b"", **said: object) -> httpx.Response:
    form = {"form-token": browser.token, **said}
    files = {"picture": ("p.jpg", picture, "image/jpeg")} if picture else {"none": ("", b"", "application/octet-stream")}
    return browser.ask("POST", path, form=form, files=files)


# ---------------------------------------------------------------------------------------------- the sample


def ledger(count: int, templates: int) -> list[Coverage]:
    return [
        Coverage(url=f"http://www.one.test/{number}", state=State.AUDITED, dom_key=f"t{number % templates}") for number in range(1, count)
    ] + [Coverage(url=PAGE, state=State.AUDITED, dom_key="start"), Coverage(url="http://www.one.test/gone", state=State.GONE)]


def test_a_sample_is_the_start_page_one_of_each_template_and_one_drawn() -> None:
    pages = sample(PAGE, ledger(40, 3), [], seed="one 2026Q4")
    assert pages[0] == PAGE and len(pages) == 1 + 3 + DRAWN and len(set(pages)) == len(pages)
    assert pages == sample(PAGE, reversed(ledger(40, 3)), [], seed="one 2026Q4"), "whatever the order"
    assert pages != sample(PAGE, ledger(40, 3), [], seed="one 2027Q1")
    assert len(sample(PAGE, ledger(400, 50), [], seed="x")) == 1 + TEMPLATES + DRAWN
    assert sample(PAGE, [], [], seed="x") == () and sample(PAGE, ledger(1, 1), [], seed="x") == (PAGE,)


def test_pages_that_somebody_has_begun_with_stay_in_the_sample() -> None:
    begun = [replace(CHECK, subject=f"http://www.one.test/{number}") for number in (7, 31, 99)]
    pages = sample(PAGE, ledger(40, 3), begun, seed="one 2027Q1")
    assert pages[:3] == (PAGE, begun[0].subject, begun[1].subject) and begun[2].subject not in pages, "what is no page any more is none"
    assert len(sample(PAGE, ledger(40, 3), [replace(CHECK, subject=f"http://www.one.test/{n}") for n in range(1, 20)], seed="x")) >= 19


# ---------------------------------------------------------------------------------------------- two numbers


def test_a_criterion_holds_by_hand_only_where_all_pages_were_checked(made: Service) -> None:
    covered, pages = coverage(), (PAGE, f"{PAGE}2")
    with made.read() as store:
        issues = store.issues("one")

    def line(*checks: HandCheck) -> tuple[int, bool | None]:
        both = evaluation(covered, pages, checks, issues)
        found = next(one for one in both.lines if one.covered.criterion.number == "1.1.1")
        assert (found.places, both.found) == (1, 1), "what people find changes nothing of what the program found"
        return found.checked, found.held

    second = replace(CHECK, subject=f"{PAGE}2", made=NOW + timedelta(hours=1))
    assert line() == (0, None) and line(CHECK) == (1, None) and line(CHECK, second) == (2, True)
    assert line(CHECK, replace(second, held=Held.ABSENT)) == (2, True) and line(CHECK, replace(second, held=Held.UNSURE)) == (2, None)
    assert line(replace(CHECK, held=Held.NO)) == (1, False) and line(replace(CHECK, held=Held.NO), CHECK, second) == (2, True)
    assert line(CHECK, replace(second, list="app")) == (1, None)
    both = evaluation(covered, pages, [CHECK, second], issues)
    assert (both.checked, both.failing, both.findable) == (1, 0, sum(one.reach is Reach.FAILED for one in covered))


# ---------------------------------------------------------------------------------------------- at the desk


def test_a_reviewer_goes_through_a_page_criterion_by_criterion(made: Service, tmp_path: Path) -> None:
    reviewer = Browser(made).sign_in(Role.REVIEWER)
    page = reviewer.page("/sites/one/evaluation")
    link = str(page.select("ol.groups a")[0]["href"])
    assert parse_qs(urlsplit(link).query) == {"page": [PAGE], "criterion": ["1.1.1"]}
    assert "程序在这一页的发现" in reviewer.page(link).get_text()
    path = "/sites/one/evaluation/check"
    silent = send(reviewer, path, page=PAGE, criterion="1.1.1", held="no")
    assert silent.status_code == 422 and 'href="#note"' in silent.text
    done = send(reviewer, path, jpeg(), page=PAGE, criterion="1.1.1", held="no", note="办事大厅图标读作 icon3。")
    assert parse_qs(urlsplit(done.headers["location"]).query)["criterion"] == ["1.2.1"], "on to the next one"
    told = reviewer.page("/sites/one/evaluation")
    text = " ".join(told.get_text().split())
    assert "查出不满足的 1 项" in text and "抽样页面全部查完的 1 项" in text and "办事大厅图标读作 icon3。" in text and "已查 1 项" in text
    with made.read() as store:
        (kept,) = HandChecks(store).of_site("one")
        assert (kept.by, kept.held, kept.item) == ("赵六", Held.NO, "1.1.1") and LogBook(store).entries(1)[0].act is Act.CHECKED
    picture = str(told.select_one("img.evidence")["src"])  # type: ignore[index]
    for role, status in ((Role.REVIEWER, 200), (Role.OWNER, 200)):
        assert Browser(made).sign_in(role).get(picture).status_code == status
    assert Browser(made).sign_in(Role.OWNER).get(picture.replace("/one/", "/two/")).status_code == 404
    with made.write() as store:
        store.sweep(snapshots=0, pictures=0)
        assert store.blobs.get(kept.picture) is not None, "evidence is kept for good"
    manifest = back_up(made.db, tmp_path / "backup.zip", datetime.now(UTC))
    assert kept.picture in manifest.blobs and not manifest.lost


def test_an_owner_reads_what_was_found_and_enters_nothing(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    page = owner.page("/sites/one/evaluation")
    assert not page.select("ol.groups a") and owner.get("/sites/two/evaluation").status_code == 404
    assert owner.get(f"/sites/one/evaluation/check?page={PAGE}&criterion=1.1.1").status_code == 403
    assert send(owner, "/sites/one/evaluation/check", page=PAGE, criterion="1.1.1", held="yes").status_code == 403
    assert owner.get("/checks").status_code == 403


@pytest.mark.parametrize(
    ("page", "criterion"), [("http://evil.test/", "1.1.1"), (PAGE, "9.9.9"), (PAGE, "1.4.6"), ("http://www.two.test/", "1.1.1")]
)
def test_only_pages_of_the_sample_and_criteria_of_the_list_are_checked(made: Service, page: str, criterion: str) -> None:
    reviewer = Browser(made).sign_in(Role.REVIEWER)
    answer = send(reviewer, "/sites/one/evaluation/check", page=page, criterion=criterion, held="yes")
    assert answer.status_code == 404 and reviewer.get(f"/sites/one/evaluation/check?page={page}&criterion={criterion}").status_code == 404


def test_a_site_that_nobody_looked_at_has_no_sample(made: Service) -> None:
    assert "不能抽样" in Browser(made).sign_in(Role.REVIEWER).page("/sites/three/evaluation").get_text()


# ---------------------------------------------------------------------------------------------- things


def test_a_terminal_is_checked_by_its_list_with_day_and_evidence(made: Service) -> None:
    reviewer = Browser(made).sign_in(Role.REVIEWER)
    said = {"subject": "市人民医院挂号机 1 号", "day": "2026-11-20", "item-speech": "no", "item-large": "yes", "item-braille": "absent"}
    missing = BeautifulSoup(send(reviewer, "/checks/terminal", **said).content, "lxml")
    assert {str(one["href"]) for one in missing.select(".errors a")} == {"#item-staff", "#note"}
    assert all(missing.select_one(str(one["href"])) is not None for one in missing.select(".errors a"))
    done = send(reviewer, "/checks/terminal", jpeg(), **{**said, "item-staff": "yes", "note": "没有语音。"})
    assert done.headers["location"] == "/checks?done=checked"
    page = reviewer.page("/checks/terminal")
    text = page.get_text()
    assert "市人民医院挂号机 1 号" in text and "2026-11-20" in text and "没有语音。" in text and "不满足" in text
    assert reviewer.get(str(page.select_one("img.evidence")["src"])).status_code == 200  # type: ignore[index]
    assert "已核查 1 个" in reviewer.page("/checks").get_text()


@pytest.mark.parametrize("day", ["2999-01-01", "昨天", ""])
def test_nothing_is_checked_tomorrow(made: Service, day: str) -> None:
    answer = send(Browser(made).sign_in(Role.REVIEWER), "/checks/label", subject="x", day=day, **{"item-mark": "yes"})
    assert answer.status_code == 422 and 'href="#day"' in answer.text


def test_every_question_names_what_it_rests_on() -> None:
    assert set(checklists()) == {"app", "terminal", "hotline", "press-conference", "label"}
    for asked in checklists().values():
        ids = [item.id for item in asked.items]
        assert asked.basis and len(ids) == len(set(ids)) > 0 and all(item.text.endswith("。") and item.basis for item in asked.items)


# ---------------------------------------------------------------------------------------------- pictures and words


def test_pictures_lose_what_they_say_of_place_and_device() -> None:
    assert b"secret place" in jpeg()
    kept = drawn(jpeg(3000, 100))
    assert b"secret" not in kept and kept[8:12] == b"WEBP"
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.width == 1600 and not picture.getexif()


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken", jpeg()[:200], b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(made: Service, content: bytes) -> None:
    with pytest.raises(ValueError):
        drawn(content)
    reviewer = Browser(made).sign_in(Role.REVIEWER)
    answer = send(reviewer, "/sites/one/evaluation/check", content, page=PAGE, criterion="1.1.1", held="yes")
    assert answer.status_code == 422 and 'href="#picture"' in answer.text


def test_words_of_reviewers_stay_inert(made: Service) -> None:
    reviewer = Browser(made).sign_in(Role.REVIEWER)
    send(reviewer, "/sites/one/evaluation/check", page=PAGE, criterion="1.1.1", held="no", note=HOSTILE)
    send(reviewer, "/checks/label", subject=HOSTILE[:200], day="2026-01-01", note=HOSTILE, **{"item-mark": "no"})
    for path in ("/sites/one/evaluation", f"/sites/one/evaluation/check?page={PAGE}&criterion=1.1.1", "/checks/label", "/log"):
        answer = Browser(made).sign_in(Role.OPERATOR).get(path)
        assert answer.status_code == 200 and not re.search(r"<script|<img src=x|\u202e", answer.text), path
