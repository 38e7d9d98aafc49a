"""One bot instance resolved, and a whole municipality checked: where all the other parts meet."""

from ._baseline_check import CheckedBaseline, check_baseline, is_baseline_folder, waivers_of_baseline
from ._candidates import CandidateFile, candidate_files
from ._check import Checked, check_municipality, secret_findings
from ._confirm import (
    Awaiting,
    NobodyError,
    SamePersonError,
    awaiting,
    awaiting_in,
    confirm,
    record_change,
    the_person,
    unconfirmed,
    waiting_for_production,
)
from ._confirmations import Confirmation, Confirmations, digest_of, read_confirmations
from ._edit_lock import changing
from ._local_places import LocalPlace
from ._placed import hidden_texts, place_problem
from ._resolve import Examination, examine_instance, resolve_instance
from ._resolved import ResolvedInstance, UnknownKeyError, explain_sections
from ._table_views import (
    ShownRow,
    ShownTable,
    TableTest,
    show_table,
    table_names,
    table_template,
    table_tests,
)
from ._unasked import UnaskedTable, unasked_table
from ._unfinished import UpgradeNote, begin_upgrade, end_upgrade, unfinished_upgrades

__all__ = [
    "Awaiting",
    "CandidateFile",
    "Checked",
    "CheckedBaseline",
    "Confirmation",
    "Confirmations",
    "Examination",
    "LocalPlace",
    "NobodyError",
    "ResolvedInstance",
    "SamePersonError",
    "ShownRow",
    "ShownTable",
    "TableTest",
    "UnaskedTable",
    "UnknownKeyError",
    "UpgradeNote",
    "awaiting",
    "awaiting_in",
    "begin_upgrade",
    "candidate_files",
    "changing",
    "check_baseline",
    "check_municipality",
    "confirm",
    "digest_of",
    "end_upgrade",
    "examine_instance",
    "explain_sections",
    "hidden_texts",
    "is_baseline_folder",
    "place_problem",
    "read_confirmations",
    "record_change",
    "resolve_instance",
    "secret_findings",
    "show_table",
    "table_names",
    "table_template",
    "table_tests",
    "the_person",
    "unasked_table",
    "unconfirmed",
    "unfinished_upgrades",
    "waiting_for_production",
    "waivers_of_baseline",
]
