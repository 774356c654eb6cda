"""The public report holds no personal data in any of its files, whatever pages held, and nothing that is for those who work with it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from consoles import LOGO, MAP, MAP_PICTURE, NIGHT, PICTURE, TARGETS, Browser, run, service
from histories import city_portal, history, picture

from auditor import targets as targets_file
from auditor.accounts import Role
from auditor.cli import main
from auditor.everybody import for_everybody
from auditor.exporting import export
from auditor.hand_checks import HandCheck, Held
from auditor.language import told_in
from auditor.lifecycle import advance
from auditor.model import Coverage, Decision, History, KeyboardWalk, Run, SiteHistory, State, TabStop, Verdict, WalkEnd
from auditor.publish import publish
from auditor.remembering_covered import CoveredSites
from auditor.store import Store
from auditor.store_hand_checks import HandChecks
from reports.covering import covered, secrets
from reports.exports import named, names

IDENTITY, MOBILE, MAIL, PLATE, CARD = "11010519491231002X", "13812345678", "lisi1985@qq.com", "鲁H12345", "6222021234567890128"
NAME, WHO, WHY = "欧阳娜娜", "钱某某", "负责人口头要求"
PERSONAL = (IDENTITY, MOBILE, MAIL, PLATE, CARD, NAME)
ALL = f"{NAME}，女，身份证号：{IDENTITY}，手机 {MOBILE}，邮箱 {MAIL}，车牌 {PLATE}，卡号{CARD}"


def hostile(site: str, shown: str) -> Run:
    """A night that found personal data in every text that a page can leave behind; the name stands alone in some of them."""
    found = run(site, shown)
    barrier, doubt = found.findings
    page = f"{barrier.page}list?card={IDENTITY}&tel={MOBILE}"
    bad = replace(
        barrier.element, snippet=f"<img alt='{ALL}'>", name=NAME, text=ALL, selector=f"[title='{NAME}']",
        attributes={"alt": ALL, "title": NAME, "id": "x"}, ancestors=({"tag": "div", "class": f"tel-{MOBILE}"},),
    )  # fmt: skip
    walk = KeyboardWalk(stops=(TabStop(name=ALL, tag="a", visible=True),), ended=WalkEnd.LEFT, picture=MAP)
    leaky = (
        replace(barrier, page=page, element=bad, message=f"{ALL} 没有替代文本。", scene=MAP, caption=ALL),
        replace(barrier, page=page, message=f"{NAME} 的照片没有替代文本。", element=replace(bad, selector="#y", xpath="/html/y")),
    )
    ledger = (*found.coverage, Coverage(url=page, state=State.AUDITED, engines=("axe",), title=f"{ALL} 名单", walk=walk))
    ledger += (Coverage(url=f"{page}&b=1", state=State.TIMEOUT, title=NAME, reason=f"{ALL} 超时。"),)
    return replace(found, findings=(*leaky, replace(doubt, picture="")), coverage=ledger)


HOSTILE_TARGETS = TARGETS.replace("一号网站", f"一号 {ALL}").replace("owner: 甲局", f"owner: 联系人 {MOBILE}, note: {WHY}, contact: {WHO}")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """`one` leaks whatever it can, `two` is harmless."""
    with Store.open(tmp_path_factory.mktemp("public") / "auditor.db") as made:
        made.begin_round("20261128-020000", NIGHT, "schedule")
        made.register([target.site for target in targets_file.loads(HOSTILE_TARGETS).targets], NIGHT)
        for content, digest in ((PICTURE, LOGO), (MAP_PICTURE, MAP)):
            made.blobs.put(digest, content)
        for found in (hostile("one", LOGO), run("two", MAP)):
            changed, counts = advance((), found, catalogue=frozenset(found.rules))
            made.save(found, changed, counts)
        made.end_round("20261128-020000", NIGHT.replace(hour=19))
        group = made.issues("one")[0].group
        made.decide(Decision(site="one", group=group, verdict=Verdict.CONFIRMED, by=WHO, why=WHY, made=NIGHT))
        yield made


def texts(folder: Path) -> dict[str, str]:
    """Everything that can be read in the files of a folder."""
    return {file.relative_to(folder).as_posix(): read(file.read_bytes()) for file in folder.rglob("*") if file.is_file()}


def read(content: bytes) -> str:
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_file_of_the_public_site_holds_personal_data_names_or_reasons(store: Store, tmp_path: Path, language: str) -> None:
    watch = targets_file.loads(HOSTILE_TARGETS)
    publish(watch, store, tmp_path / "in", language=language)  # type: ignore[arg-type]
    publish(watch, store, tmp_path / "out", language=language, public=True)  # type: ignore[arg-type]
    inside, outside = texts(tmp_path / "in"), texts(tmp_path / "out")
    for word in (*PERSONAL, WHO, WHY):
        if word in (IDENTITY, CARD):  # they do harm by themselves
            assert [path for path, told in inside.items() if word in told] == []
        else:
            assert any(word in told for told in inside.values()), f"{word} is not even told inside"
        assert [path for path, told in outside.items() if word in told] == []
    mask = "身份证号已遮盖" if language == "zh" else "identity number masked"
    assert mask in outside["sites/one.html"] and mask in outside["sites/one.xlsx"] and mask in outside["data/sites.csv"]
    assert {"about.html", "trends.html", "data/index.html", "data/dictionary.csv", "sites/two.html"} <= set(outside)
    assert not [path for path in outside if path.startswith("night") or path.endswith(".docx")]


def test_pictures_on_which_personal_data_may_stand_stay_inside(store: Store, tmp_path: Path) -> None:
    """LOGO shows a part of the page that leaks; MAP is a window of it, and a harmless barrier of the other site."""
    watch = targets_file.loads(HOSTILE_TARGETS)
    publish(watch, store, tmp_path, public=True)
    assert {file.stem for file in tmp_path.glob("pictures/*")} == {MAP}
    page = BeautifulSoup((tmp_path / "sites/one.html").read_bytes(), "lxml")
    assert not page.find_all("img") and "不附" in page.get_text() and "键盘走查" in page.get_text()
    assert MAP in (tmp_path / "sites/two.html").read_text()


def test_what_an_inner_report_left_in_the_folder_is_removed(store: Store, tmp_path: Path) -> None:
    watch = targets_file.loads(HOSTILE_TARGETS)
    publish(watch, store, tmp_path)
    assert (tmp_path / "night.html").exists() and (tmp_path / f"pictures/{LOGO}.webp").exists()
    (tmp_path / "robots.txt").write_text("ours")
    publish(watch, store, tmp_path, public=True)
    assert not (tmp_path / "night.html").exists() and not list(tmp_path.rglob("*.docx"))
    assert not (tmp_path / f"pictures/{LOGO}.webp").exists() and (tmp_path / "robots.txt").exists()


@pytest.mark.parametrize("name", names())
def test_no_public_export_holds_personal_data(store: Store, tmp_path: Path, name: str) -> None:
    (place, *_) = export(store, named(name), ("one",), tmp_path / f"one.{name}", language="zh", public=True)
    told = read(place.read_bytes())
    assert [word for word in PERSONAL if word in told] == []
    assert len(told) > 500


def test_every_link_of_the_public_site_leads_to_a_file(store: Store, tmp_path: Path) -> None:
    publish(targets_file.loads(HOSTILE_TARGETS), store, tmp_path, public=True)
    for file in tmp_path.rglob("*.html"):
        for link in BeautifulSoup(file.read_bytes(), "lxml").select("[href], [src]"):
            target = str(link.get("href") or link.get("src")).partition("#")[0]
            if target and "://" not in target:
                assert (file.parent / target).exists(), (file, target)


def test_the_command_writes_some_sites_for_everybody(store: Store, tmp_path: Path) -> None:
    (tmp_path / "targets.yml").write_text(HOSTILE_TARGETS, encoding="utf-8")
    words = ["report", "-t", str(tmp_path / "targets.yml"), "--db", str(store.path), "--out", str(tmp_path / "out"), "--no-pdf", "--public"]
    done = CliRunner().invoke(main, [*words, "--site", "two"])
    assert done.exit_code == 0, done.output
    told = texts(tmp_path / "out")
    assert "sites/two.html" in told and not [path for path in told if "one" in path] and "二号网站" in told["data/sites.csv"]
    assert CliRunner().invoke(main, [*words, "--site", "nobody"]).exit_code == 2


def test_what_is_found_in_one_text_of_a_page_is_covered_in_all_of_them() -> None:
    portal = city_portal()
    first, second = portal.issues[:2]
    leaky = replace(first, element=replace(first.element, text=f"{NAME} {IDENTITY}"), picture="a" * 64)
    beside = replace(second, page=first.page, message=f"{NAME}的照片", picture="b" * 64, scene="c" * 64)
    apart = replace(second, message=f"{NAME}的照片", picture="d" * 64)
    told = covered(replace(portal, issues=(leaky, beside, apart)))
    assert [one.picture for one in told.issues] == ["", "", "d" * 64] and not any(one.scene for one in told.issues)
    assert told.issues[1].message == "[姓名已遮盖]的照片" and told.issues[2].message == f"{NAME}的照片"
    assert list(secrets((leaky, beside, apart), ())) == [first.page]
    with told_in("en"):
        assert covered(replace(portal, issues=(leaky,))).issues[0].element.text == "[name masked] [identity number masked]"


def test_a_site_without_personal_data_stays_as_it_is_but_for_pictures_of_windows() -> None:
    told: SiteHistory = covered(city_portal())
    assert [replace(one, scene="", caption="") for one in city_portal().issues if one.scene] == [
        new for old, new in zip(city_portal().issues, told.issues, strict=True) if old.scene
    ]
    assert all(new is not None and new == old for old, new in zip(city_portal().issues, told.issues, strict=True) if not old.scene)
    before, after = ([entry.walk.picture for entry in one.coverage if entry.walk] for one in (city_portal(), told))
    assert any(before) and after and not any(after)
    assert for_everybody(history()).public


def test_the_service_shows_the_new_pages_to_everybody_and_covers_them(tmp_path: Path) -> None:
    running = service(tmp_path, HOSTILE_TARGETS, public=True)
    visitor = Browser(running)
    for path in ("trends.html", "about.html", "data/index.html", "data/sites.csv", "data/index.csv", "data/dictionary.csv"):
        answer = visitor.get(f"/reports/{path}")
        assert answer.status_code == 200 and IDENTITY not in answer.text and MOBILE not in answer.text, path
        assert answer.headers["content-type"].startswith("text/csv" if path.endswith("csv") else "text/html")
    inside = Browser(running).sign_in(Role.OPERATOR).get("/reports/data/sites.csv").text
    assert MOBILE in inside and IDENTITY not in inside
    assert visitor.get("/reports/data/no.csv").status_code == visitor.get("/reports/data/x").status_code == 404
    running.close()
    (tmp_path / "closed").mkdir()
    closed = service(tmp_path / "closed")
    assert Browser(closed).get("/reports/data/sites.csv").status_code in {303, 404}
    closed.close()


def test_the_service_shows_everybody_the_pictures_of_public_pages_and_no_others(tmp_path: Path) -> None:
    running = service(tmp_path, TARGETS, public=True)
    (leak, leaky), (window, scene), (hand, photograph) = (picture(name) for name in ("leak", "window", "hand"))
    with running.write() as store:
        for digest, content in ((leak, leaky), (window, scene)):
            store.blobs.put(digest, content)
        by_hand = HandCheck(
            list="app", site="one", subject="", item="1", held=Held.NO, note="", picture=hand, by="赵六", day=NIGHT.date(), made=NIGHT
        )
        HandChecks(store).add((by_hand,), photograph)
        found = replace(hostile("one", leak), round="20261129-020000", started=NIGHT.replace(day=28))
        found = replace(found, findings=tuple(replace(one, scene=window if one.scene else "") for one in found.findings))
        store.begin_round(found.round, found.started, "schedule")
        store.save(found, *advance(store.issues("one"), found, catalogue=frozenset(found.rules)))
        store.end_round(found.round, found.started.replace(hour=19))
    told = {
        role: [Browser(running).sign_in(role).get(f"/reports/pictures/{one}.webp").status_code for one in (MAP, leak, window, hand)]
        for role in (Role.NOBODY, Role.OWNER, Role.OPERATOR)
    }
    assert told == {Role.NOBODY: [200, 404, 404, 404], Role.OWNER: [200, 200, 200, 200], Role.OPERATOR: [200, 200, 200, 200]}
    assert f"{MAP}.webp" in Browser(running).get("/reports/sites/two").text
    running.close()


def test_a_public_page_of_a_site_is_read_and_covered_once_until_something_of_it_changes(tmp_path: Path) -> None:
    running, read = service(tmp_path, TARGETS, public=True), []
    whole = running.history_of

    def counted(site: str) -> History | None:
        read.append(site)
        return whole(site)

    running._covered = CoveredSites(counted)
    visitor, english = Browser(running), Browser(running)
    english.get("/reports/?lang=en")
    first = visitor.get("/reports/sites/one")
    assert first.headers["vary"] == "Cookie" and visitor.get("/reports/sites/one.brief.html").status_code == 200
    assert visitor.get("/reports/sites/one").text == first.text and visitor.get(f"/reports/pictures/{LOGO}.webp").status_code == 200
    assert read == ["one"]
    assert 'lang="en"' in english.get("/reports/sites/one").text and read == ["one", "one"], "covered in words of its own"
    with running.write() as store:
        for group in {one.group for one in store.issues("one")}:
            store.decide(Decision(site="one", group=group, verdict=Verdict.FALSE_POSITIVE, by=WHO, why=WHY, made=NIGHT))
    assert visitor.get("/reports/sites/one").text != first.text and visitor.get("/reports/sites/two").status_code == 200
    assert read == ["one", "one", "one", "two"] and visitor.get("/reports/sites/none").status_code == 404
    assert visitor.get(f"/reports/pictures/{LOGO}.webp").status_code == 404, "it is no barrier any more"
    running.close()
