"""Which remedies a row of *Problemas de entrega* offers, the best first. Pure."""

from dataclasses import dataclass

from notifications.causes import Remedy


@dataclass(frozen=True, slots=True)
class Act:
    """A button: the name of its address, its label, and whether it acts at once (``post``) or opens a sheet."""

    name: str
    label: str
    post: bool = False


CORRECT = Act("problem_correct", "Corregir y reenviar")
ADD = Act("problem_correct", "Agregar correo y reenviar")
RECEPTION = Act("problem_reception", "Usar el correo de recepción DIAN", post=True)
RETRY = Act("problem_retry", "Reintentar", post=True)
RELEASE = Act("problem_release", "Reactivar y reenviar")
REVIEW = Act("problem_review", "Marcar revisado")
OFFERED = {
    Remedy.CORRECT: [CORRECT, REVIEW],
    Remedy.RETRY: [RETRY, CORRECT, REVIEW],
    Remedy.WAIT: [RETRY, CORRECT, REVIEW],
    Remedy.ADMIN: [RETRY, REVIEW],
    Remedy.PACKAGE: [RETRY, REVIEW],
    Remedy.RELEASE: [CORRECT, RELEASE, REVIEW],
    Remedy.READ: [REVIEW],
}


def acts(remedy: Remedy, *, address: str, listed: str) -> list[Act]:
    """What can be done. :param address: empty where there is none. :param listed: the other address of DIAN's list, or empty."""
    offered = OFFERED[remedy] if address else [ADD]
    usable = [RECEPTION] if listed and (CORRECT in offered or ADD in offered) else []
    return [*usable, *offered] if remedy in {Remedy.CORRECT, Remedy.RELEASE} else [*offered[:1], *usable, *offered[1:]]
