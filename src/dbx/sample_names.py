"""The words the sample shop is made of. All of them are invented or everyday; no real shop, artist or customer."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GENRES = (
    ("Rock", 95, 330),
    ("Pop", 90, 260),
    ("Jazz", 150, 620),
    ("Folk", 110, 300),
    ("Electronic", 140, 480),
    ("Hip-Hop", 100, 290),
    ("Classical", 130, 1250),
    ("Ambient", 200, 1100),
    ("Soul", 120, 310),
    ("Reggae", 140, 320),
    ("Fado", 120, 270),
    ("Sea Shanty", 70, 210),
)  # name, shortest and longest track in seconds

MEDIA_TYPES = ("MPEG audio", "AAC audio", "FLAC audio", "Music video")

PLAYLISTS = (
    "Morning",
    "Long Drive",
    "Rain on the Roof",
    "Kitchen Radio",
    "Deep Focus",
    "Sunday, Slowly",
    "90’s Without Shame",
    "Après-ski",
    "Night Train",
    "Staff Picks",
    "Videos for the Window",
    "Empty for Now",
)

ADJECTIVES = [
    "Copper",
    "Paper",
    "Hollow",
    "Northern",
    "Amber",
    "Quiet",
    "Distant",
    "Salted",
    "Borrowed",
    "Wandering",
    "Crooked",
    "Marble",
    "Rusty",
    "Late",
    "Gentle",
    "Electric",
    "Forgotten",
    "Woollen",
    "Seven",
    "Patient",
    "Tidal",
    "Secret",
    "Lesser",
    "Unfinished",
    "Sleepy",
    "Bitter",
    "Winter",
    "Second",
    "Painted",
    "Plain",
]

NOUNS = [
    "Lantern",
    "Harbour",
    "Orchard",
    "Compass",
    "Sparrow",
    "Meridian",
    "Tram",
    "Ferry",
    "Antenna",
    "Cellar",
    "Kettle",
    "Almanac",
    "Lighthouse",
    "Satellite",
    "Ladder",
    "Postcard",
    "Umbrella",
    "Engine",
    "Glacier",
    "Thimble",
    "Bridge",
    "Window",
    "Ribbon",
    "Station",
    "Carousel",
    "Anchor",
    "Mirror",
    "Signal",
    "Garden",
    "Island",
    "Hammer",
    "Letter",
    "Magnet",
    "Needle",
    "Oyster",
    "Pendulum",
    "Quarry",
    "Raft",
    "Teapot",
    "Violin",
]

ENSEMBLES = ("Quartet", "Orchestra", "Sound System", "Trio", "Collective", "Choir", "Brass Band")

PLACES = ("the Attic", "Lisbon", "Tromsø", "the Suburbs", "Kraków", "Winter", "the Engine Room", "Malmö", "B Minor")

TITLE_SHAPES = (
    "{adjective} {noun}",
    "{noun} in {place}",
    "The {noun} and the {other}",
    "Don't Wake the {noun}",
    "{noun}, {noun}, {other}",
    "Waiting for the {noun}",
    "{adjective} {noun} (Live)",
    "What the {noun} Said",
    "{noun} No. {number}",
    "Another {adjective} {noun}",
    "100% {noun}",
    "Is This Your {noun}?",
    "{adjective}",
    "{noun}",
)

# Titles in other scripts, with wide and combining characters, now and then.
FOREIGN_TITLES = (
    "夜の電車",
    "Η θάλασσα",
    "Тихий вечер",
    "Ça ira, ça va",
    "Größer als Öl",
    "رسالة",
    "바람",
    "🌧 Interlude",
)

FIRST_NAMES = [
    "Ada",
    "Anouk",
    "Björn",
    "Camila",
    "Chidi",
    "Dagny",
    "Élodie",
    "Emre",
    "Farah",
    "Giulia",
    "Håkon",
    "Hana",
    "Ines",
    "Jakub",
    "João",
    "Kaito",
    "Lena",
    "Łukasz",
    "Mairead",
    "Matteo",
    "Ngozi",
    "Noor",
    "Olivia",
    "Pedro",
    "Priya",
    "Rasmus",
    "Ravi",
    "Søren",
    "Tamar",
    "Tomáš",
    "Uma",
    "Viktor",
    "Wanda",
    "Yara",
    "Zoë",
    "Zuzana",
]

LAST_NAMES = [
    "Abara",
    "Almeida",
    "Bergström",
    "Brenner",
    "Castellan",
    "Čapek",
    "Demir",
    "Dragomir",
    "Eriksen",
    "Fennimore",
    "Ferreira",
    "Gallagher",
    "Grünwald",
    "Hartono",
    "Iwasaki",
    "Jørgensen",
    "Kowalczyk",
    "Lindqvist",
    "Marchetti",
    "Mbeki",
    "Núñez",
    "Novotná",
    "O'Rourke",
    "Okafor",
    "Pálsson",
    "Peralta",
    "Quist",
    "Raman",
    "Rosales",
    "Sandoval",
    "Stavros",
    "Tanaka",
    "Urbain",
    "Vasquez",
    "Wójcik",
    "Whitlock",
    "Yılmaz",
    "Zieliński",
]

# For mail addresses: what the names above hold beyond ASCII.
FOLDED = str.maketrans("ÉéëáãåäöøüúñłŁšČçğıÖ", "EeeaaaaoouunlLsCcgiO") | {ord("ń"): "n", ord("ó"): "o", ord("'"): ""}

COMPANIES = ("Fennimore & Sons", "Grünwald GmbH", "Kaito Kissaten", "Peralta Radio", "Quist Interiors", "Óðinn Kaffi")

STREETS = ("Harbour Road", "Mill Lane", "Rue des Lilas", "Lindenstraße", "Calle Mayor", "Ulica Długa", "Ferry Street")

# country -> (city, state or nothing, first digits of the postal code)
CITIES: dict[str, tuple[tuple[str, str | None, str], ...]] = {
    "USA": (("Portland", "OR", "972"), ("Austin", "TX", "787"), ("Duluth", "MN", "558"), ("Savannah", "GA", "314")),
    "Canada": (("Halifax", "NS", "B3H "), ("Québec", "QC", "G1R ")),
    "Brazil": (("São Paulo", "SP", "01310-"), ("Florianópolis", "SC", "88010-")),
    "Germany": (("Leipzig", None, "041"), ("Köln", None, "506")),
    "France": (("Nantes", None, "440"), ("Besançon", None, "250")),
    "Portugal": (("Porto", None, "4000-"), ("Évora", None, "7000-")),
    "Poland": (("Gdańsk", None, "80-"), ("Łódź", None, "90-")),
    "Norway": (("Tromsø", None, "90"),),
    "Japan": (("金沢市", "石川県", "920-"), ("Sapporo", "Hokkaidō", "060-")),
    "India": (("Kochi", "KL", "682"), ("Pune", "MH", "411")),
    "Greece": (("Θεσσαλονίκη", None, "546 "),),
    "Ireland": (("Galway", None, ""),),
}

EMPLOYEES = (
    ("Whitlock", "Ada", "General Manager", None),
    ("Okafor", "Ngozi", "Sales Manager", 1),
    ("Bergström", "Björn", "Sales Support Agent", 2),
    ("Almeida", "João", "Sales Support Agent", 2),
    ("Kowalczyk", "Zuzana", "Sales Support Agent", 2),
    ("Iwasaki", "Hana", "Systems Manager", 1),
    ("Demir", "Emre", "Systems", 6),
    ("Lindqvist", "Dagny", "Systems", 6),
    ("Gallagher", "Mairead", "Archivist", None),
)  # last name, first name, title, number of whom they report to

REASONS = ("skips at 1:07", "bought twice", "not what I remembered", "wrong album", None)
