"""The demo city: fictional portals with planted barriers and their known answers, served on loopback."""
