"""gunicorn's entry."""

from app.factory import create_app
from app.logs import write_json_lines

write_json_lines()
app = create_app()
