"""Django's settings, derived from `config.Settings`, which alone reads the environment.

They are one list, grouped by subject, so they stay one module.
"""

import sys
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.log import CallbackFilter

from talktech import config
from talktech.operations.log_filters import without_traceback

try:
    CONFIG = config.load()
except config.UnsafeSettings as fault:
    sys.exit(f"TalkTech does not start:\n{fault}")

BASE_DIR = config.ROOT
DEBUG = bool(CONFIG.debug)
assert CONFIG.secret_key is not None
SECRET_KEY = CONFIG.secret_key.get_secret_value()

# Addresses
LOOPBACK = config.LOOPBACK
# talktech.server.gateway is stricter: it checks the port too, and accepts one spelling.
ALLOWED_HOSTS = [CONFIG.host] if CONFIG.talktech_url else [*LOOPBACK]
CSRF_TRUSTED_ORIGINS = [CONFIG.talktech_url] if CONFIG.talktech_url else []
ROOT_URLCONF = "talktech.urls"
ASGI_APPLICATION = "talktech.asgi.application"

INSTALLED_APPS = [
    "talktech.apps.TalkTechConfig",
    "transcripts.apps.TranscriptsConfig",
    "chat.apps.ChatConfig",
    "curation.apps.CurationConfig",
    "people.apps.PeopleConfig",
    "talktech.apps.OurAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "talktech.pages.errors.RefuseUnreadableForms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.sign_ins.idle.SignInExpiry",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.security_log.LogRefusedPages",
    "people.time_zones.ReaderTimeZone",
    "talktech.pages.welcome.WelcomeFirst",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "talktech.pages.site_context.site_context",
            ],
        },
    }
]

# Storage
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(CONFIG.database_url)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    file = Path(DATABASES["default"]["NAME"])
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Tests use a file as well: threads that share a database in memory lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": file.with_name(f"test_{file.name}")}
    # Defaults lose 4.9 % of writes to "database is locked" with four writers; these lose none.
    # FULL, because an acknowledged post must survive a power cut. Every checkpoint makes a post
    # wait for the disk once more: at 16 MiB, and not at 4, it is a fourth as often.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
        ),
    }
else:
    DATABASES["default"]["ENGINE"] = "talktech.postgres"
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # A server that disappears is noticed in seconds. What is lost on the way to it is sent
        # over a new connection, instead of being retransmitted at ever longer intervals.
        connect_timeout=2,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=3000,
        # Only statements that ask for it are prepared (chat.ledger.post_statements).
        prepare_threshold=5,
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that sign-in, whose limits are in the cache, works while Redis is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Beyond it Django deletes rows in alphabetical order, even unexpired ones. The conductor
        # deletes what has expired (talktech.operations.cleanup).
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# For wake-ups only. The timeouts: redis-py 8 gives up after 5 s, which is as long as channels_redis
# waits, so every idle connection would be closed; without a timeout a dead server would block.
CHANNEL_LAYERS: dict[str, Any] = {}
if CONFIG.redis_url:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": CONFIG.redis_url,
                    "socket_timeout": 15,
                    "socket_connect_timeout": 3,
                    "health_check_interval": 15,
                }
            ],
            "prefix": "talktech",
        },
    }

# Language and time: instants are in UTC; people.time_zones activates the reader's zone.
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
if not CONFIG.static_hashed:
    STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns if it does not exist.
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not CONFIG.static_hashed
WHITENOISE_MAX_AGE = 60 if CONFIG.static_hashed else 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if CONFIG.static_hashed
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# People
AUTH_USER_MODEL = "people.User"
# Only one, or a wrong password would be hashed twice; it does all that Django's own does.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "people.sign_ins.hashing.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "talktech.password_validation.GuessableWordsValidator"}]
PASSWORD_RESET_TIMEOUT = 3600  # seconds, as for every link that sets a password
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "people.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "people.models.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "people.accounts.forms.LoginForm",
    "signup": "people.accounts.forms.SignUpForm",
    "change_password": "people.accounts.forms.ChangePasswordForm",
    "set_password": "people.accounts.forms.SetPasswordForm",
    "reset_password": "people.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "people.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "people.accounts.forms.ReauthenticateForm",
    "confirm_email_verification_code": "people.accounts.forms.ConfirmCodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600  # seconds
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the owner gets an email when the password is changed
# Attempts to sign in are limited in people.sign_ins.attempts, and emails in
# people.accounts.email_limits; these are the other limits. A whole company may share an address, so
# limits by address are high.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "confirm_email": None,
    "signup": "120/m/ip",
    "reset_password": "120/m/ip",
    "reset_password_from_key": "120/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIG.trusted_proxies

# Mail
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if CONFIG.email_host
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = CONFIG.email_host
EMAIL_PORT = CONFIG.email_port
EMAIL_HOST_USER = CONFIG.email_user
EMAIL_HOST_PASSWORD = CONFIG.email_password.get_secret_value()
EMAIL_USE_TLS = CONFIG.email_security == "starttls"
EMAIL_USE_SSL = CONFIG.email_security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIG.email_from

# Security
SESSION_ENGINE = "people.sign_ins.sessions"
# With the prefix, browsers accept the cookie only from this host and over https.
COOKIE_PREFIX = "__Host-" if CONFIG.secure else ""
SESSION_COOKIE_AGE = CONFIG.sign_in_idle_days * 86_400  # people.sign_ins.idle renews it
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}talktech_session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.secure
MESSAGE_STORAGE = "talktech.messages.Messages"
# There is no header for the scheme: talktech.server.gateway sets that of TALKTECH_URL.
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "talktech.pages.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "bare": {"format": "%(message)s"},
    },
    "filters": {"one_line": {"()": CallbackFilter, "callback": without_traceback}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["one_line"],
        },
        "security": {"class": "logging.StreamHandler", "formatter": "bare"},
    },
    "root": {"handlers": ["console"], "level": CONFIG.log_level.upper()},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # talktech.server.gateway has logged it already, in one line.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # The security log has it, as `page_refused`.
        "django.security.csrf": {"level": "ERROR"},
        "daphne": {"level": "WARNING"},
        # Lines of JSON, whatever LOG_LEVEL is; people.security_log documents them.
        "talktech.security": {"handlers": ["security"], "level": "INFO", "propagate": False},
    },
}
