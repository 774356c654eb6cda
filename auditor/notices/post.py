"""Sends what waits in the outbox: one sender at a time, within the pace that each channel bears, again and again until it is taken.

A message is noted as being handed over before, and as taken after. A process that is killed in between cannot know whether the other side
has it: the message goes out once more and says so (robots, in its text; mail and webhooks bear the same number too). Nothing is lost.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.model import Channel, Network, Watch
from auditor.notices.channels import kinds
from auditor.notices.message import Message, MissingSecret, Secrets
from auditor.notices.sender import LIMIT, deliver
from auditor.store import Store, StoreBusy, StoreError
from auditor.store_lock import WriterLock
from auditor.store_outbox import Entry, Outbox

MINUTE = timedelta(minutes=1)
LOOK = 20.0  # seconds between two looks at the outbox
IN_A_ROW = 2  # failures of a place, after which its other messages wait for the next look
log = logging.getLogger("auditor")

Deliver = Callable[[Channel, Message, Network], str]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What one pass came to."""

    taken: int = 0
    refused: int = 0  #: they will be tried again
    given_up: int = 0
    held: int = 0  #: they wait because the channel bears no more in this minute, or does not answer


def send_due(
    watch: Watch, db: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), deliver: Deliver = deliver,
    stop: threading.Event | None = None,
) -> Sent:  # fmt: skip
    """Send all that is due, once. StoreBusy while another process sends."""
    lock = WriterLock(db, suffix=".outbox", doing="正在发送通知，使用着")
    lock.acquire()
    try:
        with Store.open(db) as store:
            outbox = Outbox(store)
            outbox.recover(clock())
            outbox.forget(clock())
            return _pass(watch, outbox, clock, deliver, stop or threading.Event())
    finally:
        lock.release()


def _pass(watch: Watch, outbox: Outbox, clock: Callable[[], datetime], deliver: Deliver, stop: threading.Event) -> Sent:
    """What is due, in its order. A place that failed twice in a row is left alone for this pass: it must not keep the others waiting."""
    channels = {one.id: one for one in watch.notices}
    places = _places(watch.notices)
    failed: Counter[tuple[str, ...]] = Counter()
    counts = dict.fromkeys(("taken", "refused", "given_up", "held"), 0)
    for entry in outbox.due(clock()):
        channel = channels.get(entry.channel)
        if stop.is_set():
            break
        if channel is None:
            given_up = outbox.refused(entry, "网站清单里已经没有这条通知。", clock())
            counts["given_up" if given_up else "refused"] += 1
            continue
        place = places[channel.id]
        if failed[place] >= IN_A_ROW or outbox.recent(place, clock() - MINUTE, clock()) >= kinds()[channel.kind].A_MINUTE:
            counts["held"] += 1
            continue
        ended = _hand_over(channel, entry, watch.network, outbox, clock, deliver)
        failed[place] = 0 if ended == "taken" else failed[place] + 1
        counts[ended] += 1
    return Sent(**counts)


def _hand_over(
    channel: Channel, entry: Entry, network: Network, outbox: Outbox, clock: Callable[[], datetime], deliver: Deliver
) -> str:  # fmt: skip
    """Send one message, and note what came of it: "taken", "refused" or "given_up"."""
    outbox.begin(entry, clock())
    said = deliver(channel, entry.message, network)
    if not said:
        outbox.taken(entry, clock())
        return "taken"
    log.warning("通知 %s 没有送达：%s", channel.id, said)
    return "given_up" if outbox.refused(entry, said, clock()) else "refused"


def _places(channels: Sequence[Channel]) -> Mapping[str, tuple[str, ...]]:
    """Channel -> all channels that lead to the same robot or server: they share its pace."""
    places: dict[tuple[str, ...], list[str]] = {}
    for one in channels:
        try:
            secrets = Secrets.of(one)
            place: tuple[str, ...] = (one.kind, secrets.url, secrets.key, one.host)
        except MissingSecret:
            place = (one.kind, one.id)
        places.setdefault(place, []).append(one.id)
    return {name: tuple(names) for names in places.values() for name in names}


class Postman:
    """A thread that sends what is due while a service runs: `with Postman(lambda: watch, db): …`."""

    def __init__(self, watch: Callable[[], Watch], db: Path) -> None:
        self._watch, self._db = watch, db
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def __enter__(self) -> Postman:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join(LIMIT + 5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._watch().notices:
                    send_due(self._watch(), self._db, stop=self._stop)
            except StoreBusy:
                pass  # another process sends
            except (StoreError, OSError) as error:
                log.error("通知没有发送：%s", error)
            self._stop.wait(LOOK)
