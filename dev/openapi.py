"""Write docs/openapi.json from the code, or check that it is current (`--check`)."""

import json
import sys
from pathlib import Path

from flask import Flask

from app.config import Settings
from app.factory import create_app

FILE = Path(__file__).parent.parent / "docs" / "openapi.json"


def described_app() -> Flask:
    """Return the application as it is described; nothing is connected to for it."""
    settings = Settings.read(
        {
            "GONGDI_ENV": "development",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "GONGDI_SECRET_KEY": "sample-key-to-describe-the-api-only",
            "GONGDI_PUBLIC_URL": "http://127.0.0.1",
            "GONGDI_PHOTO_DIR": "var/photos",
        }
    )
    return create_app(settings)


def described() -> str:
    """Return the API's description as text."""
    app = described_app()
    spec = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return json.dumps(spec, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    text = described()
    if arguments == ["--check"]:
        if FILE.exists() and FILE.read_text(encoding="utf-8") == text:
            print("docs/openapi.json is current.")
            return 0
        print("docs/openapi.json is not what the code says: run `make openapi` and commit it.")
        return 1
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text, encoding="utf-8")
    print(f"Wrote {FILE.relative_to(FILE.parent.parent)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
