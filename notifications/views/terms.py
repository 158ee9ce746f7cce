"""*Por vencer* as a file."""

from django.http import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from invoices.access import CompanyRequest, company_view
from invoices.forms import DocumentFilter
from invoices.selectors import BY_TERM, RUNNING
from invoices.views.exports import download
from notifications import terms
from notifications.term_table import TERMS


@require_GET
@company_view()
def terms_export(request: CompanyRequest, extension: str) -> HttpResponseBase:
    """The documents whose term runs, the most urgent first, under the filters of the list."""
    query = request.GET.copy()
    query.setdefault("plazo", RUNNING)
    form = DocumentFilter(query)
    rows = terms.taken_away(form.filters(today=timezone.localdate()))
    return download(request, extension, table=TERMS, rows=rows.order_by(*BY_TERM.fields()), form=form)
