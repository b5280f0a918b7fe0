"""The backend for any WSGI server: `gunicorn --workers 1 --threads 8 backend.wsgi:app`.

Settings come from `tandem.yaml` in the working folder and from the environment. One worker only,
and no `--preload`: the model belongs to one process, which must load it after the fork.
"""

from backend.service import create_app
from labeling.settings import load

app = create_app(load())
