"""The shapes in which programs get what the console shows to people; their descriptions are the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from auditor.model import Category, Coverage, Impact, Issue, IssueState, Outcome, RoundSummary, RunState, RunSummary, State, Target, Variant

Item = TypeVar("Item")


class Shape(BaseModel):
    """What all shapes have in common: nothing else than what is described."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Index(Shape):
    """An accessibility index (无障碍指数) with its interval of 95 %."""

    value: float = Field(description="0 to 100")
    low: float
    high: float


class RunShape(Shape):
    """One site in one round."""

    site: str
    round: str
    started: datetime
    finished: datetime
    state: RunState = Field(description="audited, partial, withheld or failed; numbers of the last two say nothing of the site")
    reason: str = Field(description="why it is not audited, in Chinese")
    pages_audited: int
    pages_reused: int
    new: int = Field(description="barriers that were not there before")
    open: int = Field(description="barriers that stand")
    fixed: int
    reopened: int
    ruleset: str = Field(description="runs with another one are not comparable")
    index: Index | None = Field(description="null where too little was seen")


class SiteShape(Shape):
    """A site that is watched."""

    id: str
    name: str
    url: str
    category: Category
    region: str = Field(description="six digits (GB/T 2260)")
    owner: str
    enabled: bool
    confirmed: bool = Field(description="whether somebody with authority confirmed that it may be visited")
    newest: RunShape | None


class RoundShape(Shape):
    """One night, or a round that was started by hand."""

    id: str
    started: datetime
    finished: datetime | None = Field(description="null: it runs, or was interrupted")
    trigger: str = Field(description="schedule, manual ...")


class IssueShape(Shape):
    """A barrier, or a doubt, followed over time."""

    id: str
    site: str
    rule: str
    group: str = Field(description="the component it belongs to, across pages; decisions are taken on groups")
    page: str
    variant: Variant
    state: IssueState
    outcome: Outcome
    impact: Impact
    criteria: list[str] = Field(description="WCAG 2.2 success criteria")
    message: str = Field(description="in Chinese")
    selector: str
    snippet: str
    engines: list[str]
    picture: str | None = Field(description="path of a picture on this service")
    first_seen: datetime
    changed: datetime


class AddressShape(Shape):
    """An address of the ledger as the newest run left it."""

    url: str
    variant: Variant
    state: State
    reason: str
    status: int | None
    final_url: str
    title: str
    engines: list[str]


class Page(Shape, Generic[Item]):
    """A part of a list. The next part is asked for with `after` = `next`."""

    items: list[Item]
    total: int = Field(description="in the whole list, with the filters that were asked for")
    next: str | None = Field(description="null: this is the last part")


class RoundWanted(Shape):
    """What a round is asked to look at."""

    sites: list[str] = Field(min_length=1, max_length=1000, description="ids of sites that are enabled")


class RoundAsked(Shape):
    """A round that was begun."""

    asked: datetime
    sites: list[str]


class Problem(BaseModel):
    """Why something was not answered (RFC 9457), as application/problem+json."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="in Chinese")


def run_shape(run: RunSummary) -> RunShape:
    """A run of the store."""
    index = Index(value=run.score.value, low=run.score.low, high=run.score.high) if run.score else None
    return RunShape(
        site=run.site, round=run.round, started=run.started, finished=run.finished, state=run.state, reason=run.reason,
        pages_audited=run.pages_audited, pages_reused=run.pages_reused, new=run.new, open=run.open, fixed=run.fixed,
        reopened=run.reopened, ruleset=run.ruleset_id, index=index,
    )  # fmt: skip


def site_shape(target: Target, newest: RunSummary | None, *, confirmed: bool) -> SiteShape:
    """A site of targets.yml with its newest run."""
    site = target.site
    return SiteShape(
        id=site.id, name=site.name, url=site.url, category=site.category, region=site.region, owner=site.owner, enabled=target.enabled,
        confirmed=confirmed, newest=run_shape(newest) if newest else None,
    )  # fmt: skip


def round_shape(round: RoundSummary) -> RoundShape:
    """A round of the store."""
    return RoundShape(id=round.id, started=round.started, finished=round.finished, trigger=round.trigger)


def issue_shape(issue: Issue) -> IssueShape:
    """An issue of the store."""
    picture = f"/sites/{issue.site}/pictures/{issue.picture}.webp" if issue.picture else None
    return IssueShape(
        id=issue.id, site=issue.site, rule=issue.rule, group=issue.group, page=issue.page, variant=issue.variant, state=issue.state,
        outcome=issue.outcome, impact=issue.impact, criteria=list(issue.criteria), message=issue.message,
        selector=issue.element.selector, snippet=issue.element.snippet, engines=list(issue.engines), picture=picture,
        first_seen=issue.first_seen, changed=issue.changed,
    )  # fmt: skip


def moment_key(round: str, started: datetime) -> str:
    """What lists of rounds and runs are ordered by: when they began, told apart by their names."""
    return f"{started.isoformat(timespec='microseconds')}~{round}"


def address_shape(entry: Coverage) -> AddressShape:
    """An entry of the ledger."""
    return AddressShape(
        url=entry.url, variant=entry.variant, state=entry.state, reason=entry.reason, status=entry.status, final_url=entry.final_url,
        title=entry.title, engines=list(entry.engines),
    )  # fmt: skip


def part(keys: Sequence[str], after: str, limit: int, *, descending: bool = False) -> tuple[slice, str | None]:
    """Which items of a list to hand out, and what to ask for next. `keys`: of the items, in order; `after`: "" from the beginning.

    What was added or has gone in between neither repeats nor hides the others.
    """
    first = next((place for place, key in enumerate(keys) if not after or (key < after if descending else key > after)), len(keys))
    last = min(first + limit, len(keys))
    return slice(first, last), keys[last - 1] if last < len(keys) else None
