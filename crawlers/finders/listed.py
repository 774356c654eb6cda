"""Finds the addresses that targets.yml lists under `pages`: with this finder alone a site is visited exactly as listed."""

from __future__ import annotations

from collections.abc import Iterable

from crawlers.finders import Ground

NAME = "listed"


async def on_site(ground: Ground) -> Iterable[str]:
    """The pages of the target, in their order."""
    return ground.target.pages
