"""The matrix: rules, claims, accounts, the shop."""

from tests.matrix.lines import Line

POINTS: list[Line] = []
