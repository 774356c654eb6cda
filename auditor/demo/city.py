"""What is true of the demo city: its portals, the barriers planted in them, and what an honest auditor must say about them.

The known answers hold for axe-core with every rule that is not deprecated switched on, for our own checks of a page and for those over
the pages of a site, in every frame, at 1280 x 800, kept where the rule answers for a criterion of level A or AA.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from auditor.model import Category, Outcome, Profile, State
from checks.check import INTERACTION, LAYOUT

LAST_NIGHT = 4
"""Later nights look like this one."""

PLACEHOLDER = "127.0.0.1:18940"
"""Where targets.yml looks for the city until the real port is known."""

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Portal:
    """One fictional site of the fictional city; `id` is also its id in targets.yml."""

    id: str
    host: str
    name: str
    category: Category
    owner: str


PORTALS: tuple[Portal, ...] = (
    # floats and notices; it takes longest, so it comes first
    Portal(id="emergency", host="yj.demo.test", name="云浔市应急管理局", category=Category.DEPARTMENT, owner="云浔市应急管理局"),
    Portal(id="portal", host="www.demo.test", name="云浔市人民政府", category=Category.PORTAL, owner="云浔市政府办公室"),
    Portal(id="county", host="county.demo.test", name="霁川县人民政府", category=Category.PORTAL, owner="霁川县政府办公室"),
    Portal(id="service", host="fw.demo.test", name="云浔市网上办事大厅", category=Category.SERVICE, owner="云浔市政务服务局"),
    Portal(id="federation", host="cl.demo.test", name="云浔市残疾人联合会", category=Category.DISABLED_FEDERATION, owner="云浔市残联"),
    Portal(id="hospital", host="hospital.demo.test", name="云浔市第二人民医院", category=Category.HOSPITAL, owner="云浔市卫生健康局"),
    Portal(id="clean", host="clean.demo.test", name="云浔市图书馆", category=Category.OTHER, owner="云浔市文化和旅游局"),
    Portal(id="archive", host="mz.demo.test", name="云浔市民政局", category=Category.DEPARTMENT, owner="云浔市民政局"),
    # whose toolbar works, harms, does nothing
    Portal(id="songling", host="songling.demo.test", name="松岭县人民政府", category=Category.PORTAL, owner="松岭县政府办公室"),
    Portal(id="traffic", host="jt.demo.test", name="云浔市交通运输局", category=Category.DEPARTMENT, owner="云浔市交通运输局"),
    Portal(id="water", host="sw.demo.test", name="云浔市水务局", category=Category.DEPARTMENT, owner="云浔市水务局"),
    # a login by captcha
    Portal(id="identity", host="sso.demo.test", name="云浔市统一身份认证平台", category=Category.SERVICE, owner="云浔市大数据中心"),
)


class Known(NamedTuple):
    """One known answer: this rule, at this element of this page, with this outcome."""

    host: str
    path: str
    rule: str
    selector: str  #: steps into frames and shadow roots joined with " >>> "
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Plant:
    """One planted barrier. A defect of a shared template is one plant on several pages."""

    id: str
    site: str
    pages: tuple[str, ...]
    rule: str
    selector: str
    outcome: Outcome
    nights: tuple[int, ...]
    what: str
    engine: str = "axe"  #: that finds it: axe, auditor (our own checks of a page), site (those over pages), documents or one of USED
    axe: Outcome | None = None  #: what axe alone says, where our own checks decide what it leaves open
    also: Mapping[str, str] = field(default_factory=dict)  #: the frame's document opened by itself -> selector there

    def stands(self, night: int) -> bool:
        """Whether the barrier is there on this night."""
        return min(night, LAST_NIGHT) in self.nights

    def answers(self, *, axe_alone: bool = False) -> frozenset[Known]:
        """What must be said wherever this plant stands: by the whole product, or by axe alone."""
        if axe_alone and self.engine != "axe":
            return frozenset()
        host, outcome = portal(self.site).host, (axe_alone and self.axe) or self.outcome
        places = {**dict.fromkeys(self.pages, self.selector), **self.also}
        return frozenset(Known(host, path, self.rule, selector, outcome.value) for path, selector in places.items())


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address of the city and the state in which it must end in the coverage ledger."""

    site: str
    path: str
    state: State
    frame: bool = False  #: the document of a frame, which a crawler meets as the address of the frame
    linked: bool = True  #: False: only the sitemap names it
    what: str


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What one more night brings."""

    new: frozenset[Known]
    fixed: frozenset[Known]
    reopened: frozenset[Known]


def portal(id: str) -> Portal:
    """The portal of this id; KeyError if the city has none."""
    return {portal.id: portal for portal in PORTALS}[id]


@cache
def plants() -> tuple[Plant, ...]:
    """All planted barriers, in the order of plants.toml."""
    return tuple(
        Plant(
            id=row["id"],
            site=row["site"],
            pages=tuple(row["pages"]),
            rule=row["rule"],
            selector=row["selector"],
            outcome=Outcome(row["outcome"]),
            nights=tuple(row["nights"]),
            what=row["what"],
            engine=row.get("engine", "axe"),
            axe=Outcome(row["axe"]) if "axe" in row else None,
            also=row.get("also", {}),
        )
        for row in _known_answers()["plant"]
    )


@cache
def addresses() -> tuple[Address, ...]:
    """All addresses a crawl of the portals can meet inside their hosts, in the order of plants.toml."""
    return tuple(
        Address(
            site=row["site"],
            path=row["path"],
            state=State(row["state"]),
            frame=row.get("frame", False),
            linked=row.get("linked", True),
            what=row["what"],
        )
        for row in _known_answers()["address"]
    )


USED = frozenset({LAYOUT, INTERACTION})
"""Engines that find what only shows when a page is used."""


def expected(
    night: int, *, site: str | None = None, frames: bool = False, axe_alone: bool = False, used: bool = False
) -> frozenset[Known]:
    """Exactly what must be found on this night (of this portal, or of the whole city): nothing missing, nothing extra.

    A crawl meets the document of a frame inside its page; with `frames` what it shows when opened by itself is told too.
    With `axe_alone` it is what axe says without our own checks; with `used` only what experiments find, without it all the rest.
    """
    standing = (
        plant for plant in plants() if plant.stands(night) and site in (None, plant.site) and (plant.engine in USED) is used
    )
    inside = set() if frames else {(portal(address.site).host, address.path) for address in addresses() if address.frame}
    return frozenset(answer for plant in standing for answer in plant.answers(axe_alone=axe_alone) if answer[:2] not in inside)


def planned(*nights: int) -> Changes:
    """What the last of these audited nights changes for an auditor who saw the earlier ones: planned(1, 2), planned(1, 2, 3)."""
    *earlier, tonight = (expected(night) for night in nights)
    last = earlier[-1] if earlier else frozenset()
    ever = frozenset[Known]().union(*earlier)
    return Changes(new=tonight - ever, fixed=last - tonight, reopened=(tonight & ever) - last)


def targets_text(port: int, profile: Profile = Profile.FULL) -> str:
    """The targets.yml of the city, pointing at the port where it is really served."""
    text = (HERE / "targets.yml").read_text(encoding="utf-8").replace(PLACEHOLDER, f"127.0.0.1:{port}")
    return text.replace(f"profile: {Profile.FULL}", f"profile: {profile}")


@cache
def _known_answers() -> dict[str, Any]:
    return tomllib.loads((HERE / "plants.toml").read_text(encoding="utf-8"))
