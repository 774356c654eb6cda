"""Checks over the pages of a site, one file each."""
