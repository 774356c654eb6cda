"""Visiting: how addresses are found and looked at, politely and through one way out; knows nothing about accessibility."""
