"""``python -m rpa_commons``: the same as ``rpac``."""

from rpa_commons.cli import main

if __name__ == "__main__":
    main()
