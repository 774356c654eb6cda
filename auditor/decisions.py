"""Which decisions of people are in force; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auditor.model import Decision


def decisions_in_force(decisions: Iterable[Decision], today: date) -> dict[str, Decision]:
    """Group -> the latest decision on it, if that has not run out. The last day still counts."""
    latest: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda one: one.made):
        latest[decision.group] = decision
    return {group: decision for group, decision in latest.items() if decision.until is None or decision.until >= today}
