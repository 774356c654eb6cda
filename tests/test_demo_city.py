"""The demo city is served as told, and its known answers are what plain axe says: nothing missing, nothing extra."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from auditor import targets
from auditor.addresses import canonical, host_of
from auditor.demo import attachments
from auditor.demo.answers import PAGES, render, template_of
from auditor.demo.city import LAST_NIGHT, PORTALS, Known, addresses, expected, planned, plants, portal, targets_text
from auditor.demo.server import City
from auditor.model import DOCUMENTS, Outcome, State
from crawlers.browsers.find import find_browser, launch_flags

NIGHTS = range(1, LAST_NIGHT + 1)
AUDITED = [address for address in addresses() if address.state is State.AUDITED]
LEVELS = {"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"}


@pytest.fixture
def city() -> Iterator[City]:
    """The open city, on its first night."""
    with City(night=1) as city:
        yield city


class Reply:
    """What came back over real HTTP."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.type = response.headers["Content-Type"] or ""
        self.headers = response.headers
        self.body = response.read()


def ask(city: City, host: str, path: str, method: str = "GET") -> Reply:
    """One request to a host of the city."""
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=10)
    try:
        connection.request(method, path, headers={"Host": host, "User-Agent": "reader/1.0"})
        return Reply(connection.getresponse())
    finally:
        connection.close()


# ---------------------------------------------------------------------------------------------- the known answers


def test_the_city_has_enough_barriers_rules_and_doubts() -> None:
    failing = [plant for plant in plants() if plant.outcome is Outcome.FAILED]
    doubts = [plant for plant in plants() if plant.outcome is Outcome.CANT_TELL and plant.engine != DOCUMENTS]
    assert len(failing) >= 48
    assert len({plant.rule for plant in failing}) >= 28
    assert 8 <= len(doubts) <= 40
    assert Counter(plant.engine for plant in plants()).keys() == {"axe", "auditor", "site", "layout", "interaction", "documents"}
    assert sum(plant.engine != "axe" for plant in failing) >= 12
    assert {plant.site for plant in plants()} == {portal.id for portal in PORTALS} - {"clean"}


def test_plants_are_told_apart_and_stand_on_nights_that_exist() -> None:
    assert len({plant.id for plant in plants()}) == len(plants())
    places = Counter((host, path, rule, selector) for plant in plants() for host, path, rule, selector, _ in plant.answers())
    assert max(places.values()) == 1
    for plant in plants():
        assert plant.nights and set(plant.nights) <= set(NIGHTS), plant.id
        assert plant.what.endswith("。"), plant.id


def test_some_plants_hide_in_frames_of_the_own_and_of_another_host_and_in_a_shadow_root() -> None:
    steps = {plant.selector.split(" >>> ")[0] for plant in plants() if " >>> " in plant.selector}
    assert {"#tqyb", "#mailbox", "#menu", "hy-calendar"} <= steps


def test_one_defect_of_a_template_is_one_plant_on_all_its_pages() -> None:
    (close,) = [plant for plant in plants() if plant.id == "federation-toolbar-close"]
    assert len(close.pages) == 6
    assert {known.path for known in close.answers()} == set(close.pages)


def test_three_nights_bring_the_planned_number_of_new_fixed_and_reopened() -> None:
    brought = [planned(*range(1, night + 1)) for night in (1, 2, 3)]
    assert [(len(changes.new), len(changes.fixed), len(changes.reopened)) for changes in brought] == [(187, 0, 0), (17, 51, 0), (7, 51, 24)]
    for night in NIGHTS[1:]:
        changes = planned(*range(1, night + 1))
        assert (expected(night - 1) - changes.fixed) | changes.new | changes.reopened == expected(night)


def test_nights_after_the_last_look_like_the_last() -> None:
    assert expected(LAST_NIGHT + 5) == expected(LAST_NIGHT)


def test_what_an_auditor_who_missed_a_night_must_say() -> None:
    assert planned(1, 3).reopened == frozenset()
    assert planned(1, 3).fixed == expected(1) - expected(3)


def asked_plants(template: str) -> set[str]:
    """The plants a page asks about, whichever way each is answered."""
    asked: set[str] = set()

    def planted(answer: bool) -> Callable[[str], bool]:
        def note(plant: str) -> bool:
            asked.add(plant)
            return answer

        return note

    for answer in (False, True):
        render(template, 1, planted(answer))
    return asked


def test_pages_ask_only_about_plants_that_are_known_to_stand_there() -> None:
    for address in AUDITED:
        asked = asked_plants(template_of(portal(address.site), address.path))
        here = (portal(address.site).host, address.path)
        known = {plant.id: answer.selector for plant in plants() for answer in plant.answers() if answer[:2] == here}
        assert asked <= set(known), address.path
        assert all(" >>> " in known[framed] for framed in set(known) - asked), address.path


def test_every_plant_is_in_a_page() -> None:
    files = [path for path in PAGES.rglob("*") if path.suffix in (".html", ".htm")]
    sources = [*files, Path(attachments.__file__)]
    asked = set(re.findall(r'planted\("([a-z-]+)"\)', "".join(path.read_text(encoding="utf-8") for path in sources)))
    assert asked | {"archive-ofd-alone", "archive-old-format"} == {plant.id for plant in plants()}


# ---------------------------------------------------------------------------------------------- serving


def test_every_address_answers_as_its_state_demands(city: City) -> None:
    statuses = {State.GONE: 404, State.ERROR_PAGE: 503, State.REDIRECTED_OUT: 302}
    types = {"pdf": ("application/pdf", b"%PDF"), "zip": ("application/zip", b"PK"), "ofd": ("application/ofd", b"PK")}
    types |= {path.rpartition(".")[2]: (made.content_type, b"") for path, made in attachments.ATTACHMENTS.items() if path[-3:] not in types}
    for address in addresses():
        reply = ask(city, portal(address.site).host, address.path)
        wanted = 302 if address.path == "/news.asp" else statuses.get(address.state, 200)
        assert reply.status == wanted, address
        assert int(reply.headers["Content-Length"]) == len(reply.body)
        if address.state is State.NOT_HTML:
            kind, start = types[address.path.rpartition(".")[2]]
            assert reply.type == kind
            assert reply.body.startswith(start)
        elif wanted != 302:
            assert reply.type.startswith("text/html")


def test_redirects_lead_within_the_site_and_out_of_it(city: City) -> None:
    assert ask(city, "county.demo.test", "/news.asp").headers["Location"] == "/zwgk/index.htm"
    assert ask(city, "hospital.demo.test", "/bgcx").headers["Location"] == "http://fw.demo.test/jd/query.html"


def test_other_spellings_of_an_address_give_the_same_bytes(city: City) -> None:
    for host, one, other in [
        ("www.demo.test", "/", "/index.html"),
        ("www.demo.test", "/xwdt/20261110_1042.html", "/xwdt/20261110_1042.html?from=singlemessage"),
        ("county.demo.test", "/zwgk/t20261022_55.htm", "/zwgk/t20261022_55.htm;jsessionid=7F00D1A2C4B6"),
    ]:
        assert ask(city, host, one).body == ask(city, host, other).body


def test_the_county_speaks_gb18030_and_the_server_does_not_say_so(city: City) -> None:
    reply = ask(city, "county.demo.test", "/")
    assert reply.type == "text/html"
    assert b"<meta charset=gb2312>" in reply.body
    assert "石㙍村" in reply.body.decode("gb18030")
    for wrong in ("utf-8", "gb2312"):
        with pytest.raises(UnicodeDecodeError):
            reply.body.decode(wrong)


def test_special_pages_are_special(city: City) -> None:
    assert ask(city, "fw.demo.test", "/login.html").headers["Content-Security-Policy"] == "script-src 'self'"
    script = ask(city, "county.demo.test", "/js/common.js").body.decode()
    assert all(f"window.{name} = " in script for name in ("Element", "JSON", "Promise"))
    assert "Disallow: /manage/" in ask(city, "www.demo.test", "/robots.txt").body.decode()


def test_a_night_changes_the_pages_of_its_plants_and_no_others(city: City) -> None:
    def pages() -> dict[tuple[str, str], bytes]:
        offered = [address for address in addresses() if address.site == "archive" and address.state is State.NOT_HTML]
        shown = [*AUDITED, *offered]
        return {(address.site, address.path): ask(city, portal(address.site).host, address.path).body for address in shown}

    before = pages()
    for night in NIGHTS[1:]:
        city.night = night
        after = pages()
        turned = [plant for plant in plants() if plant.stands(night) != plant.stands(night - 1)]
        touched = {(plant.site, path) for plant in turned for path in (*plant.pages, *plant.also)}
        framed = {(plant.site, path) for plant in turned if " >>> " in plant.selector for path in plant.pages}
        framed |= {("county", "/bmfw/index.htm")}  # shows /bmfw/bus.htm in a frame
        changed = {place for place in before if before[place] != after[place]}
        assert touched - framed <= changed <= touched
        before = after


def test_unknown_hosts_and_files_that_are_not_pages_are_not_found_and_are_counted(city: City) -> None:
    assert ask(city, "www.example.test", "/").status == 404
    for path in ("/_base.html", "/../city.py", "/nothing.html"):
        assert ask(city, "www.demo.test", path).status == 404
    assert city.requests["www.example.test", "/"] == 1


def test_the_book_says_who_asked_for_what_and_how_much_at_once(city: City) -> None:
    for _ in range(3):
        ask(city, "clean.demo.test", "/kaifang.html?x=1")
    assert ask(city, "clean.demo.test", "/", "HEAD").body == b""
    assert ask(city, "clean.demo.test", "/", "POST").status == 405
    assert city.requests["clean.demo.test", "/kaifang.html?x=1"] == 3
    assert city.methods == {"GET": 3, "HEAD": 1, "POST": 1}
    assert city.user_agents == {"reader/1.0"}
    assert city.max_in_flight["clean.demo.test"] == 1


def test_requests_at_the_same_time_are_seen_as_such(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=10)
    real = city.asked

    def asked_together(host: str, method: str, path: str, user_agent: str) -> None:
        real(host, method, path, user_agent)
        both.wait()

    monkeypatch.setattr(city, "asked", asked_together)
    readers = [threading.Thread(target=ask, args=(city, "clean.demo.test", "/")) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert city.max_in_flight["clean.demo.test"] == 2


def test_a_connection_is_kept_for_the_next_request(city: City) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=10)
    ports = set()
    for path in ("/", "/kaifang.html"):
        connection.request("GET", path, headers={"Host": "clean.demo.test"})
        assert connection.getresponse().read()
        ports.add(connection.sock.getsockname()[1])
    connection.close()
    assert len(ports) == 1


# ---------------------------------------------------------------------------------------------- the city as a whole


def test_links_and_frames_lead_to_the_listed_addresses_and_nowhere_else(city: City) -> None:
    met: set[tuple[str, str]] = set()
    for address in AUDITED:
        here = portal(address.site)
        page = BeautifulSoup(ask(city, here.host, address.path).body, "lxml", from_encoding="gb18030" if here.id == "county" else "utf-8")
        found = [tag.get("href") or tag.get("src") for tag in page.select("a[href], area[href], iframe[src], frame[src]")]
        urls = {canonical(str(link), f"http://{here.host}{address.path}") for link in found if not str(link).startswith("#")}
        met |= {(here.id, url.partition(here.host)[2]) for url in urls if url and host_of(url) == here.host}
    assert met == {(address.site, address.path) for address in addresses() if address.linked}
    assert len(AUDITED) <= 70


def test_the_sitemap_names_a_page_that_no_link_leads_to(city: City) -> None:
    sitemap = ask(city, "www.demo.test", "/sitemap.xml")
    named = set(re.findall(r"<loc>http://www\.demo\.test(/[^<]*)</loc>", sitemap.body.decode()))
    (hidden,) = [address.path for address in addresses() if not address.linked]
    assert hidden in named


def test_the_city_names_no_host_outside_itself() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES.rglob("*") if path.is_file())
    hosts = {host_of(url) for url in re.findall(r"https?://[^\s\"'<>)]+", text)}
    assert hosts - {"www.w3.org", "www.sitemaps.org"} == {portal.host for portal in PORTALS}


def test_the_targets_of_the_city_are_right_and_point_at_its_port() -> None:
    watch = targets.loads(targets_text(23456))
    assert dict(watch.network.resolve) == {"*.demo.test:80": "127.0.0.1:23456"}
    sites = [target.site for target in watch.targets]
    told = [(site.id, site.name, host_of(site.url), site.category, site.owner) for site in sites]
    assert told == [(portal.id, portal.name, portal.host, portal.category, portal.owner) for portal in PORTALS]


# ---------------------------------------------------------------------------------------------- plain axe in a real browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
ALL_RULES = "({rules: Object.fromEntries(axe.getRules().map(r => [r.ruleId, {enabled: !r.tags.includes('deprecated')}]))})"


def evaluate(cdp: CDPSession, world: int, script: str, *, by_value: bool = True) -> Any:
    """The awaited value of a script in an isolated world, where the page's own scripts and policies do not reach."""
    answer = cdp.send("Runtime.evaluate", {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": by_value})
    assert "exceptionDetails" not in answer, answer
    return answer["result"]["value"] if by_value else answer["result"]


def isolated_world(cdp: CDPSession, frame: str) -> int:
    """A world of our own in this frame, with axe in it."""
    world = cdp.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "test"})["executionContextId"]
    evaluate(cdp, world, AXE + ";0")
    return int(world)


def partial_results(cdp: CDPSession, frame: str, context: str = "document") -> list[Any]:
    """axe's partial result of a frame, then those of its frames, in the order axe wants them."""
    world = isolated_world(cdp, frame)
    script = f"axe.runPartial({context}, {ALL_RULES}).then(partial => JSON.stringify([partial, axe.utils.getFrameContexts({context})]))"
    partial, children = json.loads(evaluate(cdp, world, script))
    results = [partial]
    for child in children:
        element = evaluate(cdp, world, f"axe.utils.shadowSelect({json.dumps(child['frameSelector'])})", by_value=False)
        inner = cdp.send("DOM.describeNode", {"objectId": element["objectId"]})["node"]["frameId"]
        results += partial_results(cdp, inner, json.dumps(child["frameContext"]))
    return results


def judged(page: Page, host: str, path: str, *, everything: bool = False) -> set[Known]:
    """What axe says about the open page; without `everything` only rules with a criterion of level A or AA."""
    cdp = page.context.new_cdp_session(page)
    top = cdp.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    partials = partial_results(cdp, top)
    world = isolated_world(cdp, top)
    result = json.loads(evaluate(cdp, world, f"axe.finishRun({json.dumps(partials)}, {ALL_RULES}).then(r => JSON.stringify(r))"))
    cdp.detach()
    return {
        Known(host, path, rule["id"], joined(node["target"]), outcome)
        for kind, outcome in (("violations", "failed"), ("incomplete", "cantTell"))
        for rule in result[kind]
        if everything or LEVELS & set(rule["tags"])
        for node in rule["nodes"]
    }


def joined(target: list[str | list[str]]) -> str:
    """axe's way to an element (a list of frames, in each a list of shadow hosts) as one selector."""
    return " >>> ".join(step for part in target for step in ([part] if isinstance(part, str) else part))


@pytest.fixture
def browser(city: City) -> Iterator[BrowserContext]:
    """A Chromium for which the hosts of the city exist."""
    flags = [*launch_flags(), f"--host-resolver-rules=MAP *.demo.test:80 127.0.0.1:{city.port}"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        yield chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        chromium.close()


@pytest.mark.browser
@pytest.mark.parametrize("night", [1, 2, 3, pytest.param(4, marks=pytest.mark.slow)])
def test_plain_axe_finds_exactly_the_known_answers(city: City, browser: BrowserContext, night: int) -> None:
    city.night = night
    found: set[Known] = set()
    errors: list[str] = []
    for address in AUDITED:
        page = browser.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://{portal(address.site).host}{address.path}")
        found |= judged(page, portal(address.site).host, address.path)
        page.close()
    want = expected(night, frames=True, axe_alone=True)
    assert (sorted(want - found), sorted(found - want)) == ([], [])
    assert errors == []
    assert city.methods.keys() == {"GET"}


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_the_control_site_is_clean_under_every_rule_and_does_not_scroll_sideways(city: City, browser: BrowserContext, width: int) -> None:
    host = portal("clean").host
    for address in AUDITED:
        if address.site == "clean":
            page = browser.new_page()
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"http://{host}{address.path}")
            assert judged(page, host, address.path, everything=True) == set()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.close()
