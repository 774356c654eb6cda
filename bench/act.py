"""How well plain axe and we judge W3C's test cases for its ACT rules: recall, false positives and consistency, side by side.

    python -m bench.act [--rule ID]... [--criterion N]... [--used] [--list] [--earl FILE]

Serves `$AUDITOR_SHARED/act/site` on loopback and audits every case twice, as `auditor page` does, with the profiles axe and static
(`--used`: axe and full) and rules of every level. Approved and proposed ACT rules are counted apart; those that belong to no criterion
are left out.

- A rule of ours *fires* on a case where it has a failed finding and carries one of the criteria of the case's ACT rule.
- **Recall**: failed examples on which a rule fires. One without an answer (blank, not html, led elsewhere) is a miss.
- **Raw false positives**: passed and inapplicable examples on which a rule fires; those without an answer do not count. An upper
  bound: such a page may break another rule of the same criterion.
- **Mapped false positives**: the same, counting only rules that also fire on a failed example of the same ACT rule, approved or not.
- **Consistent** in W3C's sense (act-tools, `get-consistency`, which makes the tables of W3C's implementation pages): every rule of
  ours is a procedure; of an approved ACT rule only the approved examples count. Procedures that fail on a passed or inapplicable
  example are set aside, and so are those that fail on no failed one. The ACT rule is *consistent* if what is left says failed or
  cantTell on every failed example and every example got an answer, *partially consistent* if anything is left at all, else neither.
  W3C also wants exactly the criteria of the ACT rule to be reported; how many of the consistent ones do that is told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

from auditor.model import SEEN, Finding, Outcome, Profile, State
from auditor.pages import audit_pages
from checks.criteria import address
from reports.earl import Assertion, earl

SHARED = Path(os.environ.get("AUDITOR_SHARED", Path(__file__).parents[2] / "shared")) / "act"
W3C = "https://www.w3.org"
PARTS = {"a1b64e": frozenset({"2.1.2"}), "ebe86a": frozenset({"2.1.2"})}
"""Atomic rules without a criterion of their own -> that of the composite rule they are parts of (80af7b)."""

CONSISTENT, PARTLY, NEITHER = "consistent", "partially", "-"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One example of an ACT rule."""

    id: str
    rule: str
    rule_name: str
    approved: bool
    title: str
    expected: str  #: passed, failed or inapplicable
    criteria: frozenset[str]
    path: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an audit said of one case."""

    state: State
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    kept: frozenset[str] = frozenset()  #: rules that applied to something and were kept there

    @property
    def given(self) -> bool:
        """Whether the page was judged at all."""
        return self.state in SEEN


Answers = Mapping[str, Answer]  #: by id of the case


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What an audit is worth on some cases; ids of cases, in their order."""

    failed: int  #: failed examples
    innocent: int  #: passed and inapplicable examples that got an answer
    missed: tuple[str, ...]
    raw: tuple[str, ...]
    mapped: tuple[str, ...]
    silent: tuple[str, ...]  #: cases without an answer
    consistency: Mapping[str, str]  #: by ACT rule
    exactly: tuple[str, ...]  #: consistent ACT rules of which exactly the criteria are reported


def main() -> None:
    """Audit and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rule", action="append", default=[], metavar="ID", help="only cases of this ACT rule; may be repeated")
    words.add_argument("--criterion", action="append", default=[], metavar="N", help="only cases of this criterion; may be repeated")
    words.add_argument("--list", action="store_true", help="name every miss and every raw false positive beyond axe's own")
    words.add_argument("--used", action="store_true", help="use the pages too (profile full): half a minute for each case")
    words.add_argument("--earl", type=Path, metavar="FILE", help="write what we say as an EARL report")
    chosen = words.parse_args()
    cases = wanted(read_cases(SHARED, used=chosen.used), chosen.rule, chosen.criterion)
    if not cases:
        sys.exit("no case is left: see --rule and --criterion")
    axe, ours = (ask(cases, SHARED, profile) for profile in (Profile.AXE, Profile.FULL if chosen.used else Profile.STATIC))
    for line in told(cases, axe, ours, everything=chosen.list):
        print(line)
    if chosen.earl:
        report = earl(assertions(cases, ours), tool="portal-auditor", version=version("portal-auditor"))
        chosen.earl.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


# ---------------------------------------------------------------------------------------------- cases and answers


def read_cases(folder: Path, *, used: bool = False) -> list[Case]:
    """All cases of ACT rules that belong to a criterion; with `used` also of the PARTS of such rules that only show in use."""
    facts = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    names = ("id", "rule", "rule_name", "approved", "title", "expected", "path")
    parts = PARTS if used else {}
    told = ((fact, frozenset(fact["criteria"]) or parts.get(fact["rule"], frozenset())) for fact in facts)
    return [Case(**{name: fact[name] for name in names}, criteria=criteria) for fact, criteria in told if criteria]


def wanted(cases: Iterable[Case], rules: Sequence[str], numbers: Sequence[str]) -> list[Case]:
    """The cases of these ACT rules and criteria; none named: all."""
    return [case for case in cases if (not rules or case.rule in rules) and (not numbers or case.criteria & set(numbers))]


def ask(cases: Sequence[Case], folder: Path, profile: Profile) -> Answers:
    """Audit all cases in one call."""
    begun = time.monotonic()
    with serving(folder / "site") as root:
        addresses = [root + case.path for case in cases]
        run = audit_pages(addresses, level=None, profile=profile, allow=("127.0.0.1",), browser="playwright", tell=lambda _: None)
        findings: dict[str, list[Finding]] = {}
        for finding in run.findings:
            findings.setdefault(finding.page, []).append(finding)
        kept: dict[str, set[str]] = {}
        for tally in run.tallies:
            if tally.passed:
                kept.setdefault(tally.page, set()).add(tally.rule)
        answers = {
            entry.url: Answer(
                state=entry.state, reason=entry.reason, findings=tuple(findings.get(entry.url, ())), kept=frozenset(kept.get(entry.url, ()))
            )
            for entry in run.coverage
        }
        print(f"{profile}: {len(cases)} cases in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        return {case.id: answers[root + case.path] for case in cases}


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """A folder as a web server on loopback; gives its address without the slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def guess_type(self, path: str | os.PathLike[str]) -> str:
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind == "text/html" else kind

    def log_message(self, format: str, *args: object) -> None:
        pass


# ---------------------------------------------------------------------------------------------- measuring


def spoken(case: Case, answer: Answer, outcome: Outcome) -> frozenset[str]:
    """The rules that say this of a case and carry one of its criteria."""
    return frozenset(finding.rule for finding in answer.findings if finding.outcome is outcome and case.criteria & set(finding.criteria))


def fired(case: Case, answer: Answer) -> frozenset[str]:
    """The rules that fire on a case."""
    return spoken(case, answer, Outcome.FAILED)


def by_rule(cases: Iterable[Case]) -> Mapping[str, list[Case]]:
    """The cases of each ACT rule."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.rule, []).append(case)
    return groups


def mapping(cases: Sequence[Case], answers: Answers) -> Mapping[str, frozenset[str]]:
    """The rules of ours that fire on a failed example, by ACT rule."""
    return {
        rule: frozenset().union(*(fired(case, answers[case.id]) for case in group if case.expected == "failed"))
        for rule, group in by_rule(cases).items()
    }


def consistency(cases: Sequence[Case], answers: Answers) -> tuple[str, frozenset[str]]:
    """How consistent we are with one ACT rule of which these are the cases, and the rules of ours that make it so."""
    procedures = mapping(cases, answers)[cases[0].rule]
    wrong = frozenset().union(*(fired(case, answers[case.id]) for case in cases if case.expected != "failed"))
    left = procedures - wrong
    if not left:
        return NEITHER, left
    failed = ((case, answers[case.id]) for case in cases if case.expected == "failed")
    seen = all(left & (fired(case, answer) | spoken(case, answer, Outcome.CANT_TELL)) for case, answer in failed)
    return (CONSISTENT if seen and all(answers[case.id].given for case in cases) else PARTLY), left


def weighed(cases: Sequence[Case]) -> Mapping[str, list[Case]]:
    """By ACT rule the cases that count for consistency: approved examples where there are any."""
    return {rule: [case for case in group if case.approved] or group for rule, group in by_rule(cases).items()}


def measure(cases: Sequence[Case], answers: Answers, known: Sequence[Case] = ()) -> Measure:
    """Recall and false positives on these cases, and consistency with the ACT rules that have the same approval.

    `known`: all cases of those ACT rules, where that is more than `cases`.
    """
    mapped = mapping(known or cases, answers)
    failed = [case for case in cases if case.expected == "failed"]
    innocent = [case for case in cases if case.expected != "failed" and answers[case.id].given]
    groups = {rule: group for rule, group in weighed(known or cases).items() if group[0].approved is cases[0].approved}
    found = {rule: consistency(group, answers) for rule, group in groups.items()}
    return Measure(
        failed=len(failed),
        innocent=len(innocent),
        missed=tuple(case.id for case in failed if not fired(case, answers[case.id])),
        raw=tuple(case.id for case in innocent if fired(case, answers[case.id])),
        mapped=tuple(case.id for case in innocent if fired(case, answers[case.id]) & mapped[case.rule]),
        silent=tuple(case.id for case in cases if not answers[case.id].given),
        consistency={rule: level for rule, (level, _) in found.items()},
        exactly=tuple(
            rule
            for rule, group in groups.items()
            if found[rule][0] == CONSISTENT and _reported(group, answers, found[rule][1]) == group[0].criteria
        ),
    )


def _reported(cases: Iterable[Case], answers: Answers, rules: frozenset[str]) -> frozenset[str]:
    """The criteria that these rules of ours carry, as far as they said anything of the cases."""
    findings = (finding for case in cases for finding in answers[case.id].findings)
    return frozenset(number for finding in findings if finding.rule in rules for number in finding.criteria)


def assertions(cases: Sequence[Case], answers: Answers) -> Iterator[Assertion]:
    """What the rules that are mapped to an ACT rule say together of each of its cases; `untested` where none is, or no answer came."""
    mapped = mapping(cases, answers)
    requirements = {rule: sorted(_reported(group, answers, mapped[rule])) for rule, group in by_rule(cases).items()}
    for case in cases:
        rules, answer = mapped[case.rule], answers[case.id]
        outcome = (
            "untested" if not rules or not answer.given
            else "failed" if rules & fired(case, answer)
            else "cantTell" if rules & spoken(case, answer, Outcome.CANT_TELL)
            else "passed" if rules & answer.kept
            else "inapplicable"
        )  # fmt: skip
        messages = dict.fromkeys(finding.message for finding in answer.findings if finding.rule in rules)
        yield Assertion(
            source=W3C + case.path,
            test=" + ".join(sorted(rules)) or case.rule_name,
            outcome=outcome,
            requirements=tuple(address(number) for number in requirements[case.rule]),
            title=f"{case.rule_name}: {case.title}",
            description="; ".join(messages) or answer.reason,
        )


# ---------------------------------------------------------------------------------------------- telling


def told(cases: Sequence[Case], axe: Answers, ours: Answers, *, everything: bool) -> Iterator[str]:
    """The lines of the report."""
    yield from _silence(cases, axe, ours)
    for name, approved in (("approved", True), ("proposed", False)):
        chosen = [case for case in cases if case.approved is approved]
        if chosen:
            measures = {"axe": measure(chosen, axe, cases), "ours": measure(chosen, ours, cases)}
            yield f"\n{name}: {len(chosen)} cases of {len(by_rule(chosen))} ACT rules"
            yield from (f"  {who:5}{_figures(found)}" for who, found in measures.items())
            yield from _table(chosen, measures)
            if everything:
                yield from _misses(chosen, measures["ours"], ours)
                yield from _noise(chosen, mapping(cases, ours), axe, ours)


def _silence(cases: Sequence[Case], axe: Answers, ours: Answers) -> Iterator[str]:
    silent = [case for case in cases if not axe[case.id].given or not ours[case.id].given]
    if silent:
        failed = sum(case.expected == "failed" for case in silent)
        yield f"!!! {len(silent)} cases got no answer; the {failed} failed examples among them count as missed:"
    for case in silent:
        states = " / ".join(dict.fromkeys(str(answers[case.id].state) for answers in (axe, ours)))
        yield f"!!! {case.rule} {case.expected:12} {case.title:24} {states}: {ours[case.id].reason or axe[case.id].reason}"


def _figures(found: Measure) -> str:
    hits = found.failed - len(found.missed)
    levels = list(found.consistency.values())
    consistent, partly, neither = (levels.count(level) for level in (CONSISTENT, PARTLY, NEITHER))
    return "   ".join((
        f"recall {_share(hits, found.failed)}", f"raw false positives {_share(len(found.raw), found.innocent)}",
        f"mapped {_share(len(found.mapped), found.innocent)}",
        f"consistent {consistent} ({len(found.exactly)} exactly), partially {partly}, neither {neither}",
    ))  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {100 * part / whole:.1f} %" if whole else "-"


def _table(cases: Sequence[Case], measures: Mapping[str, Measure]) -> Iterator[str]:
    yield f"    {'rule':8}{'failed':>7}{'axe':>5}{'ours':>5}   {'axe':13}{'ours':13}name"
    for rule, group in by_rule(cases).items():
        failed = {case.id for case in group if case.expected == "failed"}
        hits = {who: len(failed - set(found.missed)) for who, found in measures.items()}
        levels = {who: found.consistency.get(rule, "") for who, found in measures.items()}
        yield f"    {rule:8}{len(failed):7}{hits['axe']:5}{hits['ours']:5}   {levels['axe']:13}{levels['ours']:13}{group[0].rule_name}"


def _misses(cases: Sequence[Case], found: Measure, answers: Answers) -> Iterator[str]:
    yield f"  missed ({len(found.missed)}); ? is cantTell"
    for case in cases:
        if case.id in found.missed:
            unsure = ", ".join(f"?{rule}" for rule in sorted(spoken(case, answers[case.id], Outcome.CANT_TELL)))
            yield f"    {_place(case)}  {unsure or ('' if answers[case.id].given else answers[case.id].state)}"


def _noise(cases: Sequence[Case], mapped: Mapping[str, frozenset[str]], axe: Answers, ours: Answers) -> Iterator[str]:
    innocent = [case for case in cases if case.expected != "failed"]
    beyond = {case.id: rules for case in innocent if (rules := fired(case, ours[case.id]) - fired(case, axe[case.id]))}
    yield f"  raw false positives beyond axe's own ({len(beyond)}); * is a mapped one"
    for case in innocent:
        if case.id in beyond:
            yield f"    {_place(case)}  {', '.join('*' * (rule in mapped[case.rule]) + rule for rule in sorted(beyond[case.id]))}"


def _place(case: Case) -> str:
    return f"{case.rule} {case.title:24} {','.join(sorted(case.criteria)):12} {case.path.rpartition('/')[2]}  {case.rule_name[:50]}"


if __name__ == "__main__":
    main()
