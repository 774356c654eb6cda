"""The console: each reader finds what there is to do, decides it with a reason, and hears what was wrong with a form."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from consoles import LOGO, NIGHT, PASSWORD, TARGETS, Browser, run, service
from histories import HOSTILE

from auditor import stops
from auditor.accounts import Role
from auditor.lifecycle import Counts, advance
from auditor.model import Coverage, IssueState, Judged, Outcome, Progress, RunState, State, Verdict
from auditor.service import Service
from auditor.store_log import Act, Actor, LogBook
from auditor.web.downloads import DOWNLOADS
from reports.exports import names


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


def group(made: Service, site: str = "one", outcome: Outcome = Outcome.FAILED) -> str:
    with made.read() as store:
        return next(issue.group for issue in store.issues(site) if issue.outcome is outcome)


def acts(made: Service, count: int = 1) -> list[tuple[str, Act, str]]:
    with made.read() as store:
        return [(entry.who, entry.act, entry.about) for entry in LogBook(store).entries(count)]


def text(browser: Browser, path: str) -> str:
    return browser.page(path).get_text(" ", strip=True)


# ---------------------------------------------------------------------------------------------- looking


def test_the_start_page_tells_how_last_night_went_and_what_comes_next(made: Service) -> None:
    told = text(Browser(made).sign_in(Role.OPERATOR), "/")
    assert "2026年11月28日 02:00 开始" in told and "2 个网站完成检测，0 个没有完成" in told
    assert "等待确认的网站" in told and "三号网站" in told and "下一次在" in told


def test_a_site_that_could_not_be_audited_is_told_with_its_reason_and_without_a_number(made: Service) -> None:
    with made.write() as store:
        store.begin_round("20261129-020000", NIGHT + timedelta(days=1), "schedule")
        failed = run("one", LOGO, RunState.FAILED)
        store.save(replace(failed, round="20261129-020000", reason="首页打不开：域名无法解析", findings=(), tallies=()), (), Counts())
        store.end_round("20261129-020000", NIGHT + timedelta(days=1, hours=1))
    operator = Browser(made).sign_in(Role.OPERATOR)
    page = operator.page("/")
    (line,) = [item.get_text() for item in page.select("ul.waiting li")]
    assert "一号网站" in line and "未能评价" in line and "域名无法解析" in line
    row = next(row for row in operator.page("/sites").select("tbody tr") if "一号网站" in row.get_text())
    assert "不作统计" in row.get_text()


def test_a_round_under_way_is_told_page_by_page(made: Service) -> None:
    begun, go = threading.Event(), threading.Event()

    def work() -> None:
        with made.write() as store:
            store.begin_round("20261129-020000", datetime.now(UTC), "manual")
            for number in range(3):
                page = Coverage(url=f"http://www.one.test/{number}", state=State.AUDITED)
                store.note(Progress(round="20261129-020000", site="one", judged=Judged(coverage=page)))
            begun.set()
            go.wait(20)
            store.end_round("20261129-020000", datetime.now(UTC))

    assert made.nights.now(work) and begun.wait(20)
    told = text(Browser(made).sign_in(Role.OPERATOR), "/")
    go.set()
    assert "正在检测" in told and "一号网站 ：已检测 3 页，本次最多 5 页" in told and "手动启动" in told


def test_sites_are_found_by_name_address_and_department(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert len(operator.page("/sites").select("tbody tr")) == 3
    for words in ("二号", "www.TWO.test", "乙局", "two"):
        rows = operator.page(f"/sites?q={quote(words)}").select("tbody tr")
        assert len(rows) == 1 and "二号网站" in rows[0].get_text(), words


def test_a_site_leads_to_its_barriers_with_picture_repair_and_history(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    links = [str(link["href"]) for link in owner.page("/sites/one").select("ul.groups a")]
    assert f"/sites/one/groups/{group(made)}" in links and len(links) == 2
    page = owner.page(links[0])
    shown = str(page.select_one("figure img")["src"])  # type: ignore[index]
    assert shown == f"../pictures/{LOGO}.webp" and owner.get(f"/sites/one/pictures/{LOGO}.webp").status_code == 200
    told = page.get_text()
    assert "怎样修复" in told and "2026年11月28日 起" in told and "还没有人作出决定" in told
    assert page.select_one("#verdict") is None, "an owner does not decide on the own barriers"


def test_barriers_that_are_gone_with_their_page_are_still_told_of(made: Service) -> None:
    with made.write() as store:
        store.begin_round("later", NIGHT + timedelta(days=1), "schedule")
        gone = replace(run("one", LOGO), round="later", findings=(), tallies=())
        gone = replace(gone, coverage=(Coverage(url="http://www.one.test/", state=State.GONE, status=404),))
        changed, counts = advance(store.issues("one"), gone, catalogue=frozenset(gone.rules))
        store.save(gone, changed, counts)
        store.end_round("later", NIGHT + timedelta(days=1, hours=1))
        assert {issue.state for issue in store.issues("one")} == {IssueState.PAGE_GONE}
    told = text(Browser(made).sign_in(Role.OWNER), f"/sites/one/groups/{group(made)}")
    assert "现在的网页上没有这一组障碍" in told and "2026年11月28日 起" in told


def test_the_whole_report_of_a_site_is_one_link_away(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    link = next(str(one["href"]) for one in owner.page("/sites/one").select("main a") if "/reports/" in str(one["href"]))
    assert owner.get(link).status_code == 200


def test_results_are_taken_along_in_every_format_there_is(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    links = [str(one["href"]) for one in owner.page("/sites/one").select("main a") if "/export/" in str(one["href"])]
    assert {link.rpartition("/")[2] for link in links} == set(DOWNLOADS) == set(names())
    for link in links:
        answer = owner.get(link)
        assert answer.status_code == 200 and answer.content and "attachment" in answer.headers["content-disposition"], link
        assert {owner.get(link.replace("/one/", f"/{other}/")).status_code for other in ("two", "three")} == {404}
    assert "二号" not in owner.get("/sites/one/export/csv").text and owner.get("/sites/one/export/exe").status_code == 404
    assert Browser(made).sign_in(Role.OPERATOR).get("/sites/three/export/csv").status_code == 404, "nothing to tell of"


# ---------------------------------------------------------------------------------------------- deciding


def test_a_decision_is_kept_with_who_why_and_until_and_takes_effect_at_once(made: Service) -> None:
    federation = Browser(made).sign_in(Role.FEDERATION)
    path = f"/sites/one/groups/{group(made)}"
    until = (datetime.now(UTC) + timedelta(days=90)).date()
    done = federation.post(f"{path}/decide", verdict="accepted", why="随改版一并修改。", until=until.isoformat())
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?done=decided")
    told = text(federation, f"{path}?done=decided")
    assert "已记录这项决定" in told and "暂不整改" in told and "随改版一并修改" in told and "王五" in told
    assert "待修复（0 组）" in text(federation, "/sites/one")
    with made.read() as store:
        (kept,) = store.decisions("one")
    assert (kept.verdict, kept.by, kept.until) == (Verdict.ACCEPTED, "王五", until)
    assert acts(made) == [("canlian", Act.DECIDED, f"one {group(made)[:10]}")]


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"why": "x"}, "verdict", "请选择一种决定"),
        ({"verdict": "exempt", "why": "  "}, "why", "请写明理由"),
        ({"verdict": "exempt", "why": "长" * 1001}, "why", "最多 1000 个字"),
        ({"verdict": "accepted", "why": "x"}, "until", "要写明到哪一天"),
        ({"verdict": "accepted", "why": "x", "until": "明年"}, "until", "年-月-日"),
        ({"verdict": "accepted", "why": "x", "until": "2020-01-01"}, "until", "不能早于今天"),
        ({"verdict": "accepted", "why": "x", "until": "2999-01-01"}, "until", "最长三年"),
        ({"verdict": "nonsense", "why": "x"}, "verdict", "请选择一种决定"),
    ],
)
def test_a_form_that_is_not_complete_says_where_and_keeps_what_was_written(
    made: Service, form: dict[str, str], field: str, sentence: str
) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    answer = operator.post(f"/sites/one/groups/{group(made)}/decide", **form)
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 422 and page.title is not None and page.title.get_text().startswith("错误：")
    link = page.select_one(f".errors a[href='#{field}']")
    assert link is not None and sentence in link.get_text()
    assert page.select_one(f"#{field}") is not None and page.select_one(f"#{field}-error") is not None
    described = page.select_one(f"[aria-describedby~='{field}-error']")
    assert described is not None, "the error belongs to its field for those who do not see it stand there"
    assert page.select_one("#why").get_text() == form["why"].strip("\n")  # type: ignore[union-attr]
    with made.read() as store:
        assert store.decisions("one") == ()


def test_a_reviewer_says_what_is_and_what_is_not_but_exempts_nobody(made: Service) -> None:
    reviewer = Browser(made).sign_in(Role.REVIEWER)
    doubt = group(made, outcome=Outcome.CANT_TELL)
    desk = reviewer.page("/desk")
    assert [str(link["href"]) for link in desk.select("ol.groups a")] == [
        f"/sites/{site}/groups/{group(made, site, Outcome.CANT_TELL)}#verdict" for site in ("one", "two")
    ]
    offered = {str(box["value"]) for box in reviewer.page(f"/sites/one/groups/{doubt}").select("input[name=verdict]")}
    assert offered == {"confirmed", "false-positive"}
    assert reviewer.post(f"/sites/one/groups/{doubt}/decide", verdict="exempt", why="x").status_code == 422
    reviewer.post(f"/sites/one/groups/{doubt}/decide", verdict="confirmed", why="读屏听到的是文件名。")
    assert "等待判断 1 组" in text(reviewer, "/desk") and "待修复（2 组）" in text(reviewer, "/sites/one")


def test_a_group_that_is_not_there_is_not_decided_on(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.post(f"/sites/one/groups/{group(made, 'two')[:-1]}0/decide", verdict="exempt", why="x").status_code == 404


# ---------------------------------------------------------------------------------------------- running


def test_a_paused_schedule_starts_nothing_until_it_is_resumed_also_after_a_restart(made: Service, tmp_path: Path) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.post("/run/pause").status_code == 422
    assert operator.post("/run/pause", pause_why="机房检修").headers["location"] == "/run?done=paused"
    assert "计划已暂停" in text(operator, "/") and "机房检修" in text(operator, "/run")
    again = Service(tmp_path / "targets.yml", tmp_path / "auditor.db")
    assert again.paused() and not again.nights.run("02:00") and again.health()["paused"]
    again.close()
    before = datetime.now(UTC)
    operator.post("/run/resume")
    last = made.last_round()
    assert not made.paused() and last is not None and last >= before, "what was due in the pause is not made up"
    assert [act for _, act, _ in acts(made, 2)] == [Act.RESUMED, Act.PAUSED]


def test_a_stop_from_the_console_is_the_same_as_by_command(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    wrong = operator.post("/run/stop", stop_host="不是主机 名", stop_why="")
    assert wrong.status_code == 422 and 'href="#stop-host"' in wrong.text and 'href="#stop-why"' in wrong.text
    operator.post("/run/stop", stop_host="http://www.one.test/a", stop_why="网站要求")
    (stop,) = stops.read(stops.beside(made.db))
    assert (stop.host, stop.by, stop.why) == ("www.one.test", "张三", "网站要求")
    assert "网站要求" in text(operator, "/")
    operator.post("/run/lift", host="www.one.test")
    assert stops.read(stops.beside(made.db)) == () and operator.post("/run/lift", host="www.one.test").status_code == 422
    assert acts(made, 2) == [("caozuo", Act.STOP_LIFTED, "www.one.test"), ("caozuo", Act.STOPPED, "www.one.test")]


def test_a_stop_that_cannot_be_written_says_so_and_stays_on_record_as_failed(made: Service) -> None:
    operator, file = Browser(made).sign_in(Role.OPERATOR), stops.beside(made.db)
    file.mkdir()
    answer = operator.post("/run/stop", stop_host="www.one.test", stop_why="网站要求")
    assert answer.status_code == 422 and "停止没有生效：不能写入停止文件" in answer.text and 'href="#stop-"' not in answer.text
    lifted = operator.post("/run/lift", host="*")
    assert lifted.status_code == 422 and "停止没有解除" in lifted.text
    assert [act for _, act, _ in acts(made, 4)] == [Act.FAILED, Act.STOP_LIFTED, Act.FAILED, Act.STOPPED]


def test_a_round_is_started_by_hand_once_and_told_of(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()
    rounds: list[tuple[str, ...]] = []

    def audited(chosen: list[object], *, trigger: str, resume: bool = False) -> None:
        rounds.append((trigger, *(target.site.id for target in chosen)))  # type: ignore[attr-defined]
        begun.set()
        go.wait(20)

    monkeypatch.setattr(made, "round", audited)
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.post("/run/now").status_code == 422
    assert operator.post("/run/now", site=["two", "nobody"]).headers["location"] == "/?done=started"
    assert begun.wait(20) and operator.post("/run/now", site=["one"]).status_code == 422
    go.set()
    assert rounds == [("manual", "two")] and acts(made) == [("caozuo", Act.RUN, "1 个网站")]


def test_only_hosts_of_the_list_can_be_audited_by_hand(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    for site in ("http://169.254.169.254/", "localhost", "../one", ""):
        assert operator.post("/run/now", site=[site]).status_code == 422
    assert not made.nights.running


# ---------------------------------------------------------------------------------------------- targets.yml


def test_targets_are_read_again_without_a_restart_and_stay_as_they_were_where_they_are_wrong(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    made.path.write_text(
        TARGETS.replace('category: portal, region: "990000", owner: 丙局', 'category: portel, region: "990000"'), encoding="utf-8"
    )
    operator.post("/run/reload")
    page = text(operator, "/settings")
    assert "有 1 处错误，没有采用" in page and "第 10 行" in page and len(made.watch.targets) == 3
    made.path.write_text(
        TARGETS + '  - {id: four, name: 四号网站, url: "http://www.four.test/", category: other, region: "990000", schedule: "03:30"}\n',
        encoding="utf-8",
    )
    assert operator.post("/run/reload").headers["location"] == "/settings?done=reloaded"
    assert "四号网站" in text(operator, "/sites") and list(made.nights.next_times()) == ["02:00", "03:30"]
    made.path.unlink()
    operator.post("/run/reload")
    assert "没有找到这个文件" in text(operator, "/settings") and len(made.watch.targets) == 4


def test_one_reading_of_targets_ends_before_the_next_begins(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = 0, 0

    def slowly(watch: object) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.05)
        inside -= 1

    monkeypatch.setattr(made.nights, "replace", slowly)
    threads = [threading.Thread(target=made.reload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_host_is_confirmed_with_its_authorisation_and_may_be_visited_from_then_on(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.post("/sites/three/confirm", basis=" ").status_code == 422
    assert operator.post("/sites/three/confirm", basis="济政数函〔2026〕9号").headers["location"] == "/sites/three?done=confirmed"
    target = made.target("three")
    assert target is not None and target.confirmed is not None and target.confirmed.by == "张三"
    assert "confirmed: {by: 张三" in made.path.read_text(encoding="utf-8")
    assert operator.post("/sites/three/confirm", basis="x").status_code == 422
    assert acts(made) == [("caozuo", Act.CONFIRMED, "three")]


# ---------------------------------------------------------------------------------------------- the log, the own account


def test_the_log_is_shown_page_by_page_with_its_word_on_itself(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    with made.write() as store:
        for number in range(150):
            LogBook(store).record(Actor(name="canlian", role="federation"), Act.DECIDED, f"site-{number}")
    page = operator.page("/log")
    assert "日志完好，共 151 条" in page.get_text() and len(page.select("tbody tr")) == 100
    older = operator.page(str(page.select_one("main p a")["href"]))  # type: ignore[index]
    assert [row.get_text("|").strip().split("|")[0] for row in older.select("tbody tr")] == [str(number) for number in range(51, 0, -1)]


def test_everybody_changes_the_own_password_and_is_signed_out_elsewhere(made: Service) -> None:
    here, there = Browser(made).sign_in(Role.REVIEWER), Browser(made).sign_in(Role.REVIEWER)
    new = "Better-horse-9"
    for old, first, second, field in (("wrong", new, new, "old"), (PASSWORD, "weak", "weak", "new"), (PASSWORD, new, new + "x", "again")):
        answer = here.post("/self/password", old=old, new=first, again=second)
        assert answer.status_code == 422 and f'href="#{field}"' in answer.text, field
    assert here.post("/self/password", old=PASSWORD, new=new, again=new).status_code == 303
    assert here.get("/").status_code == 200 and there.get("/").status_code == 303
    assert Browser(made).sign_in(Role.REVIEWER, new).get("/").status_code == 200


# ---------------------------------------------------------------------------------------------- every page


def paths(made: Service) -> list[str]:
    return [
        "/",
        "/sites",
        "/sites/one",
        "/sites/three",
        f"/sites/one/groups/{group(made)}",
        "/sites/one/cases/new",
        "/cases",
        "/desk",
        "/sites/one/evaluation",
        "/sites/one/evaluation/check?page=http%3A%2F%2Fwww.one.test%2F&criterion=1.1.1",
        "/checks",
        "/checks/terminal",
        "/people",
        "/people/new",
        "/people/hecha",
        "/complaints",
        "/sites/one/draft",
        "/list/sites/one/merge",
        "/merged",
        "/list",
        "/list/new",
        "/list/import",
        "/list/sites/one/edit",
        "/run",
        "/settings",
        "/log",
        "/self",
        "/login",
    ]


def test_every_page_has_one_heading_a_title_labels_and_no_id_twice(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    for path in paths(made):
        page = operator.page(path) if path != "/login" else Browser(made).page(path)
        assert page.html is not None and page.html["lang"] == "zh-CN" and len(page.select("h1")) == 1, path
        assert page.title is not None and page.title.get_text().endswith("信息无障碍监测") and len(page.select("main#main")) == 1
        ids = [str(tag["id"]) for tag in page.select("[id]")]
        assert len(ids) == len(set(ids)), path
        for field in page.select("input:not([type=hidden]), textarea, select"):
            assert page.select_one(f"label[for='{field['id']}']") is not None, (path, field)
        for tag in page.select("[aria-describedby], [aria-labelledby]"):
            named = str(tag.get("aria-describedby", "")).split() + str(tag.get("aria-labelledby", "")).split()
            assert set(named) <= set(ids), (path, named)
        for form in page.select("form[method=post]"):
            assert len(form.select("input[name=form-token]")) == 1, path
        assert not page.select("script, [style], [onclick]"), path


def test_words_from_pages_and_people_stay_inert(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    operator.post(f"/sites/one/groups/{group(made)}/decide", verdict="exempt", why=HOSTILE)
    operator.post("/run/pause", pause_why=HOSTILE)
    operator.post("/run/stop", stop_host="www.x.test", stop_why=HOSTILE)
    operator.post("/self/tokens", label=HOSTILE, scope="read", days="30")
    for path in (*paths(made), f"/sites?q={quote(HOSTILE)}"):
        answer = operator.get(path)
        if answer.status_code == 200:
            assert not re.search(r"<script|<img src=x|\u202e", answer.text), path
