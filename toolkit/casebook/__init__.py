"""Custody: what came in, what was made of it, and a signed record of both.

Everything is reached through :class:`toolkit.casebook.case.Case`. This room
knows nothing of vision, clocks or findings.
"""
