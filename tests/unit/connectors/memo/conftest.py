"""The official core schema, with stand-ins of ours for what it imports."""

import os
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

SCHEMAS = Path(__file__).parent / "schemas"
# Namespace and global elements of each schema that the core imports, by the name it is imported under.
REGISTERS = {
    "MeMo_kle.xsd": ("http://kle-online.dk/", "KLEdata"),
    "MeMo_form.xsd": ("http://www.form-online.dk/", "FORMdata"),
    "MeMo_dmv.xsd": ("https://motorregister.skat.dk/", "MotorVehicle"),
    "MeMo_grd.xsd": (
        "https://data.gov.dk/model/core/",
        "CPRdata CVRdata PropertyNumber ProductionUnit Address UnstructuredAddress SEnumber EID",
    ),
    "MeMo_gln.xsd": (
        "https://www.gs1.dk/gs1-standarder/identifikation/gln-global-location-number/",
        "GlobalLocationNumber",
    ),
    "MeMo_udd.xsd": (
        "https://www.dst.dk/da/TilSalg/Forskningsservice/Dokumentation/hoejkvalitetsvariable/elevregister-2/udd#",
        "Education",
    ),
    "MeMo_sor.xsd": ("https://services.nsi.dk/en/Services/SOR", "SORdata"),
}


def _register_schema(namespace: str, names: str) -> str:
    """A stand-in, ours: each element may hold anything of its own namespace."""
    inside = (
        '<xs:complexType><xs:sequence><xs:any namespace="##targetNamespace" processContents="skip" '
        'maxOccurs="unbounded"/></xs:sequence></xs:complexType>'
    )
    elements = "".join(f'<xs:element name="{name}">{inside}</xs:element>' for name in names.split())
    head = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}">'
    return f"{head}{elements}</xs:schema>"


class _StandIns(etree.Resolver):
    def resolve(self, url: str, pubid: str, context: Any) -> Any:  # lxml's own signature
        name = url.rpartition("/")[2]
        if name == "MeMo_dataTypes.xsd":
            return self.resolve_string((SCHEMAS / "data_types.xsd").read_text("utf-8"), context)
        if name in REGISTERS:
            return self.resolve_string(_register_schema(*REGISTERS[name]), context)
        return None


@pytest.fixture(scope="session")
def specs() -> Path:
    """The folder with the official material on MeMo."""
    folder = os.environ.get("RPAC_SPECS")
    if not folder:
        pytest.skip("RPAC_SPECS does not name the folder with the official schemas")
    return Path(folder) / "memo"


@pytest.fixture(scope="session")
def schema(specs: Path) -> etree.XMLSchema:
    """MeMo_core.xsd 1.2."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_StandIns())
    return etree.XMLSchema(etree.parse(specs / "xsd" / "Version1.2" / "MeMo_core.xsd", parser))
