"""The product's addresses as they are when DEMO_MAILBOX is set."""

from django.urls import include, path

from einvoice_trace.urls import urlpatterns as product

urlpatterns = [*product, path("demo/buzon/", include("notifications.demo.urls"))]
