"""A person, a machine, or nobody knows."""

import pytest

from notifications.engagement import Sign, judge
from notifications.lives import ReportKind

OPENED, CLICKED = ReportKind.OPENED, ReportKind.CLICKED
OUTLOOK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
PREFETCH = OUTLOOK.partition("Chrome")[0] + "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"


@pytest.mark.parametrize("kind", [OPENED, CLICKED])
def test_a_mail_program_long_after_the_mail_left_is_a_person(kind):
    verdict = judge(Sign(kind, user_agent=OUTLOOK, seconds=3600))

    assert (verdict.human, verdict.score, verdict.reasons) == (True, 0, ())


@pytest.mark.parametrize(
    ("sign", "why"),
    [
        (Sign(OPENED, user_agent=OUTLOOK, seconds=3600, flagged=True), "el proveedor dice que fue una máquina"),
        (Sign(CLICKED, user_agent=OUTLOOK, seconds=3600, method="head"), "solo preguntó si existe (HEAD)"),
        (Sign(OPENED, user_agent=OUTLOOK, seconds=29.9), "menos de 30 s después de salir"),
        (Sign(CLICKED, user_agent=OUTLOOK, seconds=9.9), "menos de 10 s después de salir"),
        (Sign(OPENED, user_agent=OUTLOOK, seconds=-5), "menos de 30 s después de salir"),
        (Sign(OPENED, user_agent=" ", seconds=3600), "programa sin nombre"),
        (Sign(OPENED, user_agent="Mozilla/5.0", seconds=3600), "precarga de Apple"),
        (Sign(OPENED, user_agent=PREFETCH, seconds=3600), "precarga de Gmail"),
        (Sign(CLICKED, user_agent="Mozilla/5.0 (compatible; Barracuda Sentinel)", seconds=3600), "filtro de seguridad del correo"),
        (Sign(CLICKED, user_agent="Mimecast-URL-Protect", seconds=3600), "filtro de seguridad del correo"),
        (Sign(CLICKED, user_agent="Mozilla/5.0 HeadlessChrome/120.0", seconds=3600), "programa automático"),
        (Sign(CLICKED, user_agent="python-requests/2.32", seconds=3600), "programa automático"),
        (Sign(CLICKED, user_agent="Googlebot/2.1 bot", seconds=3600), "programa automático"),
    ],
)
def test_a_machine_is_told_by_one_strong_sign(sign, why):
    verdict = judge(sign)

    assert verdict.human is False
    assert verdict.score >= 50
    assert why in verdict.reasons


@pytest.mark.parametrize(("kind", "seconds"), [(OPENED, 30), (CLICKED, 10)])
def test_the_limit_itself_is_late_enough(kind, seconds):
    assert judge(Sign(kind, user_agent=OUTLOOK, seconds=seconds)).human is True


@pytest.mark.parametrize(
    ("sign", "why"),
    [
        (Sign(OPENED, user_agent="Mozilla/5.0 (via ggpht.com GoogleImageProxy)", seconds=3600), "intermediario de imágenes del buzón"),
        (Sign(OPENED, seconds=3600), "el proveedor no dice qué programa fue"),
        (Sign(OPENED, user_agent=OUTLOOK), "no se sabe cuánto después de salir"),
        (Sign(OPENED, user_agent=OUTLOOK, seconds=3600, shared=True), "el proveedor no dice cuál de los destinatarios fue"),
    ],
)
def test_what_cannot_be_told_is_nobodys(sign, why):
    verdict = judge(sign)

    assert (verdict.human, verdict.score, verdict.reasons) == (None, 0, (why,))


def test_a_machine_behind_a_proxy_of_images_is_a_machine():
    assert judge(Sign(OPENED, user_agent="GoogleImageProxy", seconds=2)).human is False


def test_the_score_ends_at_a_hundred():
    assert judge(Sign(OPENED, user_agent="Proofpoint bot", seconds=0, flagged=True)).score == 100


def test_neither_program_nor_anything_else_of_the_reader_is_in_the_verdict():
    verdict = judge(Sign(OPENED, user_agent="Proofpoint secret-name", seconds=1))

    assert "secret-name" not in repr(verdict)
