"""The consent texts that come with the product: the newest version of each purpose.

A migration publishes them; a changed text is a new version in a new migration, never an edit.
"""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from app.models import ConsentPurpose


@dataclass(frozen=True)
class ShippedText:
    """One version of one purpose's text."""

    id: UUID
    title: str
    text: str
    version: int = 1

    @property
    def text_hash(self) -> bytes:
        """Give the SHA-256 of title, line break and text, as the table keeps it."""
        return sha256(f"{self.title}\n{self.text}".encode()).digest()


NO_LONGER_ASKED = frozenset({ConsentPurpose.SHARING_UPWARD})
"""Purposes for which nobody is asked: county and city get numbers of people, and no names with hardship.

What was decided on them stays readable, and a yes can be taken back.
"""
SHIPPED_TEXTS = {
    ConsentPurpose.LOCATION: ShippedText(
        UUID("100ef08a-328e-52da-964e-e217a0ec0e06"),
        "位置",
        "上报隐患、上门办事时，手机会问能不能给出当时的位置，只用来确认地点，最多保存90天。"
        "您可以不给，改为扫码或用文字说明地点。",
    ),
    ConsentPurpose.PHOTO: ShippedText(
        UUID("76928e37-f180-5409-9f91-f174c4130b77"),
        "照片",
        "上报隐患、申报积分时，您可以拍照上传，只给办理这件事的工作人员看。"
        "照片里请不要拍到别人的脸。"
        "您可以不传，改用文字说明。",
    ),
    ConsentPurpose.HEALTH_HARDSHIP: ShippedText(
        UUID("3f84d1d0-0fd1-578e-a233-e6128d1b061b"),
        "健康和困难",
        "您自己告诉我们的健康、家庭困难，只用来安排探访和帮扶，只有负责的工作人员和社区管理员能看。"
        "您可以不说。",
    ),
    ConsentPurpose.ID_NUMBER: ShippedText(
        UUID("0a404379-3241-5e03-8765-03602deee376"),
        "身份证号",
        "用身份证号核对您是不是名册上的本人，加密保存，平时只显示头尾两位。"
        "您可以不填，改为请社区管理员当面核对。",
    ),
    ConsentPurpose.MINORS: ShippedText(
        UUID("95a68f37-f88a-513f-9ebd-18ac3c434a18"),
        "不满14周岁孩子的信息",
        "作为监护人，您同意工作人员登记孩子的电话和身份证号、给孩子开通账号、记录孩子得的积分，"
        "并记录孩子的探访情况（学习、身体、心情、家里的照顾），只用来关心和保护孩子、给家里记积分，不公开、不参加排名。"
        "您可以随时收回同意，收回以后不再记新的，您家的积分照样能用。"
        "发现孩子可能受到伤害时，法律要求马上报告，不等同意。",
        version=2,
    ),
    ConsentPurpose.SHARING_UPWARD: ShippedText(
        UUID("9c4b9c61-1aee-56a8-b7d0-5780802ba65f"),
        "向上级报送",
        "为您申请帮扶时，把您的姓名和困难情况报给县里的主管部门。"
        "您可以不同意，平时的统计报表只有数字，没有姓名。",
    ),
}
