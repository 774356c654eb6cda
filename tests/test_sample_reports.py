"""What reports say of a sample: that it was drawn, out of what, by which seeds, why it ended, and what it does not speak for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup

from auditor.model import Coverage, Enough, Mark, RunState, Sample, Score, SiteHistory, State
from reports.sampling import completeness, of_site, period
from reports.site import render_site
from tests.histories import history, run, target

SAMPLE = Sample(
    period="2026Q4", seed="ab" * 32, before="cd" * 32, budget=60, frame=400, strata=2, drawn=50, looked=40, sure=10, late=7, left_out=3,
    enough=Enough.NARROW,
)  # fmt: skip
SCORE = Score(value=81, error=1, low=79, high=83, freedom=30, pages=49, population=398, strata=3, principles=80, sample=SAMPLE)


def site() -> SiteHistory:
    def entry(n: int, mark: Mark, stratum: str = "", state: State = State.AUDITED) -> Coverage:
        return Coverage(url=f"http://x.gov.cn/{mark}{stratum}/{n}", state=state, mark=mark, stratum=stratum)

    coverage = (
        *(entry(n, Mark.SURE) for n in range(10)), *(entry(n, Mark.PANEL, "x.gov.cn/art_#.html") for n in range(20)),
        *(entry(n, Mark.FRESH, "x.gov.cn/art_#.html") for n in range(19)), entry(99, Mark.FRESH, "x.gov.cn/art_#.html", State.GONE),
        *(entry(n, Mark.FRAME, "x.gov.cn/art_#.html", State.NOT_SAMPLED) for n in range(350)),
        *(entry(n, Mark.FRAME, "~", State.NOT_SAMPLED) for n in range(10)), entry(0, Mark.LATE, "", State.NOT_SAMPLED),
    )  # fmt: skip
    last = replace(run("b", 0, RunState.AUDITED, {State.AUDITED: 49}), score=SCORE, sample=SAMPLE)
    return SiteHistory(target=target("b", "乙县政府"), runs=(last,), coverage=coverage)


def test_a_drawn_sample_is_told_with_its_basis_seed_and_end() -> None:
    known = replace(history(), sites=(site(),))
    told = b"".join(content for _, content in render_site(known, known.sites[0])).decode()
    assert "随机抽取：已知网页约 398 页，检测 49 页（从 400 个网址中分 2 层随机抽取 40 个，另有必查和先行检测的 10 个）" in told
    assert f"抽样时段 2026 年第 4 季度，种子 {'ab' * 32}，上一时段的种子 {'cd' * 32}" in told
    assert "停止原因：上一时段的检测表明，抽取这么多网页就足够" in told and "不是随机抽取" not in told
    assert "抽样之后才发现的网址 7 个（下次检测时列入抽样范围）；以前检测时不是本站网页的网址 3 个" in told


def test_how_complete_the_known_addresses_are_is_told_honestly() -> None:
    def of(**changes: Any) -> str:
        return "".join(completeness(replace(SAMPLE, **changes)))

    assert of() == "指数只说明抽样时已知的网址；网站另有多少网址，不能估计。"
    assert "多于已知的，多多少要等读完才能估计" in of(read=100, met=900, unread=12, unknown=3.0)
    assert "读取了 100 个网址的链接，由此新发现网址 900 个" in of(read=100, met=900, unread=12)
    assert "共约 430 个，抽样时已知约 93%" in of(unknown=23.0)
    assert "估计基本完整" in of(unknown=0.0, late=0) and "估计基本完整" not in of(unknown=0.0)


def test_every_stratum_stands_in_a_table_with_what_a_page_of_it_stands_for() -> None:
    section = of_site(site())
    assert section is not None
    table = BeautifulSoup("".join(map(str, section.items)), "html.parser")
    assert [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")] == [
        ["必查和先行检测的网页", "10", "10", "10", "0", "1"],
        ["x.gov.cn/art_#.html", "390", "40", "39", "1", "9.8"],
        ["其余少见的网址", "10", "0", "0", "0", "—"],
    ]


def test_without_a_sample_there_is_no_table() -> None:
    assert of_site(SiteHistory(target=target("b", "乙县政府"), runs=(run("b", 0, RunState.AUDITED, {State.AUDITED: 3}),))) is None
    assert period("r1") == "r1"
