"""Addresses of the API of what was sold and documented."""

from django.urls import path, re_path

from invoices.api import views

urlpatterns = [
    path("documents/<uuid:document_id>/", views.DocumentAPI.as_view(), name="api_document"),
    path("sales/", views.SalesAPI.as_view(), name="api_sales"),
    path("sales/<uuid:sale_id>/", views.SaleAPI.as_view(), name="api_sale"),
    path("customers/", views.CustomersAPI.as_view(), name="api_customers"),
    path("customers/<uuid:customer_id>/", views.CustomerAPI.as_view(), name="api_customer"),
    path("customers/<uuid:customer_id>/addresses/", views.AddressesAPI.as_view(), name="api_addresses"),
    path("customers/<uuid:customer_id>/addresses/<uuid:address_id>/", views.AddressAPI.as_view(), name="api_address"),
    re_path(r"^reception-directory/(?P<nit>\d{5,15})/$", views.ReceptionDirectoryAPI.as_view(), name="api_reception_directory"),
]
