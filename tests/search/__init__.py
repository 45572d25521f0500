"""Tests of search/: no Flask, no database."""
