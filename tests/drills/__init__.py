"""Drills in short forms, and what runs them."""
