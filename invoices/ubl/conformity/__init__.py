"""*Revisión de conformidad*: what a buyer's robot would say of a package, rule by rule, before it is sent or of one that came."""

from invoices.ubl.conformity.buyers import Demand, Requirement
from invoices.ubl.conformity.findings import Finding, Grade, Review
from invoices.ubl.conformity.parcel import open_parcel
from invoices.ubl.conformity.review import check, check_demands

__all__ = ["Demand", "Finding", "Grade", "Requirement", "Review", "check", "check_demands", "open_parcel"]
