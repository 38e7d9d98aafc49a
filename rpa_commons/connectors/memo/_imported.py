"""Elements of the schemas that MeMo_core.xsd imports: a message's subject in the words of other registers.

Children are in the order of those schemas (version 1.1; KLE, FORM, DMV, GRD, GLN, UDD, SOR). Numbers are
texts here, so that a leading zero survives.
"""

from typing import ClassVar

from ._element import Element
from ._types import Text

__all__ = [
    "Address",
    "AddressPoint",
    "CprData",
    "CvrData",
    "Education",
    "Eid",
    "FormData",
    "GlobalLocationNumber",
    "KleData",
    "MotorVehicle",
    "ProductionUnit",
    "PropertyNumber",
    "SeNumber",
    "SorData",
    "UnstructuredAddress",
]


class AddressPoint(Element):
    """Where an address lies: coordinates as the register writes them."""

    tag: ClassVar = "grd:AddressPoint"
    geographic_easting_measure: Text | None = None
    geographic_northing_measure: Text | None = None
    geographic_height_measure: Text | None = None


class Address(Element):
    """An address in parts; ``id`` is its number in the address register."""

    tag: ClassVar = "grd:Address"
    id: Text | None = None
    address_label: Text | None = None
    house_number: Text | None = None
    door: Text | None = None
    floor: Text | None = None
    co: Text | None = None
    zip_code: Text | None = None
    city: Text | None = None
    country: Text | None = None
    address_point: AddressPoint | None = None


class UnstructuredAddress(Element):
    """An address as one text."""

    tag: ClassVar = "grd:UnstructuredAddress"
    unstructured: Text


class CprData(Element):
    """A person, by personal number. Personal."""

    tag: ClassVar = "grd:CPRdata"
    cpr_number: Text
    name: Text | None = None


class CvrData(Element):
    """A company, by number in the company register (CVR)."""

    tag: ClassVar = "grd:CVRdata"
    cvr_number: Text
    company_name: Text | None = None


class Eid(Element):
    """An electronic identity."""

    tag: ClassVar = "grd:EID"
    e_id: Text
    label: Text | None = None


class ProductionUnit(Element):
    """A production unit of a company, by P number."""

    tag: ClassVar = "grd:ProductionUnit"
    production_unit_number: Text
    production_unit_name: Text | None = None


class SeNumber(Element):
    """A company's tax registration, by SE number."""

    tag: ClassVar = "grd:SEnumber"
    se_number: Text
    company_name: Text | None = None


class PropertyNumber(Element):
    """A property, by its number."""

    tag: ClassVar = "grd:PropertyNumber"
    property_number: Text


class GlobalLocationNumber(Element):
    """A place that receives invoices, by GLN (EAN)."""

    tag: ClassVar = "gln:GlobalLocationNumber"
    global_location_number: Text
    location: Text | None = None


class SorData(Element):
    """A unit of the health sector, by its number in SOR."""

    tag: ClassVar = "sor:SORdata"
    sor_identifier: Text
    entry_name: Text | None = None


class MotorVehicle(Element):
    """A vehicle, by licence plate."""

    tag: ClassVar = "dmv:MotorVehicle"
    license_number: Text
    chassis_number: Text | None = None


class KleData(Element):
    """The subject in KLE, the municipalities' index of tasks.

    ``subject_key`` is a number of that index (``00.00.00``) in the ``version`` given; ``activity_facet`` says
    what is done with it, and ``label`` says it in words.
    """

    tag: ClassVar = "kle:KLEdata"
    subject_key: Text
    version: Text
    activity_facet: Text | None = None
    label: Text


class FormData(Element):
    """The task in FORM, the reference model of public tasks: its key in the ``version`` given, a label."""

    tag: ClassVar = "form:FORMdata"
    task_key: Text
    version: Text
    activity_facet: Text | None = None
    label: Text


class Education(Element):
    """An education, by the code of Statistics Denmark."""

    tag: ClassVar = "udd:Education"
    education_code: Text
    education_name: Text | None = None
