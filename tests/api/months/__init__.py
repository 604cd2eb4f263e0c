"""A worker's month, for the talk about it."""
