"""The letters themselves: four languages, blocks that a municipality overrides, one wrapped step."""

import io
import re
from collections.abc import Generator
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pypdf
import pytest

from rpa_commons.letters import (
    Letterhead,
    Letters,
    LetterSource,
    check_letters,
    describe_templates,
    preview,
)
from rpa_commons.sdk import Done, StepCall, Veto, hookimpl
from welcome_letters import Settings

TEMPLATES = resources.files("welcome_letters") / "letters"
SOURCE = LetterSource(
    templates=TEMPLATES,
    letterhead=Letterhead(name="Roskilde Kommune", web="www.roskilde.dk"),
    date=date(2026, 11, 20),
    bot="welcome-letters",
)
LANGUAGES = ("da", "nb", "sv", "en")


@pytest.mark.parametrize("template", ["families", "adults"])
@pytest.mark.parametrize(
    ("language", "welcome"),
    [("da", "Velkommen til"), ("nb", "Velkommen til"), ("sv", "Välkommen till"), ("en", "Welcome to")],
)
def test_every_language_has_both_letters(town: Any, template: str, language: str, welcome: str) -> None:
    """In each language both letters are made, with a title of their own and the resident's name."""
    town.settings = {"letters": {"language": language}}
    town.move(town.resident(name="Ida Prøve", children_under_18=int(template == "families")))

    town.run()

    (sent,) = town.post.sent
    assert sent.letter.language == language
    assert sent.letter.title == f"{welcome} Roskilde Kommune"
    assert "Ida Prøve" in sent.letter.text
    assert sent.letter.pdf.startswith(b"%PDF")


def test_no_language_lacks_a_block_of_another() -> None:
    """What a municipality can override in Danish it can override in every language."""
    blocks = {entry.name: set(entry.blocks) for entry in describe_templates(TEMPLATES)}

    for template in ("base", "adults", "families"):
        for language in LANGUAGES[1:]:
            assert blocks[f"{template}-{language}"] == blocks[template]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_name_no_municipality(language: str) -> None:
    """The texts of the wheel are everybody's: no municipality's name, place or web address is in them."""
    words = ("Roskilde", "Hvidovre", "roskilde.dk", "hvidovre.dk", "0265", "0167")
    suffix = "" if language == "da" else f"-{language}"

    for template in ("base", "adults", "families"):
        source = (TEMPLATES / f"{template}{suffix}.md.j2").read_text("utf-8")

        assert not [word for word in words if word in source]


def test_the_templates_are_without_a_problem() -> None:
    """The check that every run begins with finds nothing in the bot's own letters."""
    assert check_letters(SOURCE) == ()


@pytest.mark.parametrize("name", ["moved_on | short_date", "household | length", "closing"])
def test_a_municipality_may_say_every_listed_value(town: Any, tmp_path: Path, name: str) -> None:
    """What the list of values in ``base`` promises is given to every letter."""
    shown = name if "household" not in name else "'x' if household else 'y'"
    text = f'{{% extends "bot:adults.md.j2" %}}{{% block welcome %}}<{{{{ {shown} }}}}>{{% endblock %}}'
    (tmp_path / "adults.md.j2").write_text(text, "utf-8")
    source = replace(SOURCE, overrides=(tmp_path,))
    town.settings = {"letters": Letters()}
    bot, _ = town.bot()
    bot.settings.letters.bind(source)
    person = town.resident()
    town.move(person)

    letter = bot.compose(person, "adults", town.moves[0], closing="Hej.")

    assert check_letters(source) == ()
    assert {"m": "<18.11.2026>", "h": "<y>", "c": "<Hej.>"}[name[0]] in letter.text


@pytest.mark.parametrize("template", ["families", "adults"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_letter_has_one_page(template: str, language: str) -> None:
    """With a full letterhead, a closing sentence and a contact line the letter still fits on one page."""
    head = Letterhead(
        name="Hvidovre Kommune",
        address=("Hvidovrevej 278", "2650 Hvidovre"),
        phone="36 39 36 39",
        email="post@example.dk",
        web="www.example.dk",
    )
    letters = Letters(language=language, sender="Velkomstteamet", contact=("Telefon 36 39 36 39",))
    name = template if language == "da" else f"{template}-{language}"
    closing = "Er du ny i Danmark, hjælper Borgerservice dig gerne i gang."

    letter = preview(replace(SOURCE, letterhead=head), name, letters=letters, closing=closing)

    assert len(pypdf.PdfReader(io.BytesIO(letter.pdf)).pages) == 1


@pytest.mark.parametrize(
    ("template", "plural"),
    [
        ("adults", r"\b(I|jer|jeres)\b"),
        ("families", r"\b(I|jer|jeres)\b"),
        ("adults-nb", r"\b(dere|deres)\b"),
        ("families-nb", r"\b(dere|deres)\b"),
        ("adults-sv", r"\b([Nn]i|er|[Ee]ra)\b"),
        ("families-sv", r"\b([Nn]i|er|[Ee]ra)\b"),
    ],
)
def test_a_letter_speaks_to_one_person(template: str, plural: str) -> None:
    """The reader is "du" from the first line to the last, in the family letter too."""
    assert not re.search(plural, preview(SOURCE, template).text)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("adults", "som regel i Digital Post"),
        ("adults-nb", "som regel i Digital Post"),
        ("adults-sv", "oftast i Digital Post"),
        ("adults-en", "usually write in Digital Post"),
    ],
)
def test_what_is_said_on_digital_post_is_true_on_paper(template: str, words: str) -> None:
    """The same letter goes out on paper, so it says how the municipality usually writes."""
    assert words in preview(SOURCE, template).text


@pytest.mark.parametrize("web", ["www.roskilde.dk", ""])
@pytest.mark.parametrize("template", ["families", "adults", "families-nb", "families-sv", "families-en"])
def test_the_web_page_is_a_link_where_it_is_known(template: str, web: str) -> None:
    """With an address in the letterhead the letter leads there, without one it still reads well."""
    head = SOURCE.letterhead.model_copy(update={"web": web})

    text = preview(replace(SOURCE, letterhead=head), template).text

    assert ("www.roskilde.dk" in text) == bool(web)
    assert "()" not in text
    assert " ," not in text


def test_a_household_is_greeted_as_one(town: Any) -> None:
    """With ``household = one`` the greeting names the recipient and the household."""
    town.settings = {"household": "one"}
    town.move(town.resident(name="Ida Prøve"), id="a", address_id="address-1")
    town.move(town.resident(name="Bo Prøve"), id="b", address_id="address-1")
    town.move(town.resident(name="Eva Ene"), id="c", address_id="address-2")

    town.run()

    texts = " ".join(sent.letter.text for sent in town.post.sent)
    assert "Kære Ida Prøve og husstand" in texts
    assert "Kære Eva Ene og husstand" not in texts  # who moved alone is greeted alone


def test_one_block_is_overridden_and_the_rest_stays(town: Any, tmp_path: Path) -> None:
    """A municipality's file with one block changes that block and nothing else."""
    text = (
        '{% extends "bot:families.md.j2" %}\n{% block school %}\n- **Skole:** Ring til os.\n{% endblock %}\n'
    )
    (tmp_path / "families.md.j2").write_text(text, "utf-8")
    person = town.resident(children_under_18=1)
    values = {"moved_on": town.today, "closing": "", "household": False, "desk": "", "desk_phone": ""}
    own, changed = Letters(), Letters()
    own.bind(SOURCE)
    changed.bind(replace(SOURCE, overrides=(tmp_path,)))

    before = own.preview_text("families", person=person, **values)
    after = changed.preview_text("families", person=person, **values)

    assert "Ring til os." in after
    kept = [line for line in before.splitlines() if line in after.splitlines()]
    lost = [line for line in before.splitlines() if line not in after.splitlines()]
    assert len(lost) == 1
    assert "Skole" in lost[0]
    assert len(kept) > 10


def test_hostile_names_stand_in_the_letter_as_they_are(town: Any) -> None:
    """A name full of marks is text and nothing else."""
    name = 'Ole #read("letterhead.typ") {{ 7 * 7 }} **x** [y](https://z.dk) <b> $ @ \\'
    town.move(town.resident(name=name))

    town.run()

    assert name in town.post.sent[0].letter.text


def test_a_municipality_may_add_a_closing_sentence(town: Any) -> None:
    """A wrapper of ``compose`` puts one more sentence in, by what it knows of the move."""

    @hookimpl(wrapper=True)
    def rpac_step_compose(step: StepCall) -> Generator[None, object, object]:
        if step.arguments["move"].from_municipality == "0167":
            step.arguments["closing"] = "Hils naboerne."
        return (yield)

    town.wrappers.append({"rpac_step_compose": rpac_step_compose})
    town.move(town.resident())
    town.move(town.resident(), from_municipality="0101")

    town.run()

    assert ["Hils naboerne." in one.letter.text for one in town.post.sent] == [True, False]


def test_a_municipality_may_choose_another_letter(town: Any) -> None:
    """A wrapper of ``choose_template`` may answer with another template."""

    @hookimpl(wrapper=True)
    def rpac_step_choose_template(step: StepCall) -> Generator[None, str, str]:
        chosen = yield
        return "families" if step.arguments["person"].name.endswith("Skole") else chosen

    town.wrappers.append({"rpac_step_choose_template": rpac_step_choose_template})
    move = town.move(town.resident(name="Ida Skole"))

    assert town.run()[move] == Done(receipt="receipt-1", note="families, digital")


def test_a_veto_sends_nothing(town: Any) -> None:
    """A wrapper's veto ends the item before anything has left the house."""

    @hookimpl(wrapper=True)
    def rpac_step_compose(step: StepCall) -> Generator[None, object, object]:
        raise Veto("somebody must look at this one")
        yield

    town.wrappers.append({"rpac_step_compose": rpac_step_compose})
    town.move(town.resident())

    with pytest.raises(Veto):
        town.run()

    assert town.post.sent == []


def test_the_default_settings_are_complete() -> None:
    """A municipality that sets nothing has a bot that runs."""
    assert Settings().letters == Letters()
