"""Puts into the outbox what a round gives occasion to tell."""

from __future__ import annotations

import logging
from datetime import datetime

from auditor.model import Reader, Watch
from auditor.notices.digests import digest, trouble
from auditor.publish import read_history
from auditor.store import Store
from auditor.store_outbox import Outbox

log = logging.getLogger("auditor")


def announce(watch: Watch, store: Store, round: str, now: datetime) -> int:
    """Queue the digests of a round, one for each channel that has something to hear; the number of new messages.

    Belongs before the end of the round is noted: a process that is killed in between tells it when the round goes on, and no message is
    queued twice. A mistake of ours here never costs the round.
    """
    if not watch.notices:
        return 0
    try:
        history = read_history(watch, store, brief=True)
        told = [(channel.id, message) for channel in watch.notices if (message := digest(history, channel, round, now))]
        return Outbox(store).queue(told, now)
    except Exception:
        log.exception("通知没有写成，检测结果不受影响。")
        return 0


def announce_trouble(watch: Watch, store: Store, sentence: str, now: datetime) -> int:
    """Queue for the operator that a round could not be finished."""
    message = trouble(sentence, watch.timezone, now)
    return Outbox(store).queue([(channel.id, message) for channel in watch.notices if channel.reader is Reader.OPERATOR], now)
