"""Every address of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

handler400 = "invoices.views.errors.bad_request"
urlpatterns = [
    path("cuenta/", include("invoices.account_urls")),
    path("admin/", admin.site.urls),
    path("", include("invoices.urls")),
    path("", include("notifications.urls")),
]
if settings.DEMO_MAILBOX:
    urlpatterns += [path("demo/buzon/", include("notifications.demo.urls"))]
