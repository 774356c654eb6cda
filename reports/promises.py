"""Tells every promise of the plans with its sentence. A number stands only where one exists, and never as if the plan had set it."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from auditor.language import say, sentences
from auditor.model import Goal, History, Plan
from reports import assessment, catalogue, indicators, reviews, words
from reports.definitions import definitions
from reports.pages import Section, paragraph, piece


def sections(history: History) -> Iterator[Section]:
    """A section for each plan."""
    for plan in history.plans:
        intro = paragraph(sentences([say("引文照录规划原文。", "Quotations are the words of the plan."), reviews.rank(plan)]))
        if closed := reviews.over(history, plan):
            end = words.day(plan.period[1], history.timezone)
            intro += paragraph(
                say(
                    f"规划期已于{end}结束。这里的数据产生于规划期之后，只作为今后的基线，不用来评价规划期内的进展。",
                    f"The period of the plan ended on {end}. The data here are of a later time; they are a baseline for what comes and are "
                    "not "
                    "used to rate what was done within the period.",
                )
            )
        intro += piece("city.html", "more", path=assessment.path(plan), indicators=catalogue.PATH)
        yield Section(
            id=f"plan-{plan.id}",
            title=say(
                f"规划任务：{plan.name}{'（已结束）' if closed else ''}", f"Tasks of a plan: {plan.name}{' (ended)' if closed else ''}"
            ),
            intro=intro,
            items=[_goal(plan, goal, history) for goal in plan.goals],
        )


def _goal(plan: Plan, goal: Goal, history: History) -> Markup:
    indicator, value = say("任务进展（由人工填报）", "Progress of the task (reported by people)"), indicators.no_data()
    if known := definitions().get(goal.indicator or ""):
        indicator = known.name
        value = indicators.told(known.id, indicators.counted(history, known.id, reviews.sites_of(goal, history.sites)))
    target = reviews.target(goal, history.timezone) or say("规划和有关文件没有设定", "Set neither by the plan nor by documents on it")
    return piece(
        "city.html",
        "goal",
        plan=plan,
        goal=goal,
        indicator=indicator,
        target=target,
        value=value,
    )
