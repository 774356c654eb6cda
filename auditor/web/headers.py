"""The headers of every answer, which keep scripts, frames and guesses out."""

from __future__ import annotations

POLICY = "Content-Security-Policy"
_STRICT = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

LIVE = {POLICY: f"{_STRICT}; script-src 'self'; connect-src 'self'"}
"""For the one page that brings itself up to date: scripts that are files of ours, none that stands in the page."""

HEADERS = {
    POLICY: _STRICT,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers call the origin of our own forms null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""For every answer that does not say otherwise."""
