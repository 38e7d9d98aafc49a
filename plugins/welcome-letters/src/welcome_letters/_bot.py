"""The bot itself.

Rules this module keeps, each with a test of its own:

- the move counts, the current address does not: who has moved on inside the country is still greeted;
- a move inside the municipality is no move in, and a move of the future not yet one;
- the dead, the disappeared and the emigrated are skipped; a number no longer in use goes to a person;
- children are not written to; protected people, movers from abroad and people without an earlier address
  are treated as the municipality has said, never by accident of an empty field;
- *unknown* is never *yes*: when the register of Digital Post does not answer, nothing is sent;
- a letter names the desk that the municipality's table gives for the postal code, or none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rpa_commons.capabilities import (
    DigitalPost,
    Letter,
    Move,
    Person,
    PopulationEvents,
    PopulationRegister,
)
from rpa_commons.sdk import Bot, BusinessError, Done, HandOver, Outcome, Skip, Wait, WorkItem, step

from ._arrival import Arrival, households, move_reference
from ._record import BENEFIT, RECORD
from ._settings import Settings, WhoGreets

__all__ = ["WelcomeLetters"]

_GONE = {
    "dead": "the person has died",
    "disappeared": "the person is registered as disappeared",
    "emigrated": "the person has left the country",
}
_NO_DESK = {"desk": "", "desk_phone": ""}
_CHILD = Skip("a child: not written to")
_ORIGINS = {
    "none": "no earlier address (birth or first registration)",
    "abroad": "moved in from abroad",
}


@dataclass(frozen=True)
class _Newcomer:
    """A mover to whom the rules let the bot write."""

    move: Move
    person: Person


class WelcomeLetters(Bot[Settings]):
    """Greets each new resident once, within a day of the register knowing."""

    name = "welcome-letters"
    record = RECORD
    benefit = BENEFIT
    unique = "municipality"
    languages = ("da", "nb", "sv", "en")

    events: PopulationEvents
    population: PopulationRegister
    post: DigitalPost

    def find(self) -> Iterable[WorkItem[Arrival]]:
        """Every move reported for the last ``window_days`` days: one item each, or one per household."""
        since = self.today - timedelta(days=self.settings.window_days)
        reported = self.events.moves_into(self.municipality.code, since=since)
        # A move announced ahead can still be called off: it is taken up when its day has come.
        moves = [move for move in reported if move.moved_on <= self.today]
        if self.settings.household == "one":
            if moves and all(move.address_id is None for move in moves):
                raise BusinessError(
                    "household is set to one, and no reported move has an address id",
                    remedy="map columns.address_id in stack.toml, or set household to each_adult",
                )
            for reference, arrival in households(moves, self.digest):
                yield WorkItem(reference, arrival, occurred_on=arrival.moves[0].moved_on)
            return
        for move in moves:
            reference = move_reference(move, self.digest)
            yield WorkItem(reference, Arrival(moves=(move,)), occurred_on=move.moved_on)

    def process(self, item: WorkItem[Arrival]) -> Outcome:
        """Greet the mover, or the first adult of the household that may be written to."""
        newcomers: list[_Newcomer] = []
        refusals: list[Skip | HandOver] = []
        for move in item.payload.moves:
            answer = self._newcomer(move)
            if isinstance(answer, _Newcomer):
                newcomers.append(answer)
            else:
                refusals.append(answer)
        if not newcomers:
            return self._nobody(item.payload, refusals)
        return self._greet(newcomers, together=len(item.payload.moves) > 1)

    @staticmethod
    def _nobody(arrival: Arrival, refusals: Sequence[Skip | HandOver]) -> Skip | HandOver:
        """Nobody of the item is written to: a person looks as soon as one of its movers needs one."""
        if arrival.household and all(one == _CHILD for one in refusals):
            # The adult's row may be broken or late, and the household is taken up once only.
            return HandOver("a household without an adult among its movers")
        return next((one for one in refusals if isinstance(one, HandOver)), refusals[0])

    @step
    def choose_template(self, person: Person, move: Move, children: int) -> str:  # noqa: ARG002 - for a municipality's wrapper to look at
        """Which letter is sent: ``families`` where there are children under 18, else ``adults``."""
        return self.rule(
            "house rule: families or adults",
            facts={"children_under_18": children},
            result="families" if children else "adults",
        )

    @step
    def compose(
        self, person: Person, template: str, move: Move, closing: str = "", *, together: bool = False
    ) -> Letter:
        """Render the letter; ``closing`` is one more sentence before the greeting.

        ``together``: the letter greets several movers at once.
        """
        letters = self.settings.letters
        # Danish texts have the plain name, so that a Danish municipality overrides "families" and is done.
        name = template if letters.language == "da" else f"{template}-{letters.language}"
        return letters.render(
            name,
            person=person,
            moved_on=move.moved_on,
            closing=closing,
            household=together,
            **self._desk(person),
        )

    def _desk(self, person: Person) -> dict[str, str]:
        """What the letter says of the nearest desk: nothing where the municipality's table has no row."""
        code = person.address.postal_code if person.address else ""
        row = self.settings.desks.find(on=self.today, postal_code=int(code)) if code else None
        self.rule(
            "table desks",
            facts={"postal_code": "given" if code else "not given"},
            result=row.origin if row else "no row",
        )
        return {"desk": row.text("desk"), "desk_phone": row["phone"] or ""} if row else _NO_DESK

    def _newcomer(self, move: Move) -> _Newcomer | Skip | HandOver:
        """The rules from the cheapest to the dearest: who is not greeted anyway is not looked up."""
        if self._inside(move):
            return Skip("moved inside the municipality")
        greeting = self._greeting_by_origin(move)
        if greeting == "skip":
            return Skip(f"{_ORIGINS[move.origin]}: not greeted, as the municipality has set")
        person = self.population.person(move.cpr)
        refusal = self._status(person) or self._age(person)
        if refusal is not None:
            return refusal
        if greeting == "person":
            return HandOver(f"{_ORIGINS[move.origin]}: a person decides, as the municipality has set")
        refusal = self._protection(person)
        if refusal is None and not person.name.strip():
            # Registers may keep back the name of a protected person.
            refusal = HandOver("the register gives no name to write to")
        return refusal or _Newcomer(move, person)

    def _inside(self, move: Move) -> bool:
        """Whether the move began where it ended; the person's address of today is not asked for."""
        inside = move.from_municipality == move.to_municipality
        self.rule(
            "house rule: the move counts, not today's address",
            facts={"from": move.from_municipality, "to": move.to_municipality},
            result="moved inside" if inside else "moved in",
        )
        return inside

    def _greeting_by_origin(self, move: Move) -> WhoGreets:
        """What the municipality has said about movers who do not come from another municipality."""
        if move.origin == "municipality":
            return "send"
        setting = "no_earlier_address" if move.origin == "none" else "from_abroad"
        greeting: WhoGreets = getattr(self.settings, setting)
        self.rule(f"setting {setting}", facts={"origin": move.origin}, result=greeting)
        return greeting

    def _status(self, person: Person) -> Skip | HandOver | None:
        """Skip those who are gone; a number that is no longer in use goes to a person."""
        self.rule("house rule: active residents only", facts={"status": person.status}, result=person.status)
        if person.status == "active":
            return None
        if person.status in _GONE:
            return Skip(_GONE[person.status])
        return HandOver("the personal number is no longer in use: find the person's present one")

    def _age(self, person: Person) -> Skip | HandOver | None:
        """Children are not written to; the age is the one on the day of writing."""
        if person.birth_date is None:
            return HandOver("the register gives no date of birth: child or adult cannot be told")
        adult = _age_on(self.today, person.birth_date) >= self.settings.adult_from_age
        self.rule(
            "house rule: children are not written to",
            facts={"adult_from_age": self.settings.adult_from_age},
            result="adult" if adult else "child",
        )
        return None if adult else _CHILD

    def _protection(self, person: Person) -> HandOver | None:
        """CPR-loven § 28 is about private parties; how careful to be with one's own resident is a setting."""
        if not person.protected:
            return None
        choice = self.rule(
            "CPR-loven § 28; setting protected",
            facts={"protected": True},
            result=self.settings.protected,
        )
        return (
            HandOver("name and address protection: a person sends this one") if choice == "person" else None
        )

    def _greet(self, newcomers: Sequence[_Newcomer], *, together: bool) -> Outcome:
        """One letter, to the first newcomer who can be reached digitally, else on paper."""
        digital = next((one for one in newcomers if self.post.registered(one.person.cpr)), None)
        # Paper goes to one without protection where there is one; ties go to the first.
        recipient = digital or min(newcomers, key=lambda one: one.person.protected)
        channel = "digital" if digital else self._without_digital_post(recipient)
        if not isinstance(channel, str):
            return channel
        children = max(one.person.children_under_18 for one in newcomers)
        template = self.choose_template(recipient.person, recipient.move, children)
        letter = self.compose(recipient.person, template, recipient.move, together=together)
        receipt = self.post.send(letter, to=recipient.person.cpr, channel=channel)
        return Done(receipt=receipt.id, note=f"{template}, {receipt.channel}")

    def _without_digital_post(self, newcomer: _Newcomer) -> Literal["physical"] | Wait | HandOver:
        """What happens to somebody who is not registered for Digital Post."""
        choice = self._fallback(newcomer.move)
        if isinstance(choice, Wait):
            return choice
        if choice == "person":
            return HandOver("not registered for Digital Post: a person decides, as the municipality has set")
        if newcomer.person.protected and self.settings.protected == "digital_only":
            return HandOver("name and address protection: Digital Post only, and not registered for it")
        address = newcomer.person.address
        if address is None or not address.street_line.strip() or not address.postal_code:
            return HandOver("not registered for Digital Post, and the register gives no address for a letter")
        return "physical"

    def _fallback(self, move: Move) -> Literal["physical", "person"] | Wait:
        """The setting ``unregistered``; tries are counted in days since the move, alike in a replay."""
        choice = self.settings.unregistered
        given_up = self.today >= move.moved_on + timedelta(days=self.settings.retry_for_days)
        self.rule(
            "setting unregistered",
            facts={"registered": False, "days_since_move": (self.today - move.moved_on).days},
            result=choice if choice != "retry" or not given_up else self.settings.when_given_up,
        )
        if choice != "retry":
            return choice
        if given_up:
            return self.settings.when_given_up
        until = self.now + timedelta(days=self.settings.retry_every_days)
        return Wait(for_="registration for Digital Post", until=until, then="ask Digital Post again")


def _age_on(day: date, born: date) -> int:
    """Whole years; who is born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
