"""One mail address as people type it: taken, or refused with what to mend."""

import pytest

from invoices.addresses import one_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Ana@Cliente.COM", "ana@cliente.com"),
        ("  ana@cliente.com.co ", "ana@cliente.com.co"),
        ("Ana Gil <ana@cliente.com>", "ana@cliente.com"),
        ("<ana@cliente.com>", "ana@cliente.com"),
        ("'ana@cliente.com'.", "ana@cliente.com"),
        ("ana+fe@peña.co", "ana+fe@xn--pea-8ma.co"),
        ("fe@cliente.example", "fe@cliente.example"),
    ],
)
def test_what_can_receive_mail_is_taken(typed: str, address: str) -> None:
    assert one_address(typed) == (address, "")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("ana.cliente.com", "le falta la @."),
        ("ana gil@cliente.com", "tiene un espacio."),
        ("ana@ cliente.com", "tiene un espacio."),
        ("ana@cliente .com", "tiene un espacio."),
        ("ana\N{NO-BREAK SPACE}gil@cliente.com", "tiene un espacio."),
        ("ana@gil@cliente.com", "tiene dos @."),
        ("@cliente.com", "le falta lo que va antes de la @."),
        ("ana@", "le falta lo que va después de la @."),
        ("ana..gil@cliente.com", "tiene dos puntos seguidos."),
        ("ana@cliente..com", "tiene dos puntos seguidos."),
        ("jlópez@cliente.com", "antes de la @ no puede llevar tildes ni eñes."),
        ("señora@cliente.com", "antes de la @ no puede llevar tildes ni eñes."),
        (".ana@cliente.com", "tiene un punto que sobra junto a la @ o al comienzo."),
        ("ana.@cliente.com", "tiene un punto que sobra junto a la @ o al comienzo."),
        ('an"a@cliente.com', "no puede llevar comillas."),
        ("ana@cliente", "al dominio le falta el final, como .com o .com.co."),
        ("ana@servidor.local", "«.local» no existe en internet."),
        ("ana@cliente.test", "«.test» no existe en internet."),
        ("ana@cliente.invalid", "«.invalid» no existe en internet."),
        ("ana@pc.localhost", "«.localhost» no existe en internet."),
        ("ana@nas.home.arpa", "«.home.arpa» no existe en internet."),
        (f"{'a' * 65}@cliente.com", "es demasiado largo."),
        ("ana@cliente_x.com", "revisa tildes, espacios y el dominio."),
        ("ana@10.0.0.1", "revisa tildes, espacios y el dominio."),
    ],
)
def test_what_cannot_is_refused_with_what_to_mend(typed: str, fault: str) -> None:
    address, error = one_address(typed)

    assert address == ""
    assert error.endswith(f"no puede recibir correo: {fault}")


@pytest.mark.parametrize("typed", ["", "  ", ";", "<>"])
def test_nothing_typed_asks_for_an_address(typed: str) -> None:
    assert one_address(typed) == ("", "Escribe un correo.")


@pytest.mark.parametrize("typed", ["a@x.co, b@x.co", "a@x.co;b@x.co", "a@x.co b@x.co"])
def test_two_are_one_too_many(typed: str) -> None:
    assert one_address(typed) == ("", "Escribe un solo correo aquí.")
