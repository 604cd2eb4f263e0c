"""The seed's personal texts, told in clear and sealed right before they are written."""

from app.cli.seed.rows import Rows
from app.employment import sealed_wage
from app.identity import sealed_binding_secret, sealed_phone, sealed_secret
from app.models import BindingCode, Employment, FollowUp, Guardianship, Resident, SecondFactor, User, Visit
from app.people import Numbers, found_by, sealed_numbers, sealed_proof
from app.sealing import Sealer
from app.visits import sealed_need, sealed_result, sealed_visit

_NO_PHONE = {"phone_sealed": None, "phone_index": None}


def seal(rows: Rows, sealer: Sealer) -> None:
    """Put the sealed columns in the place of the clear ones."""
    for row in rows.of(User):
        phone = row.pop("phone")
        row.update(sealed_phone(sealer, row["id"], phone) if phone else _NO_PHONE)
    for row in rows.of(BindingCode):
        row["secret_sealed"] = sealed_binding_secret(sealer, row["id"], row.pop("secret"))
    for row in rows.of(SecondFactor):
        row["secret_sealed"] = sealed_secret(sealer, row["id"], row.pop("secret"))
    for row in rows.of(Resident):
        numbers = Numbers(phone=row.pop("phone"), id_number=row.pop("id_number"))
        row.update(sealed_numbers(sealer, row["id"], row["area_code"], numbers))
        row["sounds"] = found_by(row["area_code"], row["name"])
    for row in rows.of(Guardianship):
        row["proof_sealed"] = sealed_proof(sealer, row["id"], row.pop("proof"))
    for row in rows.of(Visit):
        row.update(sealed_visit(sealer, row["id"], answers=row.pop("answers"), note=row.pop("note")))
    for row in rows.of(Employment):
        row["wage_sealed"] = sealed_wage(sealer, row["id"], row.pop("wage"))
    for row in rows.of(FollowUp):
        result = row.pop("result")
        row["need_sealed"] = sealed_need(sealer, row["id"], row.pop("need"))
        row["result_sealed"] = sealed_result(sealer, row["id"], result) if result else None
