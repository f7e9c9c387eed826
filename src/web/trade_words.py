"""Trades, countries, plans and first steps in words."""

from flask_babel import lazy_gettext

TRADE_WORDS = {
    "hair": lazy_gettext("Hairdresser, barber"),
    "beauty": lazy_gettext("Beauty salon"),
    "health": lazy_gettext("Practice, clinic"),
    "wellness": lazy_gettext("Massage, well-being"),
    "garage": lazy_gettext("Garage, workshop"),
    "public": lazy_gettext("Town hall, public service"),
    "lessons": lazy_gettext("Lessons, coaching"),
    "advice": lazy_gettext("Advice, law, accounting"),
    "other": lazy_gettext("Something else"),
}
COUNTRIES = {
    "FR": lazy_gettext("France"),
    "BE": lazy_gettext("Belgium"),
    "CH": lazy_gettext("Switzerland"),
    "LU": lazy_gettext("Luxembourg"),
    "MC": lazy_gettext("Monaco"),
    "CA": lazy_gettext("Canada"),
    "DE": lazy_gettext("Germany"),
    "AT": lazy_gettext("Austria"),
    "ES": lazy_gettext("Spain"),
    "IT": lazy_gettext("Italy"),
    "PT": lazy_gettext("Portugal"),
    "NL": lazy_gettext("Netherlands"),
    "GB": lazy_gettext("United Kingdom"),
    "IE": lazy_gettext("Ireland"),
    "US": lazy_gettext("United States"),
}
PLAN_WORDS = {
    "solo": lazy_gettext("Solo"),
    "team": lazy_gettext("Team of ten"),
    "house": lazy_gettext("House"),
}
STEP_WORDS = {
    "services": lazy_gettext("Services that can be booked"),
    "columns": lazy_gettext("Opening hours of somebody who receives"),
    "performers": lazy_gettext("Who gives which service"),
    "address": lazy_gettext("The address where you receive"),
    "presentation": lazy_gettext("A few words that present you"),
    "team": lazy_gettext("A colleague, if there are any"),
    "appointment": lazy_gettext("A first appointment"),
}
KIND_WORDS = {
    "practitioner": lazy_gettext("Somebody who receives"),
    "room": lazy_gettext("A room"),
    "machine": lazy_gettext("A machine"),
}
KINDS_WORDS = {
    "practitioner": lazy_gettext("People who receive"),
    "room": lazy_gettext("Rooms"),
    "machine": lazy_gettext("Machines"),
}
