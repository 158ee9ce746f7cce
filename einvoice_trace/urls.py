"""Every address of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from einvoice_trace import health, metrics

handler400 = "invoices.views.errors.bad_request"
handler500 = "invoices.views.errors.server_error"
urlpatterns = [
    path("salud/vivo", health.alive, name="alive"),
    path("salud/listo", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("cuenta/", include("invoices.account_urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("einvoice_trace.api")),
    path("hooks/", include("notifications.hooks.urls")),
    path("", include("invoices.urls")),
    path("", include("notifications.urls")),
]
if settings.DEMO_MAILBOX:
    urlpatterns += [path("demo/buzon/", include("notifications.demo.urls"))]
