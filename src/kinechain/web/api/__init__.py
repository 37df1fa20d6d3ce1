"""The interface for programs, `/api/v1`: the same verbs as the pages, in JSON, opened by a person's key.

- `routing`: what every group of operations has. - `asked`, `answers`: what goes in and comes out. - one module a group.
"""

from kinechain.web.api import (
    clients,
    contract,
    diary,
    intake,
    jobs,
    kept,
    me,
    results,
    shares,
    studio,
    uploads,
    visits,
)

API_ROUTERS = tuple(
    group.router
    for group in (contract, me, studio, clients, kept, diary, intake, visits, uploads, jobs, results, shares)
)
