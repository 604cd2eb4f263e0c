"""The main path over HTTP, as the people who walk it: shown by `make demo`, proven by tests/e2e."""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests
from PIL import Image, ImageDraw
from uuid_utils.compat import uuid7

from app.clock import SHANGHAI
from dev.phone import TIMEOUT_S, Hand, Line, SignIn, WalkError


@dataclass(frozen=True)
class People:
    """Who walks the path: all of one community, the resident of the worker's grid."""

    worker: SignIn
    admin: SignIn
    resident: SignIn


@dataclass
class Walk:
    """The path and what came of it."""

    line: Line
    people: People
    say: Callable[[str], None]
    """Tells each step in words."""
    notice_over: Callable[[], None] = lambda: None
    """Lets the days of public notice pass and the scheduler's job run."""
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    _repeats_told: int = 0

    def all(self) -> None:
        """Walk the whole path; raises WalkError where the application does not play along."""
        self.worker = Hand(self.line, self.people.worker)
        self.admin = Hand(self.line, self.people.admin)
        self.resident = Hand(self.line, self.people.resident)
        self.before = self.resident.get("/v1/points/account")["balance"]
        self._tell(f"The resident's household starts with {_points(self.before)}.")
        if self.line.is_bad:
            self._tell(
                "The line is bad: the first reply to every write gets lost, and the write is sent again."
            )
        self.scan()
        self.inspect()
        self.visit()
        self.report()
        self.put_right()
        self.claim()
        self.read_balance()

    def scan(self) -> None:
        """Print a building's code and scan it."""
        home = self.resident.get(f"/v1/households/{self.resident.me['household_id']}")
        code = self.admin.post(f"/v1/places/{home['place_id']}/codes")
        self.code = code["url"].rpartition("/")[2]
        scanned = requests.get(
            f"{self.line.address}/q/{self.code}", headers={"Accept": "application/json"}, timeout=TIMEOUT_S
        ).json()
        self.place = self.worker.get(f"/v1/places/{scanned['place']['id']}")
        self._tell(f"The grid worker scans the code at {self.place['name']}: {code['url']}")

    def inspect(self) -> None:
        """File an inspection with a problem, and its two photos later."""
        lists = self.worker.get("/v1/checklists", place_id=self.place["id"])["items"]
        whole = [self.worker.get(f"/v1/checklists/{one['id']}") for one in lists]
        checklist = max(whole, key=lambda one: len(one["items"]))
        photo_ids = [str(uuid7()), str(uuid7())]
        wrong = next(item["id"] for item in checklist["items"] if item["level"] == "general")
        answers = [{"item_id": item["id"], "result": "ok"} for item in checklist["items"]]
        problem = next(answer for answer in answers if answer["item_id"] == wrong)
        problem |= {"result": "problem", "note": "纸箱堵住了楼道", "photo_ids": photo_ids}
        body = {
            **self._signals(),
            "place_id": self.place["id"],
            "checklist_id": checklist["id"],
            "answers": answers,
        }
        path = f"/v1/inspections/{uuid7()}"
        filed = self.worker.put(path, body)
        self._tell(
            f"She fills in {checklist['title']} ({len(body['answers'])} items, one problem); presence: "
            f"{filed['presence']}."
        )
        for photo_id in photo_ids:
            self.worker.put(f"/v1/photos/{photo_id}", self._photo("楼道"))
        shown = self.worker.get(path)
        arrived = sum(photo["arrived"] for answer in shown["answers"] for photo in answer["photos"])
        self.hazard_id = next(answer["hazard_id"] for answer in shown["answers"] if answer["hazard_id"])
        self._tell(f"Her photos follow when the net allows: {arrived} of {len(photo_ids)} are there.")

    def visit(self) -> None:
        """Visit whoever is due first and needs no ticket."""
        listed = self.worker.get("/v1/care-records", presence="home")["items"]
        record = next(one for one in listed if not one["ticket_needed"])
        form = self.worker.get("/v1/visit-forms", category=record["category"])["items"][0]
        body = {
            **self._signals(),
            "care_record_id": record["id"],
            "form_id": form["id"],
            "mode": "in_person",
            "outcome": "seen_well",
            "answers": {item["key"]: _answer(item) for item in form["fields"] if item["required"]},
        }
        self.worker.put(f"/v1/visits/{uuid7()}", body)
        after = self.worker.get(f"/v1/care-records/{record['id']}")
        self._tell(
            f"She visits a resident ({record['category']}), due on {record['next_due_on']}; "
            f"the next visit is due on {after['next_due_on']}."
        )

    def report(self) -> None:
        """Let the resident report a hazard, the admin accept it, and points follow at once."""
        photo_id, path = str(uuid7()), f"/v1/hazards/{uuid7()}"
        body = {
            **self._signals(),
            "category": "facility",
            "text": "单元门的灯不亮，晚上看不见台阶",
            "photo_ids": [photo_id],
        }
        self.resident.put(path, body)
        self.resident.put(f"/v1/photos/{photo_id}", self._photo("灯不亮"))
        self.admin.step(f"{path}/accept", {"note": "情况属实"})
        household_id = self.resident.me["household_id"]
        claims = self.admin.get("/v1/claims", household_id=household_id, status="verified")["items"]
        claim = next(claim for claim in claims if claim["source_id"] == path.rpartition("/")[2])
        self.admin.step(f"/v1/claims/{claim['id']}/approve")
        self.earned = claim["points"]
        self._tell(f"The resident reports a broken light; the admin accepts it: {_points(claim['points'])}.")

    def put_right(self) -> None:
        """Take the inspection's hazard through its closed loop."""
        path = f"/v1/hazards/{self.hazard_id}"
        self.admin.step(f"{path}/accept")
        assigned = self.admin.step(f"{path}/assign", {"assignee_id": self.worker.me["user_id"]})
        self._tell(
            f"The hazard she found is accepted and assigned, to be put right by {_shown(assigned['due_at'])}."
        )
        self.worker.step(f"{path}/start")
        photo_id = str(uuid7())
        self.worker.put(f"/v1/photos/{photo_id}", self._photo("已清理"))
        self.worker.step(f"{path}/rectify", {"note": "纸箱已搬走", "photo_ids": [photo_id]})
        failed = self.admin.step(f"{path}/verify", {"passed": False, "note": "还有两个纸箱"})
        self._tell(f"The first recheck fails and sends it back: {failed['status']}.")
        self.worker.step(f"{path}/start")
        self.worker.step(f"{path}/rectify", {"note": "全部搬走了"})
        closed = self.admin.step(f"{path}/verify", {"passed": True})
        self._tell(f"Somebody else rechecks it: {closed['status']}.")

    def claim(self) -> None:
        """Let the resident claim points, verified, approved and posted after public notice."""
        rules = self.resident.get("/v1/rules", limit=100)["items"]
        rule = next(rule for rule in rules if rule["code"] == "env_action")
        photo_id, path = str(uuid7()), f"/v1/claims/{uuid7()}"
        body = {
            "rule_id": rule["id"],
            "resident_id": self.resident.me["resident_id"],
            "text": "参加了楼前的清扫",
            "captured_at": datetime.now(UTC).isoformat(),
            "photo_ids": [photo_id],
        }
        self.resident.put(path, body)
        self.resident.put(f"/v1/photos/{photo_id}", self._photo("楼道干净"))
        self.worker.step(f"{path}/verify", {"note": "看过了"})
        approved = self.admin.step(f"{path}/approve")
        self._tell(
            f"The resident claims {_points(approved['points'])} for {rule['title']}; the grid worker "
            f"verifies, the admin approves: {approved['status']} until {_shown(approved['notice_until'])}."
        )
        self.notice_over()
        posted = self.resident.get(path)
        self._tell(f"The days of public notice pass: {posted['status']}.")
        if posted["status"] == "posted":
            self.earned += posted["points"]

    def read_balance(self) -> None:
        """Read the balance, and why it is what it is."""
        after = self.resident.get("/v1/points/account")["balance"]
        if after != self.before + self.earned:
            raise WalkError(f"{self.before} + {self.earned} points are not {after}")
        newest = self.resident.get("/v1/points/entries", limit=2)["items"]
        for entry in newest:
            self.say(
                f"  {entry['change']:+d} {entry['rule_title']}, approved by {entry['approved_by']}, "
                f"balance {entry['balance']}"
            )
        self._tell(f"The resident reads the balance: {self.before} + {self.earned} = {after} points.")
        if self.line.repeats:
            self._tell(f"All {len(self.line.repeats)} writes sent again were known already, and count once.")

    def _tell(self, text: str) -> None:
        """Tell a step, and how many of its replies were lost."""
        lost = len(self.line.repeats) - self._repeats_told
        self._repeats_told += lost
        self.say(f"{text} [sent again: {lost}]" if lost else text)

    def _signals(self) -> dict[str, Any]:
        return {
            "captured_at": datetime.now(UTC).isoformat(),
            "code": self.code,
            "position": {
                "lng": self.place["lng"],
                "lat": self.place["lat"],
                "accuracy_m": 15,
                "datum": "wgs84",
            },
        }

    def _photo(self, caption: str) -> bytes:
        """Make a real photo of the moment: no two are alike."""
        picture = Image.effect_noise((1280, 960), self.rng.randint(20, 80)).convert("RGB")
        ImageDraw.Draw(picture).rectangle((100, 100, 1180, 400), fill=(200, 60, len(caption)))
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=80)
        return made.getvalue()


def _points(count: int) -> str:
    """Give a number of points in words of English."""
    return "1 point" if count == 1 else f"{count} points"


def _shown(moment: str) -> str:
    """Say a moment as the people of the walk read it: in Chinese time."""
    return f"{datetime.fromisoformat(moment).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _answer(item: dict[str, Any]) -> Any:
    """Give a plausible answer to a question of a visit form."""
    first = item["options"][0]["value"] if item.get("options") else None
    return {"choice": first, "multi": [first], "text": "都好", "number": 1, "boolean": True}[item["kind"]]
