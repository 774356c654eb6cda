"""The door of the service: every route says who may pass, and nothing else gets through."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from consoles import LOGO, MAP, PASSWORD, PEOPLE, TARGETS, Browser, service
from fastapi import APIRouter
from fastapi.routing import APIRoute

from auditor.accounts import MAY, SCOPES, Right, Role, form_token
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.store_cases import Cases
from auditor.store_log import Act, LogBook
from auditor.web import app as web
from auditor.web import health
from auditor.web.app import LARGEST, create_app
from auditor.web.guard import Guard, onward


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


def routes(made: Service) -> list[APIRoute]:
    return [route for route in create_app(made).routes if isinstance(route, APIRoute)]


def guard_of(route: APIRoute) -> Guard:
    (guard,) = [one.call for one in route.dependant.dependencies if isinstance(one.call, Guard)]
    return guard


def right_of(route: APIRoute) -> Right:
    return guard_of(route).right


def group_of(made: Service, site: str) -> str:
    with made.read() as store:
        return store.issues(site)[0].group


def issue_of(made: Service, site: str) -> str:
    with made.read() as store:
        return store.issues(site)[0].id


def address(made: Service, route: APIRoute, site: str = "one") -> str:
    """The path of a route on something that is there."""
    shown = {"one": LOGO, "two": MAP}[site]
    with made.read() as store:
        known = Cases(store, made.watch.timezone).all(site)
    values = {
        "case": known[0].id if known else "2026-0000",
        "site": site,
        "group": group_of(made, site),
        "digest": shown,
        "name": site if "sites" in route.path else "index",
        "number": "1",
        "person": "hecha",
        "complaint": "1",
        "part": "2",
        "issue": issue_of(made, site),
        **({"name": "csv"} if "export" in route.path else {}),
        **({"name": "terminal"} if route.path.startswith("/checks/") else {}),
    }
    return route.path.format(**values)


def refused(answer: httpx.Response) -> bool:
    """Kept outside, whether sent to the door or told so."""
    return answer.status_code in (401, 403) or answer.headers.get("location", "").startswith("/login")


# ---------------------------------------------------------------------------------------------- who may what


def test_every_role_passes_exactly_where_the_table_says(made: Service) -> None:
    wrong, tried = [], 0
    for role in Role:
        for route in routes(made):
            for method in sorted(route.methods - {"HEAD"}):
                browser = Browser(made)
                if role is not Role.NOBODY and guard_of(route).programs:
                    with made.write() as store:
                        key = Accounts(store).make_token(PEOPLE[role], "x", tuple(SCOPES), 30, datetime.now(UTC))
                    browser.headers["Authorization"] = f"Bearer {key}"
                elif role is not Role.NOBODY:
                    with made.write() as store:
                        browser.cookies.set("auditor", Accounts(store).begin(PEOPLE[role], "10.0.0.9", datetime.now(UTC)))
                else:
                    browser.get("/login")
                path = address(made, route)
                answer = browser.post(path) if method == "POST" else browser.ask(method, path)
                tried += 1
                leaving = route.path == "/logout" and role is not Role.NOBODY
                if (refused(answer) is (role in MAY[right_of(route)]) and not leaving) or answer.status_code >= 500:
                    wrong.append((role, method, path, answer.status_code))
    assert wrong == [] and tried > 130


def test_a_route_without_a_declared_right_keeps_the_service_from_starting(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = APIRouter()
    forgotten.add_api_route("/forgotten", lambda: "open to all")
    forgotten.routes.extend(health.router.routes)
    monkeypatch.setattr(web.health, "router", forgotten)
    with pytest.raises(RuntimeError, match="forgotten"):
        create_app(made)


def test_what_changes_something_is_asked_by_post_only(made: Service) -> None:
    for route in routes(made):
        assert route.methods <= {"GET", "HEAD"} or route.methods == {"POST"}, route.path
    browser = Browser(made).sign_in(Role.OPERATOR)
    for path in ("/run/now", "/run/stop", "/sites/one/confirm", "/logout"):
        assert browser.get(path).status_code == 405


def test_an_owner_meets_nothing_of_other_peoples_sites(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    assert owner.page("/sites/one").h1.get_text() == "一号网站"  # type: ignore[union-attr]
    assert owner.get(f"/sites/one/pictures/{LOGO}.webp").status_code == 200
    for route in routes(made):
        if "{site}" in route.path or route.path == "/reports/sites/{name}":
            path = address(made, route, "two")
            answer = owner.ask("GET", path) if "GET" in route.methods else owner.post(path)
            assert "二号" not in answer.text
            assert answer.status_code in (403, 404), path
    crossed = (
        f"/sites/one/pictures/{MAP}.webp",
        f"/sites/one/groups/{'0' * 64}",
        f"/reports/pictures/{MAP}.webp",
        "/reports/",
        "/reports/index.html",
    )
    assert {owner.get(path).status_code for path in crossed} == {404}
    assert owner.get(f"/reports/pictures/{LOGO}.webp").status_code == 200
    for path in ("/", "/sites", "/sites?q=%E4%BA%8C", "/sites/one", "/self"):
        told = owner.get(path).text
        assert "二号网站" not in told and "乙局" not in told, path


def test_what_a_role_must_not_do_is_not_offered_and_the_attempt_is_on_record(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    links = {str(link["href"]) for link in owner.page("/").select("nav[aria-label=主导航] a")}
    assert links == {"/", "/sites", "/cases"}
    assert owner.get("/log").status_code == 403 and owner.post("/run/stop", stop_host="全部").status_code == 403
    with made.read() as store:
        told = [(entry.who, entry.act, entry.detail, entry.about) for entry in LogBook(store).entries(2)]
    assert told == [("zeren", Act.REFUSED, "", "POST /run/stop"), ("zeren", Act.REFUSED, "", "GET /log")]


# ---------------------------------------------------------------------------------------------- forms


@pytest.mark.parametrize("token", [None, "", "0" * 64, "other"])
def test_a_form_that_is_not_ours_changes_nothing(made: Service, token: str | None) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    if token == "other":
        token = Browser(made).sign_in(Role.OPERATOR).token
    form: dict[str, object] = {"stop-host": "全部", "stop-why": "x"} | ({} if token is None else {"form-token": token})
    answer = browser.ask("POST", "/run/stop", form=form)
    assert answer.status_code == 403 and "表单已经失效" in answer.text and not made.health()["stops"]


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.test"}, {"Origin": "null"}]
)
def test_a_form_sent_from_elsewhere_changes_nothing_even_with_the_token(made: Service, headers: dict[str, str]) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    form: dict[str, object] = {"form-token": browser.token, "stop-host": "全部", "stop-why": "x"}
    assert browser.ask("POST", "/run/stop", form=form, headers=headers).status_code == 403
    assert not made.health()["stops"]
    assert browser.ask("POST", "/run/stop", form=form, headers={"Origin": "http://audit.test"}).status_code == 303


def test_a_header_for_keys_that_holds_none_does_not_stand_for_the_token_of_a_form(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    answer = browser.ask("POST", "/run/stop", form={"stop-host": "全部", "stop-why": "x"}, headers={"Authorization": ""})
    assert answer.status_code == 403 and not made.health()["stops"]


def test_nobody_can_be_signed_in_as_somebody_else_by_a_foreign_form(made: Service) -> None:
    browser = Browser(made)
    form: dict[str, object] = {"name": "caozuo", "password": PASSWORD}
    assert browser.ask("POST", "/login", form=form).status_code == 403, "no door cookie"
    assert browser.ask("POST", "/login", form={**form, "form-token": form_token("")}).status_code == 403
    assert browser.key == ""


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
def test_only_forms_are_read(made: Service, kind: str) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    assert browser.ask("POST", "/run/pause", content=b'{"a": 1}', headers={"Content-Type": kind}).status_code == 415


def test_large_bodies_are_refused_whether_they_say_so_or_not(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    told = browser.post("/run/stop", stop_host="全部", stop_why="长" * LARGEST)
    assert told.status_code == 413 and "太大" in told.text and "content-security-policy" in told.headers
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    taken = 0

    async def endless() -> object:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield b"a=" + b"x" * 4096 + b"&"

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=browser.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://audit.test", cookies=browser.cookies) as client:
            return await client.post("/run/stop", content=endless(), headers=form)  # type: ignore[arg-type]

    assert asyncio.run(ask()).status_code == 413 and taken <= 20, "nothing more is read than may come"
    many = "&".join(f"f{number}=" for number in range(2000)).encode()
    assert browser.ask("POST", "/run/stop", content=many, headers=form).status_code == 400


def test_what_is_refused_at_the_edge_or_goes_wrong_is_counted_and_told_in_the_log(
    made: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise OSError("broken")

    monkeypatch.setattr(made, "health", broken)
    browser = Browser(made)
    caplog.set_level(logging.INFO, "auditor.requests")
    assert browser.get("/health").status_code == 500
    assert browser.ask("POST", "/login", form={"name": "x" * LARGEST}).status_code == 413
    assert browser.app.state.counted.now()[0] == {("GET", 500): 1, ("POST", 413): 1}
    assert [one.getMessage() for one in caplog.records if one.name == "auditor.requests"] == ["GET /health 500", "POST /login 413"]


# ---------------------------------------------------------------------------------------------- signing in


def test_a_key_that_somebody_planted_is_worth_nothing_after_the_sign_in(made: Service) -> None:
    browser = Browser(made)
    browser.cookies.set("auditor", "planted")
    browser.cookies.set("auditor-door", "planted-too")
    assert (
        browser.ask("POST", "/login", form={"form-token": form_token("planted-too"), "name": "caozuo", "password": PASSWORD}).status_code
        == 303
    )
    keys = {cookie.value for cookie in browser.cookies.jar if cookie.name == "auditor"}
    assert "planted" not in keys - {"planted"} and len(keys - {"planted"}) == 1
    thief = Browser(made)
    for name in ("auditor", "auditor-door"):
        thief.cookies.set(name, "planted")
        assert refused(thief.get("/"))


def test_signing_in_again_ends_the_session_before(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    old = browser.key
    browser.post("/login", name="canlian", password=PASSWORD)
    assert browser.key != old
    thief = Browser(made)
    thief.cookies.set("auditor", old)
    assert refused(thief.get("/"))


def test_signing_out_ends_the_session_on_our_side_too(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    key = browser.key
    answer = browser.post("/logout")
    assert answer.headers["location"] == "/login" and browser.key == ""
    browser.cookies.set("auditor", key)
    assert refused(browser.get("/"))


def test_the_cookie_is_kept_from_scripts_and_from_plain_http_where_there_is_https(made: Service) -> None:
    plain = Browser(made).get("/login").headers["set-cookie"].lower()
    assert "httponly" in plain and "samesite=lax" in plain and "secure" not in plain
    secure = Browser(made, base="https://audit.test").get("/login").headers["set-cookie"]
    assert secure.startswith("__Host-auditor-door=") and "Secure" in secure and "Path=/" in secure and "Domain" not in secure


def test_guessing_is_slowed_down_and_told_alike_for_names_that_exist_and_that_do_not(made: Service) -> None:
    browser = Browser(made)
    browser.get("/login")
    for name in ("caozuo", "nobody"):
        told = {browser.post("/login", name=name, password="wrong").status_code for _ in range(5)}
        assert told == {422}
        locked = browser.post("/login", name=name, password=PASSWORD)
        assert locked.status_code == 429 and "15 分钟" in locked.text
    with made.read() as store:
        acts = [entry.act for entry in LogBook(store).entries(12)]
    assert acts == [Act.SIGN_IN_REFUSED] * 12


@pytest.mark.parametrize(
    "next", ["//evil.test", "https://evil.test/", "/\\evil.test", "\\\\evil", "javascript:alert(1)", "/\n/evil.test", "x" * 2000]
)
def test_the_door_leads_nowhere_else(made: Service, next: str) -> None:
    assert onward(next) == "/"
    browser = Browser(made)
    browser.get("/login")
    assert browser.post("/login", name="caozuo", password=PASSWORD, next=next).headers["location"] == "/"


def test_whoever_is_sent_to_the_door_comes_to_the_wanted_page_afterwards(made: Service) -> None:
    browser = Browser(made)
    door = browser.get("/sites?q=one").headers["location"]
    assert door == "/login?next=/sites%3Fq%3Done"
    browser.get(door)
    assert browser.post("/login", name="caozuo", password=PASSWORD, next="/sites?q=one").headers["location"] == "/sites?q=one"


def test_there_is_no_account_to_begin_with_and_the_door_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "targets.yml").write_text(TARGETS, encoding="utf-8")
    empty = Service(tmp_path / "targets.yml", tmp_path / "auditor.db")
    assert "auditor user add 登录名 --role operator" in Browser(empty).page("/login").get_text()
    empty.close()


# ---------------------------------------------------------------------------------------------- proxies

BEHIND = TARGETS.replace("sites:", "service: {proxies: [10.9.0.0/24], user_header: X-Remote-User}\nsites:")


def test_a_name_in_a_header_opens_nothing_unless_a_trusted_proxy_wrote_it(tmp_path: Path) -> None:
    made = service(tmp_path, BEHIND)
    forger = Browser(made, address="10.0.0.9")
    forger.headers = {"X-Remote-User": "caozuo", "X-Forwarded-For": "10.9.0.1", "Forwarded": "for=10.9.0.1"}
    assert refused(forger.get("/")) and forger.page("/login").select_one("#password") is not None
    honest = Browser(made, address="10.9.0.7")
    honest.headers = {"X-Remote-User": "Caozuo", "X-Forwarded-For": "192.0.2.4", "X-Forwarded-Proto": "https"}
    answer = honest.get("/login?next=/run")
    assert answer.headers["location"] == "/run" and "__Host-auditor=" in answer.headers["set-cookie"]
    with made.read() as store:
        assert LogBook(store).entries(1)[0].address == "192.0.2.4", "the address that asked, not that of the proxy"
    honest.base = "https://audit.test"
    assert "caozuo" in honest.page("/self").get_text()
    honest.headers["X-Remote-User"] = "zeren"
    assert refused(honest.get("/self")), "the proxy speaks of another person now"
    del honest.headers["X-Remote-User"]
    assert refused(honest.get("/self"))
    stranger = Browser(made, address="10.9.0.7")
    stranger.headers = {"X-Remote-User": "unknown"}
    assert stranger.get("/login").status_code == 403
    made.close()


def test_without_a_trusted_proxy_forwarded_headers_mean_nothing(made: Service) -> None:
    browser = Browser(made)
    browser.headers = {"X-Forwarded-For": "192.0.2.4", "X-Forwarded-Proto": "https", "X-Remote-User": "caozuo"}
    browser.sign_in(Role.OPERATOR)
    with made.read() as store:
        assert LogBook(store).entries(1)[0].address == "10.0.0.9"
    assert "auditor" in browser.cookies and "__Host-auditor" not in browser.cookies


# ---------------------------------------------------------------------------------------------- keys for programs


def test_a_key_opens_what_it_is_for_without_cookie_and_form_and_nothing_else(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    told = browser.post("/self/tokens", label="平台", scope="read", days="30")
    assert told.status_code == 200 and told.headers["cache-control"] == "no-store"
    key = told.text.partition("<code>aud_")[2].partition("<")[0]
    program = Browser(made)
    program.headers = {"Authorization": f"Bearer aud_{key}"}
    assert program.get("/sites/two").status_code == 200
    assert program.ask("POST", "/run/pause", form={"pause-why": "x"}).status_code == 403
    assert {program.get(path).status_code for path in ("/run", "/settings", "/log", "/self")} == {403}
    assert f"aud_{key}" not in browser.get("/self").text
    browser.post("/self/tokens/1/revoke")
    assert program.get("/sites/two").status_code == 401
    program.headers = {"Authorization": "Basic Y2FvenVvOng="}
    assert program.get("/").status_code == 401


def test_a_key_that_does_not_fit_is_not_helped_by_a_cookie(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    browser.headers = {"Authorization": "Bearer aud_wrong"}
    assert browser.get("/").status_code == 401


# ---------------------------------------------------------------------------------------------- what is open


def test_reports_are_closed_unless_the_settings_open_them(tmp_path: Path) -> None:
    closed = service(tmp_path)
    for path in ("/reports/", "/reports/sites/one.html", f"/reports/pictures/{LOGO}.webp", "/", "/sites"):
        assert refused(Browser(closed).get(path)), path
    closed.close()
    (tmp_path / "open").mkdir()
    public = service(tmp_path / "open", TARGETS.replace("sites:", "service: {public: true}\nsites:"))
    visitor = Browser(public)
    assert visitor.get("/").headers["location"] == "/reports/"
    for path in ("/reports/", "/reports/sites/two.html", f"/reports/pictures/{LOGO}.webp"):
        assert visitor.get(path).status_code == 200, path
    for path in ("/sites", "/run", "/log", "/settings", "/desk", f"/sites/one/pictures/{LOGO}.webp"):
        assert refused(visitor.get(path)), path
    public.close()


def test_the_operators_page_of_the_night_stays_theirs_where_the_reports_are_open_to_everybody(tmp_path: Path) -> None:
    public = service(tmp_path, public=True)
    night = ("/reports/night.html", "/reports/night.2.html")
    assert [Browser(public).get(path).headers.get("location", "") for path in night] == [f"/login?next={path}" for path in night]
    assert [Browser(public).sign_in(Role.OWNER).get(path).status_code for path in night] == [403, 403]
    answer = Browser(public).sign_in(Role.OPERATOR).get(night[0])
    assert answer.status_code == 200 and "夜间检测运行情况" in answer.text and answer.headers["cache-control"] == "private, no-store"
    public.close()


def test_a_database_that_cannot_be_opened_is_told_to_whatever_watches_over_the_service(made: Service, tmp_path: Path) -> None:
    made.db = tmp_path / "secret" / "gone.db"
    answer = Browser(made).get("/health")
    assert (answer.status_code, answer.json()) == (503, {"ok": False}) and Browser(made).get("/ready").status_code == 503
    assert Browser(made).get("/style.css").status_code == 200, "who has no key is nobody, without a look"


def test_strangers_learn_little_of_how_the_service_is(made: Service) -> None:
    assert set(Browser(made).get("/health").json()) == {"ok", "running", "paused", "last_round", "next", "now"}
    assert "stops" in Browser(made).sign_in(Role.OPERATOR).get("/health").json()


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/sites/..%2f..%2fetc%2fpasswd", "/sites/one/pictures/..%2f..%2fauditor.db.webp", "/reports/pictures/..%2fx.webp",
     f"/sites/one/pictures/{'A' * 64}.webp", "/reports/..%2f..%2ftargets.yml", "/docs", "/openapi.json", "/static/x", "/templates/a"],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_meant_to_be_shown(made: Service, path: str) -> None:
    answer = Browser(made).sign_in(Role.OPERATOR).get(path)
    assert answer.status_code == 404 and "没有这个页面" in answer.text


def test_every_answer_carries_the_headers_that_keep_scripts_frames_and_guesses_out(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    for path in ("/", "/login", "/sites/one", "/style.css", f"/sites/one/pictures/{LOGO}.webp", "/health", "/nothing", "/reports/"):
        headers = operator.get(path).headers
        policy = headers["content-security-policy"]
        for rule in (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ):
            assert rule in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    for path in ("/", "/sites/one", "/self", "/log"):
        assert operator.get(path).headers["cache-control"] == "no-store"


def test_a_disabled_account_is_out_at_once(made: Service) -> None:
    browser = Browser(made).sign_in(Role.REVIEWER)
    with made.write() as store:
        Accounts(store).disable("hecha")
    assert refused(browser.get("/"))
