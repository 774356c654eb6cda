"""What a reviewer enters by hand: one criterion on one page, or a checklist, with a picture as evidence."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime

from PIL import Image, ImageOps

from auditor.accounts import Account
from auditor.acting import Refused, words
from auditor.hand_checks import WCAG, Checklist, HandCheck, Held
from auditor.language import say
from auditor.service import Service
from auditor.store_hand_checks import HandChecks
from auditor.store_log import Act, Actor, LogBook

WIDEST = 1600
MOST_PIXELS = 40_000_000
KINDS = ("PNG", "JPEG", "WEBP")


def check_page(
    service: Service, account: Account, actor: Actor, *, site: str, page: str, criterion: str, held: str, note: str, picture: bytes
) -> HandCheck:
    """Enter what somebody found of a criterion on a page. Refused with what to mend; the caller knows page and criterion."""
    errors: dict[str, str] = {}
    found = _held(held, "held", errors)
    note = _note(note, errors, needed=found in (Held.NO, Held.UNSURE))
    kept = _picture(picture, errors)
    if errors or found is None:
        raise Refused(errors)
    check = HandCheck(
        list=WCAG, site=site, subject=page, item=criterion, held=found, note=note, by=account.title, day=service.today(),
        made=datetime.now(UTC), picture=_digest(kept),
    )  # fmt: skip
    with service.write() as store, store.writing():
        HandChecks(store).add([check], kept)
        LogBook(store).record(actor, Act.CHECKED, site, f"{criterion} {page[:300]}：{found.value}")
    return check


def check_thing(
    service: Service, account: Account, actor: Actor, checklist: Checklist, *, subject: str, day: str, said: Mapping[str, str], note: str,
    picture: bytes,
) -> tuple[HandCheck, ...]:  # fmt: skip
    """Enter a filled-in checklist. `said`: id of an item -> what was found. Refused with what to mend."""
    errors: dict[str, str] = {}
    subject = subject.strip()
    if not subject or len(subject) > 200:
        told = f"Please enter this, in 200 characters at most: {checklist.subject_told}."
        errors["subject"] = say(f"请写明{checklist.subject}，最多 200 个字。", told)
    seen = _day(day, service.today(), errors)
    found = {item.id: _held(said.get(item.id, ""), f"item-{item.id}", errors) for item in checklist.items}
    note = _note(note, errors, needed=Held.NO in found.values())
    kept = _picture(picture, errors)
    if errors or seen is None:
        raise Refused(errors)
    checks = tuple(
        HandCheck(
            list=checklist.id, site="", subject=subject, item=item, held=held, note=note, by=account.title, day=seen,
            made=datetime.now(UTC), picture=_digest(kept),
        )
        for item, held in found.items() if held is not None
    )  # fmt: skip
    with service.write() as store, store.writing():
        HandChecks(store).add(checks, kept)
        LogBook(store).record(actor, Act.CHECKED, checklist.id, f"{subject}，{seen.isoformat()}")
    return checks


def drawn(content: bytes) -> bytes:
    """A picture as WebP without anything else that was in the file (place, device, time). ValueError where it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("too large")
            shown = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("no picture") from error
    shown.thumbnail((WIDEST, WIDEST))
    out = io.BytesIO()
    shown.save(out, "WEBP", quality=80)
    return out.getvalue()


def _picture(content: bytes, errors: dict[str, str]) -> bytes:
    try:
        return drawn(content) if content else b""
    except ValueError:
        told = "This file is no picture that can be used. Please send a PNG, JPEG or WebP picture."
        errors["picture"] = say("这个文件不是能用的图片，请上传 PNG、JPEG 或者 WebP 图片。", told)
        return b""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else ""


def _held(told: str, field: str, errors: dict[str, str]) -> Held | None:
    found = next((one for one in Held if one.value == told), None)
    if found is None:
        errors[field] = say("请选择核查的结果。", "Please choose what you found.")
    return found


def _note(note: str, errors: dict[str, str], *, needed: bool) -> str:
    told = "Where it is not met, or you are not sure, please enter where and what it is like."
    return words(note, errors, "note", say("不满足或者不能确定的，请写明在哪里、是什么情况。", told), needed=needed)


def _day(told: str, today: date, errors: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(told.strip())
    except ValueError:
        errors["day"] = say(
            f"日期要写成“年-月-日”，例如 {today.isoformat()}。", f"Please write the date as year-month-day, such as {today.isoformat()}."
        )
        return None
    if day > today:
        errors["day"] = say("核查日期不能晚于今天。", "The date of the check cannot be after today.")
    return day
