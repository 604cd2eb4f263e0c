"""Gongdi (共缔): inspections, visits and points for resettlement communities."""
