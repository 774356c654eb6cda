"""The experiments: questions that change the page they are put to, so that each gets one of its own."""

from __future__ import annotations

from auditor.model import Probe
from checks.probes import dialogs, forms, hover, keyboard, layout, motion, pointer, shortcuts, time_limits, toolbar

EXPERIMENT_PROBES: tuple[Probe, ...] = (
    layout.PROBE, keyboard.PROBE, hover.PROBE, dialogs.PROBE, shortcuts.PROBE, pointer.PROBE, forms.PROBE, motion.PROBE, time_limits.PROBE,
    toolbar.PROBE,
)  # fmt: skip
"""In the order in which they are asked; the first on every page, the others on some pages of each template."""
