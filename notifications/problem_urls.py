"""Addresses of *Problemas de entrega* inside a company."""

from django.urls import path

from notifications.views import problem_repairs, problems

ROW = "<uuid:customer_id>"

urlpatterns = [
    path("", problems.problems, name="problems"),
    path("exportar/<str:extension>", problems.problems_export, name="problems_export"),
    path(f"{ROW}/", problems.problem_row, name="problem_row"),
    path(f"{ROW}/corregir/", problem_repairs.problem_correct, name="problem_correct"),
    path(f"{ROW}/correo-dian/", problem_repairs.problem_reception, name="problem_reception"),
    path(f"{ROW}/reintentar/", problem_repairs.problem_retry, name="problem_retry"),
    path(f"{ROW}/reactivar/", problem_repairs.problem_release, name="problem_release"),
    path(f"{ROW}/revisar/", problem_repairs.problem_review, name="problem_review"),
]
