"""What invented people are called and where they live: names, streets, municipalities.

The names are common Danish ones picked one by one; nobody is meant. ``HOSTILE`` holds names that break
templates, pages and typesetting when something forgets to escape them.
"""

__all__ = ["FAMILY", "GIVEN_FEMALE", "GIVEN_MALE", "HOSTILE", "MUNICIPALITIES", "STREETS"]

GIVEN_FEMALE = (
    "Anne", "Kirsten", "Mette", "Hanne", "Søs", "Åse", "Ida", "Freja", "Æbelone", "Anne-Marie", "Karoline",
    "Fatima", "Maja", "Inger", "Birgitte", "Laura", "Solvej", "Tove", "Amalie", "Zaynab", "Ann-Sofie", "Olga",
)  # fmt: skip
GIVEN_MALE = (
    "Søren", "Lars", "Jens", "Åge", "Bjørn", "Jørgen", "Hans-Christian", "Mikkel", "Øjvind", "Niels", "Ali",
    "Kasper", "Rasmus", "Knud", "Viggo", "Emil", "Ove", "Per-Ole", "Mohammed", "Anders", "Jakub", "Ægir",
)  # fmt: skip
FAMILY = (
    "Hansen", "Nielsen", "Jensen", "Sørensen", "Østergaard", "Bæk-Møller", "Ågård", "Kjær", "Nørgaard",
    "Holm", "Dam-Lund", "Krüger", "Öztürk", "Nguyen", "Kowalska",
    "Bøgh", "Thygesen", "Skov", "O'Brien", "Friis",
    "Vestergaard Riis", "Ravn", "Højlund", "Ibrahim", "Sæby",
)  # fmt: skip
HOSTILE = (
    'Ole #read("letterhead.typ")',
    "Rie # $ _ * [ ] < @ \\",
    "Bo <script>alert('hej')</script> & Søn",
    "Eva {{ 7 * 7 }} {% raw %} Lund",
    'Kim ;"=1+1" |Holm',
)
STREETS = (
    "Algade", "Åboulevarden", "Ærøvej", "Østre Ringvej", "Skolestien", "Søndergade", "Gl. Landevej",
    "H.C. Andersens Vej", "Bakketoppen", "Møllebakken", "Kirkestræde", "Jernbanegade", "Birkealle",
    "Havnegade", "Nørre Kær", "Rosenvænget", "Lærkevej", "Smedeløkken", "Egeparken", "Stationsvej",
)  # fmt: skip
MUNICIPALITIES = {  # code -> (name, a postal code in it, its town); enough to move between
    "0101": ("København", "2100", "København Ø"),
    "0147": ("Frederiksberg", "2000", "Frederiksberg"),
    "0157": ("Gentofte", "2900", "Hellerup"),
    "0167": ("Hvidovre", "2650", "Hvidovre"),
    "0173": ("Lyngby-Taarbæk", "2800", "Kongens Lyngby"),
    "0217": ("Helsingør", "3000", "Helsingør"),
    "0253": ("Greve", "2670", "Greve"),
    "0259": ("Køge", "4600", "Køge"),
    "0265": ("Roskilde", "4000", "Roskilde"),
    "0316": ("Holbæk", "4300", "Holbæk"),
    "0330": ("Slagelse", "4200", "Slagelse"),
    "0370": ("Næstved", "4700", "Næstved"),
    "0461": ("Odense", "5000", "Odense C"),
    "0492": ("Ærø", "5970", "Ærøskøbing"),
    "0540": ("Sønderborg", "6400", "Sønderborg"),
    "0561": ("Esbjerg", "6700", "Esbjerg"),
    "0621": ("Kolding", "6000", "Kolding"),
    "0630": ("Vejle", "7100", "Vejle"),
    "0751": ("Aarhus", "8000", "Aarhus C"),
    "0791": ("Viborg", "8800", "Viborg"),
    "0851": ("Aalborg", "9000", "Aalborg"),
}
