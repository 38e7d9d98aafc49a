"""The registry as an ASGI application, and the server that runs it.

Usage::

    serve(Registry.open(folder), host="127.0.0.1", port=8080)
"""

from ._api import ENDPOINTS
from ._app import create_app
from ._errors import ErrorAnswer, error_answer
from ._serve import check_free, make_server, serve
from ._upload import sweep

__all__ = [
    "ENDPOINTS",
    "ErrorAnswer",
    "check_free",
    "create_app",
    "error_answer",
    "make_server",
    "serve",
    "sweep",
]
