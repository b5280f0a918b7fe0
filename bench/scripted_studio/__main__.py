"""Serves a scripted Label Studio until it is told to stop.

python -m bench.scripted_studio PORT TOKEN
"""

import argparse
from threading import Event

from bench.scripted_studio.application import application
from bench.scripted_studio.store import Store
from bench.serving import serving

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("port", type=int, metavar="PORT")
parser.add_argument("token", metavar="TOKEN", help="the administrator's")
given = parser.parse_args()
with serving(application(Store(given.token)), given.port):
    Event().wait()
