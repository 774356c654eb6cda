"""Where pictures wait that an experiment took, until its answer is put away with them."""

from __future__ import annotations

from auditor.model import Scene

MOST = 60  # pictures of one experiment on one page


class Keeping:
    """The part of a driver that keeps scenes (`Driver.keep`)."""

    def __init__(self) -> None:
        self._kept: dict[str, Scene] = {}

    def keep(self, place: str, scene: Scene) -> None:
        """Keep a picture with what is told of the element at a place; "": of the page as a whole. The first one counts."""
        if len(self._kept) < MOST:
            self._kept.setdefault(place, scene)

    def kept(self) -> dict[str, Scene]:
        """What was kept since this was last asked, place -> scene."""
        told, self._kept = self._kept, {}
        return told
