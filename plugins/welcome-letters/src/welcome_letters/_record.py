"""What a data protection officer asks about this bot on day one (GDPR art. 30), and what it frees.

The texts are a starting point that the municipality's own DPO confirms or corrects; nothing here is legal
advice, and what we could not support with a source says so.
"""

from rpa_commons.sdk import AiUse, Benefit, Decisions, ProcessingRecord

__all__ = ["BENEFIT", "RECORD"]

RECORD = ProcessingRecord(
    # KL's subject plan lists "velkomstbrev til nye borgere" among the subject words of 00.14.00
    # (borgerbetjening i almindelighed). 23.05.10 (flytteanmeldelse) is the case the register keeps about
    # the move itself, which this bot only reads.
    kle=("00.14.00",),
    purpose="To welcome each new resident once and tell them where to find the municipality's services.",
    legal_basis=(
        (
            "GDPR art. 6(1)(e), a task carried out in the public interest (information to the municipality's "
            "own residents); to be confirmed by the municipality's DPO"
        ),
        (
            "Databeskyttelsesloven § 11, stk. 1: public authorities may process personal numbers for unique "
            "identification"
        ),
        (
            "CPR-loven § 28 (name and address protection) bars giving name and address to private parties, "
            "which writing to one's own resident is not; how careful to be is the setting 'protected'; "
            "to be confirmed by the municipality's DPO"
        ),
    ),
    data_categories=(
        "personal number, name and address",
        "date of birth and status in the population register",
        "date and origin of the move",
        "number of children under 18",
        "name and address protection",
        "registration for Digital Post",
    ),
    person_categories=(
        "people who moved into the municipality; children among them are looked up, never written to",
    ),
    sources=("the population register (CPR)", "the register of Digital Post"),
    recipients=(
        "the resident",
        "the operator that carries the letter: Digital Post, or print and postal service",
    ),
    retention=(
        "Cases, facts and receipts lie encrypted in the municipality's own state folder until the "
        "municipality deletes them; the deadline is to be set by the municipality. The reference of a move "
        "is kept so that nobody is greeted twice. The bot keeps no copy of a letter that Digital Post took. "
        "A letter for printing lies unencrypted, as a PDF with name and address, in the outbox folder that "
        "the municipality has set (connector pdf-outbox, or physical_outbox of sf1601) until whoever prints "
        "it removes it; that deadline, too, is the municipality's to set."
    ),
    decisions=Decisions(
        kind="none",
        paragraph="A welcome letter is information, no decision in the sense of forvaltningsloven § 2.",
    ),
    ai=AiUse(role="none"),
)

BENEFIT = Benefit(
    minutes_per_case=4.0,
    method=(
        "Estimate, not measured: 1 minute to find the mover in a list, 1 to look up the household and "
        "registration, 2 to choose, fill in and send the letter. Time 20 letters by hand before go-live "
        "and use your own figure."
    ),
)
