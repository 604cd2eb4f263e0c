"""Checklists: the versioned questions for each kind of place."""

from app.checklists.listings import checklist, checklist_serving, checklists

__all__ = ["checklist", "checklist_serving", "checklists"]
