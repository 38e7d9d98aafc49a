"""Invented applications to a municipality: aids (KLE 27.60) and help with living costs (KLE 32.24, 32.21).

The layout is ours: no public interface says how a self-service solution hands an application over. Each file
says so. Numbers and titles are those of KLE's subject plan.
"""

import json
import random
from datetime import timedelta
from typing import Any

from rpa_commons.sandbox._model import Person, Population, Status
from rpa_commons.sandbox._numbers import stable_uuid

__all__ = ["application_files"]

_FORMAT = "rpa-commons-sandbox-application/1"
_NOTE = "Invented by the rpa-commons sandbox. The layout is the sandbox's own, of no real solution."
_AIDS = (  # KLE, title, what is applied for
    ("27.60.04", "Kropsbårne hjælpemidler", ("ortopædisk fodtøj", "kompressionsstrømper", "høreapparat")),
    ("27.60.08", "Mobilitetshjælpemidler", ("rollator", "manuel kørestol", "el-scooter")),
    ("27.60.11", "Genbrugshjælpemidler", ("badebænk", "plejeseng", "toiletforhøjer")),
    ("27.60.16", "Forbrugsgoder", ("elektrisk lænestol", "mikrobølgeovn")),
    ("27.60.24", "Boligindretning", ("rampe ved hoveddør", "trappelift", "bredere døråbning")),
)
_COSTS = (
    ("32.24.04", "Hjælp til forsørgelse (kontanthjælp mv.)"),
    ("32.21.12", "Hjælp til enkeltudgifter"),
    ("32.21.25", "Hjælp til boligindskud"),
)
_FULL_AGE = 18
_INCOMPLETE_EVERY = 4  # every fourth lacks something that must be asked for


def application_files(
    people: Population, *, seed: int, code: str, count: int = 20, kind: str = "all"
) -> dict[str, bytes]:
    """File name -> JSON, from people who live in the municipality.

    Args:
        people: The town.
        seed: Which applications.
        code: The municipality's.
        count: How many.
        kind: ``aids``, ``costs``, or ``all``, by turns.

    Returns:
        Nothing when nobody of full age lives there.
    """
    rng = random.Random(f"applications:{seed}:{code}:{kind}")  # noqa: S311 - invented, no secret
    adults = [person for person in people if _may_apply(person, people, code)]
    kinds = ("aids", "costs") if kind == "all" else (kind,)
    files = {}
    for number in range(1, count + 1) if adults else ():
        which = kinds[number % len(kinds)]
        person = rng.choice(adults)
        content = (_aid if which == "aids" else _cost)(rng, person, people)
        if number % _INCOMPLETE_EVERY == 0:
            content |= dict.fromkeys(("reason", "phone"))
        application = _frame(rng, people, code, person) | content
        files[f"{which}-{number:05}.json"] = json.dumps(application, indent=1, ensure_ascii=False).encode()
    return files


def _may_apply(person: Person, people: Population, code: str) -> bool:
    at_home = person.address is not None and person.address.municipality == code
    return at_home and person.status is Status.ACTIVE and people.age(person) >= _FULL_AGE


def _frame(rng: random.Random, people: Population, code: str, person: Person) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "note": _NOTE,
        "id": stable_uuid(rng),
        "municipality": code,
        "received_on": (people.today - timedelta(days=rng.randrange(1, 15))).isoformat(),
        "applicant": {
            "cpr": person.cpr,
            "name": person.name,
            "address": person.address.line if person.address else "",
        },
        "phone": f"00{rng.randrange(1_000_000):06}",
    }


def _aid(rng: random.Random, person: Person, people: Population) -> dict[str, Any]:
    number, title, things = rng.choice(_AIDS)
    return {
        "kle": number,
        "subject": title,
        "applied_for": rng.choice(things),
        "age": people.age(person),
        "lasting": rng.random() < 0.8,  # noqa: PLR2004 - whether the need is lasting, which § 112 asks for
        "had_before": rng.random() < 0.2,  # noqa: PLR2004 - a renewal now and then
        "reason": rng.choice(
            (
                "Kan ikke gå mere end 50 meter uden støtte.",
                "Er faldet 3 gange i badet.",
                "Smerter ved længere tids stående arbejde.",
            )
        ),
    }


def _cost(rng: random.Random, person: Person, people: Population) -> dict[str, Any]:
    number, title = rng.choice(_COSTS)
    month = people.today.replace(day=1)
    return {
        "kle": number,
        "subject": title,
        "month": f"{month:%Y-%m}",
        "currency": "DKK",
        "amount": f"{rng.randrange(500, 20_000)}.00",
        "rent": f"{rng.randrange(3_000, 11_000)}.00",
        "income": f"{rng.choice((0, 0, 0, 2_400, 7_150))}.00",
        "adults": 2 if person.spouse else 1,
        "children": people.children_under_18(person),
        "reason": rng.choice(
            (
                "Har mistet mit arbejde og har ingen opsparing.",
                "Kan ikke betale indskuddet til den nye bolig.",
                "Uventet regning for tandbehandling.",
            )
        ),
    }
