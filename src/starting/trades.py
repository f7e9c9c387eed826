"""What each trade usually begins with: its services and its hours. All of it may be changed on the first day."""

from msgspec import Struct

from agenda.hours import Hours, WeeklyPeriod


class Offer(Struct, frozen=True):
    """A service as a house of this trade would call it, by language; minutes and cents (None: no price shown)."""

    names: dict[str, str]
    minutes: int
    cents: int | None = None

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names["fr"]


class Trade(Struct, frozen=True):
    offers: tuple[Offer, ...]
    days: tuple[int, ...]
    periods: tuple[tuple[str, str], ...]

    def hours(self) -> Hours:
        return Hours([WeeklyPeriod(day, start, end) for day in self.days for start, end in self.periods])


MONDAY_TO_FRIDAY, TUESDAY_TO_SATURDAY = (0, 1, 2, 3, 4), (1, 2, 3, 4, 5)
WITH_LUNCH = (("09:00", "12:00"), ("14:00", "18:00"))
ALL_DAY = (("09:00", "19:00"),)
SHOP_HOURS = (("08:00", "12:00"), ("13:30", "18:00"))


def offer(fr: str, en: str, minutes: int, euros: int | None = None) -> Offer:
    return Offer({"fr": fr, "en": en}, minutes, None if euros is None else euros * 100)


TRADES = {
    "hair": Trade(
        (
            offer("Coupe femme", "Women's cut", 45, 38),
            offer("Coupe homme", "Men's cut", 30, 24),
            offer("Coupe enfant", "Children's cut", 20, 18),
            offer("Couleur", "Colour", 90, 60),
            offer("Brushing", "Blow-dry", 30, 25),
        ),
        TUESDAY_TO_SATURDAY,
        ALL_DAY,
    ),
    "beauty": Trade(
        (
            offer("Soin du visage", "Facial", 60, 55),
            offer("Épilation", "Waxing", 30, 25),
            offer("Manucure", "Manicure", 45, 35),
            offer("Massage", "Massage", 60, 65),
        ),
        TUESDAY_TO_SATURDAY,
        ALL_DAY,
    ),
    "health": Trade(
        (
            offer("Première consultation", "First consultation", 45, 60),
            offer("Consultation", "Consultation", 30, 50),
            offer("Suivi", "Follow-up", 20, 40),
        ),
        MONDAY_TO_FRIDAY,
        WITH_LUNCH,
    ),
    "wellness": Trade(
        (
            offer("Massage 1 h", "Massage, 1 hour", 60, 70),
            offer("Massage 30 min", "Massage, 30 minutes", 30, 40),
            offer("Séance découverte", "First session", 45, 50),
        ),
        MONDAY_TO_FRIDAY,
        WITH_LUNCH,
    ),
    "garage": Trade(
        (
            offer("Révision", "Service", 90),
            offer("Vidange", "Oil change", 45),
            offer("Pneus", "Tyres", 60),
            offer("Diagnostic", "Diagnosis", 30),
        ),
        MONDAY_TO_FRIDAY,
        SHOP_HOURS,
    ),
    "public": Trade(
        (
            offer("Carte d’identité ou passeport", "Identity card or passport", 20),
            offer("État civil", "Civil registry", 20),
            offer("Urbanisme", "Planning", 30),
        ),
        MONDAY_TO_FRIDAY,
        (("08:30", "12:00"), ("13:30", "17:00")),
    ),
    "lessons": Trade(
        (offer("Cours particulier", "Private lesson", 60, 40), offer("Cours d’essai", "Trial lesson", 30)),
        (0, 1, 2, 3, 4, 5),
        (("10:00", "19:00"),),
    ),
    "advice": Trade(
        (offer("Premier rendez-vous", "First meeting", 30), offer("Rendez-vous", "Meeting", 60)),
        MONDAY_TO_FRIDAY,
        WITH_LUNCH,
    ),
    "other": Trade((offer("Rendez-vous", "Appointment", 30),), MONDAY_TO_FRIDAY, WITH_LUNCH),
}
