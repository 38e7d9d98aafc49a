"""Words of municipal work that mean the same in Danish, Norwegian, Swedish and English.

A curated table, small on purpose: words that people search for and that a translation in the heads of the
authors keeps apart. One line is one meaning; its four texts are Danish, Norwegian (bokmål), Swedish, English.
"""

__all__ = ["GROUPS", "PARTS", "STOP_WORDS"]

GROUPS: tuple[tuple[str, str, str, str], ...] = (
    ("flytning tilflytter tilflytning", "flytting tilflytter", "flytt inflyttning", "move moving newcomer"),
    ("velkomst", "velkomst", "välkomst välkommen", "welcome"),
    ("brev breve", "brev", "brev", "letter"),
    ("faktura fakturaer regning", "faktura regning", "faktura räkning", "invoice bill"),
    ("udbetaling betaling", "utbetaling betaling", "utbetalning betalning", "payment payout"),
    ("sag sager", "sak saker", "ärende", "case"),
    ("borger", "innbygger", "invånare medborgare", "citizen resident"),
    ("barn børn", "barn", "barn", "child children"),
    ("skole", "skole", "skola", "school"),
    ("indskrivning", "innskriving", "inskrivning", "enrolment enrollment"),
    (
        "dagtilbud daginstitution vuggestue børnehave pladsanvisning",
        "barnehage",
        "förskola",
        "daycare kindergarten nursery",
    ),
    ("parkering", "parkering", "parkering", "parking"),
    ("byggesag byggetilladelse", "byggesak byggetillatelse", "bygglov", "building permit"),
    ("adresse", "adresse", "adress", "address"),
    ("sygdom sygedagpenge syge", "sykdom sykepenger", "sjukdom sjukpenning", "sickness illness"),
    (
        "medicin læge lægeudgifter",
        "medisin legemiddel lege",
        "medicin läkemedel läkare",
        "medicine medical doctor",
    ),
    ("ældre plejehjem", "eldre sykehjem", "äldre äldreboende", "elderly"),
    ("fravær", "fravær", "frånvaro", "absence"),
    ("medarbejder ansat", "medarbeider ansatt", "medarbetare anställd", "employee staff"),
    ("aktindsigt", "innsyn", "insyn", "disclosure"),
    ("høring partshøring", "høring", "remiss hörande", "hearing consultation"),
    ("afgørelse", "vedtak", "beslut", "decision"),
    ("tidsbestilling", "timebestilling", "tidsbokning", "appointment booking"),
    ("ansøgning", "søknad", "ansökan", "application"),
    ("affald", "avfall", "avfall", "waste"),
    ("skat", "skatt", "skatt", "tax"),
    ("boligstøtte", "bostøtte", "bostadsbidrag", "housing"),
    ("bolig", "bolig", "bostad", "housing dwelling"),
    ("pension", "pensjon", "pension", "pension"),
    ("refusion", "refusjon", "ersättning återbetalning", "refund reimbursement"),
    ("folkeregister cpr", "folkeregister", "folkbokföring", "population"),
    ("digitalpost post", "post", "post", "mail"),
    ("ledsagekort", "ledsagerbevis", "ledsagarkort", "companion"),
    ("dødsfald", "dødsfall", "dödsfall", "death"),
    ("vielse ægteskab", "vielse ekteskap", "vigsel äktenskap", "wedding marriage"),
    ("kørekort", "førerkort", "körkort", "driving licence"),
    (
        "regnskab bogføring kontering",
        "regnskap bokføring kontering",
        "redovisning bokföring kontering",
        "accounting posting",
    ),
    ("indkøb", "innkjøp", "inköp", "procurement purchase"),
    ("påmindelse rykker", "påminnelse purring", "påminnelse", "reminder"),
    ("frist", "frist", "frist tidsfrist", "deadline"),
    ("kvittering", "kvittering", "kvitto kvittens", "receipt acknowledgement"),
    ("klage", "klage", "klagomål överklagande", "complaint appeal"),
    ("fornyelse", "fornyelse", "förnyelse", "renewal"),
    ("løn", "lønn", "lön", "salary payroll"),
    ("kort", "kort", "kort", "card"),
    ("tilskud", "tilskudd", "bidrag", "grant subsidy"),
    ("tilladelse", "tillatelse", "tillstånd", "permit"),
    ("licens", "lisens", "licens", "licence"),
    ("udgift", "utgift", "utgift", "expense"),
    ("robot", "robot", "robot", "bot robot"),
)

PARTS = "hjælp støtte penge afgift ordning liste plan aftale kontrol opslag register plads gebyr"
"""More words that compounds end in, and that need no translation to be found by."""

_SMALL = (
    "a af an and at av de den der det die do du ei en er et ett for fra fran from har hos i in is it kan med "
    "of og och on om pa some ska skal som that the til till to vi with"
)
STOP_WORDS = frozenset(_SMALL.split())
"""Folded; asked for only when a question has nothing else."""
