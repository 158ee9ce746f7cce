"""Django's settings. What differs between machines comes from the environment, by ``env``; production has no default secrets."""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from einvoice_trace import env

BASE_DIR = Path(__file__).resolve().parent.parent

APP_ENV = env.choice("APP_ENV", ["local", "test", "prod"], default="local")
PRODUCTION = APP_ENV == "prod"
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", default=None if PRODUCTION else "insecure-" * 6)
# The first key encrypts the secrets of channels in the database, each of them reads.
SECRETS_KEYS = env.keys("SECRETS_KEY", default=None if PRODUCTION else "aW5zZWN1cmUtaW5zZWN1cmUtaW5zZWN1cmUtaW5zZWM=")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=None if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
PUBLIC_URL = env.text("PUBLIC_URL", default=None if PRODUCTION else "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
VAR_DIR = Path(env.text("VAR_DIR", default=str(BASE_DIR / "var")))

# The application connects as a role that cannot change the history; migrations and backups use the owner's.
DATABASE_URL = env.text("DATABASE_URL")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", default=DATABASE_URL)
DATABASES = {
    "default": dict(dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)),
    "owner": dict(dj_database_url.parse(DATABASE_OWNER_URL)),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "anymail",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "invoices",
    "notifications",
]
MIDDLEWARE = [
    "einvoice_trace.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "einvoice_trace.urls"
WSGI_APPLICATION = "einvoice_trace.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "invoices.context.companies",
                "notifications.context.open_problems",
            ],
            "builtins": ["invoices.templatetags.traza"],
        },
    }
]

# Language and time: screens speak Spanish (Colombia) and show America/Bogota; what is stored is UTC.
LANGUAGE_CODE = "es"
TIME_ZONE = "America/Bogota"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["einvoice_trace.formats"]
USE_THOUSAND_SEPARATOR = True
EXTRA_HOLIDAYS = env.dates("EXTRA_HOLIDAYS")  # those that a law added before the package "holidays" knew them

# Who comes in
AUTH_USER_MODEL = "invoices.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "invoices.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = False

# Files: local disk by default; the static files carry their hash in their name in production.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static", ("guia", BASE_DIR / "docs" / "guia" / "img")]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
# One upload carries many files, each of at most 20 MB; the service refuses what is larger, with a sentence.
DATA_UPLOAD_MAX_NUMBER_FILES = 200
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# Mail: our own backend enqueues, so that every mail of every library goes through the outbox.
EMAIL_BACKEND = "notifications.mail_backend.OutboxBackend"
CHANNELS = env.channels("EMAIL_URL", default=None if PRODUCTION else "smtp://127.0.0.1:1025/?reports=none&tls=no")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default=None if PRODUCTION else "traza@notificaciones.example.com")
EHLO_NAME = env.text("EHLO_NAME", default=None if PRODUCTION else "traza.example.com")
# A mail server that a user typed must lie outside our network; no, where everything runs on one desk.
MAIL_OUTSIDE_ONLY = env.flag("MAIL_OUTSIDE_ONLY", default=PRODUCTION)
# Where returned mails and buyers' answers arrive: the poller looks into each of them every four seconds.
MAILBOXES = env.mailboxes("MAILBOX_URL")
# Whether DNS is asked if a domain that somebody types takes mail: a hint, and at most two seconds of waiting.
MAIL_DNS = env.flag("MAIL_DNS", default=APP_ENV != "test")
DEMO_MAILBOX = env.text("DEMO_MAILBOX", default="")

# Celery carries nothing but wake-ups; a publish must never make a page wait.
REDIS_URL = env.text("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE

# The API: keys only, JSON only; how often is counted in Redis and never asked of a Redis that is away.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "throttles": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
    },
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["invoices.api.keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["invoices.api.keys.KeyPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["invoices.api.negotiation.ShallowJson"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "invoices.api.negotiation.AlwaysJson",
    "DEFAULT_THROTTLE_CLASSES": ["invoices.api.throttles.KeyThrottle", "invoices.api.throttles.WriteThrottle"],
    "DEFAULT_THROTTLE_RATES": {"read": "1200/min", "write": "300/min"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "invoices.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Traza",
    "VERSION": "1",
    "DESCRIPTION": "Push electronic invoices, and learn who was told of them, whether it arrived and what the buyer answered. "
    "Errors are problem details (RFC 9457) whose `detail` is Spanish, for users. Times are ISO 8601 with an offset; amounts are strings.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "einvoice_trace.api.describe_problems"],
    "ENUM_NAME_OVERRIDES": {
        "AnswerStatus": "invoices.models.ElectronicDocument.CustomerStatus",
        "ReportStatus": "notifications.models.HistoryReport.Status",
        "DianStatus": "invoices.models.ElectronicDocument.Dian",
        "DeliveryRollUp": "invoices.models.ElectronicDocument.Delivery",
        "DeliveryState": "notifications.lives.DeliveryState",
        "DeliverySource": "notifications.models.Delivery.Source",
        "AddressSource": "invoices.models.RecipientEmail.Source",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# What a browser is told
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION and PUBLIC_URL.startswith("https://")
SECURE_REDIRECT_EXEMPT = [r"^salud/", r"^metrics$"]  # asked from inside, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
if env.flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours append to X-Forwarded-For the address that they saw; 0: whoever connects is who asks. The limits of
# the login and of the buyer's buttons count by the address that the outermost of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_HOPS", default=0)

# One line per event on the standard error: JSON where machines read it, words where people do.
LOG_FORMAT = env.choice("LOG_FORMAT", ["json", "line"], default="json" if PRODUCTION else "line")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"event": {"()": "einvoice_trace.logs.formatter", "form": LOG_FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "event"}},
    "loggers": {
        "django": {"level": "INFO"},  # named, so that Django's own handlers do not say everything twice
        "django.request": {"level": "ERROR"},  # the line of the request says what was not found or refused
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", default="INFO")},
}
METRICS_TOKEN = env.text("METRICS_TOKEN", default="")
