"""``validate_column``: counts, reasons and row numbers."""

from config_loop import serve
from cpr_case import ROWS, column, kind, wrong_rows

from rpa_commons.validators import dk, validate_column

if __name__ == "__main__":
    values = column(kind())
    serve(
        lambda: validate_column(values, dk.Cpr, rows_kept=ROWS),
        lambda report: wrong_rows(sorted(row for one in report.findings for row in one.rows)),
    )
