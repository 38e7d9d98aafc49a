"""Decision tables as files of a layer: where they lie, how their rows add up, what is wrong in which line."""

from ._table_files import EXAMPLES, files_in, table_fields, table_finding, table_text
from ._table_folders import TableFolder, folders_of, has_table_folders
from ._tables import laid, stray_table_folders, table_findings, table_layers

__all__ = [
    "EXAMPLES",
    "TableFolder",
    "files_in",
    "folders_of",
    "has_table_folders",
    "laid",
    "stray_table_folders",
    "table_fields",
    "table_finding",
    "table_findings",
    "table_layers",
    "table_text",
]
