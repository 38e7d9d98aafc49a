"""Serve a registry's folder on a port: ``index_ours.py FOLDER PORT``."""

import sys
from pathlib import Path

from rpa_registry.context import Registry
from rpa_registry.server import serve

if __name__ == "__main__":
    serve(Registry.open(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]))
