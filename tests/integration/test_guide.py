"""The guide: every page renders, every link and picture leads somewhere, and what it quotes is what the product says."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from lxml import html

from invoices import guide
from tests import factories

pytestmark = pytest.mark.django_db
ROOT = guide.FOLDER.parents[1]
SLUGS = [page.slug for page in guide.pages()]
MOST_PICTURE_BYTES = 80_000
# In the guide these marks hold what the product says; bold holds its labels, which the browser tests look for.
QUOTED = re.compile(r"«([^»]+)»")


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody without a company."""
    client.force_login(factories.user("lectora@example.com"))
    return client


def tree(response: Any) -> Any:
    """The page, parsed."""
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def written() -> str:
    """Every word that templates and code can put on a screen."""
    files = [*(ROOT / "templates").rglob("*.html"), *(path for app in ("invoices", "notifications") for path in (ROOT / app).rglob("*.py"))]
    return " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in files)


def test_there_is_a_page_for_every_file() -> None:
    assert len(SLUGS) == len(set(SLUGS)) == len(list(guide.FOLDER.glob("*.md"))) - 1 == 24


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_has_one_title_steps_and_a_box_of_repairs(reader: Client, slug: str) -> None:
    page = tree(reader.get(reverse("guide_page", args=[slug])))

    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//blockquote/h2/text()") == ["Si algo no sale"]
    assert len(page.xpath("//article//ol/li")) >= 2
    assert not page.xpath("//article//*[self::h3 or self::h4][not(preceding::h2)]")


@pytest.mark.parametrize("slug", SLUGS)
def test_its_links_and_pictures_lead_somewhere(reader: Client, slug: str) -> None:
    page = tree(reader.get(reverse("guide_page", args=[slug])))

    links = page.xpath("//article//a/@href")
    pages = [link for link in links if not link.startswith("/static/guia/")]
    pictures = page.xpath("//article//img")

    assert {link: reader.get(link).status_code for link in pages} == dict.fromkeys(pages, 200)
    assert pictures
    for picture in pictures:
        assert finders.find(picture.get("src").removeprefix("/static/"))
        assert picture.get("loading") == "lazy"
        assert int(picture.get("width")) <= 1280
        assert len(picture.get("alt")) > 15


def test_the_pictures_are_those_that_the_pages_name_and_small() -> None:
    named = {name for path in guide.FOLDER.glob("*.md") for name in re.findall(r"\]\((img/[^)]+)\)", path.read_text(encoding="utf-8"))}
    there = {f"img/{path.name}": path.stat().st_size for path in (guide.FOLDER / "img").iterdir()}

    assert named == set(there)
    assert {name: size for name, size in there.items() if size > MOST_PICTURE_BYTES} == {}


def test_the_cover_leads_to_every_page_in_order(reader: Client) -> None:
    page = tree(reader.get(reverse("guide")))

    assert page.xpath("//*[@class='guide-cover']//a/@href") == [reverse("guide_page", args=[slug]) for slug in SLUGS]
    assert len(page.xpath("//h1")) == 1


def test_the_pages_are_turned_from_the_first_to_the_last(reader: Client) -> None:
    walked, address = [], reverse("guide_page", args=[SLUGS[0]])
    while address:
        walked.append(address)
        address = next(iter(tree(reader.get(address)).xpath("//a[@rel='next']/@href")), "")

    assert walked == [reverse("guide_page", args=[slug]) for slug in SLUGS]
    assert tree(reader.get(walked[0])).xpath("//a[@rel='prev']") == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("DEVOLUCIONES tarde", "correos-incorrectos"),
        ("historial  enviar", "enviar-detalle-historial"),
        ("tácita", "encontrar-un-documento"),
        ("atajos", "teclado-y-preguntas"),
    ],
)
def test_search_finds_pages_by_words_whatever_their_accents(reader: Client, text: str, first: str) -> None:
    page = tree(reader.get(reverse("guide"), {"q": text}))

    assert page.xpath("//section[@aria-labelledby='hallado']//li/a/@href")[0] == reverse("guide_page", args=[first])


@pytest.mark.parametrize("text", ["zzz", "<b>x</b>", "x\x00y"])
def test_what_is_nowhere_is_said(reader: Client, text: str) -> None:
    response = reader.get(reverse("guide"), {"q": text})

    assert "Ninguna página tiene esas palabras" in response.content.decode()
    assert "<b>x</b>" not in response.content.decode()


def test_a_long_search_is_cut(reader: Client) -> None:
    response = reader.get(reverse("guide"), {"q": "z" * 5000})

    assert "z" * 201 not in response.content.decode()


def test_an_unknown_page_is_not_found(reader: Client) -> None:
    assert reader.get(reverse("guide_page", args=["nada"])).status_code == 404


def test_nobody_gets_to_the_login_page(client: Client) -> None:
    answers = [client.get(address) for address in (reverse("guide"), reverse("guide_page", args=[SLUGS[0]]))]

    assert all(answer["Location"].startswith("/cuenta/login/") for answer in answers)


def test_the_bar_leads_back_to_the_company_of_the_last_visit(client: Client) -> None:
    company = factories.company("900111222")
    person = factories.member(factories.company("900111111", name="Antes S.A.S."))
    person.memberships.create(company=company, role="auditor")
    client.force_login(person)
    client.get(reverse("documents", args=[company.nit]))

    page = tree(client.get(reverse("guide")))

    assert page.xpath("//nav[@id='nav']/a/@href")[0] == reverse("documents", args=[company.nit])


def test_a_page_asks_little_of_the_database(client: Client, django_assert_max_num_queries: Any) -> None:
    client.force_login(factories.member(factories.company()))

    # Session, user, membership of the last visit, the first, the switcher, and the number of problems in its own scope.
    with django_assert_max_num_queries(9):
        client.get(reverse("guide_page", args=[SLUGS[0]]))


def test_what_the_guide_quotes_is_what_the_product_says() -> None:
    said = written()
    quotes = {(path.name, quote) for path in guide.FOLDER.glob("*.md") for quote in QUOTED.findall(path.read_text(encoding="utf-8"))}

    assert sorted((name, quote) for name, quote in quotes if quote not in said) == []
    assert len(quotes) > 40


def test_whoever_asks_how_it_works_is_led_to_a_page_that_exists() -> None:
    templates = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    asked = [slug for text in templates for slug in re.findall(r'(?:url "guide_page" |help=)"([\w-]+)"', text)]

    assert set(asked) <= set(SLUGS)
    assert 1 <= len(asked) <= 12


def test_html_in_the_text_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "01-prueba.md"
    file.write_text("# Título\n\nUn <script>alert(1)</script> párrafo.\n", encoding="utf-8")

    page = guide._read(file)

    assert "<script>" not in page.html
    assert page.slug == "prueba"
