"""Tells people what changed or failed: by mail, by robots of work groups, and to other systems."""
