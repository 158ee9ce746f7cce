"""*¿Por qué dice esto?*: the rule of the fold that gave the state, in plain words. Pure; numbered as in ``docs/adr/0013-the-fold.md``."""

from notifications.lives import MEANING, DeliveryState
from notifications.tracking import FAILED, Outcome

S = DeliveryState
# Who decided, and the state that it gave; of a report its kind says it all. ``tired``: our tries are used up.
RULES = {
    "verdict:blocked": "No se intentó, porque el paquete del documento no se puede enviar.",
    "verdict:suppressed": "No se intentó, porque cuando se iba a enviar el correo estaba suprimido o desactivado.",
    "verdict:canceled": "Se canceló antes de que saliera.",
    "queue:queued": "Está en la cola y todavía no hay un intento que diga algo.",
    "queue:sending": "Un proceso lo tomó de la cola y lo está enviando.",
    "queue:failed": "Se abandonó sin que ningún intento llegara al servidor de salida.",
    "try:sent": "Nuestro servidor de salida lo aceptó, y nadie ha informado nada después. Una demora posterior no borra esa aceptación.",
    "try:sending": "Hay un intento del que no se conoce el final: nadie sabe todavía si salió.",
    "try:deferred": "El último intento terminó en una demora, y queda al menos uno.",
    "try:bounced": "El servidor rechazó la dirección cuando se intentó. Un rechazo definitivo no se borra.",
    "try:rejected": "El servidor rechazó el mensaje cuando se intentó. Un rechazo definitivo no se borra.",
    "try:soft_bounced": "El servidor lo rechazó por ahora: la dirección puede ser válida.",
    "try:tired": "Se agotaron los intentos y el último también terminó en una demora.",
    "try:failed": "El envío falló por nuestro lado o se interrumpió tres veces, y se abandonó.",
    "event:queued": "El proveedor lo tiene en su cola: ya salió de nuestras manos, y nadie ha informado nada después.",
    "event:sent": "El proveedor lo aceptó y lo envió, y nadie ha informado nada después.",
    "event:relayed": "Lo recibió un servidor intermedio que no informa más.",
    "event:deferred": "El servidor del cliente pidió esperar, y nadie ha informado una entrega. Una entrega borraría la demora.",
    "event:delivered": "El servidor del cliente lo recibió: pesa más que «enviado» y que cualquier demora.",
    "event:failed": "El proveedor avisó que no lo pudo enviar, y nadie ha informado una entrega.",
    "event:suppressed": "El proveedor avisó que no lo intentó, y nadie ha informado una entrega.",
    "event:soft_bounced": "Volvió por ahora: la dirección puede ser válida. Una entrega posterior contaría más.",
    "event:rejected": "El servidor lo devolvió por política, tamaño o contenido. Una devolución definitiva pesa más que una entrega.",
    "event:bounced": "El servidor devolvió el mensaje por la dirección. Una devolución definitiva pesa más que una entrega.",
    "event:silence": "Pasaron 72 horas y el canal, que informa entregas, no informó ninguna. No es un error.",
    "event:complained": "Se deduce: para marcarlo como spam, tuvo que llegarle.",
    "event:unsubscribed": "Se deduce: para pedir que no le envíen más, tuvo que llegarle.",
    "event:autoresponded": "Se deduce: para que contestara una máquina del buzón, tuvo que llegar.",
    "event:opened": "Se deduce: hubo una apertura que parece de una persona.",
    "event:clicked": "Se deduce: alguien siguió un enlace del correo, y no parece una máquina.",
    "event:confirmed": "Se deduce: quien confirma con el botón del correo lo tiene.",
    "event:replied": "Se deduce: quien responde el correo lo tiene.",
}
RETURNED = {
    S.SOFT_BOUNCED: "Antes lo había recibido; se devolvió después, y por eso cuenta la devolución.",
    S.BOUNCED: "Antes lo había recibido el servidor del cliente, que lo devolvió.",
    S.REJECTED: "Antes lo había recibido el servidor del cliente, que lo devolvió.",
}
CONTRADICTED = {
    True: "Alguien dio señales desde el buzón aunque aquí consta que no llegó (pasa con los alias y los reenvíos): quedan los dos hechos.",
    False: "Otro hecho dice que no se envió: quedan los dos, y cuenta la entrega.",
}
COMPLAINED = "La queja queda para siempre, diga lo que diga después otro aviso."


def key(*, state: str, decided_by: str, kind: str = "", outcome: str | None = None) -> str:
    """
    Which rule it was.

    :param decided_by: as the fold says it. :param kind: of the report that decided. :param outcome: of the try that decided.
    """
    who = decided_by.partition(":")[0] or "queue"
    if who == "event":
        return f"event:{kind}"
    if who == "try" and state == S.SOFT_BOUNCED and outcome == Outcome.TEMPORARY:
        return "try:tired"
    return f"{who}:{state}"


def rule(name: str, state: str) -> str:
    """The rule in a sentence; what the state means where the fact that decided is not kept."""
    return RULES.get(name) or MEANING[S(state)]


def besides(*, state: str, returned: bool, conflict: bool, complained: bool) -> list[str]:
    """What else the facts say that the state alone does not."""
    found = [RETURNED[S(state)]] if returned and state in RETURNED else []
    if conflict:
        found.append(CONTRADICTED[state in FAILED])
    return [*found, COMPLAINED] if complained else found
