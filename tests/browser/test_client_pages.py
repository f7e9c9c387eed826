"""Client files in a real browser: every page fits its window, and everything works without a script."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from clients.commands import add_client_field, add_client_note, block_client, edit_client
from importing import commands as imports
from importing.policies import bring_in_rows
from tests.browser.visitor import PASSWORD, Desk
from tests.story import at
from tests.uploads import read_in

pytestmark = pytest.mark.browser

WIDTHS = (1440, 1024, 768, 390)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = "un-nom-de-fichier-sans-aucune-espace-et-beaucoup-trop-long-pour-un-telephone.csv"
PEOPLE = "N°;Nom;Prénom;Portable;Ville;Couleur\n1;Noël;Zoé;06 99 88 77 66;Nîmes;bleu\n;;;06 00 00 00 00;;\n"


@pytest.fixture
def led(desk: Desk) -> Desk:
    """A desk at which an owner sits."""
    desk.email = f"{uuid4()}@exemple.fr"
    desk.house.hire("owner", desk.email, "Olga Owner", password=PASSWORD)
    return desk


@pytest.fixture
def emilie(led: Desk) -> UUID:
    house = led.house
    id, insured = house.client(phone="0612345678", email="emilie.rousseau-delacroix@exemple.fr"), uuid4()
    add_client_field(house.store, insured, label="Mutuelle", kind="choices", choices=["MGEN", "H"], by=house.by())
    edit_client(house.store, id, {"town": "Lyon", "custom": {str(insured): ["MGEN"]}}, by=house.by())
    add_client_note(house.store, id, uuid4(), "Allergique au latex", is_pinned=True, by=house.by())
    block_client(house.store, id, reason="Trois lapins", by=house.by())
    house.book(at(9), client_id=id)
    return id


def brought(led: Desk, *, is_started: bool) -> UUID:
    id, house = uuid4(), led.house
    read_in(house, id, LONG, PEOPLE.encode())
    if is_started:
        imports.start_import(house.store, id, by=house.by())
        bring_in_rows(house.store, house.id, str(id), house.by().actor)
    return id


def test_no_page_of_clients_is_wider_than_its_window(led: Desk, emilie: UUID, open_page: Callable[..., Page]):
    other = led.house.client("Emilie", "ROUSSEAU", town="Villeurbanne")
    waiting, done = brought(led, is_started=False), brought(led, is_started=True)
    led.house.read_on()
    ways = ("", "/edit", "/history", "/merge", f"/merge?with={other}")
    paths = ["/clients", "/clients/duplicates", "/clients/fields", "/clients/export", "/clients/import"]
    paths += [f"/clients/{emilie}{way}" for way in ways] + [f"/clients/import/{id}" for id in (waiting, done)]
    page, too_wide = open_page(), []
    for path in paths:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate(OVERFLOW) > 0:
                too_wide.append((path, width))
    assert too_wide == []


def test_a_file_is_brought_in_without_a_script(led: Desk, open_page: Callable[..., Page], tmp_path: Path):
    (tmp_path / "clients.csv").write_text(PEOPLE, encoding="utf-8")
    page = open_page("/clients/import", java_script_enabled=False)
    page.set_input_files("[name=file]", tmp_path / "clients.csv")
    page.get_by_role("button", name="Regarder d’abord").click()
    expect(page.get_by_text("ligne sans nom")).to_be_visible()
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("0 lignes sur 2")).to_be_visible()
    bring_in_rows(led.house.store, led.house.id, page.url.rpartition("/")[2], "staff/olga")
    page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_role("button", name="Annuler tout l’import")).to_be_visible()


def test_duplicates_are_merged_and_separated_without_a_script(led: Desk, emilie: UUID, open_page: Callable[..., Page]):
    led.house.client("Emilie", "ROUSSEAU", town="Villeurbanne", phone="0612345678")
    led.house.read_on()
    page = open_page(f"/clients/{emilie}", java_script_enabled=False)
    page.get_by_role("link", name="même téléphone").click()
    page.locator("[name=take][value=town]").check()
    page.get_by_role("button", name="Réunir", exact=True).click()
    expect(page.get_by_text("Fiches réunies.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Villeurbanne")
    page.get_by_role("button", name="Séparer").click()
    expect(page.locator("main")).not_to_contain_text("Villeurbanne Trois")
    expect(page.get_by_text("Fiches séparées.")).to_be_visible()


def test_in_the_popover_somebody_on_file_is_chosen_instead(led: Desk, emilie: UUID, open_page: Callable[..., Page]):
    led.house.read_on()
    page = open_page()
    box = page.locator(".column").first.bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + 5 * 72 + 3)
    page.get_by_text("Nouveau client").click()
    page.get_by_placeholder("Nom", exact=True).fill("Rousseau")
    page.get_by_placeholder("Téléphone", exact=True).fill("06 12 34 56 78")
    page.get_by_role("button", name="Ouvrir la fiche").click()
    page.get_by_role("link", name="même téléphone").click()
    expect(page.locator("[data-popover]")).to_contain_text("Choisir la prestation")
