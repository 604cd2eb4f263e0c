"""Tests of what shows that a worker is where he says."""
