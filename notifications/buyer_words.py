"""What the buyer's page says, in Spanish and in English; both have the same keys. A buyer is *usted*."""

from collections.abc import Mapping

ES = {
    "lang": "es-CO",
    "other": "English",
    "title": "{type} {number} de {seller}",
    "due": "Vence el",
    "received": "¿Recibió este documento?",
    "name": "Su nombre",
    "optional": "(opcional)",
    "message": "Mensaje para el vendedor",
    "confirm": "Confirmo que recibí este documento",
    "confirm_hint": "Avisa al vendedor que el documento llegó.",
    "not_radian": "No es un evento RADIAN",
    "not_radian_tail": "ni significa que el documento quede aceptado.",
    "claim": "Tengo un reclamo",
    "what_happened": "¿Qué pasó?",
    "claim_01": "Documento con inconsistencias",
    "claim_02": "Mercancía no entregada",
    "claim_03": "Mercancía entregada parcialmente",
    "claim_04": "Servicio no prestado",
    "detail": "Cuéntele al vendedor los detalles",
    "detail_help": "Por ejemplo: «Faltaron 2 cajas de vasos».",
    "send_claim": "Enviar reclamo",
    "claim_hint": "Le llega al vendedor. No es el evento 031 ante la DIAN ni detiene el plazo legal para reclamar.",
    "downloads": "Descargas",
    "pdf": "Representación gráfica",
    "xml": "Documento electrónico",
    "zip": "Paquete completo",
    "document": "El documento",
    "issuer": "Emisor",
    "buyer": "Adquiriente",
    "issued": "Emitida",
    "payment": "Forma de pago",
    "validated": "Validada por la DIAN",
    "see_dian": "Ver en la DIAN",
    "recorded": "Qué queda registrado y qué no",
    "recorded_1": "Al responder guardamos la fecha, la hora, el correo al que llegó este enlace ({address}), su nombre y su mensaje. "
    "El vendedor lo ve. Abrir esta página o descargar archivos no confirma nada.",
    "recorded_2": "Los eventos con efecto legal (acuse 030, reclamo 031, recibo del bien 032, aceptación 033) se emiten con su programa "
    "de facturación o en la solución gratuita de la DIAN, y se envían a",
    "until": "Este enlace sirve hasta el {day}.",
    "thanks": "Gracias: quedó confirmado que recibió {number}",
    "confirmed_before": "Ya se confirmó que {number} llegó",
    "claimed": "Su reclamo sobre {number} quedó registrado",
    "claimed_before": "Ya hay un reclamo sobre {number}",
    "when": "Fecha y hora",
    "colombian": "(hora de Colombia)",
    "address": "Correo",
    "name_short": "Nombre",
    "message_short": "Mensaje",
    "reason": "Motivo",
    "only_notice": "Esta respuesta es un aviso al vendedor.",
    "not_radian_long": "no reemplaza el acuse de recibo (030), el recibo del bien o servicio (032), el reclamo (031) "
    "ni la aceptación (033).",
    "keep": "Guarde el documento",
    "wrong": "¿Algo no está bien?",
    "may_claim": "La confirmación no le impide reclamar.",
    "mistaken": "Si se equivocó al responder, escriba a",
    "both_kept": "El historial conserva las dos respuestas.",
    "footer": "Página personal de este documento. No la comparta: quien tenga el enlace puede responder por usted.",
    "no_tracking": "Sin publicidad ni rastreo.",
    "expired": "Este enlace venció",
    "revoked": "Este enlace fue anulado",
    "expired_text": "Servía para responder por el documento {number} hasta el {day}. El documento sigue siendo válido: solo venció "
    "esta página.",
    "revoked_text": "El vendedor lo anuló: ya no sirve para responder por el documento {number}, que sigue siendo válido. "
    "Desde aquí no se puede pedir otro enlace.",
    "new_link": "Enviarme un enlace nuevo",
    "new_link_title": "Revise su correo",
    "new_link_hint": "Llega al mismo correo de antes, {masked}. No se puede enviar a otro.",
    "new_link_sent": "Si el vendedor todavía envía a {masked} y no se había pedido hoy, el enlace nuevo va en camino.",
    "meanwhile": "Mientras tanto",
    "meanwhile_1": "El XML y el PDF están en el archivo ZIP del correo con que recibió el documento.",
    "meanwhile_2": "Si necesita otra cosa, escriba a",
    "unknown": "Este enlace no sirve",
    "unknown_text": "Puede que al copiarlo le faltara un pedazo. Ábralo desde el correo con que recibió el documento; el XML y el PDF "
    "están en el archivo ZIP de ese mismo correo.",
    "too_long_name": "El nombre puede tener hasta 150 caracteres.",
    "too_long": "El mensaje puede tener hasta 1.000 caracteres.",
    "choose": "Elija qué pasó.",
    "say_more": "Cuente qué pasó: el vendedor lo necesita para resolverlo.",
    "busy": "Recibimos muchas respuestas seguidas. Espere un minuto e intente de nuevo; lo que escribió no se pierde.",
    "again": "Intentar de nuevo",
    "busy_title": "Un momento",
}
EN = {
    "lang": "en",
    "other": "Español",
    "title": "{type} {number} from {seller}",
    "due": "Due on",
    "received": "Did you receive this document?",
    "name": "Your name",
    "optional": "(optional)",
    "message": "Message for the seller",
    "confirm": "I confirm that I received this document",
    "confirm_hint": "Tells the seller that the document arrived.",
    "not_radian": "It is not a RADIAN event",
    "not_radian_tail": "and does not mean that the document is accepted.",
    "claim": "I have a claim",
    "what_happened": "What happened?",
    "claim_01": "The document is inconsistent",
    "claim_02": "The goods were not delivered",
    "claim_03": "The goods were delivered in part",
    "claim_04": "The service was not rendered",
    "detail": "Tell the seller the details",
    "detail_help": "For example: “2 boxes of glasses were missing”.",
    "send_claim": "Send the claim",
    "claim_hint": "It goes to the seller. It is not event 031 before DIAN and does not stop the legal term to claim.",
    "downloads": "Downloads",
    "pdf": "Printed version",
    "xml": "Electronic document",
    "zip": "Whole package",
    "document": "The document",
    "issuer": "Seller",
    "buyer": "Buyer",
    "issued": "Issued",
    "payment": "Payment",
    "validated": "Validated by DIAN",
    "see_dian": "See at DIAN",
    "recorded": "What is recorded and what is not",
    "recorded_1": "When you answer we keep the date, the time, the address this link was sent to ({address}), your name and your message. "
    "The seller sees it. Opening this page or downloading files confirms nothing.",
    "recorded_2": "Events with legal effect (receipt 030, claim 031, receipt of goods 032, acceptance 033) are issued with your invoicing "
    "software or DIAN's free solution, and sent to",
    "until": "This link works until {day}.",
    "thanks": "Thank you: it is confirmed that you received {number}",
    "confirmed_before": "It was confirmed before that {number} arrived",
    "claimed": "Your claim about {number} was recorded",
    "claimed_before": "There is already a claim about {number}",
    "when": "Date and time",
    "colombian": "(Colombian time)",
    "address": "Address",
    "name_short": "Name",
    "message_short": "Message",
    "reason": "Reason",
    "only_notice": "This answer is a notice to the seller.",
    "not_radian_long": "it does not replace the receipt (030), the receipt of goods or services (032), the claim (031) "
    "or the acceptance (033).",
    "keep": "Keep the document",
    "wrong": "Is something wrong?",
    "may_claim": "Confirming does not keep you from claiming.",
    "mistaken": "If you answered by mistake, write to",
    "both_kept": "The history keeps both answers.",
    "footer": "This page is personal. Do not share it: whoever has the link can answer for you.",
    "no_tracking": "No advertising, no tracking.",
    "expired": "This link has expired",
    "revoked": "This link was revoked",
    "expired_text": "It was for answering about document {number} until {day}. The document is still valid: only this page expired.",
    "revoked_text": "The seller revoked it: it no longer serves to answer about document {number}, which is still valid. "
    "No new link can be asked for here.",
    "new_link": "Send me a new link",
    "new_link_title": "Check your mail",
    "new_link_hint": "It goes to the same address as before, {masked}. It cannot be sent to another.",
    "new_link_sent": "If the seller still writes to {masked} and none was asked for today, the new link is on its way.",
    "meanwhile": "In the meantime",
    "meanwhile_1": "The XML and the PDF are in the ZIP file of the mail with which you received the document.",
    "meanwhile_2": "If you need anything else, write to",
    "unknown": "This link does not work",
    "unknown_text": "Part of it may have been lost when it was copied. Open it from the mail with which you received the document; the XML "
    "and the PDF are in the ZIP file of that mail.",
    "too_long_name": "The name may have up to 150 characters.",
    "too_long": "The message may have up to 1,000 characters.",
    "choose": "Choose what happened.",
    "say_more": "Say what happened: the seller needs it to solve it.",
    "busy": "We received many answers in a row. Wait a minute and try again; what you wrote is not lost.",
    "again": "Try again",
    "busy_title": "One moment",
}
WORDS: Mapping[str, Mapping[str, str]] = {"es": ES, "en": EN}


def words(language: str) -> Mapping[str, str]:
    """The words of a language; Spanish for whatever is not English."""
    return WORDS.get(language, ES)


TITLES_EN = {
    "01": "Electronic sales invoice",
    "02": "Electronic export invoice",
    "91": "Electronic credit note",
    "92": "Electronic debit note",
}


def title(language: str, type_code: str, spanish: str) -> str:
    """The type of the document; in Spanish where there is no English word for it."""
    return TITLES_EN.get(type_code, spanish) if language == "en" else spanish


def payment(language: str, form: str, spanish: str) -> str:
    """The form of payment, 1 cash and 2 on credit; empty where the document does not say."""
    return {"1": "Cash", "2": "On credit"}.get(form, "") if language == "en" else spanish


def masked(address: str) -> str:
    """``co•••@example.com``: enough for its owner to know it, and for nobody else to write to it."""
    local, _, domain = address.partition("@")
    return f"{local[:2]}•••@{domain}"
