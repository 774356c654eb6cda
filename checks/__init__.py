"""Judging: what is found on a page is a pure function of what was captured; no network, no browser, no clock."""
