"""Rows of proxies, written straight into the tables."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.actors import ProxyFunction
from app.clock import business_day, now
from app.ids import new_id
from app.models import Proxy, ProxyRelation, ProxyState, ProxyWord
from tests.matrix.binding_rows import BindingRows


class ProxyRows(BindingRows):
    """Writes who may act for the household's head."""

    def proxy(self, by: str = "clerk", *, is_confirmed: bool = False) -> UUID:
        """Write that somebody of this side asks, or may, act for the head."""
        proxy_id, user_id = new_id(), self.user(by)
        present = self.session.scalar(
            select(Proxy.id).where(Proxy.user_id == user_id, Proxy.resident_id == self.resident_id)
        )
        if present is not None:
            return present
        confirmed = {
            "state": ProxyState.CONFIRMED,
            "confirmed_by": self.user("admin"),
            "confirmed_at": now(),
            "confirmed_how": ProxyWord.IN_PERSON,
        }
        self.add(
            Proxy(
                id=proxy_id,
                area_code=self.area,
                resident_id=self.resident_id,
                user_id=user_id,
                relation=ProxyRelation.OTHER,
                functions=sorted(ProxyFunction),
                valid_until=business_day() + timedelta(days=30),
                consent="当面说过",
                asked_by=user_id,
                asked_at=now(),
                content_hash=b"",
                **confirmed if is_confirmed else {"state": ProxyState.ASKED},
            )
        )
        return proxy_id
