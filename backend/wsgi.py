"""The backend for any WSGI server: `gunicorn --workers 1 --threads 256 backend.wsgi:app`.

Settings come from `tandem.yaml` in the working folder and from the environment. One worker only,
and no `--preload`: the model belongs to one process, which must load it after the fork. Give it
more threads than `backend.threads`, so that `/health` finds one while all those wait for the model.
"""

from backend.service import create_app
from labeling.logs.logging_to import start_logging
from labeling.settings.load import load

settings = load()
start_logging(settings.logs)
app = create_app(settings)
