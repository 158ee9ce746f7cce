"""The list in a browser: by keyboard, by phone, without a script."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.functional import conftest as c
from tests.functional import scene

pytestmark = pytest.mark.django_db(transaction=True)


def test_shots(live_server, context, page, sign_in):
    company = scene.build(timezone.now())
    sign_in(context, factories.member(company, name="Marcela Ríos"))
    page.goto(live_server.url + reverse("documents", args=[company.nit]))
    c.shoot(page, "list")
    print(c.serious(page), c.sideways(page))
    page.get_by_role("button", name="Acciones de FER-12790").click()
    page.get_by_label("Seleccionar FER-12869").check()
    page.get_by_role("button", name="Acciones de FER-12790").click()
    c.shoot(page, "list-menu")
    page.goto(live_server.url + reverse("sales", args=[company.nit]))
    c.shoot(page, "sales")
    page.set_viewport_size(c.PHONE)
    c.shoot(page, "sales-360", whole=True)
    print(c.sideways(page))
    page.goto(live_server.url + reverse("documents", args=[company.nit]))
    c.shoot(page, "list-360", whole=True)
    print(c.sideways(page))
