"""Checklists: the versioned questions for each kind of place."""

from app.checklists.listings import checklist, checklist_serving, checklists
from app.models import ItemKind

__all__ = ["ItemKind", "checklist", "checklist_serving", "checklists"]
