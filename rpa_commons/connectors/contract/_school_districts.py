"""What every connector of ``SchoolDistricts`` must do; derive a test class and give it three fixtures.

Usage, in the connector's own tests::

    class TestMyDistricts(SchoolDistrictsContract):
        @pytest.fixture
        def districts(self) -> Iterator[SchoolDistricts]: ...

        @pytest.fixture
        def cases(self) -> DistrictsCases:
            return DistrictsCases(schools={"a1": School(name="Engskolen")}, unknown="a9")

        @pytest.fixture
        def failures(self) -> FailureCases: ...  # school_at while the source fails; see FailureContract
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rpa_commons.capabilities import School, SchoolDistricts

from ._calls import check_declaration
from ._failures import FailureContract

__all__ = ["DistrictsCases", "SchoolDistrictsContract"]


@dataclass(frozen=True)
class DistrictsCases:
    """What the source under test knows.

    Attributes:
        schools: Id of an address -> its school, exactly as the connector must answer it: two addresses of one
            school, two schools, one of them without a telephone number.
        unknown: Id of an address that the source says nothing of.
    """

    schools: Mapping[str, School]
    unknown: str


class SchoolDistrictsContract(FailureContract):
    """Tests of ``SchoolDistricts``. The fixtures ``districts``, ``cases`` and ``failures`` are yours."""

    def test_the_cases_cover_what_the_contract_speaks_of(self, cases: DistrictsCases) -> None:
        """The addresses given to these tests are enough to say something."""
        schools = list(cases.schools.values())

        assert 1 < len(set(schools)) < len(schools)
        assert {True, False} == {bool(school.phone) for school in schools}
        assert cases.unknown not in cases.schools

    def test_it_declares_itself(self, districts: SchoolDistricts) -> None:
        """A connector class names itself, its capability and its settings, each field described."""
        check_declaration(districts, SchoolDistricts)

    def test_each_address_has_its_school(self, districts: SchoolDistricts, cases: DistrictsCases) -> None:
        """Name and telephone number are what the source holds; asked twice, the answer is the same."""
        for _ in range(2):
            assert dict(cases.schools) == {one: districts.school_at(one) for one in cases.schools}

    def test_an_unknown_address_has_none(self, districts: SchoolDistricts, cases: DistrictsCases) -> None:
        """That is an answer, and no error: a new address is in no district yet."""
        assert districts.school_at(cases.unknown) is None
        assert districts.school_at("") is None

    def test_an_answer_survives_the_journal(self, districts: SchoolDistricts, cases: DistrictsCases) -> None:
        """An answer written down as JSON and read back is the same answer."""
        for one in cases.schools:
            school = districts.school_at(one)

            assert school is not None
            assert school == School.model_validate_json(school.model_dump_json())
