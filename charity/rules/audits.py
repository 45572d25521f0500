"""Figures of spot checks: floors of coverage, sizes of teams, days to answer (HANDBOOK 3.1)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

_CHECKS = date(2017, 3, 13)
_OURS = date(2024, 9, 5)

ROWS: tuple[Parameter, ...] = (
    # least percent of the frame a regular check draws, by the level of registration
    Parameter("INS-01.county", 3, _CHECKS, None, "社会组织抽查暂行办法 5"),
    Parameter("INS-01.city", 4, _CHECKS, None, "社会组织抽查暂行办法 5"),
    Parameter("INS-01.province", 5, _CHECKS, None, "社会组织抽查暂行办法 5"),
    Parameter("INS-01.ministry", 10, _CHECKS, None, "社会组织抽查暂行办法 5"),
    # income of the period in fen from which an organisation is medium (1) or large (2)
    Parameter("INS-02", ((0, 0), (100_000_000, 1), (1_000_000_000, 2)), _OURS, None, "own rule"),
    # how many inspect together; of a commissioned firm as well
    Parameter("INS-06", 2, _CHECKS, None, "社会组织抽查暂行办法"),
    Parameter("INS-07", 2, _CHECKS, None, "社会组织抽查暂行办法"),
    # working days to answer draft findings, and to put right what is ordered
    Parameter("INS-09.response", 10, _OURS, None, "own rule"),
    Parameter("INS-09.rectify", 30, _OURS, None, "own rule"),
    # days without a sign of life, and missed annual inspections in a row, after which one asks
    Parameter("ORG-16.quiet", 365, _OURS, None, "own rule (社会组织信用信息管理办法)"),
    Parameter("ORG-16.missed", 2, _OURS, None, "own rule (社会组织信用信息管理办法)"),
)
