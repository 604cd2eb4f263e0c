"""How many photos one person may send on a day in China, and how many megabytes."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from PIL import Image

from app import clock
from app.api.http.photo_quota import PhotoQuota, PhotoQuotaError
from app.config import Settings
from app.ids import new_id
from tests.cast import person
from tests.client import Answer, Client
from tests.evidence.photos import file, scene

EVENING = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
"""Ten at night in China."""
SMALL = file(scene(300, 200))
AppWith = Callable[..., Flask]
pytestmark = pytest.mark.usefixtures("connection", "evening")


@pytest.fixture
def evening() -> Iterator[None]:
    """Let every test begin at a moment that is far enough from midnight in China."""
    with clock.set_to(EVENING):
        yield


def send(app: Flask, name: str = "worker", data: bytes = SMALL, path: str = "") -> Answer:
    """Send a photo, by default another one."""
    return Client(app, person(name)).put(path or f"/v1/photos/{new_id()}", data=data)


@pytest.fixture
def app_of_three(app_with: AppWith) -> Flask:
    """Give an application that takes three photos a day."""
    return app_with(photos_a_day=3)


def test_the_fourth_photo_waits_for_tomorrow(app_of_three: Flask) -> None:
    assert [send(app_of_three).status_code for _ in range(3)] == [201] * 3

    answer = send(app_of_three)

    assert (answer.status_code, answer.json["code"]) == (429, "photo_quota")
    assert answer.json["title"] == "今天传的照片太多了，没传完的请明天再传"
    assert answer.headers["Retry-After"] == "7201", "just past midnight"


def test_at_midnight_in_china_the_count_starts_anew(app_of_three: Flask) -> None:
    assert [send(app_of_three).status_code for _ in range(4)] == [201] * 3 + [429]
    with clock.set_to(EVENING + timedelta(hours=2, seconds=1)):
        assert send(app_of_three).status_code == 201


def test_each_person_has_a_quota_of_his_own(app_of_three: Flask) -> None:
    assert [send(app_of_three).status_code for _ in range(4)] == [201] * 3 + [429]

    assert send(app_of_three, "colleague").status_code == 201


def test_what_is_not_kept_is_not_counted(app_of_three: Flask) -> None:
    path = f"/v1/photos/{new_id()}"
    assert [send(app_of_three, path=path).status_code for _ in range(3)] == [201, 200, 200]
    assert [send(app_of_three, data=b"no picture").status_code for _ in range(3)] == [415] * 3

    assert [send(app_of_three).status_code for _ in range(3)] == [201, 201, 429]


def test_a_photo_sent_again_is_free_when_the_day_is_full(app_of_three: Flask) -> None:
    path = f"/v1/photos/{new_id()}"
    first = send(app_of_three, path=path)
    assert [send(app_of_three).status_code for _ in range(3)] == [201, 201, 429]

    again = send(app_of_three, path=path)

    assert (first.status_code, again.status_code, again.json["id"]) == (201, 200, first.json["id"])
    other = send(app_of_three, data=b"something else", path=path)
    assert (other.status_code, other.json["code"]) == (409, "other_content")


def test_a_day_takes_so_many_megabytes(app_with: AppWith) -> None:
    app = app_with(photo_megabytes_a_day=1)
    large = file(Image.effect_noise((900, 700), 90), quality=95)
    fitting = 1_000_000 // len(large)
    assert 1 <= fitting <= 3

    answers = [send(app, data=large).status_code for _ in range(fitting + 1)]

    assert answers == [201] * fitting + [429]


def test_the_usual_quota_is_twice_a_long_day_offline(app: Flask, settings: Settings) -> None:
    quota = PhotoQuota(new_id(), photos=settings.photos_a_day, megabytes=settings.photo_megabytes_a_day)
    with app.app_context():
        for _ in range(600):
            with quota.spent_if_kept(1_000_000) as spend:
                spend()
        with pytest.raises(PhotoQuotaError), quota.spent_if_kept(1) as spend:
            spend()


def test_processes_count_together(app_with: AppWith) -> None:
    first, second = app_with(photos_a_day=3), app_with(photos_a_day=3)

    assert [send(first).status_code for _ in range(2)] == [201] * 2
    assert [send(second).status_code for _ in range(2)] == [201, 429]


def test_without_redis_a_process_counts_for_itself(app_with: AppWith) -> None:
    app = app_with(photos_a_day=3, redis_url="redis://127.0.0.1:1/0")

    assert [send(app).status_code for _ in range(4)] == [201] * 3 + [429]


@pytest.mark.parametrize("redis", [True, False], ids=["redis", "no redis"])
def test_side_by_side_exactly_the_rest_is_taken(app_with: AppWith, redis_url: str, *, redis: bool) -> None:
    """S-148: fifty at once where three are left; without Redis a process counts for itself, as exactly."""
    app = app_with(photos_a_day=10, redis_url=redis_url if redis else "redis://127.0.0.1:1/0")
    who = new_id()
    begin = threading.Barrier(50)

    def one(number: int) -> bool:
        with app.app_context(), clock.set_to(EVENING):
            quota = PhotoQuota(who, photos=10, megabytes=100)
            if number >= 0:
                begin.wait()
            try:
                with quota.spent_if_kept(1000) as spend:
                    spend()
            except PhotoQuotaError:
                return False
            return True

    assert all(one(-1) for _ in range(7))
    with ThreadPoolExecutor(50) as threads:
        taken = list(threads.map(one, range(50)))

    assert sum(taken) == 3
    assert one(-1) is False


def test_what_was_refused_in_the_end_gives_its_share_back(app_with: AppWith) -> None:
    """S-148: a photo that is broken, or over the megabytes, leaves room for others."""
    app = app_with(photos_a_day=2, photo_megabytes_a_day=1)
    large = file(Image.effect_noise((1500, 1500), 90), quality=98)
    assert len(large) > 1_000_000
    broken = SMALL[: len(SMALL) // 2]

    statuses = [send(app, data=data).status_code for data in (broken, broken, large, SMALL, SMALL, SMALL)]

    assert statuses == [422, 422, 429, 201, 201, 429]
