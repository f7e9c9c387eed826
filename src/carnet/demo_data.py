"""Who and what stands in the demo practice; all people are invented."""

from typing import NamedTuple


class Offer(NamedTuple):
    name: str
    minutes: int
    cents: int


class Practitioner(NamedTuple):
    name: str
    trade: str
    colour: str
    room: str
    hours: dict[int, list[tuple[str, str]]]
    offers: list[Offer]


NAME = "Maison des Tilleuls"
ADDRESS = "12 rue des Tilleuls, 69003 Lyon"
ROOMS = [("room", "Salle Tilleul"), ("room", "Salle Érable"), ("room", "Grande salle"), ("machine", "Table Huber")]
CLIENTS = 120
TOWNS = ["Lyon", "Villeurbanne", "Bron", "Caluire-et-Cuire", "Oullins"]

# Name, address, role, and the rank of the column for those who have one.
MEMBERS = [
    ("Agnès Rochefort", "agnes@demo.carnet", "owner", None),
    ("Sonia Marchetti", "sonia@demo.carnet", "secretary", None),
    ("Hélène Aubert", "helene@demo.carnet", "practitioner", 0),
]


def week(days: str, *periods: tuple[str, str]) -> dict[int, list[tuple[str, str]]]:
    """The same periods on these weekdays, 0 for Monday."""
    return {int(day): list(periods) for day in days}


PRACTITIONERS = [
    Practitioner(
        "Hélène Aubert",
        "Ostéopathe",
        "#2f3fa8",
        "Salle Tilleul",
        week("01234", ("08:30", "12:30"), ("14:00", "17:30")),
        [
            Offer("Séance d’ostéopathie", 45, 6000),
            Offer("Suivi post-partum", 45, 6200),
            Offer("Ostéopathie nourrisson", 45, 5500),
            Offer("Première consultation", 45, 6500),
        ],
    ),
    Practitioner(
        "Mehdi Saïdi",
        "Kinésithérapeute",
        "#0f7a4f",
        "",
        week("01234", ("08:00", "12:00"), ("13:30", "18:00")),
        [
            Offer("Rééducation épaule", 30, 1800),
            Offer("Rééducation genou", 30, 1800),
            Offer("Rééducation dos", 30, 1800),
            Offer("Kiné respiratoire", 30, 1800),
            Offer("Drainage lymphatique", 30, 2500),
            Offer("Bilan du sportif", 60, 4500),
        ],
    ),
    Practitioner(
        "Léa Fontaine",
        "Esthéticienne",
        "#c2255c",
        "Salle Érable",
        week("12345", ("09:00", "12:30"), ("13:30", "19:00")),
        [
            Offer("Soin visage éclat", 75, 6900),
            Offer("Épilation demi-jambes", 30, 1900),
            Offer("Manucure semi-permanente", 60, 3500),
            Offer("Sourcils", 30, 1200),
            Offer("Massage relaxant", 90, 8500),
        ],
    ),
    Practitioner(
        "Thomas Girard",
        "Podologue",
        "#a86500",
        "",
        week("0134", ("09:00", "12:20"), ("14:20", "16:40")),
        [
            Offer("Soin de pédicurie", 40, 3800),
            Offer("Semelles – empreinte", 40, 5000),
            Offer("Semelles – remise", 20, 12000),
            Offer("Bilan postural", 40, 4500),
        ],
    ),
    Practitioner(
        "Inès Da Silva",
        "Sophrologue",
        "#58287f",
        "",
        week("0124", ("10:00", "12:00"), ("15:00", "18:00")),
        [
            Offer("Gestion du stress", 60, 5500),
            Offer("Préparation mentale", 60, 5500),
            Offer("Première séance", 60, 5500),
            Offer("Sommeil – séance", 60, 5000),
        ],
    ),
    Practitioner(
        "Marc Lefèvre",
        "Pilates",
        "#232f86",
        "Grande salle",
        week("01245", ("08:00", "13:30"), ("14:00", "18:30")),
        [Offer("Cours particulier", 60, 4500), Offer("Bilan Pilates", 60, 4000), Offer("Pilates machines", 60, 3500)],
    ),
]

# The practitioner's rank, days from today, from, until, and why.
ABSENCES = [
    (3, 1, "14:20", "16:40", "Formation"),
    (4, 2, "10:00", "12:00", "Réunion d’équipe"),
    (5, 3, "08:00", "13:30", "Rendez-vous extérieur"),
    (2, 6, "09:00", "19:00", "Congé"),
]
NOTES = [
    "Préfère la table basse. Vient avec bébé, prévoir le coussin.",
    "Arrive souvent un peu en avance.",
    "Apporter l’ordonnance.",
    "Sensible aux huiles essentielles.",
]
REASONS = ["Malade", "Empêchement professionnel", "S’est trompée de jour"]
FIRST_NAMES = [
    ("Mme", "Émilie"),
    ("M.", "Julien"),
    ("Mme", "Nadia"),
    ("M.", "Paul"),
    ("Mme", "Sophie"),
    ("M.", "Gérard"),
    ("Mme", "Fatou"),
    ("M.", "Rémi"),
    ("Mme", "Marie-Thérèse"),
    ("M.", "Hugo"),
    ("Mme", "Aurélie"),
    ("M.", "Samir"),
    ("Mme", "Josiane"),
    ("M.", "Vincent"),
    ("Mme", "Delphine"),
    ("M.", "Arthur"),
    ("Mme", "Yasmine"),
]
LAST_NAMES = [
    "Rousseau",
    "Petit",
    "Haddad",
    "Mercier",
    "Lambert",
    "Millet",
    "Diop",
    "Garnier",
    "Delacroix-Fontanel",
    "Marchand",
    "Chevalier",
    "Khelif",
    "Picard",
    "Brun",
    "Moulin",
    "Colin",
    "Toumi",
    "Caron",
    "Perrot",
    "Fabre",
    "Renard",
    "Blanchard",
    "Besson",
]
