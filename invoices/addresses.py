"""One mail address as a person or a program gives it."""

from invoices.ubl.addresses import split_addresses


def one_address(text: str) -> tuple[str, str]:
    """One deliverable address in lower case and no error, or nothing and why, in Spanish."""
    read = split_addresses(text)
    if read.undeliverable:
        return "", f"«{read.undeliverable[0]}» no puede recibir correo: revisa tildes, espacios y el dominio."
    if not read.deliverable:
        return "", "Escribe un correo."
    if len(read.deliverable) > 1:
        return "", "Escribe un solo correo aquí."
    return read.deliverable[0], ""
