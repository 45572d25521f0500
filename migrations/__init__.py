"""Migrations of the database; web/migrate.py drives them, there is no alembic.ini."""
