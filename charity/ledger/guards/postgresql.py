"""The triggers of PostgreSQL: when, what they declare, and their body in PL/pgSQL.

A wall that can be held set by set is a statement's trigger over its new rows (`fresh`): it costs a
bulk load as little as one gift, and in a statement that writes several tables it runs when all of
them are written. References that everybody posts to (book, account, fund) are such walls too: a
foreign key would be checked row by row, and write to the row it refers to. Look-ups are subqueries
of one row, so that no plan can become a join over a table, and name the schema, so that no
temporary table can stand in for the book.
"""

from __future__ import annotations

#: Look-ups planned while tables were empty must not become table scans later.
INDEX_ONLY = (
    "transfer_declared",
    "entry_complete",
    "entry_open",
    "inflow_fits",
    "inflow_origin",
    "outflow_fits",
    "outflow_covered",
    "placement_fits",
    "piece_free",
    "sealed_of_book",
)
#: These lock rows which the application's role may only read.
DEFINER = ("inflow_origin", "fund_closing_alone")

_FRESH = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"

POSTGRESQL = {
    "transfer_declared": (
        f"AFTER INSERT ON transfer {_FRESH}",
        "DECLARE wrong integer;",
        """BEGIN
  SELECT max(CASE
      WHEN NOT coalesce((SELECT book_id = fresh.book_id
          FROM public.entry WHERE id = fresh.entry_id), false)
        OR NOT coalesce((SELECT book_id = fresh.book_id
          FROM public.account WHERE id = fresh.debit_account_id), false)
        OR NOT coalesce((SELECT book_id = fresh.book_id
          FROM public.account WHERE id = fresh.credit_account_id), false)
        OR fresh.debit_fund_id IS NOT NULL AND NOT coalesce((SELECT book_id = fresh.book_id
          FROM public.fund WHERE id = fresh.debit_fund_id), false)
        OR fresh.credit_fund_id IS NOT NULL AND NOT coalesce((SELECT book_id = fresh.book_id
          FROM public.fund WHERE id = fresh.credit_fund_id), false)
        THEN 2
      WHEN fresh.number < 0 OR fresh.number >= (SELECT transfers
          FROM public.entry WHERE id = fresh.entry_id)
        THEN 1
      END) INTO wrong FROM fresh;
  IF wrong = 2 THEN
    RAISE EXCEPTION 'guard: not of this book' USING ERRCODE = '23503';
  ELSIF wrong = 1 THEN
    RAISE EXCEPTION 'guard: late transfer' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "entry_complete": (
        "AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        "",
        """BEGIN
  IF (SELECT count(*) FROM public.transfer WHERE entry_id = NEW.id) <> NEW.transfers THEN
    RAISE EXCEPTION USING ERRCODE = '23514',
      MESSAGE = 'guard: entry ' || NEW.id || ' lacks transfers';
  END IF;
  RETURN NULL;
END""",
    ),
    "placement_fits": (
        f"AFTER INSERT ON placement {_FRESH}",
        "",
        """BEGIN
  IF EXISTS (SELECT 1 FROM fresh WHERE NOT coalesce((
      SELECT inflow.line_id = fresh.line_id AND inflow.amount = fresh.stop - fresh.start
         AND (inflow.origin_outflow_id IS NOT NULL) = fresh.derived
      FROM public.inflow WHERE inflow.id = fresh.inflow_id), false)) THEN
    RAISE EXCEPTION 'guard: placement differs from inflow' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "entry_open": (
        f"AFTER INSERT ON entry {_FRESH}",
        "DECLARE wrong integer;",
        # Whoever posts to a book does so together; a closing of it waits for them, and they for it:
        # what it has written is then seen. The closing's own entries stand on its day.
        # 1651470187 is "book" in ASCII.
        """BEGIN
  PERFORM pg_advisory_xact_lock_shared(1651470187, book_id::integer) FROM fresh;
  SELECT max(CASE
      WHEN NOT EXISTS (SELECT 1 FROM public.book WHERE id = fresh.book_id)
        THEN 2
      WHEN (SELECT max(through) FROM public.closing WHERE closing.book_id = fresh.book_id)
          >= fresh.booked_on + CASE WHEN fresh.kind = 'closing' THEN 1 ELSE 0 END
        THEN 1
      END) INTO wrong FROM fresh;
  IF wrong = 2 THEN
    RAISE EXCEPTION 'guard: no such book' USING ERRCODE = '23503';
  ELSIF wrong = 1 THEN
    RAISE EXCEPTION 'guard: closed period' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "closing_alone": (
        "BEFORE INSERT ON closing FOR EACH ROW",
        "",
        """BEGIN
  PERFORM pg_advisory_xact_lock(1651470187, NEW.book_id::integer);
  RETURN NEW;
END""",
    ),
    "inflow_fits": (
        f"AFTER INSERT ON inflow {_FRESH}",
        "DECLARE wrong integer;",
        # The reference to the line is checked by now, which waits for a fund that is being closed.
        """BEGIN
  SELECT max(CASE
      WHEN NOT coalesce((
        SELECT transfer.debit_fund_id = line.fund_id AND transfer.book_id = line.book_id
          AND transfer.amount = fresh.amount
        FROM public.transfer JOIN public.line ON line.id = fresh.line_id
        WHERE transfer.entry_id = fresh.entry_id AND transfer.number = fresh.number), false)
        THEN 2
      WHEN EXISTS (
        SELECT 1 FROM public.line JOIN public.fund_closing ON fund_closing.fund_id = line.fund_id
        WHERE line.id = fresh.line_id)
        THEN 1
      END) INTO wrong FROM fresh;
  IF wrong = 2 THEN
    RAISE EXCEPTION 'guard: inflow of another fund or amount' USING ERRCODE = '23514';
  ELSIF wrong = 1 THEN
    RAISE EXCEPTION 'guard: closed fund' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "fund_closing_alone": (
        "BEFORE INSERT ON fund_closing FOR EACH ROW",
        "",
        # Whoever gives to a line holds its row until the end: wait, then look at what there is.
        """BEGIN
  PERFORM 1 FROM public.line WHERE fund_id = NEW.fund_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM public.line JOIN public.pending ON pending.line_id = line.id
             WHERE line.fund_id = NEW.fund_id)
     OR EXISTS (SELECT 1 FROM public.line JOIN public.line_head ON line_head.line_id = line.id
                WHERE line.fund_id = NEW.fund_id AND placed_end > spent) THEN
    RAISE EXCEPTION 'guard: the fund is not empty' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "inflow_origin": (
        "AFTER INSERT ON inflow FOR EACH ROW WHEN (NEW.origin_outflow_id IS NOT NULL)",
        "DECLARE total bigint; reach bigint;",
        # Whatever else starts last before this one ends: it overlaps, or nothing does.
        """BEGIN
  SELECT amount INTO total FROM public.outflow WHERE id = NEW.origin_outflow_id FOR NO KEY UPDATE;
  SELECT origin_offset + amount INTO reach FROM public.inflow
    WHERE origin_outflow_id = NEW.origin_outflow_id AND id <> NEW.id
      AND origin_offset < NEW.origin_offset + NEW.amount
    ORDER BY origin_offset DESC LIMIT 1;
  IF reach > NEW.origin_offset THEN
    RAISE EXCEPTION 'guard: fen of an outflow arrive twice' USING ERRCODE = '23514';
  END IF;
  IF NEW.origin_offset + NEW.amount > coalesce(total, 0) THEN
    RAISE EXCEPTION 'guard: beyond the outflow' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "outflow_fits": (
        f"AFTER INSERT ON outflow {_FRESH}",
        "",
        """BEGIN
  IF EXISTS (SELECT 1 FROM fresh WHERE NOT coalesce((
      SELECT transfer.credit_fund_id = fresh.fund_id AND transfer.amount = fresh.amount
      FROM public.transfer
      WHERE transfer.entry_id = fresh.entry_id AND transfer.number = fresh.number), false)) THEN
    RAISE EXCEPTION 'guard: outflow of another fund or amount' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "sealed_of_book": (
        f"AFTER INSERT ON sealed_entry {_FRESH}",
        "",
        """BEGIN
  IF EXISTS (SELECT 1 FROM fresh WHERE NOT coalesce((
      SELECT entry.book_id = fresh.book_id
      FROM public.entry WHERE entry.id = fresh.entry_id), false)) THEN
    RAISE EXCEPTION 'guard: sealed in another book' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "piece_free": (
        f"AFTER INSERT ON piece {_FRESH}",
        "",
        # The heads are updated first: whoever spends from them meanwhile waits there or fails, and
        # what it wrote is seen by the look-ups that follow. Each new piece is held against the one
        # that starts last before it ends: if any overlaps, that one does.
        """BEGIN
  UPDATE public.line_head SET spent = spent + taken.fen
    FROM (SELECT line_id, sum(stop - start)::bigint AS fen FROM fresh GROUP BY line_id) AS taken
    WHERE line_head.line_id = taken.line_id;
  IF EXISTS (SELECT 1 FROM fresh WHERE (SELECT fund_id FROM public.line WHERE id = fresh.line_id)
      IS DISTINCT FROM (SELECT fund_id FROM public.outflow WHERE id = fresh.outflow_id)) THEN
    RAISE EXCEPTION 'guard: another fund''s line' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE (
      SELECT stop FROM public.piece WHERE piece.line_id = fresh.line_id
        AND piece.start < fresh.stop AND piece.start <> fresh.start
      ORDER BY piece.start DESC LIMIT 1) > fresh.start) THEN
    RAISE EXCEPTION 'guard: consumed twice' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE stop > coalesce((
      SELECT stop FROM public.placement WHERE placement.line_id = fresh.line_id
      ORDER BY placement.start DESC LIMIT 1), 0)) THEN
    RAISE EXCEPTION 'guard: beyond the line' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE start_offset <> coalesce((
        SELECT start_offset + stop - start FROM public.piece
        WHERE piece.outflow_id = fresh.outflow_id AND piece.start_offset < fresh.start_offset
        ORDER BY piece.start_offset DESC LIMIT 1), 0)
      OR start_offset + stop - start
        > (SELECT amount FROM public.outflow WHERE id = fresh.outflow_id)) THEN
    RAISE EXCEPTION 'guard: beyond the outflow' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END""",
    ),
    "outflow_covered": (
        "AFTER INSERT ON outflow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        "DECLARE covered bigint; reach bigint;",
        """BEGIN
  IF EXISTS (SELECT 1 FROM public.pending WHERE inflow_id = NEW.of_inflow_id) THEN
    RETURN NULL;
  END IF;
  SELECT sum(stop - start), max(start_offset + stop - start) INTO covered, reach
    FROM public.piece WHERE outflow_id = NEW.id;
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
  UPDATE public.line_head SET held = held + NEW.amount WHERE line_id = NEW.line_id;
  RETURN NULL;
END""",
    ),
    "hold_given_back": (
        "AFTER DELETE ON hold FOR EACH ROW",
        "",
        """BEGIN
  UPDATE public.line_head SET held = held - OLD.amount WHERE line_id = OLD.line_id;
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
