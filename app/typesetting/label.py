"""What is printed with a code, on a poster or a sheet."""

from dataclasses import dataclass

HOW_TO = "扫一扫，报隐患"
CUT_HERE = "沿十字标记裁开"
HOW_TO_BIND = "用微信登录后绑定身份：填姓名、身份证号后六位和这个码"
KEEP_IT = "这是您家的码，请收好，不要给外人看"
FIXED = f"{HOW_TO}{CUT_HERE}{HOW_TO_BIND}{KEEP_IT}绑定码编号第页，共…0123456789"
"""Signs that are on every print."""


@dataclass(frozen=True, slots=True)
class Label:
    """A place's code as people see it."""

    url: str
    name: str
    """Of the place."""
    note: str
    """Where it is: its address; may be empty."""
    community: str
    """Tells one 1号楼 from another."""
    number: str
    """Short, to tell somebody on the phone which code it is."""

    @property
    def text(self) -> str:
        """Everything of it that is written."""
        return self.community + self.name + self.note + self.number
