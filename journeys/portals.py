"""A person's data as both portals show them, compared for a run (S2, S9)."""

from collections.abc import Iterable, Mapping

from journeys.cause import Cause
from journeys.comparison import side_by_side
from journeys.identity import INN, MAY_BE_MISSING, Rule
from journeys.system import System
from journeys.visit import OutcomeError, Visit


def differences(
    visit: Visit, fields: Iterable[str], gosuslugi: Mapping[str, str], nmo: Mapping[str, str]
) -> dict[str, Rule]:
    """Field -> the rule that is broken, of those that differ; the visit keeps all of them side by side.

    Raises OutcomeError where Госуслуги lack one that the person has: missing on both portals, it would be the same.
    """
    fields = tuple(fields)
    optional = {MAY_BE_MISSING} if visit.persona.inn else {MAY_BE_MISSING, INN}
    if absent := [field for field in fields if field not in optional and not gosuslugi.get(field)]:
        raise OutcomeError(
            System.GOSUSLUGI, Cause.UNEXPECTED_SCREEN, f"«Персональные данные» lack «{'», «'.join(absent)}»"
        )
    visit.compared = side_by_side(fields, gosuslugi, nmo)
    return {one.field: one.rule for one in visit.compared if one.rule}
