"""Wheels taken in: examined, judged, kept, staged; and the public packages that a wheel may require.

Usage::

    admitted = admit(registry, identity, Path("upload.tmp"), "welcome_letters-1.0.0-py3-none-any.whl")
    admitted.created  # False when the same bytes were here already
"""

from ._admit import Admitted, WheelRefusedError, admit
from ._claims import CLAIMED_DIGESTS, CLAIMED_FIELDS
from ._known import foreign_names, resembling, why_taken
from ._names import similar_name
from ._public import PublicPackage, approve_public, library_packages, public_list, withdraw_public

__all__ = [
    "CLAIMED_DIGESTS",
    "CLAIMED_FIELDS",
    "Admitted",
    "PublicPackage",
    "WheelRefusedError",
    "admit",
    "approve_public",
    "foreign_names",
    "library_packages",
    "public_list",
    "resembling",
    "similar_name",
    "why_taken",
    "withdraw_public",
]
