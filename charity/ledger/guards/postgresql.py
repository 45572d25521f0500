"""The triggers of PostgreSQL: when, what they declare, and their body in PL/pgSQL."""

from __future__ import annotations

#: Neighbour look-ups planned while tables were empty must not become table scans later.
INDEX_ONLY = (
    "piece_free",
    "placement_fits",
    "transfer_declared",
    "inflow_fits",
    "inflow_origin",
    "outflow_fits",
)
#: These lock rows which the application's role may only read.
DEFINER = ("inflow_origin", "closing_alone")

POSTGRESQL = {
    "transfer_declared": (
        "BEFORE INSERT ON transfer FOR EACH ROW",
        "",
        """BEGIN
  IF NEW.number < 0 OR NEW.number >= (SELECT transfers FROM entry WHERE id = NEW.entry_id) THEN
    RAISE EXCEPTION 'guard: late transfer' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "entry_complete": (
        "AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        "",
        """BEGIN
  IF (SELECT count(*) FROM transfer WHERE entry_id = NEW.id) <> NEW.transfers THEN
    RAISE EXCEPTION USING ERRCODE = '23514',
      MESSAGE = 'guard: entry ' || NEW.id || ' lacks transfers';
  END IF;
  RETURN NULL;
END""",
    ),
    "placement_fits": (
        "BEFORE INSERT ON placement FOR EACH ROW",
        "",
        """BEGIN
  IF NOT EXISTS (SELECT 1 FROM inflow WHERE id = NEW.inflow_id AND line_id = NEW.line_id
                 AND amount = NEW.stop - NEW.start
                 AND (origin_outflow_id IS NOT NULL) = NEW.derived) THEN
    RAISE EXCEPTION 'guard: placement differs from inflow' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "entry_open": (
        "AFTER INSERT ON entry FOR EACH ROW",
        "",
        # After the reference to the book is checked, which waits for a closing under way: what the
        # closing has written is then seen.
        """BEGIN
  IF EXISTS (SELECT 1 FROM closing WHERE book_id = NEW.book_id AND through >= NEW.booked_on
             AND NOT (NEW.kind = 'closing' AND through = NEW.booked_on)) THEN
    RAISE EXCEPTION 'guard: closed period' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "closing_alone": (
        "BEFORE INSERT ON closing FOR EACH ROW",
        "",
        """BEGIN
  PERFORM 1 FROM book WHERE id = NEW.book_id FOR UPDATE;
  RETURN NEW;
END""",
    ),
    "inflow_fits": (
        "BEFORE INSERT ON inflow FOR EACH ROW",
        "",
        """BEGIN
  IF NOT EXISTS (SELECT 1 FROM transfer JOIN line ON line.id = NEW.line_id
                 WHERE transfer.entry_id = NEW.entry_id AND transfer.number = NEW.number
                   AND transfer.book_id = line.book_id
                   AND transfer.debit_fund_id = line.fund_id) THEN
    RAISE EXCEPTION 'guard: inflow of another fund' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "inflow_origin": (
        "BEFORE INSERT ON inflow FOR EACH ROW WHEN (NEW.origin_outflow_id IS NOT NULL)",
        "DECLARE total bigint; reach bigint;",
        """BEGIN
  SELECT amount INTO total FROM outflow WHERE id = NEW.origin_outflow_id FOR NO KEY UPDATE;
  SELECT origin_offset + amount INTO reach FROM inflow
    WHERE origin_outflow_id = NEW.origin_outflow_id
      AND origin_offset < NEW.origin_offset + NEW.amount
    ORDER BY origin_offset DESC LIMIT 1;
  IF reach > NEW.origin_offset THEN
    RAISE EXCEPTION 'guard: fen of an outflow arrive twice' USING ERRCODE = '23514';
  END IF;
  IF NEW.origin_offset + NEW.amount > total THEN
    RAISE EXCEPTION 'guard: beyond the outflow' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "outflow_fits": (
        "BEFORE INSERT ON outflow FOR EACH ROW",
        "",
        """BEGIN
  IF NOT EXISTS (SELECT 1 FROM transfer WHERE entry_id = NEW.entry_id AND number = NEW.number
                 AND credit_fund_id = NEW.fund_id) THEN
    RAISE EXCEPTION 'guard: outflow of another fund' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "piece_free": (
        "BEFORE INSERT ON piece FOR EACH ROW",
        "DECLARE found bigint;",
        """BEGIN
  UPDATE line_head SET spent = spent + NEW.stop - NEW.start WHERE line_id = NEW.line_id;
  IF (SELECT fund_id FROM line WHERE id = NEW.line_id) <>
     (SELECT fund_id FROM outflow WHERE id = NEW.outflow_id) THEN
    RAISE EXCEPTION 'guard: another fund''s line' USING ERRCODE = '23514';
  END IF;
  SELECT stop INTO found FROM piece WHERE line_id = NEW.line_id AND start < NEW.stop
    ORDER BY start DESC LIMIT 1;
  IF found > NEW.start THEN
    RAISE EXCEPTION 'guard: consumed twice' USING ERRCODE = '23514';
  END IF;
  SELECT stop INTO found FROM placement WHERE line_id = NEW.line_id ORDER BY start DESC LIMIT 1;
  IF NEW.stop > coalesce(found, 0) THEN
    RAISE EXCEPTION 'guard: beyond the line' USING ERRCODE = '23514';
  END IF;
  SELECT start_offset + stop - start INTO found FROM piece WHERE outflow_id = NEW.outflow_id
    ORDER BY start_offset DESC LIMIT 1;
  IF NEW.start_offset <> coalesce(found, 0) OR NEW.start_offset + NEW.stop - NEW.start >
     (SELECT amount FROM outflow WHERE id = NEW.outflow_id) THEN
    RAISE EXCEPTION 'guard: beyond the outflow' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "outflow_covered": (
        "AFTER INSERT ON outflow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        "DECLARE covered bigint; reach bigint;",
        """BEGIN
  IF EXISTS (SELECT 1 FROM pending WHERE inflow_id = NEW.of_inflow_id) THEN
    RETURN NULL;
  END IF;
  SELECT sum(stop - start), max(start_offset + stop - start) INTO covered, reach
    FROM piece WHERE outflow_id = NEW.id;
  IF covered IS DISTINCT FROM NEW.amount OR reach <> NEW.amount THEN
    RAISE EXCEPTION USING ERRCODE = '23514',
      MESSAGE = 'guard: outflow ' || NEW.id || ' is not covered';
  END IF;
  RETURN NULL;
END""",
    ),
    "hold_taken": (
        "AFTER INSERT ON hold FOR EACH ROW",
        "",
        """BEGIN
  UPDATE line_head SET held = held + NEW.amount WHERE line_id = NEW.line_id;
  RETURN NULL;
END""",
    ),
    "hold_given_back": (
        "AFTER DELETE ON hold FOR EACH ROW",
        "",
        """BEGIN
  UPDATE line_head SET held = held - OLD.amount WHERE line_id = OLD.line_id;
  RETURN NULL;
END""",
    ),
    "hold_fixed": (
        "BEFORE UPDATE ON hold FOR EACH ROW",
        "",
        """BEGIN
  RAISE EXCEPTION 'guard: a hold is taken or given back, never changed' USING ERRCODE = '23514';
END""",
    ),
}
