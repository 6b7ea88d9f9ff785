"""Serves moto on a free port of this machine, prints its address, and ends when its standard input does."""

import sys
from threading import Lock, Thread

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

moto = DomainDispatcherApplication(create_backend_app)
lock = Lock()


def one_at_a_time(environ, start_response):
    """moto checks a condition and then writes: of two requests at once both may find it true, which AWS rules out."""
    with lock:
        return moto(environ, start_response)


server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
Thread(target=server.serve_forever, daemon=True).start()
print(f"http://{server.host}:{server.port}", flush=True)
sys.stdin.read()
server.shutdown()
