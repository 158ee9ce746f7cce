"""Customers and their addresses, as services: what is kept, what is refused, what the audit trail says."""

from datetime import timedelta

import pytest

from invoices import customers
from invoices.audit import Action
from invoices.invalid import Invalid
from invoices.models import AuditEntry, Customer, RecipientEmail
from invoices.models.sales import FINAL_CONSUMER
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON

LATER = NOON + timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    """A company whose scope is open."""
    made = factories.company("900373076")
    with company_scope(made.pk):
        yield made


@pytest.fixture
def by(company):
    return factories.member(company, name="Marcela Ríos")


@pytest.fixture
def buyer(company):
    return factories.customer(company, identification="901555013", name="Droguería Salud Vital S.A.S.")


def register(company, by, **given):
    fields = {"identification_type": "31", "identification": "901.555.013-6", "name": "Salud  Vital", "address": ""} | given
    return customers.register(company=company, by=by, at=NOON, **fields)


def add(buyer, by, address="compras@salud.example.com", *, always=False):
    return customers.add_address(customer=buyer, address=address, always=always, by=by, at=NOON)


def trail():
    return [(entry.action, entry.actor_name, entry.data) for entry in AuditEntry.objects.order_by("recorded_at")]


def test_a_nit_is_kept_without_dots_and_check_digit(company, by):
    made, created = register(company, by)

    assert created
    assert (made.identification, made.name, made.name_key) == ("901555013", "Salud Vital", "SALUD VITAL")
    assert trail() == [(Action.CUSTOMER_ADDED, "Marcela Ríos", {"name": "Salud Vital"})]


def test_a_customer_that_is_there_stays_as_it_is(company, by, buyer):
    made, created = register(company, by, name="Otro nombre")

    assert (made, created, made.name) == (buyer, False, "Droguería Salud Vital S.A.S.")
    assert trail() == []


def test_a_first_address_that_is_refused_leaves_no_customer(company, by):
    with pytest.raises(Invalid, match="no puede recibir correo") as refused:
        register(company, by, address="jlópez@salud.example.com")

    assert refused.value.field == "address"
    assert not Customer.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"identification": "901555013-1"}, "identification", "es 6, no 1"),
        ({"identification": "90155A"}, "identification", "Un NIT solo lleva números"),
        ({"identification": " . "}, "identification", "solo letras y números"),
        ({"identification": FINAL_CONSUMER}, "identification", "consumidor final"),
        ({"identification_type": "99"}, "identification_type", "no es de los de la DIAN"),
        ({"name": "  "}, "name", "Escribe el nombre"),
        ({"name": "x" * 451}, "name", "hasta 450"),
    ],
)
def test_what_does_not_hold_is_named_at_its_field(company, by, given, field, words):
    with pytest.raises(Invalid, match=words) as refused:
        register(company, by, **given)

    assert refused.value.field == field


def test_a_passport_keeps_its_letters(company, by):
    made, _ = register(company, by, identification_type="41", identification="AV 123-456")

    assert made.identification == "AV123-456"


def test_an_address_is_kept_once_in_lower_case(buyer, by):
    first, created = add(buyer, by, " Compras@Salud.example.com", always=True)

    again = add(buyer, by, "compras@salud.example.com")

    assert created
    assert again == (first, False)
    assert (first.address_key, first.source, first.always, first.active) == ("compras@salud.example.com", "manual", True, True)
    said = {"address": "compras@salud.example.com", "customer": buyer.name, "always": True}
    assert trail() == [(Action.ADDRESS_ADDED, "Marcela Ríos", said)]


@pytest.mark.parametrize("address", ["", "sin arroba", "a@x.example.com; b@x.example.com", "jlópez@x.example.com"])
def test_an_address_that_is_none_is_refused(buyer, by, address):
    with pytest.raises(Invalid) as refused:
        add(buyer, by, address)

    assert refused.value.field == "address"


def test_a_final_consumer_takes_no_address(company, by):
    nobody = factories.customer(company, identification=FINAL_CONSUMER)

    with pytest.raises(Invalid, match="consumidor final"):
        add(nobody, by)


def test_there_is_room_for_so_many_addresses(buyer, by, monkeypatch):
    monkeypatch.setattr(customers, "MOST_ADDRESSES", 1)
    add(buyer, by)

    with pytest.raises(Invalid, match="ya tiene 1 correos"):
        add(buyer, by, "otro@salud.example.com")


def test_switching_off_says_who_when_and_why(buyer, by):
    email, _ = add(buyer, by)

    customers.switch_off(email=email, reason="  La persona\nse fue ", by=by, at=LATER)

    email.refresh_from_db()
    assert (email.active, email.deactivated_by, email.deactivated_at, email.deactivated_reason) == (False, by, LATER, "La persona se fue")
    said = {"address": email.address_key, "customer": buyer.name, "reason": "La persona se fue"}
    assert trail()[-1] == (Action.ADDRESS_SWITCHED_OFF, "Marcela Ríos", said)


@pytest.mark.parametrize(("reason", "words"), [(" ", "Escribe el motivo"), ("x" * 301, "tiene 301 letras y caben 300")])
def test_switching_off_needs_a_reason_that_fits(buyer, by, reason, words):
    email, _ = add(buyer, by)

    with pytest.raises(Invalid, match=words):
        customers.switch_off(email=email, reason=reason, by=by, at=NOON)

    email.refresh_from_db()
    assert email.active


def test_switching_on_forgets_the_reason_but_the_trail_does_not(buyer, by):
    email, _ = add(buyer, by)
    customers.switch_off(email=email, reason="Se fue", by=by, at=LATER)

    customers.switch_on(email=email, by=by, at=LATER + timedelta(minutes=1))

    email.refresh_from_db()
    assert (email.active, email.deactivated_by, email.deactivated_at, email.deactivated_reason) == (True, None, None, "")
    assert [action for action, _, _ in trail()] == [Action.ADDRESS_ADDED, Action.ADDRESS_SWITCHED_OFF, Action.ADDRESS_SWITCHED_ON]


def test_a_change_that_changes_nothing_leaves_no_line(buyer, by):
    email, _ = add(buyer, by, always=True)

    customers.set_always(email=email, always=True, by=by, at=NOON)
    customers.switch_on(email=email, by=by, at=NOON)

    assert len(trail()) == 1


def test_siempre_is_a_line_in_the_trail(buyer, by):
    email, _ = add(buyer, by)

    customers.set_always(email=email, always=True, by=by, at=LATER)

    assert RecipientEmail.objects.get().always
    assert trail()[-1][2] == {"address": email.address_key, "customer": buyer.name, "always": True}
