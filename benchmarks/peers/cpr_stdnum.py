"""python-stdnum: one ``is_valid`` for each text, and the rows that are not."""

from config_loop import serve
from cpr_case import column, kind, wrong_rows
from stdnum.dk.cpr import is_valid

if __name__ == "__main__":
    values = column(kind())
    serve(lambda: [row for row, value in enumerate(values, 1) if not is_valid(value)], wrong_rows)
