"""The buyer's page: no login, one personal link per address."""

from django.urls import path

from notifications import buyer_views

urlpatterns = [
    path("<str:token>/", buyer_views.buyer, name="buyer"),
    path("<str:token>/confirmar/", buyer_views.buyer_confirm, name="buyer_confirm"),
    path("<str:token>/<str:part>/", buyer_views.buyer_file, name="buyer_file"),
]
