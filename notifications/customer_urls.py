"""Addresses below ``/e/<nit>/clientes/``."""

from django.urls import path

from notifications.views import customer_changes, customers, demands

ADDRESS = "<uuid:customer_id>/correos"

urlpatterns = [
    path("", customers.customers, name="customers"),
    path("agregar/", customer_changes.customer_add, name="customer_add"),
    path("exportar/<str:extension>", customers.customers_export, name="customers_export"),
    path("<uuid:customer_id>/", customers.customer, name="customer"),
    path("<uuid:customer_id>/exigencias/agregar/", demands.customer_demand_add, name="customer_demand_add"),
    path("<uuid:customer_id>/exigencias/<uuid:demand_id>/quitar/", demands.customer_demand_remove, name="customer_demand_remove"),
    path(f"{ADDRESS}/", customers.customer_address, name="customer_address"),
    path(f"{ADDRESS}/agregar/", customer_changes.customer_address_add, name="customer_address_add"),
    path(f"{ADDRESS}/<uuid:email_id>/desactivar/", customer_changes.customer_address_off, name="customer_address_off"),
    path(f"{ADDRESS}/<uuid:email_id>/activar/", customer_changes.customer_address_on, name="customer_address_on"),
    path(f"{ADDRESS}/<uuid:email_id>/siempre/", customer_changes.customer_address_always, name="customer_address_always"),
]
