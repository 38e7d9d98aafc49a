"""The registry as plain files, for nginx, a CDN or an object store.

Usage::

    exported = export(registry, Path("/srv/www/registry"))
    exported.written, exported.unchanged, exported.removed
"""

from ._export import Exported, export

__all__ = ["Exported", "export"]
