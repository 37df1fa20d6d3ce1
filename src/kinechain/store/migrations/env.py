"""Run by Alembic for each migration, in the transaction of the connection it is given."""

from __future__ import annotations

from alembic import context

from kinechain.store.tables import Table

connection = context.config.attributes["connection"]
context.configure(connection, target_metadata=Table.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
