"""The same photo sent many times at once, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Photo
from tests.cast import person
from tests.client import Client
from tests.evidence.photos import file, scene

COPIES = 20


def test_twenty_parallel_copies_make_one_row(app: Flask, engine: Engine) -> None:
    photo_id = new_id()
    data = file(scene(800, 600))
    start = Barrier(COPIES)

    def send(_: int) -> int:
        client = Client(app, person("worker"))
        start.wait()
        return client.put(f"/v1/photos/{photo_id}", data=data).status_code

    try:
        with ThreadPoolExecutor(COPIES) as pool:
            statuses = list(pool.map(send, range(COPIES)))
        with Session(engine) as session:
            rows = session.scalar(select(func.count()).where(Photo.id == photo_id))
    finally:
        with Session(engine) as session:
            session.execute(delete(Photo).where(Photo.id == photo_id))
            session.commit()

    assert (sorted(statuses), rows) == ([200] * (COPIES - 1) + [201], 1)
