"""How the words of the model lie in the rows of the database, and how they are read from them again."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import lru_cache
from sys import intern
from types import MappingProxyType
from typing import Any, TypeVar

from auditor.model import (
    NOT_A_PAGE,
    SEEN,
    STANDING,
    Conformance,
    Coverage,
    Decision,
    Element,
    Impact,
    Issue,
    IssueState,
    KeyboardWalk,
    Mark,
    Move,
    Outcome,
    Permit,
    Reuse,
    RoundSummary,
    Rule,
    Run,
    RunState,
    RunSummary,
    Sample,
    Score,
    Span,
    State,
    Tally,
    Variant,
    Verdict,
)
from auditor.plain import dump, from_plain, load, to_plain
from auditor.reusing import REASON

T = TypeVar("T")
Row = Sequence[Any]
_HALVES = re.compile("[\ud800-\udfff]")

# ---------------------------------------------------------------------------------------------- single values


def text(value: str) -> str:
    """Text as SQLite can keep it: halves of characters (lone surrogates) become U+FFFD."""
    return value if value.isascii() else _HALVES.sub("\ufffd", value)


def as_json(value: Any) -> str:
    """A list, mapping or word of the model as JSON text; broken characters are kept as escapes."""
    plain = to_plain(value)
    told = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(plain, separators=(",", ":")) if _HALVES.search(told) else told


def from_json(kind: type[T], told: str) -> T:
    """The value that `as_json` wrote."""
    return from_plain(kind, json.loads(told))


def moment(value: datetime) -> str:
    """A time as ISO 8601 in UTC; ValueError if it has no zone."""
    return str(to_plain(value))


def short_hash(told: str) -> bytes:
    """128 bits that stand for a text."""
    return hashlib.sha256(told.encode()).digest()[:16]


_moment = lru_cache(maxsize=4096)(datetime.fromisoformat)


@lru_cache(maxsize=4096)
def _strings(told: str) -> tuple[str, ...]:
    return tuple(json.loads(told)) if told != "[]" else ()


# ---------------------------------------------------------------------------------------------- the ledger

SPAN_COLUMNS = "state, reason, status, final_url, engines, mark, stratum"
KNOWN_COLUMNS = "title, url_key, dom_key, digest, snapshot, validators, silent_frames, walk, labels, platform, led_to, seconds"
COVERAGE_COLUMNS = (
    "a.url, a.variant, c.state, c.reason, c.status, c.final_url, c.engines, "
    "a.title, a.url_key, a.dom_key, a.digest, a.snapshot, a.validators, a.silent_frames, a.walk, a.labels, a.platform, "
    "a.led_to, a.seconds, c.mark, c.stratum"
)


def span_row(entry: Coverage) -> tuple[Any, ...]:
    """What of a ledger entry is told apart from night to night; which pages were not opened is told with the run (`run.reused`)."""
    state, reason = (State.AUDITED, "") if entry.state is State.REUSED else (entry.state, text(entry.reason))
    told = state.value, reason, entry.status, text(entry.final_url), as_json(entry.engines)
    return *told, entry.mark.value, text(entry.stratum)


_NONE: Mapping[str, str] = {}


def _texts(told: str) -> Mapping[str, str]:
    return json.loads(told) if told != "{}" else _NONE


def known_row(entry: Coverage, before: Row | None) -> tuple[Any, ...]:
    """What is known of an address after tonight, seconds last.

    Nothing told tonight does not wipe out what was known: a page that timed out keeps the digest it was last judged with.
    """
    title, url_key, dom_key = text(entry.title), text(entry.url_key), text(entry.dom_key)
    digest, snapshot, validators, silent = entry.digest, entry.snapshot, as_json(entry.validators), as_json(entry.silent_frames)
    labels, platform = text(as_json(entry.labels)), entry.platform
    walk = as_json(entry.walk) if entry.walk else ""
    led_to = entry.led_to if entry.led_to is not None or before is None else before[10]
    if not walk and before is not None and entry.state not in SEEN | NOT_A_PAGE:  # what a page that was seen without a walk had is old
        walk = before[7]
    if before is not None:
        title, url_key, dom_key = title or before[0], url_key or before[1], dom_key or before[2]
        if entry.state not in SEEN and not entry.engines:
            digest, snapshot, validators, silent = before[3:7]
            labels, platform = before[8:10]
        elif digest in ("", before[3]):
            digest, snapshot, validators = before[3], snapshot or before[4], validators if entry.validators else before[5]
    return title, url_key, dom_key, digest, snapshot, validators, silent, walk, labels, platform, led_to, float(entry.seconds)


def coverage(row: Row, *, reused: bool = False) -> Coverage:
    """A ledger entry from COVERAGE_COLUMNS; `reused`: the page was not opened then.

    Texts that many addresses have in common are kept once: of a hundred thousand, that is two thirds of the memory and of what is sent.
    """
    url, variant, state, reason, status, final_url, engines, title, url_key, dom_key, digest, snapshot, validators, *rest = row
    silent, walk, labels, platform, led_to, seconds, mark, stratum = rest
    return Coverage(
        url=url, variant=Variant(variant), state=State.REUSED if reused else State(state), reason=REASON if reused else intern(reason),
        status=status, final_url=url if final_url == url else final_url, engines=_strings(engines), title=title, url_key=intern(url_key),
        dom_key=intern(dom_key), digest=digest, snapshot=snapshot, validators=_texts(validators), silent_frames=_strings(silent),
        seconds=seconds, walk=from_json(KeyboardWalk, walk) if walk else None, labels=_texts(labels), platform=intern(platform),
        mark=Mark(mark), stratum=intern(stratum), led_to=led_to,
    )  # fmt: skip


def tally(row: Row) -> Tally:
    """A tally from url, variant, rule, failed, passed, cant_tell."""
    page, variant, rule, failed, passed, cant_tell = row
    return Tally(page=page, variant=Variant(variant), rule=rule, failed=failed, passed=passed, cant_tell=cant_tell)


# ---------------------------------------------------------------------------------------------- rounds and runs

RUN_BRIEF = (
    "s.id, n.id, r.started, r.finished, r.state, r.reason, r.coverage, r.findings, r.new, r.open, r.fixed, r.reopened, "
    "r.ruleset, r.environment, b.versions, r.score, r.sample, r.new_rule, r.reuse"
)
RUN_COLUMNS = f"{RUN_BRIEF}, r.requests, d.body"


@dataclass(frozen=True, kw_only=True)
class Detail:
    """What of a run only its own page tells; it stands beside the run, since a year of it is many times as large."""

    criteria: Mapping[str, Conformance] = field(default_factory=dict)  #: of its score
    move: Move | None = None


def score_row(score: Score | None) -> str:
    """A score as it stands with its run: without its criteria, and without the sample, which the run has."""
    return as_json(replace(score, criteria={}, sample=None)) if score else ""


def detail_row(score: Score, move: Move | None) -> bytes:
    """The rest of it."""
    return zlib.compress(dump(Detail(criteria=score.criteria, move=move)))


def round_summary(row: Row) -> RoundSummary:
    """A round from id, started, finished, cause."""
    name, started, finished, cause = row
    ended = datetime.fromisoformat(finished) if finished else None
    return RoundSummary(id=name, started=datetime.fromisoformat(started), finished=ended, trigger=cause)


def run_summary(row: Row) -> RunSummary:
    """A run from RUN_COLUMNS; from RUN_BRIEF one without the criteria of its score, its move and its requests."""
    site, name, started, finished, state, reason, counts, findings, new, open_, fixed, reopened, *rest = row
    ruleset, environment, versions, scored, drawn, new_rule, reuse, *more = rest
    requests, body = more or ("{}", None)
    detail = load(Detail, zlib.decompress(body)) if body else Detail()
    sample = from_json(Sample, drawn) if drawn else None
    score = Score(**_figures(scored), criteria=detail.criteria, sample=sample) if scored else None
    return RunSummary(
        site=site, round=name, started=datetime.fromisoformat(started), finished=datetime.fromisoformat(finished),
        state=RunState(state), reason=reason, coverage=_states(counts), findings=findings, new=new, open=open_, fixed=fixed,
        reopened=reopened, new_rule=new_rule, ruleset_id=ruleset, environment_id=environment,
        versions=_mapping(versions), requests=json.loads(requests) if requests != "{}" else {}, score=score,
        move=detail.move, sample=sample, reuse=from_json(Reuse, reuse) if reuse else None,
    )  # fmt: skip


def _figures(told: str) -> dict[str, Any]:
    """The fields of a score that `score_row` wrote, which are plain figures; a year of many sites has tens of thousands of them."""
    return {name: figure for name, figure in json.loads(told).items() if name in _FIGURES}


_FIGURES = frozenset(one.name for one in fields(Score)) - {"criteria", "sample"}


@lru_cache(maxsize=4096)
def _states(told: str) -> Mapping[State, int]:
    """Most nights of a site end alike: equal runs share what they are made of, which nobody changes."""
    return {State(key): count for key, count in json.loads(told).items()}


@lru_cache(maxsize=1024)
def _mapping(told: str) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(told)
    return found


def permit(row: Row) -> Permit:
    """A permit from host, author, confirmed, since, until."""
    host, by, confirmed, since, until = row
    return Permit(
        host=host, by=by, date=date.fromisoformat(confirmed) if confirmed else None, since=datetime.fromisoformat(since),
        until=datetime.fromisoformat(until) if until else None,
    )  # fmt: skip


def counted(run: Run) -> Mapping[str, int]:
    """How many addresses of a run ended in each state, the states in the order of the model; those of other variants stand beside."""
    counts = dict.fromkeys(State, 0)
    for entry in run.coverage:
        counts[entry.state] += entry.variant is Variant.DESKTOP
    return {state.value: count for state, count in counts.items() if count}


@lru_cache(maxsize=4)
def rules(told: str) -> Mapping[str, Rule]:
    """The rules of a rule set by their ids; the same object for the same text, as all sites of a night ask for the same."""
    return MappingProxyType({rule.id: rule for plain in json.loads(told) for rule in (from_plain(Rule, plain),)})


# ---------------------------------------------------------------------------------------------- issues and decisions

ISSUE_COLUMNS = (
    "i.no, i.id, s.id, a.url, a.variant, i.rule, i.grp, i.instance, i.state, i.outcome, i.impact, i.criteria, e.element, "
    "i.message, i.engines, i.picture, i.scene, i.caption, i.first_seen, i.changed, i.identity_version"
)


REPEATED = (2, 3, 5, 6, 13)
"""Places in ISSUE_COLUMNS of long texts that many issues have in common."""


def issue(row: Row, spans: tuple[Span, ...], alike: dict[Any, Any]) -> Issue:
    """An issue from ISSUE_COLUMNS and its spans; values that were met before are taken from `alike`."""
    kept = [alike.setdefault(value, value) if place in REPEATED else value for place, value in enumerate(row)]
    _, name, site, page, variant, rule, group, instance, state, outcome, impact, criteria, element, *rest = kept
    message, engines, picture, scene, caption, first_seen, changed, version = rest
    return Issue(
        id=name, site=site, rule=rule, page=page, variant=Variant(variant), group=group, instance=instance, state=IssueState(state),
        outcome=Outcome(outcome), impact=Impact(impact), criteria=_strings(criteria), element=_element(element, alike),
        message=message, engines=_strings(engines), picture=picture, scene=scene, caption=caption,
        first_seen=_moment(first_seen), changed=_moment(changed), spans=alike.setdefault(spans, spans), identity_version=version,
    )  # fmt: skip


def _element(told: str, alike: dict[Any, Any]) -> Element:
    """The element; what is above it, its landmark and the names of its attributes are those of many others and kept once."""
    plain = json.loads(told)
    if "attributes" in plain:
        plain["attributes"] = {intern(name): alike.setdefault(value, value) for name, value in plain["attributes"].items()}
    found = from_plain(Element, plain)
    above = alike.setdefault(tuple(tuple(each.items()) for each in found.ancestors), found.ancestors)
    return replace(found, ancestors=above, tag=intern(found.tag), landmark=intern(found.landmark))


def issue_row(entry: Issue, element: str, rounds: Mapping[str, int]) -> Mapping[str, Any]:
    """The parameters that write an issue; `element` is its place as JSON, `rounds` the number of every round."""
    return {
        "id": entry.id, "url": text(entry.page), "variant": entry.variant.value, "rule": entry.rule, "grp": entry.group,
        "instance": entry.instance, "state": entry.state.value, "outcome": entry.outcome.value, "impact": entry.impact.value,
        "criteria": as_json(entry.criteria), "evidence": short_hash(element), "message": text(entry.message),
        "engines": as_json(entry.engines), "picture": entry.picture,
        "scene": entry.scene, "caption": text(entry.caption), "first_seen": moment(entry.first_seen),
        "changed": moment(entry.changed), "identity_version": entry.identity_version,
        "closed_round": None if entry.state in STANDING else rounds[entry.spans[-1].last or entry.spans[-1].first],
    }  # fmt: skip


def decision(row: Row) -> Decision:
    """A decision from site, grp, verdict, author, why, made, until."""
    site, group, verdict, by, why, made, until = row
    return Decision(
        site=site, group=group, verdict=Verdict(verdict), by=by, why=why, made=datetime.fromisoformat(made),
        until=date.fromisoformat(until) if until else None,
    )  # fmt: skip
