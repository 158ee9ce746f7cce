"""The kinds of channel that a company can set up on the screen: what is asked for each, and how it becomes a channel. Pure."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from invoices.addresses import one_address
from invoices.invalid import Invalid
from notifications.channels import DOMAIN, Channel

MOST = {"secret": 4000, "text": 253}
PORTS = ("587", "465", "2525", "25")
MICROSOFT = "https://login.microsoftonline.com/"
GOOGLE = "https://oauth2.googleapis.com/token"
TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WEBHOOK_USER = "traza"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for; a ``secret`` is never shown again, and an empty one keeps what there is."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of channel.

    ``build`` makes the channel of what was typed (secrets filled in), ``typed`` the other way round. ``hook_secret`` names the
    webhook setting of the provider: its own key, which is typed, or ``webhook_secret``, which we make up.
    """

    code: str
    title: str
    lead: str
    fields: tuple[Field, ...]
    build: Callable[[Mapping[str, str]], Channel]
    typed: Callable[[Channel], dict[str, str]]
    hook_secret: str = ""

    @property
    def makes_up_secret(self) -> bool:
        """Whether the provider's notices carry a user and a password that we make up."""
        return self.hook_secret == "webhook_secret"  # noqa: S105 - the name of a setting

    @property
    def asked_secret(self) -> str:
        """The webhook key that the provider shows, to be typed here."""
        return "" if self.makes_up_secret else self.hook_secret


SENDER = Field("sender", "Correo del remitente", "El que verán tus clientes. Su dominio debe autorizar este canal.")
MAILBOX = Field("sender", "Buzón", "La cuenta con la que se envía, y el remitente que verán tus clientes.")


def _smtp(given: Mapping[str, str]) -> Channel:
    host = given["host"].lower()
    if not DOMAIN.fullmatch(host):
        raise Invalid("Escribe el nombre del servidor, como smtp.tuproveedor.com.", field="host")
    if given["port"] not in PORTS:
        raise Invalid("Elige un puerto.", field="port")
    tls = "implicit" if given["port"] == "465" else "starttls"
    return Channel(
        "",
        "smtp",
        "none",
        host=host,
        port=int(given["port"]),
        tls=tls,
        user=given["user"],
        password=given["password"],
        sender=_address(given),
    )


def _smtp_typed(channel: Channel) -> dict[str, str]:
    return {"sender": channel.sender, "host": channel.host, "port": str(channel.port), "user": channel.user, "password": channel.password}


def _microsoft(given: Mapping[str, str]) -> Channel:
    tenant = given["tenant"].lower()
    if not (TENANT.fullmatch(tenant) or DOMAIN.fullmatch(tenant)):
        raise Invalid("Copia el Id. de directorio (inquilino): ocho cifras o letras, un guion…", field="tenant")
    oauth = {
        "token_url": f"{MICROSOFT}{tenant}/oauth2/v2.0/token",
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
        "scope": "https://outlook.office365.com/.default",
    }
    return _by_token("smtp.office365.com", _address(given), oauth)


def _microsoft_typed(channel: Channel) -> dict[str, str]:
    tenant = channel.oauth["token_url"].removeprefix(MICROSOFT).partition("/")[0]
    return {"sender": channel.sender, "tenant": tenant, **_oauth_typed(channel)}


def _google(given: Mapping[str, str]) -> Channel:
    names = ("client_id", "client_secret", "refresh_token")
    return _by_token("smtp.gmail.com", _address(given), {"token_url": GOOGLE} | {name: given[name] for name in names})


def _google_typed(channel: Channel) -> dict[str, str]:
    return {"sender": channel.sender, "refresh_token": channel.oauth["refresh_token"], **_oauth_typed(channel)}


def _oauth_typed(channel: Channel) -> dict[str, str]:
    return {name: channel.oauth[name] for name in ("client_id", "client_secret")}


def _by_token(host: str, mailbox: str, oauth: dict[str, str]) -> Channel:
    return Channel("", "smtp", "none", host=host, port=587, tls="starttls", user=mailbox, sender=mailbox, auth="xoauth2", oauth=oauth)


def _address(given: Mapping[str, str]) -> str:
    address, error = one_address(given["sender"])
    if error:
        raise Invalid(error, field="sender")
    return address


def _provider(backend: str, title: str, options: tuple[Field, ...], hook_secret: str) -> Kind:
    """A provider with an API: its options go to Anymail, its notices come to our hook."""
    names = [option.name for option in options]
    asked = Field(
        "hook_secret", "Clave de firma de los avisos", "La muestra tu proveedor al crear el aviso (webhook).", secret=True, optional=True
    )

    def build(given: Mapping[str, str]) -> Channel:
        secret = given.get("hook_secret", "")
        return Channel(
            "",
            backend,
            "webhook" if secret else "none",
            options={name: given[name] for name in names},
            hook_options={hook_secret: secret} if secret else {},
            providers=(backend,),
            sender=_address(given),
        )

    def typed(channel: Channel) -> dict[str, str]:
        return {"sender": channel.sender, **channel.options, "hook_secret": channel.hook_options.get(hook_secret, "")}

    fields = (SENDER, *options, *([] if hook_secret == "webhook_secret" else [asked]))  # noqa: S105 - the name of a setting
    return Kind(backend, title, "Proveedor de correo: informa si cada correo llegó.", fields, build, typed, hook_secret)


def _key(name: str, label: str = "Clave de la API") -> Field:
    return Field(name, label, secret=True)


OWN_SERVER = Kind(
    "smtp",
    "Servidor de correo (SMTP)",
    "El servidor de tu empresa o de tu hosting, con usuario y contraseña. No informa si cada correo llegó.",
    (
        SENDER,
        Field("host", "Servidor", "Como smtp.tuproveedor.com."),
        Field("port", "Puerto", "587 es lo usual; 465 si tu proveedor lo pide.", choices=PORTS),
        Field("user", "Usuario"),
        Field("password", "Contraseña", secret=True),
    ),
    _smtp,
    _smtp_typed,
)
MICROSOFT_365 = Kind(
    "microsoft",
    "Microsoft 365",
    "Con el permiso de una aplicación de tu organización: Microsoft deja de aceptar contraseñas para enviar.",
    (
        MAILBOX,
        Field("tenant", "Id. de directorio (inquilino)", "Está en la información general de la aplicación registrada."),
        Field("client_id", "Id. de aplicación (cliente)"),
        Field("client_secret", "Secreto de cliente", "El valor, no el identificador. Anota cuándo vence.", secret=True),
    ),
    _microsoft,
    _microsoft_typed,
)
GOOGLE_WORKSPACE = Kind(
    "google",
    "Gmail o Google Workspace",
    "Con el permiso que la cuenta le dio a una aplicación de tu organización, sin contraseña.",
    (
        MAILBOX,
        Field("client_id", "ID de cliente"),
        Field("client_secret", "Secreto del cliente", secret=True),
        Field("refresh_token", "Token de actualización", "Con el alcance https://mail.google.com/.", secret=True),
    ),
    _google,
    _google_typed,
)
PROVIDERS = (
    _provider("postmark", "Postmark", (_key("server_token", "Token del servidor"),), "webhook_secret"),
    _provider("mailgun", "Mailgun", (Field("sender_domain", "Dominio de envío"), _key("api_key")), "webhook_signing_key"),
    _provider("sendgrid", "SendGrid", (_key("api_key"),), "webhook_secret"),
    _provider("brevo", "Brevo", (_key("api_key"),), "webhook_secret"),
    _provider("mailjet", "Mailjet", (_key("api_key"), _key("secret_key", "Clave secreta")), "webhook_secret"),
    _provider("resend", "Resend", (_key("api_key"),), "signing_secret"),
    _provider("mailersend", "MailerSend", (_key("api_token", "Token de la API"),), "signing_secret"),
    _provider("sparkpost", "SparkPost", (_key("api_key"),), "webhook_secret"),
    _provider("mandrill", "Mandrill", (_key("api_key"),), "webhook_key"),
)
KINDS = {kind.code: kind for kind in (OWN_SERVER, MICROSOFT_365, GOOGLE_WORKSPACE, *PROVIDERS)}


def kind_of(channel: Channel) -> Kind | None:
    """The kind that the channel was made as; None for one that the screen cannot make."""
    if channel.backend != "smtp":
        return KINDS.get(channel.backend)
    if channel.auth == "password":
        return OWN_SERVER
    return GOOGLE_WORKSPACE if channel.oauth.get("token_url") == GOOGLE else MICROSOFT_365


def made(kind: Kind, typed: Mapping[str, str], before: Channel | None) -> Channel:
    """
    The channel of what was typed, without name and hook.

    :param before: the channel that is changed: a secret that was left empty stays. :raises Invalid: a field does not hold.
    """
    kept = kind.typed(before) if before else {}
    given = {item.name: _given(item, typed.get(item.name, ""), kept) for item in kind.fields}
    if kind.makes_up_secret:
        given["hook_secret"] = kept.get("hook_secret") or made_up_secret()
    return kind.build(given)


def made_up_secret() -> str:
    """User and password for a provider's notices, as Anymail wants them."""
    return f"{WEBHOOK_USER}:{secrets.token_urlsafe(24)}"


def renewed(channel: Channel) -> Channel:
    """The same channel with another made-up secret for its notices."""
    return replace(channel, hook_options={"webhook_secret": made_up_secret()})


def _given(item: Field, text: str, kept: Mapping[str, str]) -> str:
    text = text.strip()
    if item.secret and not text:
        text = kept.get(item.name, "")
    if not text and not item.optional:
        raise Invalid("Falta este dato.", field=item.name)
    if any(not character.isprintable() or (character.isspace() and not item.secret) for character in text):
        raise Invalid("No puede llevar espacios.", field=item.name)
    most = MOST["secret" if item.secret else "text"]
    if len(text) > most:
        raise Invalid(f"Caben {most} letras y escribiste {len(text)}.", field=item.name)
    return text
