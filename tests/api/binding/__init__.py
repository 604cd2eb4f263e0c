"""Binding a user to a resident of the roster, over HTTP."""
