"""What commands print: the JSON shapes that scripts depend on, tables for a person, and progress on stderr."""

from __future__ import annotations

import json
import logging
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from auditor.addresses import canonical
from auditor.model import Coverage, Finding, Move, Outcome, Paired, Progress, Run, RunSummary, Score, State, Stop, Watch
from reports import alternatives, comparisons
from reports.text import escaped, plain, quoted, visible
from reports.words import CAUSE, RUN_STATE

if TYPE_CHECKING:
    from auditor.rounds import Outcome as RoundOutcome


class Teller:
    """Tells a person at a terminal how far it is; silent where nobody looks on."""

    def __init__(self, total: int | None) -> None:
        self.total, self.pages = total, 0
        self.watched = sys.stderr.isatty()

    def __enter__(self) -> Teller:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.watched and self.pages:
            click.echo("", err=True)

    def tell(self, news: Progress | RunSummary) -> None:
        """Take in one judged page or one stored run."""
        if isinstance(news, Progress):
            self.pages += 1
            if self.watched:
                share = f"{self.pages}/{self.total}" if self.total else str(self.pages)
                click.echo(f"\r已处理 {share} 页　{plain(news.judged.coverage.url, 70)}\033[K", err=True, nl=False)
        elif self.watched:
            click.echo(f"\r{news.site}：{RUN_STATE[news.state]}，{news.pages_audited + news.pages_reused} 页\033[K", err=True)


class LogLines(logging.Formatter):
    """One entry is one line, and what follows it (a traceback) is set in: no text of a site can pass for an entry or steer a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return plain(super().formatMessage(record), 2000)

    def formatException(self, info: Any) -> str:
        return "\n".join(f"    {visible(text)}" for text in super().formatException(info).splitlines())


class JsonLines(logging.Formatter):
    """One entry is one JSON object on one line: time in UTC, level, logger, text, and what the entry has as `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"time": at, "level": record.levelname, "logger": record.name, "text": record.getMessage(), **getattr(record, "fields", {})}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told)


def json_text(value: Any) -> str:
    """The JSON that commands print."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=2))


def round_json(outcome: RoundOutcome) -> dict[str, Any]:
    """The object that `auditor run --json` prints."""
    return {
        "round": outcome.round,
        "seconds": round(outcome.seconds, 1),
        "sites": [
            {
                "id": run.site, "state": run.state.value, "reason": run.reason,
                "coverage": {state.value: count for state, count in sorted(run.coverage.items())},
                "pages_audited": run.pages_audited, "pages_reused": run.pages_reused, "findings": run.findings,
                "issues": {"new": run.new, "open": run.open, "fixed": run.fixed, "reopened": run.reopened, "new_rule": run.new_rule},
                **_score(run.score), "alternatives": alternatives.as_json(run.score) if run.score else None,
            }
            for run in outcome.runs
        ],
    }  # fmt: skip


def _score(score: Score | None) -> dict[str, float | None]:
    value, low, high = (score.value, score.low, score.high) if score else (None, None, None)
    told = {"score": value, "score_low": low, "score_high": high}
    return {name: None if number is None else round(number, 2) for name, number in told.items()}


def round_table(watch: Watch, outcome: RoundOutcome) -> str:
    """The sites of a round as a table for a terminal."""
    names = {target.site.id: target.site.name for target in watch.targets}
    rows: list[Sequence[str]] = [("网站", "结果", "检测页数", "其中沿用", "已知地址", "障碍", "新增", "新规则查出", "消除", "重现", "说明")]
    for run in sorted(outcome.runs, key=lambda run: list(names).index(run.site) if run.site in names else len(names)):
        pages = run.pages_audited + run.pages_reused, run.pages_reused, sum(run.coverage.values())
        counts = (*pages, run.open, run.new, run.new_rule, run.fixed, run.reopened)
        rows.append((names.get(run.site, run.site), RUN_STATE[run.state], *map(str, counts), plain(run.reason)))
    return _table(rows)


def move_json(move: Move) -> dict[str, Any]:
    """The object that `auditor explain --json` prints; the parts add up to the change.

    `bridged`: whether the rules' part was measured on kept pages, where the rules changed in between; else null.
    """
    return {
        "since": move.since, "until": move.until, "before": move.before, "after": move.after, "change": move.after - move.before,
        "parts": {cause.value: points for cause, points in move.parts.items()}, "pages": move.pages,
        "bridged": move.bridged,
        "rules": {cause.value: [{"rule": rule, "pages": pages} for rule, pages in rules] for cause, rules in move.rules.items()},
        "paired": _paired(move.paired) if move.paired else None,
    }  # fmt: skip


def _paired(found: Paired) -> dict[str, Any]:
    return {
        "pages": found.pages, "covered": found.covered, "change": found.change, "low": found.low, "high": found.high,
        "demonstrable": found.demonstrable,
        "criteria": {criterion: {"mended": mended, "broken": broken} for criterion, (mended, broken) in found.turned.items()},
    }  # fmt: skip


def move_text(move: Move) -> str:
    """The same as a table, with the rules that account for most pages."""
    rows: list[Sequence[str]] = [("原因", "分值", "涉及的规则（页数）")]
    for cause, points in move.parts.items():
        told = "、".join(f"{rule}（{pages}）" for rule, pages in move.rules.get(cause, ())[:5])
        rows.append((CAUSE[cause], f"{round(points, 2) + 0.0:+.2f}", told))
    rows.append(("合计", f"{move.after - move.before:+.2f}", f"{move.before:.2f} → {move.after:.2f}，两次都检测的 {move.pages} 页"))
    return "\n".join((f"{move.since} → {move.until}", _table(rows), *comparisons.of_rules(move)))


def stops_text(stops: Sequence[Stop]) -> str:
    """The emergency stops in force, one to a line."""
    rows = [("主机", "时间", "要求的人", "理由")]
    rows += [
        ("全部" if stop.host == "*" else stop.host, f"{stop.since.astimezone():%Y-%m-%d %H:%M}" if stop.since else "", stop.by, stop.why)
        for stop in stops
    ]
    return _table(rows) if stops else "没有停止访问任何主机。"


def page_json(run: Run, addresses: Sequence[str]) -> dict[str, Any]:
    """The object that `auditor page --json` prints: one entry per address given, in the order given."""
    known = [(address, canonical(address) or address) for address in addresses]
    pages = {entry.url: entry for entry in run.coverage}
    found: dict[str, list[Finding]] = {}
    for finding in run.findings:
        found.setdefault(finding.page, []).append(finding)
    return {
        "versions": {**run.versions, "ruleset": run.ruleset_id, "environment": run.environment_id},
        "pages": [_page(address, pages.get(url), found.get(url, [])) for address, url in known],
    }


def page_text(run: Run, addresses: Sequence[str]) -> str:
    """The pages for a person: state, then one line per finding."""
    lines = []
    for entry in page_json(run, addresses)["pages"]:
        title = quoted(entry["title"]) if entry["title"] else ""
        lines.append(f"{plain(entry['url'])}　{title}　{plain(entry['reason']) or '已检测'}")
        for finding in entry["findings"]:
            mark = "不合格" if finding["outcome"] == Outcome.FAILED else "需要人工判断"
            lines.append(f"  [{mark}] {finding['rule']}（{'、'.join(finding['criteria']) or '良好做法'}）{plain(finding['selector'])}")
            lines.append(f"      {plain(finding['message'], 600)}")
    return "\n".join(lines)


def _page(address: str, entry: Coverage | None, findings: Sequence[Finding]) -> dict[str, Any]:
    entry = entry or Coverage(url=address, state=State.INTERRUPTED, reason="没有检测到这一页")
    return {
        "url": address, "final_url": entry.final_url, "state": entry.state.value, "reason": entry.reason, "status": entry.status,
        "title": entry.title, "seconds": entry.seconds,
        "findings": [
            {
                "rule": finding.rule, "criteria": list(finding.criteria), "outcome": finding.outcome.value, "impact": finding.impact.value,
                "selector": finding.element.selector, "snippet": finding.element.snippet, "message": finding.message,
                "engines": list(finding.engines),
            }
            for finding in findings
        ],
    }  # fmt: skip


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ((cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
