"""Entering a settlement from a workbook."""
