"""The experiments: questions that change the page they are put to, so that each gets one of its own."""

from __future__ import annotations

from auditor.model import Probe

EXPERIMENT_PROBES: tuple[Probe, ...] = ()
"""In the order in which they are asked."""
