"""What a company says of itself in its mails, its logo, and how long it waits for an answer: every change is in the audit trail."""

from dataclasses import asdict, dataclass
from datetime import datetime

from invoices import audit, logos
from invoices.addresses import one_address
from invoices.audit import Action
from invoices.invalid import Invalid
from invoices.models import Actor, Company, StoredFile
from invoices.services import store_file
from invoices.written import one_line

MOST_DAYS = 30
# How many letters fit, as in the model.
TEXTS = {"trade_name": 300, "business_line": 100, "sender_name": 150, "phone": 40, "city": 80}


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be changed; the NIT and the *razón social* are the documents' own. Any text but ``reply_address`` may be empty."""

    trade_name: str
    business_line: str
    sender_name: str
    reply_address: str
    phone: str
    city: str
    auto_confirm_days: int
    auto_confirm_calendar: str


def lock(company: Company) -> Company:
    """The company as it stands, held until the transaction ends: whoever changes it, or who belongs to it, takes turns."""
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def change_settings(*, company: Company, given: Settings, by: Actor, at: datetime) -> bool:
    """
    Keep the settings; whether anything was different. In the company's scope.

    Mails that are owed already go out as they were rendered. The days count for what is sent from now on, and for a document
    already sent when one of its deliveries moves again.

    :raises Invalid: a field does not hold.
    """
    wanted = _checked(given)
    locked = lock(company)
    changes = {name: [getattr(locked, name), value] for name, value in wanted.items() if getattr(locked, name) != value}
    if not changes:
        return False
    for name, (_, value) in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(changes))
    _log(company, changes, by, at)
    return True


def change_logo(*, company: Company, data: bytes, by: Actor, at: datetime) -> None:
    """
    Make the image the company's logo, drawn anew; the earlier one stays in the storage. In the company's scope.

    :raises Invalid: ``data`` is no image that ``logos.draw`` takes.
    """
    drawn = logos.draw(data)
    locked = lock(company)
    file = store_file(company_id=company.pk, name="logo.png", data=drawn, kind=StoredFile.Kind.LOGO)
    if locked.logo_id != file.pk:
        _set_logo(locked, file, by, at)


def remove_logo(*, company: Company, by: Actor, at: datetime) -> None:
    """Go without a logo; a second time changes nothing. In the company's scope."""
    locked = lock(company)
    if locked.logo_id:
        _set_logo(locked, None, by, at)


def _set_logo(company: Company, file: StoredFile | None, by: Actor, at: datetime) -> None:
    before = company.logo.sha256 if company.logo else ""
    company.logo = file
    company.save(update_fields=["logo"])
    _log(company, {"logo": [before, file.sha256 if file else ""]}, by, at)


def _checked(given: Settings) -> dict[str, str | int]:
    """
    The settings as they are kept.

    :raises Invalid: the first field that does not hold.
    """
    wanted = asdict(given)
    for name, most in TEXTS.items():
        wanted[name] = one_line(wanted[name])
        if len(wanted[name]) > most:
            raise Invalid(f"Caben {most} letras y escribiste {len(wanted[name])}.", field=name)
    wanted["reply_address"], error = one_address(given.reply_address)
    if error:
        raise Invalid(error, field="reply_address")
    if not 1 <= given.auto_confirm_days <= MOST_DAYS:
        raise Invalid(f"Escribe entre 1 y {MOST_DAYS} días.", field="auto_confirm_days")
    if given.auto_confirm_calendar not in Company.Calendar.values:
        raise Invalid("Elige días calendario o días hábiles.", field="auto_confirm_calendar")
    return wanted


def _log(company: Company, changes: dict[str, list[str | int]], by: Actor, at: datetime) -> None:
    audit.record(company_id=company.pk, action=Action.SETTINGS_CHANGED, by=by, at=at, subject_id=company.pk, data={"changes": changes})
