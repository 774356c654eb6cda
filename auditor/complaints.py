"""What people without an account tell of barriers (投诉反映): what does not fit, how often one may, and how long contacts are kept."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.addresses import is_ip
from auditor.language import Words, say

LONGEST_WHAT, LONGEST_ADDRESS, LONGEST_AID, LONGEST_CONTACT = 1000, 500, 100, 200
"""Characters of the fields."""

CONTACT_AFTER, CONTACT_LONGEST = 30, 365
"""Days for which it is kept how to reach a person: after the complaint is closed, and at most after it came in."""

WINDOW = timedelta(hours=1)
MOST, MOST_LOOKED_UP = 5, 30
"""Within the window: complaints from one network, and receipts that it may look up."""
MOST_OF_ALL, MOST_AT_ALL = 100, 1000
"""Within the window: complaints from everywhere, after which only networks that have sent none yet may send one; and after which nobody
may, for the sake of the disk."""

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class ComplaintStep(StrEnum):
    """What happens to a complaint. Steps are added, never changed."""

    RECEIVED = "received"
    LINKED = "linked"  #: somebody said which site, and perhaps which barrier, it is about
    CASE = "case"  #: a case was opened from it
    ANSWERED = "answered"
    CLOSED = "closed"


STEP_WORDS: Words[ComplaintStep] = Words({
    ComplaintStep.RECEIVED: ("已收到", "received"),
    ComplaintStep.LINKED: ("正在处理", "being looked into"),
    ComplaintStep.CASE: ("已立案督办", "taken up as a case"),
    ComplaintStep.ANSWERED: ("已答复", "answered"),
    ComplaintStep.CLOSED: ("已办结", "closed"),
})  # fmt: skip
"""What a complaint is said to be after its newest step."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What somebody tells, as it comes in."""

    what: str  #: what happened
    site: str = ""  #: id of a watched site, "" where they chose none
    address: str = ""  #: of the page, as they wrote it
    aid: str = ""  #: the assistive technology they use
    contact: str = ""  #: how to reach them; kept apart from all the rest


@dataclass(frozen=True, kw_only=True)
class ComplaintEvent:
    """One step with who did it; `who` is "" for the person who complained."""

    at: datetime
    step: ComplaintStep
    who: str
    words: str  #: the answer, the number of the case, the group or the reason


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """A complaint as officers see it."""

    number: int
    at: datetime
    told: Told  #: its contact is "" where none was given, or it has been deleted
    group: str = ""  #: of barriers that it is about
    case: str = ""  #: the case that was opened from it
    answer: str = ""
    events: tuple[ComplaintEvent, ...] = ()  #: oldest first

    @property
    def step(self) -> ComplaintStep:
        """The newest step."""
        return self.events[-1].step

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do."""
        return self.step is ComplaintStep.CLOSED


def unfit(told: Told, sites: Collection[str], trap: str) -> dict[str, str]:
    """What does not fit: field -> sentence. `trap`: what stood in the field that no person sees."""
    errors = {}
    if not told.what:
        errors["what"] = say("请写明遇到了什么障碍。", "Say what barrier you met.")
    if not told.address and not told.site:
        errors["site"] = say("请选择网站，或者写明网址。", "Choose a site, or give the address.")
    if told.site and told.site not in sites:
        errors["site"] = say("请从列表中选择网站。", "Choose a site from the list.")
    for field, most in (("what", LONGEST_WHAT), ("address", LONGEST_ADDRESS), ("aid", LONGEST_AID), ("contact", LONGEST_CONTACT)):
        length = len(getattr(told, field))
        if length > most:
            errors[field] = say(f"最多 {most} 个字，现在有 {length} 个。", f"At most {most:,} characters; now there are {length:,}.")
    if trap:
        errors[""] = say(
            "没有收下：有一个不显示的栏目被填写了，像是程序自动提交的。请重新打开本页再填写一次。",
            "Not taken: a field that is not shown was filled in, as programs do. Please open this page anew and fill it in again.",
        )
    return errors


def network_of(address: str) -> str:
    """The network from which somebody asks: /24 of IPv4, /48 of IPv6, as one customer gets it; what is no address is its own.

    A socket that listens on both tells IPv4 as ::ffff:192.0.2.1: all of them together would be one network of IPv6.
    """
    if not is_ip(address):
        return address[:64]
    asked = ipaddress.ip_address(address)
    asked = getattr(asked, "ipv4_mapped", None) or asked
    return str(ipaddress.ip_network(f"{asked}/{24 if asked.version == 4 else 48}", strict=False))


def new_receipt() -> str:
    """A number by which only who has it can ask what became of a complaint: 60 bits that can be read out on the telephone."""
    word = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join(word[place : place + 4] for place in range(0, 12, 4))


def as_written(receipt: str) -> str:
    """A receipt number the way it was given out, however somebody types it: small letters, spaces, no dashes."""
    word = "".join(letter for letter in receipt.upper() if letter.isascii() and letter.isalnum())[:12]
    return "-".join(word[place : place + 4] for place in range(0, len(word), 4))


def contact_until(received: datetime, closed: datetime | None) -> datetime:
    """Until when it is kept how to reach a person."""
    longest = received + timedelta(days=CONTACT_LONGEST)
    return min(longest, closed + timedelta(days=CONTACT_AFTER)) if closed is not None else longest
