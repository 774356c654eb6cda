"""The interface for programs: what it says, in parts and unchanged; what is asked twice is done once; and no input breaks it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jsonschema
import pytest
import schemathesis
from consoles import LOGO, PEOPLE, Browser, service
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from auditor.accounts import Role
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.store_log import Act, LogBook
from auditor.store_requests import OtherRequest, Requests, Unanswered
from auditor.web.api import PROBLEM
from auditor.web.api_shapes import part

API = "/api/v1"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


def program(made: Service, role: Role = Role.OPERATOR, scope: tuple[str, ...] = ("read", "run")) -> Browser:
    """A program with a key that somebody made for it."""
    with made.write() as store:
        key = Accounts(store).make_token(PEOPLE[role], "平台", scope, 30, datetime.now(UTC))
    asking = Browser(made)
    asking.headers = {"Authorization": f"Bearer {key}"}
    return asking


def told(answer: httpx.Response) -> dict:  # type: ignore[type-arg]
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


# ---------------------------------------------------------------------------------------------- reading


def test_sites_runs_ledger_and_barriers_are_told_as_the_night_left_them(made: Service) -> None:
    asking = program(made)
    sites = told(asking.get(f"{API}/sites"))
    assert [one["id"] for one in sites["items"]] == ["one", "three", "two"] and (sites["total"], sites["next"]) == (3, None)
    one = told(asking.get(f"{API}/sites/one"))
    assert (one["newest"]["state"], one["newest"]["open"], one["newest"]["index"], one["confirmed"]) == ("audited", 1, None, True)
    assert told(asking.get(f"{API}/sites/three"))["newest"] is None
    assert [run["round"] for run in told(asking.get(f"{API}/sites/one/runs"))["items"]] == ["20261128-020000"]
    (page,) = told(asking.get(f"{API}/sites/one/ledger"))["items"]
    assert (page["url"], page["state"]) == ("http://www.one.test/", "audited")
    issues = told(asking.get(f"{API}/sites/one/issues"))["items"]
    assert {issue["outcome"] for issue in issues} == {"failed", "cantTell"}
    picture = next(issue["picture"] for issue in issues if issue["outcome"] == "failed")
    assert picture == f"/sites/one/pictures/{LOGO}.webp" and asking.get(picture).status_code == 200
    assert told(asking.get(f"{API}/sites/one/issues/{issues[0]['id']}")) == issues[0]
    assert [one["trigger"] for one in told(asking.get(f"{API}/rounds"))["items"]] == ["schedule"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("outcome=failed", 1), ("outcome=cantTell&standing=true", 1), ("standing=false", 0), ("rule=image-alt", 2), ("rule=other", 0),
        ("impact=critical", 2), ("impact=minor", 0), ("page=http://www.one.test/", 2), ("variant=mobile", 0), ("state=new", 2),
    ],
)  # fmt: skip
def test_barriers_are_chosen_by_what_they_are(made: Service, query: str, count: int) -> None:
    found = told(program(made).get(f"{API}/sites/one/issues?{query}"))
    assert (len(found["items"]), found["total"]) == (count, count)


def test_sites_are_chosen_by_words_and_kind(made: Service) -> None:
    asking = program(made)
    for query, ids in (("q=乙局", ["two"]), ("category=portal&limit=1", ["one"]), ("region=990001", []), ("enabled=false", [])):
        assert [one["id"] for one in told(asking.get(f"{API}/sites?{query}"))["items"]] == ids, query


def test_lists_come_in_parts_that_neither_repeat_nor_skip(made: Service) -> None:
    asking = program(made)
    with made.write() as store:
        for day in range(1, 7):
            at = datetime(2026, 10, day, tzinfo=UTC)
            store.begin_round(f"r{day}", at, "manual")
            store.end_round(f"r{day}", at + timedelta(hours=1))
    for path in ("rounds", "sites", "sites/one/issues"):
        whole = told(asking.get(f"{API}/{path}"))
        seen, after = [], ""
        while after is not None:
            some = told(asking.get(f"{API}/{path}?limit=2", params={"limit": "2", "after": after}))
            assert len(some["items"]) <= 2 and some["total"] == whole["total"]
            seen, after = seen + some["items"], some["next"]
        assert seen == whole["items"] and len(seen) == whole["total"] > 1, path
    begun = [one["started"] for one in told(asking.get(f"{API}/rounds"))["items"]]
    assert begun == sorted(begun, reverse=True) and len(begun) == 7


def test_a_part_goes_on_where_the_last_one_ended_even_if_its_end_has_gone() -> None:
    assert part(["a", "b", "d"], "", 2) == (slice(0, 2), "b") and part(["a", "d"], "b", 2) == (slice(1, 2), None)
    assert part(["d", "b", "a"], "c", 1, descending=True) == (slice(1, 2), "b") and part([], "x", 5) == (slice(0, 0), None)


def test_what_has_not_changed_is_not_sent_again(made: Service) -> None:
    asking = program(made)
    for path in ("sites", "sites/one", "sites/one/issues", "rounds", "openapi.json"):
        tag = asking.get(f"{API}/{path}").headers["etag"]
        again = asking.get(f"{API}/{path}", headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
    tag = asking.get(f"{API}/rounds").headers["etag"]
    with made.write() as store:
        store.begin_round("next", datetime.now(UTC), "manual")
        store.end_round("next", datetime.now(UTC))
    assert asking.get(f"{API}/rounds", headers={"If-None-Match": tag}).status_code == 200


# ---------------------------------------------------------------------------------------------- who may


def test_an_owner_s_key_tells_of_the_own_sites_only(made: Service) -> None:
    owner = program(made, Role.OWNER)
    assert [one["id"] for one in told(owner.get(f"{API}/sites"))["items"]] == ["one"]
    with made.read() as store:
        other = store.issues("two")[0].id
    for path in ("sites/two", "sites/two/runs", "sites/two/issues", "sites/two/ledger", f"sites/one/issues/{other}", "sites/nothing"):
        refused = owner.get(f"{API}/{path}")
        assert (refused.status_code, refused.headers["content-type"]) == (404, PROBLEM) and "二号" not in refused.text, path
    assert owner.ask("POST", f"{API}/rounds", json={"sites": ["one"]}, headers={"Idempotency-Key": "k" * 9}).status_code == 403


def test_refusals_are_problems_with_a_sentence(made: Service) -> None:
    stranger, asking = Browser(made), program(made)
    for answer, status in (
        (stranger.get(f"{API}/sites"), 401),
        (asking.get(f"{API}/nothing"), 404),
        (asking.get(f"{API}/sites?limit=0"), 422),
        (asking.get(f"{API}/sites/one/issues?state=broken"), 422),
        (asking.ask("DELETE", f"{API}/sites/one"), 405),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["status"], answer.headers["content-type"]) == (status, status, PROBLEM)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in problem["detail"])
    assert stranger.get(f"{API}/sites").headers["www-authenticate"] == "Bearer"


def test_a_cookie_alone_begins_nothing(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    assert browser.get(f"{API}/sites").status_code == 200
    refused = browser.ask("POST", f"{API}/rounds", json={"sites": ["one"]}, headers={"Idempotency-Key": "k" * 9})
    assert refused.status_code == 401 and not made.nights.running


# ---------------------------------------------------------------------------------------------- asking for a round


def test_a_round_that_is_asked_for_twice_begins_once(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go, asked = threading.Event(), threading.Event(), []

    def audited(chosen: list[object], *, trigger: str, resume: bool = False) -> None:
        asked.append([target.site.id for target in chosen])  # type: ignore[attr-defined]
        begun.set()
        go.wait(30)

    monkeypatch.setattr(made, "round", audited)
    asking = program(made)

    def post(key: str, *sites: str) -> httpx.Response:
        return asking.ask("POST", f"{API}/rounds", json={"sites": sites}, headers={"Idempotency-Key": key})

    first = post("key-of-monday", "one")
    assert first.status_code == 202 and first.json()["sites"] == ["one"] and begun.wait(30)
    assert post("key-of-monday", "one").content == first.content
    assert post("key-of-monday", "two").status_code == 422, "the key belongs to another request"
    busy = post("key-of-tuesday", "two")
    assert busy.status_code == 409 and "正有一次检测" in busy.json()["detail"]
    go.set()
    while made.nights.running:
        pass
    assert post("key-of-tuesday", "two").status_code == 202, "what came to nothing can be asked again"
    assert asked == [["one"], ["two"]] and post("key-of-monday", "one").content == first.content
    with made.read() as store:
        assert [entry.act for entry in LogBook(store).entries(2)] == [Act.RUN, Act.RUN]


@pytest.mark.parametrize("sites", [["http://169.254.169.254/"], ["localhost"], ["../one"], ["one", "nobody"], [], [1], "one"])
def test_only_sites_of_the_list_are_audited(made: Service, sites: object) -> None:
    answer = program(made).ask("POST", f"{API}/rounds", json={"sites": sites}, headers={"Idempotency-Key": "k" * 9})
    assert answer.status_code == 422 and not made.nights.running


def test_a_key_is_kept_for_a_week_and_says_while_its_answer_is_not_known(made: Service) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    with made.write() as store:
        requests = Requests(store)
        assert requests.begin("caozuo", "k", "a", now) == ""
        with pytest.raises(Unanswered):
            requests.begin("caozuo", "k", "a", now)
        with pytest.raises(OtherRequest):
            requests.begin("caozuo", "k", "b", now)
        assert requests.begin("hecha", "k", "b", now) == "", "keys of others are others"
        requests.answered("caozuo", "k", "{}")
        assert requests.begin("caozuo", "k", "a", now + timedelta(days=6)) == "{}"
        assert requests.begin("caozuo", "k", "a", now + timedelta(days=8)) == ""


# ---------------------------------------------------------------------------------------------- its description


def test_the_description_is_openapi_and_tells_every_address(made: Service) -> None:
    described = told(Browser(made).get(f"{API}/openapi.json"))
    assert described["openapi"].startswith("3.1") and described["security"] == [{"key": []}]
    assert set(described["paths"]) == {
        f"{API}/{path}" for path in ("rounds", "sites", "sites/{site}", "sites/{site}/runs", "sites/{site}/ledger", "sites/{site}/issues",
                                     "sites/{site}/issues/{issue}")
    }  # fmt: skip
    schemas = json.loads(json.dumps(described["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/"))
    for path, shape in (("sites", "Page_SiteShape_"), ("sites/one/issues", "Page_IssueShape_"), ("rounds", "Page_RoundShape_")):
        jsonschema.validate(told(program(made).get(f"{API}/{path}")), {"$defs": schemas, **schemas[shape]})


def test_no_input_breaks_it_or_gets_another_answer_than_described(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "run_now", lambda sites: True)
    asking = program(made)
    schema = schemathesis.openapi.from_dict(told(asking.get(f"{API}/openapi.json")))
    tried: list[int] = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def holds(case: schemathesis.Case) -> None:
            sent = case.as_transport_kwargs(base_url="http://audit.test")
            body = {name: sent[name] for name in ("json", "data", "params") if sent.get(name) is not None}
            answer = asking.ask(sent["method"], sent["url"], headers={**sent["headers"], **asking.headers}, **body)
            case.validate_response(
                schemathesis.Response.from_any(answer),
                checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance],
            )
            tried.append(answer.status_code)

        given(case=operation.as_strategy())(holds)()
    assert len(tried) > 60 and {200, 202} & set(tried) and max(tried) < 500


# ---------------------------------------------------------------------------------------------- watching


def test_prometheus_reads_how_nights_and_sites_are(made: Service) -> None:
    asking = program(made)
    answer = asking.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    for line in (
        "auditor_ok 1", "auditor_round_running 0", "auditor_sites 3", "auditor_sites_unconfirmed 1", 'auditor_site_open{site="one"} 1',
        'auditor_site_state{site="two",state="audited"} 1', "auditor_last_round_seconds 3600",
    ):  # fmt: skip
        assert line in lines, line
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names)) > 12
    for line in lines:
        name = re.split("[{ ]", line)[0]
        assert line.startswith("#") or re.sub("_(bucket|sum|count)$", "", name) in names
    assert program(made, Role.OWNER).get("/metrics").status_code == 403
    assert Browser(made).get("/metrics").status_code == 401
    again = asking.get("/metrics").text
    assert 'auditor_http_requests_total{method="GET",status="200"} 1' in again


def test_readiness_and_health_are_told_apart(made: Service) -> None:
    stranger = Browser(made)
    made.trouble = "磁盘空间不足"
    assert stranger.get("/health").status_code == 503 and stranger.get("/ready").json() == {"ready": True}
    made.stop.set()
    assert stranger.get("/ready").status_code == 503
