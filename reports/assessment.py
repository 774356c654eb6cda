"""Tells how every promise of a plan stands, in the fixed table that its mid-term and final reviews (中期、期末) ask for."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from auditor.language import say
from auditor.model import History, Plan
from reports import forecasts, words
from reports.pages import Document, Section, made, paragraph, piece, write
from reports.reviews import NONE, Review, heads, over, rank, reviews, table

ALL_SITES = True


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """A page for each plan: plan-ID.html."""
    for plan in history.plans:
        yield from render_plan(history, plan)


def render_plan(history: History, plan: Plan) -> Iterator[tuple[str, bytes]]:
    """The page of one plan, and plan-ID.2.html … where it is very long."""
    yield from write(
        Document(
            path=path(plan).removesuffix(".html"),
            title=say(f"{plan.name}：信息无障碍任务评估表", f"{plan.name}: review tables of the tasks for information accessibility"),
            lead=piece("assessment.html", "lead", sentences=_sentences(history, plan)),
            sections=tuple(_sections(history, plan)),
            trail=((say("全市总览", "City overview"), "index.html"),),
            foot=made(history),
        )
    )


def path(plan: Plan) -> str:
    """Where the page of a plan stands."""
    return f"plan-{plan.id}.html"


def _sentences(history: History, plan: Plan) -> list[str]:
    since, until = (words.day(day, history.timezone) for day in plan.period)
    number = f"{say('，', ', ')}{plan.document}" if plan.document else ""
    blanks = say(
        "引文照录规划原文，牵头部门和参与部门照抄规划。属性只由残联依据文件设定，目标值只在有文件规定时填写，其余写作“—”。",
        "Quotations are the words of the plan, and the departments in charge and taking part are those it names. Attributes are set by the "
        "Disabled Persons’ Federation alone, by a document; targets stand only where a document sets them; all else is “—”.",
    )
    told = [say(f"规划期：{since}至{until}{number}。", f"Period of the plan: {since} to {until}{number}."), blanks, rank(plan)]
    if over(history, plan):
        told.append(
            say(
                "规划期已结束。本期值只用规划期之内的数据，之后检测到的不倒填；基线写明年份，是今后各期比较的起点，不用来评价本规划。"
                "新规划印发后，在 targets.yml 里另加一项，就有它自己的评估表。",
                "The period of the plan has ended. “Value now” uses data of that period alone; what was found later is not filled in. "
                "Baselines "
                "say their year; they are where later comparisons begin and are not used to rate this plan. Once a new plan is issued, add "
                "it "
                "to targets.yml, and it has tables of its own.",
            )
        )
    return told


def _sections(history: History, plan: Plan) -> Iterator[Section]:
    yield from (_section(history, plan, review) for review in reviews(plan))
    if (told := forecasts.section(history, plan)) is not None:
        yield told


def _section(history: History, plan: Plan, review: Review) -> Section:
    items = [piece("assessment.html", "goal", goal=goal, rows=rows, nothing=NONE) for goal, rows in table(history, plan, review)]
    last = words.day(review.last, history.timezone)
    caption = say(f"{review.name}：规划任务与指标，数据截至{last}", f"{review.name}: tasks and indicators, data up to {last}")
    if not over(history, plan) and words.date_of(history.now, history.timezone) <= review.last:
        caption = say(
            f"{review.name}：规划任务与指标，时段尚未结束，为最近一次检测的数据",
            f"{review.name}: tasks and indicators; the time has not ended, these are the data of the latest audit",
        )
    intro = _midterm() if review.id == "mid" and plan.midterm is None else Markup()
    opening = piece("assessment.html", "opening", id=f"{review.id}-table", caption=caption, heads=heads())
    closing = piece("assessment.html", "closing")
    return Section(id=review.id, title=say(f"{review.name}表", review.name), intro=intro, items=items, opening=opening, closing=closing)


def _midterm() -> Markup:
    return paragraph(
        say(
            "没有文件规定中期评估的截止日期，本表取规划期之内最近的数据；日期确定后写入 targets.yml 的 midterm，本表就按那一天取数。",
            "No document says up to which day the mid-term review looks; this table takes the latest data of the period. Once the day is "
            "set, "
            "write it to midterm in targets.yml, and the table goes by it.",
        )
    )
