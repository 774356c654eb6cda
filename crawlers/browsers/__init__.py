"""Ways to look at an address, one file each, one verb: visit(url, probes, limit=...) -> Page."""
