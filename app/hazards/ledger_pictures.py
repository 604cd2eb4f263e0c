"""The small pictures in a file of the ledger of hazards: what each shows before and after, within bounds."""

from collections.abc import Iterable

from app.adapters import PhotoMissingError, PhotoStore, photo_key
from app.evidence import BrokenPictureError, NamedPhoto, smaller
from app.exports import CellValue, Picture

PICTURED_MOST = 1000
"""Hazards in a file with pictures: it is made in memory. In a larger one photos are counted only."""
PICTURE_BYTES_MOST = 24 << 20
"""Of all pictures in a file."""
EDGE_PX = 200
BEFORE, AFTER = "整改前照片", "整改后照片"
_SAID = "照片只放整改前、整改后各一张小图，其余请在系统里看。"
_TOO_MANY = f"隐患超过{PICTURED_MOST}条，只写照片张数，不放照片；要照片请分开导出。"
_FULL = "照片太大，后面的隐患只写照片张数；要照片请分开导出。"


class LedgerPictures:
    """Draws pictures until a file has as much as it may hold."""

    def __init__(self, photos: PhotoStore, *, hazards: int) -> None:
        """Draw none at all where there are too many hazards."""
        self._photos = photos
        self._is_off = hazards > PICTURED_MOST
        self._left = 0 if self._is_off else PICTURE_BYTES_MOST
        self._is_full = False

    @property
    def note(self) -> str:
        """Say which photos the file shows, and why it lacks others."""
        if self._is_off:
            return _TOO_MANY
        return _SAID + _FULL * self._is_full

    def first(self, named: Iterable[NamedPhoto], words: str) -> CellValue:
        """Give the first photo that arrived as a picture, or nothing; one the store lost is passed over."""
        for photo in named if not self._is_off else ():
            if not photo.arrived:
                continue
            try:
                drawn = smaller(self._photos.get(photo_key(photo.photo_id, "thumb")), EDGE_PX)
            except (PhotoMissingError, BrokenPictureError):
                continue
            if len(drawn.jpeg) > self._left:
                self._is_full, self._left = True, 0
                return ""
            self._left -= len(drawn.jpeg)
            return Picture(drawn.jpeg, words, drawn.width, drawn.height)
        return ""
