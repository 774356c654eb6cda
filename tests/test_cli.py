"""The command line as scripts depend on it: shapes, exit states, sentences."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Web

from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Profile
from checks import judge

GOOD = """\
version: 1
regions: [{id: "990000", name: 测试市, local: true}]
network:
  user_agent: "TestAudit/1.0 (+http://test.test/; 0000-1)"
  resolve: {"*.one.test:80": "127.0.0.1:18999"}
defaults: {delay: 0, max_pages: 5, profile: static}
sites:
  - {id: one, name: 一号网站, url: "http://www.one.test/", category: portal, region: "990000", owner: 某局}
"""


def auditor(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a script would."""
    return subprocess.run([sys.executable, "-m", "auditor", *words], capture_output=True, text=True, timeout=240, cwd=cwd)


def test_ten_mistakes_give_ten_lines_with_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "targets.yml"
    file.write_text(
        """\
version: 1
regions: [{id: "370800", name: 济宁市}]
network: {user_agent: "A/1 (+http://a.test/)", resolv: {}}
timezone: Asia/Shanhai
defaults: {max_page: 5, tabs: 99, delay: -1}
sites:
  - {id: one, name: 一, url: "ftp://a.gov.cn/", category: portal, region: "370800", owner: 甲}
  - {id: one, name: 二, url: "http://b.gov.cn/", category: portel, region: "370899", owner: 乙}
  - {id: three, name: 三, url: "http://c.gov.cn/", category: portal, region: "370800", owner: 丙, schedule: "0 2 * * 1"}
""",
        encoding="utf-8",
    )
    done = auditor("check", "-t", "targets.yml", cwd=tmp_path)
    lines = done.stderr.splitlines()
    assert (done.returncode, len(lines), done.stdout) == (2, 10, ""), done.stderr
    places = [tuple(map(int, line.split(":")[1:3])) for line in lines]
    assert places == sorted(places)
    assert [line for line, _ in places] == [3, 4, 5, 5, 5, 7, 8, 8, 8, 9]
    assert all(line.startswith("targets.yml:") for line in lines)
    assert "resolve" in lines[0] and "max_pages" in lines[2] and "portal" in " ".join(lines[6:9])


def test_commands_that_are_wrong_end_with_two_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "targets.yml").write_text(GOOD, encoding="utf-8")
    for words in (
        ("check", "-t", "missing.yml"),
        ("run", "--site", "nobody"),
        ("page",),
        ("page", "www.gov.cn"),
        ("confirm", "nobody", "--by", "张三"),
        ("nonsense",),
    ):
        done = auditor(*words, cwd=tmp_path)
        assert done.returncode == 2, (words, done)
        assert done.stderr.strip() and "Traceback" not in done.stderr, words


def test_reports_of_nothing_end_with_one_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "targets.yml").write_text(GOOD, encoding="utf-8")
    done = auditor("report", cwd=tmp_path)
    assert (done.returncode, "auditor run" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_an_unconfirmed_site_is_told_and_not_visited(tmp_path: Path) -> None:
    (tmp_path / "targets.yml").write_text(GOOD.replace("*.one.test:80", "*.other.test:80"), encoding="utf-8")
    done = auditor("run", "--json", cwd=tmp_path)
    (site,) = json.loads(done.stdout)["sites"]
    assert (done.returncode, site["state"], site["coverage"]) == (1, "failed", {"not-confirmed": 1})
    assert "auditor confirm one --by" in done.stderr
    assert auditor("confirm", "one", "--by", "张三", cwd=tmp_path).returncode == 0
    assert "confirmed: {by: 张三, date: " in (tmp_path / "targets.yml").read_text(encoding="utf-8")


@pytest.mark.browser
def test_page_prints_exactly_the_promised_shape(tmp_path: Path, web: Web) -> None:
    web["/"] = "<html><title>甲</title><img src=a.png><p style='color:#999'>灰</p></html>"
    addresses = [web.url("/"), web.url("/missing"), "http://nowhere.invalid/"]
    done = auditor("page", *addresses, "--allow", "localhost", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"versions", "pages"}
    assert told["versions"]["axe"] == "4.12.1"
    assert [page["url"] for page in told["pages"]] == addresses
    assert [page["state"] for page in told["pages"]] == ["audited", "gone", "dns-error"]
    for page in told["pages"]:
        assert set(page) == {"url", "final_url", "state", "reason", "status", "title", "seconds", "findings"}
        assert (page["reason"] == "") == (page["state"] == "audited")
    finding = next(one for one in told["pages"][0]["findings"] if one["rule"] == "image-alt")
    assert set(finding) == {"rule", "criteria", "outcome", "impact", "selector", "snippet", "message", "engines"}
    assert (finding["criteria"], finding["outcome"], finding["impact"], finding["engines"]) == (["1.1.1"], "failed", "critical", ["axe"])
    assert any(not one["criteria"] for one in told["pages"][0]["findings"]), "without --level best practice is told too"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_page_exit_states_and_levels(tmp_path: Path, web: Web) -> None:
    web["/"] = "<html lang=zh><title>甲</title><img src=a.png></html>"
    (tmp_path / "list.txt").write_text(f"# 两个网址\n{web.url('/')}\n\n{web.url('/')}#top\n", encoding="utf-8")
    failing = auditor(
        "page", "--urls-from", "list.txt", "--allow", "localhost", "--level", "AA", "--fail-on", "failed", "--json", cwd=tmp_path
    )
    assert failing.returncode == 1
    pages: list[dict[str, Any]] = json.loads(failing.stdout)["pages"]
    assert len(pages) == 2 and all(one["criteria"] for page in pages for one in page["findings"])
    private = auditor("page", web.url("/"), "--json", cwd=tmp_path)
    assert (private.returncode, json.loads(private.stdout)["pages"][0]["state"]) == (1, "denied-by-egress")


@pytest.mark.browser
def test_run_prints_exactly_the_promised_shape_and_report_writes_pages(tmp_path: Path) -> None:
    with City(night=1) as city:
        (tmp_path / "targets.yml").write_text(targets_text(city.port, Profile.STATIC), encoding="utf-8")
        done = auditor("run", "--site", "clean", "--site", "hospital", "--json", cwd=tmp_path)
        city.night = 2
        second = auditor("run", "--site", "hospital", "--json", cwd=tmp_path)
    assert done.returncode == second.returncode == 0, done.stderr + second.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"round", "seconds", "sites"}
    sites = {site["id"]: site for site in told["sites"]}
    assert set(sites) == {"clean", "hospital"}
    for site in sites.values():
        assert set(site) == {
            "id",
            "state",
            "reason",
            "coverage",
            "pages_audited",
            "pages_reused",
            "findings",
            "issues",
            "score",
            "score_low",
            "score_high",
            "alternatives",
        }
        assert set(site["issues"]) == {"new", "open", "fixed", "reopened", "new_rule"}
        assert site["state"] == "audited" and site["score_low"] == site["score"] == site["score_high"]  # every page was judged
    assert sites["clean"]["score"] == 100 > sites["hospital"]["score"] > 50
    move_is_explained(tmp_path, sites["hospital"]["score"], json.loads(second.stdout)["sites"][0]["score"])
    assert sites["clean"]["findings"] == 0 < sites["hospital"]["issues"]["new"]
    assert auditor("report", cwd=tmp_path).returncode == 0
    assert "相比变动 +" in (tmp_path / "out" / "site" / "sites" / "hospital.html").read_text(encoding="utf-8")
    decided = decide_first_group(tmp_path)
    assert decided.returncode == 0, decided.stderr


def move_is_explained(folder: Path, before: float, after: float) -> None:
    """The parts of the change add up to it, in JSON and for people."""
    told = auditor("explain", "hospital", "--json", cwd=folder)
    move = json.loads(told.stdout)
    assert (round(move["before"], 2), round(move["after"], 2)) == (before, after) and after > before
    assert sum(move["parts"].values()) == pytest.approx(move["change"]) and move["parts"]["repaired"] > 0 == move["parts"]["rules"]
    assert f"合计 {move['change']:+.2f}" in " ".join(auditor("explain", "hospital", cwd=folder).stdout.split())
    for words, why in ((("clean",), "没有两次"), (("hospital", "--from", "nix"), "nix"), (("nobody",), "没有网站 nobody 的检测")):
        wrong = auditor("explain", *words, cwd=folder)
        assert wrong.returncode == 1 and why in wrong.stderr


def decide_first_group(folder: Path) -> subprocess.CompletedProcess[str]:
    """Call the first group of the hospital a false positive, by its number as the report prints it."""
    from auditor.store import Store

    with Store.open(folder / "out" / "auditor.db", readonly=True) as store:
        group = next(iter(store.issues("hospital"))).group
    return auditor(
        "decide", "hospital", group[:10], "--as", "accepted", "--by", "李四", "--why", "改版时处理", "--until", "2027-06-30", cwd=folder
    )


def test_doctor_names_everything_it_looked_at(tmp_path: Path) -> None:
    done = auditor("doctor", cwd=tmp_path)
    for name in ("Python", "浏览器", "浏览器驱动", "中文字体", "磁盘", "SQLite", "axe-core"):
        assert f"] {name}：" in done.stdout
    assert done.returncode in (0, 1)


def test_doctor_says_what_is_missing_and_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_BROWSER", "no-such-browser")
    done = auditor("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "[缺少] 浏览器：没有找到" in done.stdout and "playwright install chromium" in done.stdout


def test_rules_are_listed_by_level() -> None:
    told = json.loads(auditor("rules", "--level", "A", "--json").stdout)
    assert {rule["level"] for rule in told} == {"A"} and len(told) > 40
    assert len(json.loads(auditor("rules", "--json").stdout)) == len(judge.asked()) > len(judge.asked(None, Profile.AXE)) == 100


def test_whoever_names_a_login_page_or_a_blank_document_gets_it_judged(web: Web) -> None:
    web["/login"] = (
        "<!DOCTYPE html><html><head><title>登录</title></head><body>"
        "<form><input name='u'><input type='password' name='p'><button>登录</button></form></body></html>"
    )
    web["/blank"] = "<!DOCTYPE html><html><head><title>空</title></head><body></body></html>"
    web["/later"] = "<!DOCTYPE html><html><head><title>空</title><script></script></head><body></body></html>"
    done = auditor("page", *(web.url(path) for path in ("/login", "/blank", "/later")), "--allow", "localhost", "--json")
    told = {page["url"]: page for page in json.loads(done.stdout)["pages"]}
    assert [told[web.url(path)]["state"] for path in ("/login", "/blank", "/later")] == ["audited", "audited", "render-failed"]
    for path in ("/login", "/blank"):
        assert "html-has-lang" in {finding["rule"] for finding in told[web.url(path)]["findings"]}
