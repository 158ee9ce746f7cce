"""Companies, the people who keep their books, and in which role."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from invoices.identifiers import new_id
from invoices.ubl.nit import check_digit, format_nit


class UserManager(BaseUserManager["User"]):
    """Makes users whose login name is their e-mail address, in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; without a password it can only be set by the recovery mail."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user who may enter the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person; the e-mail address is the login name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField("correo", max_length=254, unique=True)
    name = models.CharField("nombre", max_length=150, blank=True)
    is_staff = models.BooleanField("entra a la administración", default=False)
    is_active = models.BooleanField("activo", default=True)
    daily_digest = models.BooleanField("recibe el resumen diario", default=True)
    date_joined = models.DateTimeField("desde", auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = "usuario"
        verbose_name_plural = "usuarios"
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_in_lower_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """How the person is named in histories and menus."""
        return str(self)

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return initials(str(self))


class Company(models.Model):
    """A company whose documents are traced: the tenant."""

    class Calendar(models.TextChoices):
        CALENDAR = "calendar", "Días calendario"
        BUSINESS = "business", "Días hábiles"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    nit = models.CharField("NIT sin dígito de verificación", max_length=20, unique=True)
    name = models.CharField("razón social", max_length=300)
    trade_name = models.CharField("nombre comercial", max_length=300, blank=True)
    business_line = models.CharField("línea de negocio en el asunto", max_length=100, blank=True)
    sender_name = models.CharField("nombre del remitente", max_length=150, blank=True)
    reply_address = models.EmailField("correo de autorespuesta", blank=True)
    phone = models.CharField("teléfono", max_length=40, blank=True)
    city = models.CharField("ciudad", max_length=80, blank=True)
    logo = models.ForeignKey("invoices.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField("canal de correo", max_length=40, default="default")
    auto_confirm_days = models.PositiveSmallIntegerField("días para la confirmación automática", default=3)
    auto_confirm_calendar = models.CharField("calendario", max_length=10, choices=Calendar, default=Calendar.CALENDAR)
    sales_columns = models.JSONField("columnas de la última carga de ventas", default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "empresa"
        verbose_name_plural = "empresas"

    def __str__(self) -> str:
        return self.name

    @property
    def formatted_nit(self) -> str:
        """``900.373.076-4``: with dots and check digit, as screens show it."""
        return format_nit(self.nit)

    @property
    def check_digit(self) -> str:
        """The check digit of the NIT."""
        return check_digit(self.nit)

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return initials(self.name)


class Membership(models.Model):
    """What a user may do in a company."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "Administrador"
        ACCOUNTANT = "accountant", "Contador"
        AUDITOR = "auditor", "Auditor"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships", verbose_name="empresa")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name="usuario")
    role = models.CharField("rol", max_length=15, choices=Role)

    class Meta:
        verbose_name = "usuario de una empresa"
        verbose_name_plural = "usuarios de empresas"
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="one_role_per_company")]

    def __str__(self) -> str:
        return f"{self.user} · {self.company} · {self.get_role_display()}"

    @property
    def writes(self) -> bool:
        """Whether the role may change or send anything."""
        return self.role != self.Role.AUDITOR

    @property
    def administers(self) -> bool:
        """Whether the role may change the company itself: settings, people, keys."""
        return self.role == self.Role.ADMINISTRATOR


def initials(name: str) -> str:
    """The first letters of the first two words."""
    return "".join(word[0] for word in name.split()[:2] if word).upper() or "?"
