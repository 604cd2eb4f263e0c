"""By which function each sheet of a workbook is entered."""

from app.identity import ADMINISTRATORS, TABLE, Permission
from app.imports.kinds import WORKS


def test_no_sheet_of_a_workbook_is_entered_by_one_function_of_two_administrators() -> None:
    """S-39: the function of sending a workbook is shared, and enters nothing by itself."""
    entering = {permission for work in WORKS.values() for permission in work.kind.permissions}

    assert Permission.ROSTER_IMPORT not in entering
    assert [one for one in entering if len(TABLE[one].keys() & ADMINISTRATORS) > 1] == []
    assert {*TABLE[Permission.USER_WRITE]} & {*TABLE[Permission.GRANT_WRITE]} & ADMINISTRATORS == set()
