"""A cooperation with a catalogue to look at: invented bots in every state and tier, with invented people.

The municipalities exist, what they do here does not. Rows are put straight into the tables, with times of
their own, so that pages and pictures are the same on every day.

Usage::

    fill(registry)
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from rpa_registry import db, pages
from rpa_registry.context import Registry
from rpa_registry.log import canonical

MEMBERS = {
    "0165": "Albertslund Kommune",
    "0167": "Hvidovre Kommune",
    "0169": "Høje-Taastrup Kommune",
    "0253": "Greve Kommune",
    "0259": "Køge Kommune",
    "0265": "Roskilde Kommune",
    "0269": "Solrød Kommune",
    "0329": "Ringsted Kommune",
    "0350": "Lejre Kommune",
}
PEOPLE = {
    "mette": ("Mette Holm", "0265", "developer"),
    "anna": ("Anna Lund", "0167", "coordinator"),
    "bo": ("Bo Dahl", "0350", "coordinator"),
    "karen": ("Karen Friis", "0259", "coordinator"),
    "per": ("Per Skov", "0329", "developer"),
    "lis": ("Lis Bang", "0169", "developer"),
}
_DEVELOPERS = {"0265": "mette", "0167": "anna", "0350": "bo", "0259": "karen", "0329": "per"}
_STEPS = ("staged", "in_review", "published", "certified")
_CALLS = {
    "PopulationEvents": [("moves_into", None)],
    "PopulationRegister": [("person", None)],
    "DigitalPost": [("registered", None), ("send", "keyed")],
    "CaseSystem": [("find", None), ("journal", "probe")],
    "Invoices": [("received", None)],
    "Payments": [("pay", "keyed")],
    "SchoolDistricts": [("district_of", None)],
    "Calendar": [("free_times", None), ("book", "unsafe")],
}
_EDITED = ("da", "nb", "sv", "en")


@dataclass(frozen=True)
class Stall:
    """One project of the town.

    Attributes:
        reach: Highest tier that what its owner says allows.
        versions: Version, base state, day of its upload, further columns.
        runs: Codes of who runs it.
    """

    name: str
    owner: str
    summary: str
    kle: tuple[str, ...]
    capabilities: tuple[str, ...]
    purpose: str
    categories: tuple[str, ...]
    versions: tuple[tuple[str, str, str, dict[str, str]], ...]
    kind: str = "bot"
    reach: str = "bronze"
    runs: tuple[str, ...] = ()
    readme: str = ""
    decisions: str = "none"
    changes: dict[str, Any] = field(default_factory=dict)


_WELCOME = """# welcome-letters

Skriver ét velkomstbrev til hver ny borger, inden for et døgn efter at folkeregisteret kender flytningen.

## Hvad den gør

1. Spørger efter de seneste dages flytninger til kommunen.
2. Slår hver tilflytter op i folkeregisteret.
3. Vælger brevet: *familier*, hvor der er børn under 18, ellers *voksne*.
4. Sender det med Digital Post, eller gør det, kommunen har valgt for dem, der er fritaget.

## Hvad den aldrig gør

- Den skriver aldrig til et barn, og aldrig to gange om samme flytning.
- Den afgør intet om en borger og bruger ingen trænet model.
- Den tager aldrig tavshed for et ja: svarer registret ikke, sendes intet.
- Den lægger aldrig navn, personnummer eller adresse i en log.

## Hvem får et brev?

| hvem | hvad sker der |
| --- | --- |
| flyttet hertil fra en anden kommune | et brev |
| flyttet inden for kommunen | intet |
| navne- og adressebeskyttet | en medarbejder ser på sagen |
| fritaget for Digital Post | et brev på papir, eller det kommunen har valgt |

## Sådan tilpasses brevet

Hver kommune kan ændre en enkelt sætning uden at kopiere resten. Hvordan det gøres, står i
[vejledningen](https://example.org/override-a-letter).
"""

_WELCOME_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "window_days": {
            "type": "integer",
            "default": 10,
            "minimum": 1,
            "maximum": 60,
            "unit": "days",
            "description": "Så mange dage tilbage ledes der efter flytninger til kommunen.",
        },
        "adult_from_age": {
            "type": "integer",
            "default": 18,
            "minimum": 15,
            "maximum": 18,
            "unit": "years",
            "description": "Fra denne alder skrives der til folk selv.",
        },
        "protected": {
            "enum": ["send", "digital_only", "person"],
            "default": "person",
            "sensitive": True,
            "description": "Navne- og adressebeskyttede: skriv, kun digitalt, eller en medarbejder.",
        },
        "household": {
            "enum": ["one", "each_adult"],
            "default": "each_adult",
            "description": "Et brev til hver voksen, eller ét til husstanden.",
        },
        "letters": {"$ref": "#/$defs/Letters", "default": {}},
    },
    "required": [],
    "$defs": {
        "Letters": {
            "type": "object",
            "properties": {
                "sender": {
                    "type": "string",
                    "default": "Borgerservice",
                    "maxLength": 80,
                    "description": "Hvem der underskriver brevet.",
                }
            },
        }
    },
}

TOWN = (
    Stall(
        "welcome-letters",
        "0265",
        "Byder hver ny borger velkommen med ét brev, inden for et døgn efter flytningen.",
        ("23.05.01", "00.14.00"),
        ("PopulationEvents", "PopulationRegister", "DigitalPost"),
        "At byde hver ny borger velkommen én gang og fortælle, hvor kommunens tilbud findes.",
        ("personnummer, navn og adresse", "antal børn under 18", "navne- og adressebeskyttelse"),
        (
            ("1.0.0", "certified", "2026-03-02", {}),
            (
                "1.1.0",
                "certified",
                "2026-05-11",
                {"quarantined": "2026-06-03T08:12:00Z", "advisory": "DIGIT-2026-0001"},
            ),
            ("1.2.0", "certified", "2026-06-08", {}),
            ("1.3.0", "in_review", "2026-11-09", {}),
        ),
        reach="platinum",
        runs=("0265", "0167", "0350", "0259"),
        readme=_WELCOME,
        changes={"settings_schema": _WELCOME_SCHEMA},
    ),
    Stall(
        "faktura-kontering",
        "0167",
        "Læser indkomne fakturaer, foreslår kontering efter kontoplanen og lader en medarbejder godkende.",
        ("00.32.02",),
        ("Invoices", "CaseSystem"),
        "At kontere leverandørfakturaer ens og til tiden.",
        ("leverandørens navn og CVR-nummer", "fakturalinjer"),
        (("2.4.1", "certified", "2026-09-14", {}), ("2.4.0", "certified", "2026-08-03", {})),
        reach="gold",
        runs=("0167", "0265"),
        decisions="judgement",
    ),
    Stall(
        "skoleindskrivning",
        "0350",
        "Finder børn, der skal begynde i skole, og skriver til forældrene om distriktsskolen.",
        ("17.03.04",),
        ("PopulationRegister", "SchoolDistricts", "DigitalPost"),
        "At alle børn i undervisningspligtig alder bliver skrevet ind.",
        ("barnets og forældrenes navn og adresse", "forældremyndighed"),
        (("1.0.0", "certified", "2026-10-01", {}),),
        reach="silver",
        runs=("0350",),
    ),
    Stall(
        "laegeudgifter",
        "0253",
        "Henter bilag for sygebehandling, regner den kommunale andel ud og forbereder udbetalingen.",
        ("32.24.16",),
        ("CaseSystem", "Payments"),
        "At udbetale enkeltudgifter efter aktivlovens § 82 til tiden.",
        ("personnummer og navn", "helbredsoplysninger", "beløb"),
        (("0.9.0", "published", "2026-10-20", {}),),
        decisions="rule-bound",
    ),
    Stall(
        "ledsagekort-fornyelse",
        "0259",
        "Skriver til borgere, hvis ledsagekort snart udløber, og booker en tid, hvis de svarer ja.",
        ("27.57.08",),
        ("CaseSystem", "Calendar", "DigitalPost"),
        "At ingen mister sit ledsagekort, fordi fristen blev glemt.",
        ("personnummer, navn og adresse", "helbredsoplysninger"),
        (("1.1.0", "certified", "2026-07-06", {}),),
        reach="silver",
        runs=("0259", "0329"),
    ),
    Stall(
        "aktindsigt-kvittering",
        "0169",
        "Kvitterer for en anmodning om aktindsigt og journaliserer den med frist.",
        ("00.07.20",),
        ("CaseSystem", "DigitalPost"),
        "At hver anmodning om aktindsigt besvares inden for fristen.",
        ("ansøgerens navn og adresse",),
        (("0.1.0", "in_review", "2026-11-16", {}),),
    ),
    Stall(
        "parkeringslicens",
        "0265",
        "Udsteder parkeringslicenser til beboere efter opslag i folkeregisteret.",
        ("05.09.10",),
        ("PopulationRegister", "DigitalPost"),
        "At udstede licenser til beboere i licensområderne.",
        ("navn og adresse", "køretøjets nummer"),
        (
            (
                "3.0.2",
                "certified",
                "2026-02-02",
                {
                    "deprecated": "2026-09-01T09:00:00Z",
                    "deprecated_reason": "Reglerne ændres 1. januar 2027; den nye robot kan begge ordninger.",
                    "deprecated_use": "parkeringskort",
                },
            ),
        ),
        reach="silver",
        runs=("0265",),
    ),
    Stall(
        "parkeringskort",
        "0265",
        "Udsteder og fornyer parkeringskort efter reglerne fra 2027, for beboere og for håndværkere.",
        ("05.09.10",),
        ("PopulationRegister", "DigitalPost", "Payments"),
        "At udstede kort til beboere og erhverv i betalingsområderne.",
        ("navn og adresse", "køretøjets nummer", "beløb"),
        (("1.0.0", "published", "2026-11-02", {}),),
        decisions="rule-bound",
    ),
    Stall(
        "sygedagpenge-refusion",
        "0329",
        "Finder fraværsforløb, der giver ret til refusion, og indberetter dem inden fristen.",
        ("81.28.00",),
        ("CaseSystem",),
        "At kommunen får den refusion, som den har ret til som arbejdsgiver.",
        ("medarbejderens personnummer og navn", "fraværsperioder"),
        (("1.4.0", "certified", "2026-08-17", {}),),
        reach="gold",
        runs=("0329", "0265", "0169"),
        decisions="facts",
    ),
    Stall(
        "byggesag-kvittering",
        "0269",
        "Kvitterer for byggeansøgninger og beder om de bilag, der mangler.",
        ("02.34.02",),
        ("CaseSystem", "DigitalPost"),
        "At ansøgeren straks ved, hvad der mangler.",
        ("ansøgerens navn og adresse", "ejendommens adresse"),
        (
            (
                "1.0.0",
                "certified",
                "2026-09-21",
                {"quarantined": "2026-11-18T13:40:00Z", "advisory": "DIGIT-2026-0002"},
            ),
        ),
    ),
    Stall(
        "kmd-nova",
        "0350",
        "Forbinder robotter med sagssystemet KMD Nova: find sager, journaliser dokumenter.",
        ("85.02.02",),
        (),
        "",
        (),
        (("1.3.0", "certified", "2026-10-12", {}),),
        kind="connector",
        reach="platinum",
        runs=("0350", "0265", "0167"),
    ),
    Stall(
        "digit-baseline",
        "0265",
        "Fællesskabets standardværdier og grænser: hvad kommunerne har aftalt én gang for alle.",
        ("00.15.10",),
        (),
        "",
        (),
        (("2026.10.0", "certified", "2026-10-05", {}),),
        kind="baseline",
        runs=("0265", "0167", "0350"),
    ),
)

ADVISORIES = (
    {
        "id": "DIGIT-2026-0001",
        "project": "welcome-letters",
        "versions": ["1.1.0"],
        "severity": "high",
        "summary": "Breve til fraflyttede kan blive sendt til den gamle adresse.",
        "remedy": "Opgrader til 1.2.0.",
        "issued": "2026-06-03T08:12:00Z",
        "withdrawn": None,
    },
    {
        "id": "DIGIT-2026-0002",
        "project": "byggesag-kvittering",
        "versions": ["1.0.0"],
        "severity": "medium",
        "summary": "Kvitteringen nævner ikke klagefristen.",
        "remedy": "Stop robotten og send kvitteringen i hånden, til en ny version er certificeret.",
        "issued": "2026-11-18T13:40:00Z",
        "withdrawn": None,
    },
)


def fill(registry: Registry) -> None:
    """Put the whole town into an empty registry and render every page of it."""
    with registry.database.write() as connection:
        rows = [
            {"code": c, "name": n, "country": "dk", "joined": _at("2026-01-05")} for c, n in MEMBERS.items()
        ]
        connection.execute(sa.insert(db.members), rows)
        for login, (name, member, role) in PEOPLE.items():
            values = {"login": login, "name": name, "member": member, "role": role, "active": True}
            connection.execute(sa.insert(db.people).values(added=_at("2026-01-05"), **values))
        acts: list[tuple[str, str, str, str, dict[str, Any]]] = []
        for stall in TOWN:
            acts += _open(connection, stall)
        for signed in ADVISORIES:
            acts.append(_recall(connection, signed))
        _write_log(connection, sorted(acts, key=lambda one: one[0]))
        for stall in TOWN:
            pages.render(connection, registry.settings, stall.name)


_CONNECTOR = {
    "name": "kmd-nova-cases",
    "summary": "Sager og dokumenter i KMD Nova.",
    "entry": "kmd_nova:Cases",
    "capability": "CaseSystem",
    "version": "1.0",
    "effects": {"open_case": "unsafe"},
    "settings_schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["url"],
        "properties": {"url": {"type": "string", "description": "Novas adresse."}},
    },
    "migrations": [],
    "access": {
        "agreements": ["En aftale med leverandøren."],
        "certificate": "Et klientnavn og en hemmelighed.",
        "signed_by": ["Kommunens systemejer."],
        "test": ["Hent en sag."],
        "sources": [],
        "not_public": "Spørg leverandøren om fejlkoderne.",
    },
    "verified": [
        {"level": "schema", "where": "optagne svar", "date": "2026-11-21", "note": ""},
        {"level": "simulator", "where": "rpac sandbox", "date": "2026-11-22", "note": ""},
    ],
}


def manifest_of(stall: Stall, version: str) -> dict[str, Any]:
    """The plugin description that a release of a stall carries."""
    capabilities = [
        {
            "attribute": name.lower(),
            "name": name,
            "version": "1.0",
            "calls": [
                {"method": m, "effect": effect, "decisive": name == "Payments"} for m, effect in _CALLS[name]
            ],
        }
        for name in stall.capabilities
    ]
    record = {
        "kle": list(stall.kle),
        "purpose": stall.purpose,
        "legal_basis": ["GDPR art. 6, stk. 1, litra e: opgave i samfundets interesse"],
        "data_categories": list(stall.categories),
        "person_categories": ["borgere i kommunen"],
        "sources": ["folkeregisteret (CPR)"],
        "recipients": ["borgeren selv"],
        "retention": "Slettes 90 dage efter, at sagen er afsluttet.",
        "decisions": {"kind": stall.decisions, "paragraph": ""},
        "ai": {"role": "none"},
    }
    return {
        "manifest_version": 1,
        "kind": stall.kind,
        "name": stall.name,
        "version": version,
        "summary": stall.summary,
        "sdk_version": "0.1.0",
        "entry": "",
        "capabilities": capabilities,
        "languages": ["da", "nb", "sv", "en"] if stall.reach == "platinum" else ["da"],
        "settings_schema": {},
        "benefit": {"minutes_per_case": 4.5, "method": "Målt på 40 sager i tre kommuner, maj 2026."},
        "record": record if stall.kind == "bot" else None,
        "connectors": [_CONNECTOR] if stall.kind == "connector" else [],
        **stall.changes,
    }


def _at(day: str, minutes: int = 0) -> str:
    return f"{day}T{8 + minutes // 60:02}:{minutes % 60:02}:00Z"


def _open(connection: sa.Connection, stall: Stall) -> list[tuple[str, str, str, str, dict[str, Any]]]:
    first = min(day for _, _, day, _ in stall.versions)
    values = {"name": stall.name, "kind": stall.kind, "owner": stall.owner, "status": "active"}
    connection.execute(sa.insert(db.projects).values(created=_at(first), accepted=_at(first), **values))
    acts = []
    for version, state, day, columns in stall.versions:
        acts += _release(connection, stall, version, state, day, columns)
    for code in stall.runs:
        newest = [one for one in stall.versions if one[1] == "certified" and "quarantined" not in one[3]]
        used = max(newest, key=lambda one: one[2])[0]
        use = {"member": code, "project": stall.name, "version": used, "at": _at(first)}
        connection.execute(sa.insert(db.usage).values(use))
    return acts


def _release(
    connection: sa.Connection, stall: Stall, version: str, state: str, day: str, columns: dict[str, str]
) -> list[tuple[str, str, str, str, dict[str, Any]]]:
    developer = _DEVELOPERS.get(stall.owner, "lis")
    manifest = json.dumps(manifest_of(stall, version))
    reached = _STEPS[: _STEPS.index(state) + 1]
    times = {step: _at(day, 30 * number) for number, step in enumerate(reached)}
    row = {
        "project": stall.name,
        "version": version,
        "state": state,
        "manifest": manifest,
        "manifest_sha256": hashlib.sha256(manifest.encode()).hexdigest(),
        "summary": stall.summary,
        "readme": stall.readme or f"# {stall.name}\n\n{stall.summary}\n\n{_FILLER}\n",
        "licence": "MIT",
        "requires_python": ">=3.11,<3.14",
        "requires_dist": '["rpa-commons>=0.1,<0.2"]',
        "report": json.dumps({"findings": [], "quality": _quality(stall)}),
        "uploaded_by": developer,
        **times,
        **columns,
    }
    number = connection.execute(sa.insert(db.releases).values(row)).inserted_primary_key
    assert number is not None
    filename = f"{stall.name.replace('-', '_')}-{version}-py3-none-any.whl"
    sha256 = hashlib.sha256(filename.encode()).hexdigest()
    file = {
        "sha256": sha256,
        "release": number[0],
        "filename": filename,
        "size": 41_300 + 7 * len(manifest),
        "metadata": b"Metadata-Version: 2.4\n",
        "metadata_sha256": hashlib.sha256(b"Metadata-Version: 2.4\n").hexdigest(),
        "uploaded": times["staged"],
    }
    connection.execute(sa.insert(db.files).values(file))
    subject = f"{stall.name} {version}"
    words = {"staged": "upload", "in_review": "submit", "published": "publish"}
    acts = [(times[step], developer, words[step], subject, {}) for step in reached if step in words]
    if state == "certified":
        signers = [login for login in ("anna", "bo", "karen") if PEOPLE[login][1] != stall.owner][:2]
        for count, login in enumerate(signers, start=1):
            at = _at(day, 90 + count)
            signature = {"release": number[0], "act": "certify", "person": login, "member": PEOPLE[login][1]}
            connection.execute(sa.insert(db.signatures).values(at=at, **signature))
            details = {"signature": f"{count} of 2"} | ({"to": "certified"} if count > 1 else {})
            acts.append((at, login, "certify", subject, details))
            _report(connection, stall, sha256, login, at)
    return acts


def _report(connection: sa.Connection, stall: Stall, sha256: str, login: str, at: str) -> None:
    if stall.reach not in ("gold", "platinum"):
        return
    signed = json.dumps({"kind": "sandbox", "result": "passed", "sha256": sha256})
    row = {"sha256": sha256, "kind": "sandbox", "signed": signed, "signature": "", "key": "", "person": login}
    connection.execute(sa.insert(db.reports).values(at=at, **row))


def _quality(stall: Stall) -> dict[str, Any]:
    silver = stall.reach != "bronze"
    gold = stall.reach in ("gold", "platinum")
    return {
        "responsible": {"maintainer": "kommunen", "process_owner": "kommunen" if silver else ""},
        "rules": {"each_rule_has_a_test": silver},
        "operation": {"tried_in_sandbox": silver, "tried_against_real_systems": gold},
        "law": {"reviewed_by_a_jurist": gold, "record_confirmed_by_a_dpo": gold},
        "benefit": {"minutes_per_case_measured": gold},
        "letters": {"read_by_a_language_editor": list(_EDITED) if gold else []},
    }


def _recall(connection: sa.Connection, signed: dict[str, Any]) -> tuple[str, str, str, str, dict[str, Any]]:
    row = {
        "id": signed["id"],
        "project": signed["project"],
        "signed": json.dumps(signed),
        "signature": "c2ln",
    }
    connection.execute(
        sa.insert(db.advisories).values(key="a2V5", person="karen", at=signed["issued"], **row)
    )
    subject = f"{signed['project']} {signed['versions'][0]}"
    return (signed["issued"], "karen", "quarantine", subject, {"reason": signed["summary"]})


def _write_log(connection: sa.Connection, acts: list[tuple[str, str, str, str, dict[str, Any]]]) -> None:
    previous = "0" * 64
    for seq, (at, actor, act, subject, details) in enumerate(acts, start=1):
        member = PEOPLE[actor][1]
        entry = {"seq": seq, "at": at, "actor": actor, "member": member, "act": act, "subject": subject}
        entry |= {"details": details, "previous": previous}
        previous = hashlib.sha256(canonical(entry)).hexdigest()
        row = {**entry, "details": canonical(details).decode(), "hash": previous}
        connection.execute(sa.insert(db.log).values(row))


_FILLER = (
    "Robotten følger kommunens egen arbejdsgang og gør hvert skridt synligt. Den stopper, hvor loven kræver "
    "et skøn, og lægger sagen til en medarbejder med det, der allerede er fundet. Hver kommune vælger selv "
    "tekster, grænser og tidspunkter; resten er fælles. Der er en prøve for hver regel, og den prøves i "
    "sandkassen med opdigtede borgere, før den møder en rigtig sag. Indstillingerne er beskrevet på siden, "
    "og det, robotten må røre, står samme sted."
)
