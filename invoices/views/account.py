"""What a user sets for himself, besides the password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from invoices import accounts
from invoices.models import User


@require_http_methods(["GET", "POST"])
@login_required
def daily_digest(request: HttpRequest) -> HttpResponse:
    """*Resumen diario*: on or off; the form says which, so that pressing twice does it once."""
    assert isinstance(request.user, User)
    if request.method == "GET":
        return render(request, "account/daily_digest.html")
    wanted = request.POST.get("recibir") == "1"
    accounts.set_daily_digest(user=request.user, wanted=wanted)
    messages.success(request, "Recibes el resumen desde mañana a las 7:00." if wanted else "Ya no recibes el resumen diario.")
    return redirect("daily_digest")
