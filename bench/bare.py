"""A bare Flask view: what the same gunicorn spends on a request that does nothing."""

from flask import Flask

app = Flask("bare")


@app.route("/bare", methods=["GET"])
def bare() -> dict[str, bool]:
    """Answer at once."""
    return {"ok": True}
