"""What the database tells: every reading of the store, as words of the model."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from auditor import store_brief, store_carried
from auditor import store_rows as rows
from auditor.goals import quarter_ends
from auditor.model import (
    SEEN,
    Bridge,
    Carried,
    CoreIndex,
    Coverage,
    Covered,
    Criterion,
    Decision,
    History,
    Issue,
    Judged,
    Permit,
    Rule,
    RunSummary,
    SiteHistory,
    Span,
    State,
    Tally,
    Target,
    Variant,
    Watch,
)
from auditor.moves import Night
from auditor.plain import load
from auditor.store_cases import read_cases
from auditor.store_complaints import complaint_counts
from auditor.store_lock import StoreError, told
from auditor.store_rounds import RETEST, RoundReader

ISSUE_FILTERS: Mapping[str, str] = {
    "id": "i.id", "state": "i.state", "outcome": "i.outcome", "impact": "i.impact", "rule": "i.rule", "group": "i.grp", "page": "a.url",
    "variant": "a.variant",
}  # fmt: skip
"""What issues can be chosen by -> where that lies."""

RETESTS_TOLD = 2000
EVER = "(i.closed_round IS NULL OR i.closed_round >= 0)"
"""Every issue; said so, since those that stand and those that do not have an index each."""
RUNS_TOLD = 400
CLOSED_TOLD = 30
"""Rounds for which reports still hear of an issue that was closed."""


class StoreReader(RoundReader):
    """The reading half of the store."""

    def newest_runs(self) -> Mapping[str, RunSummary]:
        """Site -> its newest run, in brief."""
        newest = "SELECT no, (SELECT max(round) FROM run WHERE site = no) FROM site"
        return {run.site: run for run in self._runs(f"(r.site, r.round) IN ({newest})", (), brief=True)}

    def runs_in(self, round: str) -> tuple[RunSummary, ...]:
        """The runs of a round in brief, in the order in which they ended."""
        return self._runs("n.id = ? ORDER BY r.finished", (round,), brief=True)

    def shown(self, site: str, digest: str) -> bool:
        """Whether a picture belongs to an issue, a keyboard walk or a finding by hand of a site."""
        query = (
            "SELECT 1 FROM issue i JOIN site s ON s.no = i.site WHERE s.id = ?1 AND i.closed_round IS NULL AND ?2 IN (i.picture, i.scene) "
            "UNION ALL SELECT 1 FROM issue i JOIN site s ON s.no = i.site "
            "WHERE s.id = ?1 AND i.closed_round IS NOT NULL AND ?2 IN (i.picture, i.scene) "
            "UNION ALL SELECT 1 FROM address a JOIN site s ON s.no = a.site "
            "WHERE s.id = ?1 AND a.walk <> '' AND a.walk ->> '$.picture' = ?2 "
            "UNION ALL SELECT 1 FROM hand_check h JOIN site s ON s.no = h.site WHERE s.id = ?1 AND h.picture = ?2 LIMIT 1"
        )
        return bool(digest) and bool(self._query(query, (site, digest)))

    def journal(self, round: str, site: str) -> tuple[Judged, ...]:
        """The pages of a run that is not stored yet, each once, in the order in which they were judged."""
        query = (
            "SELECT j.body FROM journal j JOIN round n ON n.no = j.round JOIN site s ON s.no = j.site "
            "WHERE n.id = ? AND s.id = ? ORDER BY j.seq"
        )
        found: dict[tuple[str, Variant], Judged] = {}
        for (body,) in self._query(query, (round, site)):
            judged = load(Judged, zlib.decompress(body))
            found[judged.coverage.url, judged.coverage.variant] = judged
        return tuple(found.values())

    def known(self, site: str) -> tuple[Coverage, ...]:
        """Every address that was ever met on a site, as it last ended, with what it was last judged with."""
        query = (
            f"SELECT {rows.COVERAGE_COLUMNS} FROM site s JOIN address a ON a.site = s.no JOIN coverage c ON c.address = a.no "
            "AND c.first_round = (SELECT max(first_round) FROM coverage WHERE address = a.no) WHERE s.id = ? ORDER BY a.no"
        )
        with told(self.path):
            return tuple(rows.coverage(row) for row in self.db.execute(query, (site,)))

    def ledger(self, site: str, round: str | None = None) -> Iterator[Coverage]:
        """The ledger of a site as its last run up to a round left it (None: the newest run), each address once.

        State, reason, status, final address and engines are those of then; the rest is what is known of the address today.
        """
        newest = (
            "SELECT max(r.round) FROM run r JOIN site s ON s.no = r.site "
            "WHERE s.id = ?1 AND (?2 IS NULL OR r.round <= (SELECT no FROM round WHERE id = ?2))"
        )
        (number,) = self._query(newest, (site, round))[0]
        told = self._query("SELECT reused FROM run WHERE round = ? AND site = (SELECT no FROM site WHERE id = ?)", (number, site))
        reused = frozenset(json.loads(told[0][0])) if told and told[0][0] else frozenset[int]()
        query = (
            f"SELECT a.no, {rows.COVERAGE_COLUMNS} FROM site s JOIN address a ON a.site = s.no JOIN coverage c ON c.address = a.no "
            "WHERE s.id = ?1 AND c.first_round <= ?2 AND (c.last_round IS NULL OR c.last_round > ?2) ORDER BY a.no"
        )
        return (rows.coverage(row[1:], reused=row[0] in reused) for row in self._query(query, (site, number)))

    def carried(self, site: str, now: datetime, zone: ZoneInfo) -> tuple[Carried, ...]:
        """The judgements of a site's pages that are young enough to be carried over or compared with."""
        since = rows.moment(now - store_carried.KEPT)
        return tuple(store_carried.carried(row, zone) for row in self._query(store_carried.CARRIED, (site, since)))

    def tallies(self, site: str, round: str | None = None) -> tuple[Tally, ...]:
        """The tallies of the pages of a site after a round (None: today), each as of the last run that judged the page by then."""
        number = None if round is None else self._numbers([round])[round]
        query = (
            "SELECT a.url, a.variant, t.rule, t.failed, t.passed, t.cant_tell FROM site s JOIN address a ON a.site = s.no "
            "JOIN tally t ON t.address = a.no WHERE s.id = ?1 AND (t.last_round IS NULL OR t.last_round > ?2) "
            "AND (?2 IS NULL OR t.first_round <= ?2) ORDER BY a.no, t.rule"
        )
        return tuple(rows.tally(row) for row in self._query(query, (site, number)))

    def night(self, site: str, round: str) -> Night:
        """What the index of a site rested on in a round, and what it was; StoreError where there is no such run.

        What is known of pages that were not judged then is of an earlier night, and no part of it.
        """
        found = self._query(
            "SELECT b.rules, r.score FROM run r JOIN site s ON s.no = r.site JOIN round n ON n.no = r.round JOIN basis b ON b.no = r.basis "
            "WHERE s.id = ? AND n.id = ?", (site, round)
        )  # fmt: skip
        if not found:
            raise StoreError(f"网站 {site} 在轮次 {round} 没有结果。")
        ledger, asked = tuple(self.ledger(site, round)), frozenset[str](json.loads(found[0][0]))
        published = json.loads(found[0][1])["value"] if found[0][1] else None
        judged = {(entry.url, entry.variant) for entry in ledger if entry.state in SEEN | {State.NOT_HTML}}
        tallies = tuple(tally for tally in self.tallies(site, round) if (tally.page, tally.variant) in judged)
        return Night(round=round, coverage=ledger, tallies=tallies, asked=asked, published=published)

    def runs(self, site: str, limit: int | None = None, *, brief: bool = False) -> tuple[RunSummary, ...]:
        """The runs of a site, newest first; `brief`: without the criteria of their scores, their moves and requests."""
        return self._runs("s.id = ? ORDER BY r.round DESC LIMIT ?", (site, -1 if limit is None else limit), brief=brief)

    def asked_before(self, site: str, round: str) -> frozenset[str]:
        """The rules that any run of a site before a round asked; none: there was no such run."""
        query = (
            "SELECT DISTINCT b.rules FROM run r JOIN site s ON s.no = r.site JOIN round n ON n.no = r.round JOIN basis b ON b.no = r.basis "
            "WHERE s.id = ?1 AND b.rules <> '[]' AND n.no < coalesce((SELECT no FROM round WHERE id = ?2), n.no + 1)"
        )
        return frozenset(rule for (told,) in self._query(query, (site, round)) for rule in json.loads(told))

    def run_of(self, site: str, round: str) -> RunSummary | None:
        """The run of a site in a round; None if it is not stored."""
        return next(iter(self._runs("s.id = ? AND n.id = ?", (site, round))), None)

    def issues(self, site: str, *, standing: bool | None = None) -> tuple[Issue, ...]:
        """The issues of a site in the order in which they were found: all, or only those that stand, or only those that do not."""
        chosen = {None: f" AND {EVER}", True: " AND i.closed_round IS NULL", False: " AND i.closed_round IS NOT NULL"}[standing]
        return self._issues(f"s.id = ?{chosen}", (site,))

    def issue(self, name: str) -> Issue | None:
        """One issue by its id."""
        return next(iter(self._issues("i.id = ?", (name,))), None)

    def issue_page(
        self, site: str, after: str, limit: int, filters: Mapping[str, str], *, standing: bool | None = None
    ) -> tuple[tuple[Issue, ...], int]:
        """The next issues of a site in the order of their ids, and how many there are altogether.

        `filters`: some of ISSUE_FILTERS -> the value that an issue must have.
        """
        where, values = "s.id = ?", [rows.text(site)]
        for name, value in filters.items():
            where, values = f"{where} AND {ISSUE_FILTERS[name]} = ?", [*values, rows.text(value)]
        where += {None: f" AND {EVER}", True: " AND i.closed_round IS NULL", False: " AND i.closed_round IS NOT NULL"}[standing]
        joined = f"FROM issue i JOIN site s ON s.no = i.site JOIN address a ON a.no = i.address WHERE {where}"
        (total,) = self._query(f"SELECT count(*) {joined}", values)[0]
        ids = self._query(f"SELECT i.id {joined} AND i.id > ? ORDER BY i.id LIMIT ?", [*values, rows.text(after), limit])
        found = self._issues("i.id IN (SELECT value FROM json_each(?))", (json.dumps([row[0] for row in ids]),))
        return tuple(sorted(found, key=lambda one: one.id)), total

    def group(self, site: str, group: str) -> tuple[Issue, ...]:
        """The issues of a site that belong to one component, closed ones too."""
        return self._issues(f"s.id = ? AND i.grp = ? AND {EVER}", (site, group))

    def decisions(self, site: str) -> tuple[Decision, ...]:
        """All decisions on issues of a site, oldest first: the last one on a group counts."""
        query = (
            "SELECT s.id, d.grp, d.verdict, d.author, d.why, d.made, d.until FROM decision d JOIN site s ON s.no = d.site "
            "WHERE s.id = ? ORDER BY d.no"
        )
        return tuple(rows.decision(row) for row in self._query(query, (site,)))

    def permits(self, site: str) -> tuple[Permit, ...]:
        """On whose word the site was visited, newest first."""
        query = (
            "SELECT p.host, p.author, p.confirmed, p.since, p.until FROM permit p JOIN site s ON s.no = p.site "
            "WHERE s.id = ? ORDER BY p.no DESC"
        )
        return tuple(rows.permit(row) for row in self._query(query, (site,)))

    def noted(self, site: str) -> Mapping[str, Any]:
        """What the newest run that saw the start page noted of a site (`Run.noted`)."""
        found = self._query("SELECT n.body FROM noted n JOIN site s ON s.no = n.site WHERE s.id = ?", (site,))
        return dict(json.loads(found[0][0])) if found else {}

    def ruleset(self, id: str) -> Mapping[str, Rule] | None:
        """The rules of a rule set with criteria, level, impact and engines, without their words; None: of an earlier version."""
        found = self._query("SELECT rules FROM ruleset WHERE id = ?", (id,))
        return rows.rules(found[0][0]) if found else None

    def bridges(self, site: str) -> tuple[Bridge, ...]:
        """The bridges over changes of the rules of a site, oldest first."""
        query = "SELECT b.body FROM bridge b JOIN site s ON s.no = b.site WHERE s.id = ? ORDER BY b.round"
        return tuple(rows.from_json(Bridge, row[0]) for row in self._query(query, (site,)))

    def core(self, site: str) -> CoreIndex | None:
        """The core index of a site; None where it has none."""
        found = self._query("SELECT c.body FROM core c JOIN site s ON s.no = c.site WHERE s.id = ?", (site,))
        return rows.from_json(CoreIndex, found[0][0]) if found else None

    def archived(self) -> Mapping[str, datetime]:
        """Sites that are watched no more, and since when."""
        query = "SELECT id, archived FROM site WHERE archived IS NOT NULL ORDER BY no"
        return {row[0]: datetime.fromisoformat(row[1]) for row in self._query(query)}

    def history(
        self, watch: Watch, *, rules: Mapping[str, Rule], criteria: Mapping[str, Criterion], now: datetime,
        reach: tuple[Covered, ...] = (), brief: bool = False,
    ) -> History:  # fmt: skip
        """All that reports may know of the sites of targets.yml, in its order, as one consistent picture.

        Runs are the newest RUNS_TOLD; issues those that stand, and those closed in the newest CLOSED_TOLD rounds. `brief`: of many
        sites, what reports over all of them count (`store_brief`); a site's own report needs the rest.
        """
        with told(self.path), self.db.atomic():
            ends = self._landmarks(watch, now)
            return History(
                now=now, timezone=watch.timezone, plans=watch.plans, regions=watch.regions, rounds=self.rounds(RUNS_TOLD),
                retests=self.retests(RETESTS_TOLD),
                sites=tuple(self._site_history(target, ends, watch.timezone, brief) for target in watch.targets), rules=rules,
                criteria=criteria,
                reach=reach,
            )  # fmt: skip

    def integrity(self) -> str:
        """ "ok", or what is wrong with the database file."""
        with told(self.path):
            found = [str(row[0]) for row in self._query("PRAGMA integrity_check")]
            found += [f"{row[0]} 表中有失去依据的行" for row in self._query("PRAGMA foreign_key_check")]
        return "; ".join(found) if found != ["ok"] else "ok"

    # ------------------------------------------------------------------------------------------ inside

    def _landmarks(self, watch: Watch, now: datetime) -> tuple[str, ...]:
        """The last moments of the days that reports of plans speak of: the first on which a site was judged, the ends of reviews, and
        those of quarters where a goal with target and due day has to be forecast."""
        zone = ZoneInfo(watch.timezone)
        days: set[date] = {day for plan in watch.plans for day in (plan.midterm, plan.period[1]) if day is not None}
        sound = "state IN ('audited', 'partial')"
        earliest = f"SELECT min(started) FROM run WHERE {sound} AND round = (SELECT round FROM run WHERE {sound} ORDER BY round LIMIT 1)"
        first = self._query(earliest)[0][0]
        if first is not None:
            begun = datetime.fromisoformat(first).astimezone(zone).date()
            promised = any(goal.target is not None and goal.due is not None for plan in watch.plans for goal in plan.goals)
            days |= {begun, *(quarter_ends(begun, now.astimezone(zone).date()) if promised else ())}
        past = sorted((day for day in days if day <= now.astimezone(zone).date()), reverse=True)
        return tuple(datetime.combine(day, time.max, zone).astimezone(UTC).isoformat() for day in past)

    def _older(self, site: str, runs: Sequence[RunSummary], ends: Sequence[str]) -> tuple[RunSummary, ...]:
        """The site's newest run up to each moment, as far as `runs` do not go back to it."""
        if len(runs) < RUNS_TOLD:
            return ()
        found = (run for end in ends for run in self._runs("s.id = ? AND r.started <= ? ORDER BY r.round DESC LIMIT 1", (site, end)))
        return tuple({run.round: run for run in found if run.started < runs[-1].started}.values())

    def _site_history(self, target: Target, ends: Sequence[str], timezone: str, brief: bool) -> SiteHistory:
        site = target.site.id
        runs = self._told_runs(site, ends)
        recent = f"(SELECT coalesce(min(no), 0) FROM (SELECT no FROM round WHERE cause <> '{RETEST}' ORDER BY no DESC LIMIT {CLOSED_TOLD}))"
        issues = f"s.id = ? AND (i.closed_round IS NULL OR i.closed_round >= {recent})"
        return SiteHistory(
            target=target, runs=runs, landmarks=self._older(site, runs, ends),
            coverage=store_brief.ledger(self, site) if brief else tuple(self.ledger(site)),
            cases=read_cases(self.db, timezone, site), complaints=complaint_counts(self.db, site), bridges=self.bridges(site),
            core=self.core(site),
            decisions=self.decisions(site), permits=self.permits(site), noted=self.noted(site),
            issues=store_brief.issues(self, site, issues) if brief else self._issues(issues, (site,)),
        )  # fmt: skip

    def _told_runs(self, site: str, ends: Sequence[str]) -> tuple[RunSummary, ...]:
        """The newest runs, in brief but for the newest, that of the last round that ended, and those that stood at each moment."""
        runs = self.runs(site, RUNS_TOLD, brief=True)
        begun = [moment.isoformat() for moment in (run.started for run in runs)]
        last = (next((run for run, start in zip(runs, begun, strict=True) if start <= end), None) for end in ends)
        ended = self.last_finished()
        chosen = {run.round for run in (*runs[:1], *last) if run is not None} | ({ended.id} if ended else set())
        full = self._runs(f"s.id = ? AND n.id IN ({', '.join('?' * len(chosen))})", (site, *chosen))
        whole = {run.round: run for run in full}
        return tuple(whole.get(run.round, run) for run in runs)

    def _runs(self, where: str, parameters: Sequence[Any], *, brief: bool = False) -> tuple[RunSummary, ...]:
        columns = rows.RUN_BRIEF if brief else rows.RUN_COLUMNS
        detail = "" if brief else "LEFT JOIN detail d ON d.site = r.site AND d.round = r.round "
        query = (
            f"SELECT {columns} FROM run r JOIN site s ON s.no = r.site JOIN round n ON n.no = r.round "
            f"JOIN basis b ON b.no = r.basis {detail}WHERE {where}"
        )
        return tuple(rows.run_summary(row) for row in self._query(query, parameters))

    def _issues(self, where: str, parameters: Sequence[Any]) -> tuple[Issue, ...]:
        joined = "JOIN site s ON s.no = i.site JOIN address a ON a.no = i.address JOIN evidence e ON e.hash = i.evidence"
        names = {row[0]: row[1] for row in self._query("SELECT no, id FROM round")}
        spans: dict[int, list[Span]] = defaultdict(list)
        alike: dict[Any, Any] = {}  # equal values of many issues are kept once: with a hundred thousand, that is half of the memory
        spans_of = (
            "SELECT issue, first_round, last_round FROM issue_span "
            f"WHERE issue IN (SELECT i.no FROM issue i JOIN site s ON s.no = i.site WHERE {where}) ORDER BY first_round"
        )
        for issue, first, last in self._query(spans_of, parameters):
            span = Span(first=names[first], last=names[last] if last is not None else None)
            spans[issue].append(alike.setdefault(span, span))
        with told(self.path):
            found = self.db.execute(f"SELECT {rows.ISSUE_COLUMNS} FROM issue i {joined} WHERE {where} ORDER BY i.no", parameters)
            return tuple(rows.issue(row, tuple(spans.pop(row[0])), alike) for row in found)

    def _numbers(self, names: Iterable[str]) -> dict[str, int]:
        """Round -> its number; StoreError where one is not known."""
        numbers = dict(self._query("SELECT id, no FROM round"))
        wanted = set(names)
        if unknown := wanted - numbers.keys():
            raise StoreError(f"数据库中没有轮次 {'、'.join(sorted(unknown))}。")
        return {name: numbers[name] for name in wanted}
