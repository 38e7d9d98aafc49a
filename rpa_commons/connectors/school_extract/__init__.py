"""``school-extract``: the school of each address, from a CSV file with a declared column map.

The municipality's map system knows which school district an address lies in; a job writes that into a file.
Usage, in ``stack.toml``::

    [SchoolDistricts]
    connector = "school-extract"
    [SchoolDistricts.settings]
    file = "extracts/schools.csv"
    [SchoolDistricts.settings.columns]
    address_id = "adresse_id"
    school = "skole"
    phone = "telefon"
"""

from ._connector import SchoolColumns, SchoolExtract, SchoolExtractSettings

__all__ = ["SchoolColumns", "SchoolExtract", "SchoolExtractSettings"]
