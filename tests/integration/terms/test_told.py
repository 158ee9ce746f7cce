"""The terms that end, told with the problems and in the daily digest."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices.models import Company, Membership
from notifications import digest
from notifications.models import Delivery
from tests import factories
from tests.integration.terms.scene import WEDNESDAY

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("several")
def test_problems_show_how_many_terms_end_and_lead_to_them(signed_in: Client, company: Company) -> None:
    with time_machine.travel(WEDNESDAY, tick=False):
        one = signed_in.get(reverse("problems", args=[company.nit]))
        every = signed_in.get(reverse("all_problems")).content.decode()

    assert one.context["overview"].numbers.due_soon == 2
    assert "Plazos legales por vencer" in one.content.decode()
    assert f"{reverse('documents', args=[company.nit])}?plazo=ya" in one.content.decode()
    assert f"{reverse('documents', args=[company.nit])}?plazo=ya" in every


@pytest.mark.usefixtures("several")
def test_the_digest_tells_the_terms_on_a_day_without_problems(company: Company) -> None:
    factories.member(company)

    digest.send_due(now=WEDNESDAY)

    mail = Delivery.across.get()
    for body in (mail.text_body, mail.html_body):
        assert "plazos legales que vencen hoy o el próximo día hábil" in body
        assert "?plazo=ya" in body


@pytest.mark.usefixtures("several")
def test_the_digest_of_several_companies_says_whose_terms_they_are(company: Company) -> None:
    person = factories.member(company)
    Membership.objects.create(company=factories.company(), user=person, role=Membership.Role.AUDITOR)

    digest.send_due(now=WEDNESDAY)

    assert Delivery.across.get().text_body.count("2 plazos por vencer") == 1


def test_the_digest_says_nothing_of_terms_where_none_ends(company: Company) -> None:
    factories.member(company)

    digest.send_due(now=WEDNESDAY)

    assert "plazo" not in Delivery.across.get().html_body
