"""What is said about an import, in French and in English."""

import os
from collections.abc import Mapping

LANGUAGES = ("fr", "en")

FILES = {
    "organisation_unknown": ("Aucun cabinet n’a l’identifiant {id}.", "No organisation has the identifier {id}."),
    "several_organisations": (
        "Il y a plusieurs cabinets. Choisissez-en un avec --organisation : {names}",
        "There are several organisations. Choose one with --organisation: {names}",
    ),
    "no_organisation": (
        "Il n’y a encore aucun cabinet. « carnet seed » crée celui de démonstration.",
        "There is no organisation yet. “carnet seed” makes the one for demonstration.",
    ),
    "no_headings": (
        "Aucune ligne de titres reconnue. Il faut au moins : {columns}.",
        "No line of headings was recognised. Needed at least: {columns}.",
    ),
    "old_excel": (
        "C’est un ancien fichier Excel (.xls). Enregistrez-le en .xlsx ou en CSV.",
        "This is an old Excel file (.xls). Save it as .xlsx or CSV.",
    ),
    "file_too_large": (
        "Ce fichier est trop grand : {megabytes} Mo au plus.",
        "This file is too large: {megabytes} MB at most.",
    ),
    "too_many_rows": (
        "Ce fichier a trop de lignes : {most} au plus. Coupez-le en plusieurs.",
        "This file has too many rows: {most} at most. Cut it into several.",
    ),
    "no_rows": ("Ce fichier n’a aucune ligne sous ses titres.", "This file has no row under its headings."),
    "markup": (
        "Un fichier XML ou HTML ne s’importe pas. Enregistrez-le en CSV ou en .xlsx.",
        "An XML or HTML file cannot be imported. Save it as CSV or .xlsx.",
    ),
    "no_table": (
        "Ce fichier ne contient pas de tableau. Il faut un CSV, un .xlsx ou un .vcf.",
        "This file holds no table. A CSV, an .xlsx or a .vcf is needed.",
    ),
    "vcard_unreadable": ("Ce fichier vCard ne se lit pas.", "This vCard file cannot be read."),
    "excel_unreadable": ("Ce fichier Excel ne s’ouvre pas.", "This Excel file cannot be opened."),
    "calendar_unreadable": ("Ce fichier d’agenda ne se lit pas.", "This calendar file cannot be read."),
    "table_unreadable": ("Ce fichier ne se lit pas comme un tableau.", "This file cannot be read as a table."),
    "too_many_columns": (
        "Ce fichier a trop de colonnes : {most} au plus.",
        "This file has too many columns: {most} at most.",
    ),
    "too_many_entries": (
        "Cet agenda a trop d’entrées : {most} au plus, dates des répétitions comprises.",
        "This calendar has too many entries: {most} at most, dates of repetitions included.",
    ),
    "line_too_long": ("Une ligne de ce fichier est trop longue.", "A line of this file is too long."),
    "file_too_heavy": (
        "Lire ce fichier prend trop de temps ou de mémoire. Enregistrez-le à nouveau, ou coupez-le en plusieurs.",
        "Reading this file takes too much time or memory. Save it anew, or cut it into several.",
    ),
}

OUTCOMES = {
    "imported": ("importé", "imported"),
    "changed": ("mis à jour", "updated"),
    "joined": ("déjà connu", "already known"),
    "kept_out": ("laissé de côté", "left out"),
    "refused": ("refusé", "refused"),
    "notice": ("à savoir", "notice"),
}

NOTICES = {
    "read_as": ("Fichier lu comme {encoding}.", "File read as {encoding}."),
    "columns_in_remarks": (
        "Colonnes sans champ propre, gardées dans les remarques : {columns}.",
        "Columns without a field of their own, kept in the remarks: {columns}.",
    ),
    "practitioner_added": (
        "Praticien créé : {name}, avec des horaires habituels à vérifier (lun.–ven. 9 h–12 h 30, 13 h 30–19 h).",
        "Practitioner added: {name}, with usual hours to check (Mon–Fri 9:00–12:30, 13:30–19:00).",
    ),
    "service_added": (
        "Prestation créée : {name} ({minutes} min), non proposée en ligne.",
        "Service added: {name} ({minutes} min), not offered online.",
    ),
    "performer_assigned": ("Praticien ajouté à la prestation {name}.", "Practitioner added to the service {name}."),
    "series_goes_on": (
        "Cette série continue après le {until} : la suite n’est pas importée.",
        "This series goes on after {until}: the rest is not imported.",
    ),
}

CLIENT_LINES = {
    "name_missing": ("ligne sans nom", "line without a name"),
    "phone_not_valid": (
        "téléphone illisible, gardé dans les remarques",
        "phone that cannot be read, kept in the remarks",
    ),
    "email_not_valid": (
        "e-mail illisible, gardé dans les remarques",
        "e-mail that cannot be read, kept in the remarks",
    ),
    "value_not_valid": (
        "valeur qui ne convient pas à ce champ, gardée dans les remarques",
        "value that does not fit this field, kept in the remarks",
    ),
    "value_refused": ("valeur qui ne convient pas", "value that does not fit"),
    "changes": ("{known} → {value}", "{known} → {value}"),
    "in_archive": ("fiche archivée ; elle le reste", "archived file; it stays so"),
    "restored": ("fiche rétablie : l’import qui l’avait créée a été annulé", "file restored: its import was undone"),
    "letters_lost": (
        "caractères illisibles (�) : le fichier a été enregistré dans un mauvais encodage",
        "unreadable characters (�): the file was saved in a wrong encoding",
    ),
    "date_not_valid": ("date illisible", "date that cannot be read"),
    "birth_not_valid": ("date illisible, gardée dans les remarques", "date that cannot be read, kept in the remarks"),
    "quote_open": (
        "guillemet jamais fermé : ligne lue sans tenir compte des guillemets",
        "quotation mark never closed: line read without regard to quotation marks",
    ),
    "same_as_line": ("même personne qu’à la ligne {line}", "same person as on line {line}"),
    "on_file": ("rattaché à la fiche de {value}", "joined to the file of {value}"),
    "differs": ("la fiche dit « {known} » ; elle reste telle quelle", "the file says “{known}”; it stays as it is"),
    "line_unreadable": ("ligne illisible ({value})", "line that cannot be read ({value})"),
}

ENTRIES = {
    "time_not_valid": ("heure illisible", "time that cannot be read"),
    "duration_not_valid": ("durée illisible", "length that cannot be read"),
    "start_missing": ("pas de début", "no start"),
    "end_missing": ("ni fin ni durée", "neither end nor length"),
    "end_before_start": ("la fin n’est pas après le début", "the end is not after the start"),
    "zone_unknown": ("fuseau horaire inconnu : {value}", "unknown time zone: {value}"),
    "property_unreadable": ("illisible : {value}", "cannot be read: {value}"),
    "entry_unreadable": ("entrée illisible ({value})", "entry that cannot be read ({value})"),
    "entry_cut_off": ("entrée interrompue : le fichier est abîmé ici", "entry cut off: the file is damaged here"),
    "series_unreadable": ("répétition illisible ({value})", "repetition that cannot be read ({value})"),
    "series_too_dense": ("répétition de moins d’un jour ({value})", "repetition shorter than a day ({value})"),
    "series_too_long": ("répétition de trop de dates ({value})", "repetition of too many dates ({value})"),
    "property_too_long": ("trop long pour être lu", "too long to be read"),
    "not_an_appointment": ("ce n’est pas un rendez-vous ({value})", "not an appointment ({value})"),
    "superseded": ("remplacé par une version plus récente dans le fichier", "replaced by a newer version in the file"),
    "no_occurrence": ("aucune date dans cette série", "no date in this series"),
    "shows_as_free": ("affiché comme disponible", "shows as free"),
    "cancelled_without_client": ("annulé, sans client", "cancelled, without a client"),
    "as_absence": ("sans client : importé comme absence", "without a client: imported as an absence"),
    "client_added": ("fiche client créée : {value}", "client file added: {value}"),
    "client_ambiguous": (
        "Client à choisir : {count} fiches au nom de {value}. L’heure est réservée.",
        "Client to be chosen: {count} files named {value}. The time is booked.",
    ),
    "practitioner_missing": (
        "à qui est cet agenda ? Précisez --practitioner",
        "whose agenda is it? Name it with --practitioner",
    ),
    "time_taken": (
        "heure déjà prise par {who} ({taken_from}–{taken_until})",
        "time already taken by {who} ({taken_from}–{taken_until})",
    ),
    "room_taken": (
        "salle ou matériel déjà pris par {who} ({taken_from}–{taken_until})",
        "room or equipment already taken by {who} ({taken_from}–{taken_until})",
    ),
    "in_another_agenda": (
        "déjà importé dans l’agenda d’un autre praticien",
        "already imported in another practitioner’s agenda",
    ),
    "changed_here": (
        "modifié dans Carnet depuis l’import : laissé tel quel",
        "changed in Carnet since the import: left as it is",
    ),
    "now_moved": ("déplacé comme dans le fichier", "moved as in the file"),
    "now_cancelled": ("annulé comme dans le fichier", "cancelled as in the file"),
    "refusal": ("refusé par les règles de l’agenda ({value})", "refused by the rules of the agenda ({value})"),
}

# What is written in the house's own books.
WRITTEN = {
    "taken_over": ("Repris de l’ancien agenda", "Taken over from the former agenda"),
    "appointment": ("Rendez-vous", "Appointment"),
}

REPORT = {
    "heading_number": ("Ligne", "Line"),
    "heading_outcome": ("Résultat", "Outcome"),
    "heading_what": ("Entrée", "Entry"),
    "heading_column": ("Colonne", "Column"),
    "heading_value": ("Valeur", "Value"),
    "heading_reason": ("Explication", "Explanation"),
    "more_lines": (
        "… et {count} autres lignes à voir avec --report FICHIER.",
        "… and {count} more lines to be seen with --report FILE.",
    ),
    "clients_to_choose": (
        "Rendez-vous réservés dont le client reste à choisir entre homonymes : {count}",
        "Appointments booked whose client must be chosen among namesakes: {count}",
    ),
    "overbook_hint": (
        "Avec --overbook, les rendez-vous dont l’heure est prise sont importés quand même.",
        "With --overbook, appointments whose time is taken are imported anyway.",
    ),
    "report_written": ("Liste complète : {path}", "Full list: {path}"),
    "interrupted": (
        "Interrompu. Relancez la même commande : ce qui est importé ne le sera pas deux fois.",
        "Interrupted. Run the same command again: what is imported will not be imported twice.",
    ),
}

FIELDS = {
    "field_title": ("Civilité", "Title"),
    "field_last_name": ("Nom", "Last name"),
    "field_first_name": ("Prénom", "First name"),
    "field_phone": ("Téléphone", "Phone"),
    "field_email": ("E-mail", "E-mail"),
    "field_birth_on": ("Date de naissance", "Birth date"),
    "field_address": ("Adresse", "Address"),
    "field_postcode": ("Code postal", "Postcode"),
    "field_town": ("Ville", "Town"),
    "field_remarks": ("Remarques", "Remarks"),
    "field_number": ("N°", "No."),
}

SENTENCES: dict[str, tuple[str, str]] = {
    **FILES,
    **OUTCOMES,
    **NOTICES,
    **CLIENT_LINES,
    **ENTRIES,
    **WRITTEN,
    **REPORT,
    **FIELDS,
}


def language(environ: Mapping[str, str] = os.environ) -> str:
    """French, unless the environment asks for English."""
    asked = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "en" if asked.lower().startswith("en") else "fr"


def say(code: str, in_language: str = "", **facts: str) -> str:
    """The sentence in this language, else in the one of the environment."""
    return SENTENCES[code][LANGUAGES.index(in_language or language())].format(**facts)


def column_words(column: str, in_language: str = "") -> str:
    """A column as the file calls it, or a field by its name."""
    return say(f"field_{column}", in_language) if f"field_{column}" in SENTENCES else column
