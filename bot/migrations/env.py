"""Alembic's entry point: migrations run on the connection that ``bot.database`` hands over."""

from alembic import context

from bot.database import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
