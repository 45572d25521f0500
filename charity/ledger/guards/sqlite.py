"""The triggers of SQLite: name, and what follows `CREATE TRIGGER guard_<name>`."""

from __future__ import annotations

SQLITE = {
    "transfer_declared": """BEFORE INSERT ON transfer BEGIN
  SELECT raise(ABORT, 'guard: late transfer') WHERE NEW.number < 0
    OR NEW.number >= (SELECT transfers FROM entry WHERE id = NEW.entry_id);
END""",
    "placement_fits": """BEFORE INSERT ON placement BEGIN
  SELECT raise(ABORT, 'guard: placement differs from inflow') WHERE NOT EXISTS (
    SELECT 1 FROM inflow WHERE id = NEW.inflow_id AND line_id = NEW.line_id
      AND amount = NEW.stop - NEW.start
      AND (origin_outflow_id IS NOT NULL) = NEW.derived);
END""",
    "entry_open": """BEFORE INSERT ON entry BEGIN
  SELECT raise(ABORT, 'guard: closed period') WHERE EXISTS (
    SELECT 1 FROM closing WHERE book_id = NEW.book_id AND through >= NEW.booked_on
      AND NOT (NEW.kind = 'closing' AND through = NEW.booked_on));
END""",
    "inflow_fits": """BEFORE INSERT ON inflow BEGIN
  SELECT raise(ABORT, 'guard: inflow of another fund') WHERE NOT EXISTS (
    SELECT 1 FROM transfer JOIN line ON line.id = NEW.line_id
    WHERE transfer.entry_id = NEW.entry_id AND transfer.number = NEW.number
      AND transfer.book_id = line.book_id AND transfer.debit_fund_id = line.fund_id);
  SELECT raise(ABORT, 'guard: closed fund') WHERE EXISTS (
    SELECT 1 FROM line JOIN fund_closing ON fund_closing.fund_id = line.fund_id
    WHERE line.id = NEW.line_id);
END""",
    "fund_closing_alone": """BEFORE INSERT ON fund_closing BEGIN
  SELECT raise(ABORT, 'guard: the fund is not empty') WHERE EXISTS (
    SELECT 1 FROM line JOIN line_head ON line_head.line_id = line.id
    LEFT JOIN pending ON pending.line_id = line.id
    WHERE line.fund_id = NEW.fund_id
      AND (line_head.placed_end > line_head.spent OR pending.inflow_id IS NOT NULL));
END""",
    "inflow_origin": """BEFORE INSERT ON inflow WHEN NEW.origin_outflow_id IS NOT NULL BEGIN
  SELECT raise(ABORT, 'guard: fen of an outflow arrive twice') WHERE
    (SELECT origin_offset + amount FROM inflow WHERE origin_outflow_id = NEW.origin_outflow_id
       AND origin_offset < NEW.origin_offset + NEW.amount
     ORDER BY origin_offset DESC LIMIT 1) > NEW.origin_offset;
  SELECT raise(ABORT, 'guard: beyond the outflow') WHERE NEW.origin_offset + NEW.amount >
    (SELECT amount FROM outflow WHERE id = NEW.origin_outflow_id);
END""",
    "outflow_fits": """BEFORE INSERT ON outflow BEGIN
  SELECT raise(ABORT, 'guard: outflow of another fund') WHERE NOT EXISTS (
    SELECT 1 FROM transfer WHERE entry_id = NEW.entry_id AND number = NEW.number
      AND credit_fund_id = NEW.fund_id);
END""",
    "sealed_of_book": """BEFORE INSERT ON sealed_entry BEGIN
  SELECT raise(ABORT, 'guard: sealed in another book') WHERE NOT EXISTS (
    SELECT 1 FROM entry WHERE id = NEW.entry_id AND book_id = NEW.book_id);
END""",
    "piece_free": """BEFORE INSERT ON piece BEGIN
  SELECT raise(ABORT, 'guard: another fund''s line') WHERE
    (SELECT fund_id FROM line WHERE id = NEW.line_id) <>
    (SELECT fund_id FROM outflow WHERE id = NEW.outflow_id);
  SELECT raise(ABORT, 'guard: consumed twice') WHERE
    (SELECT stop FROM piece WHERE line_id = NEW.line_id AND start < NEW.stop
     ORDER BY start DESC LIMIT 1) > NEW.start;
  SELECT raise(ABORT, 'guard: beyond the line') WHERE NEW.stop > coalesce(
    (SELECT stop FROM placement WHERE line_id = NEW.line_id ORDER BY start DESC LIMIT 1), 0);
  SELECT raise(ABORT, 'guard: beyond the outflow') WHERE NEW.start_offset <> coalesce(
    (SELECT start_offset + stop - start FROM piece WHERE outflow_id = NEW.outflow_id
     ORDER BY start_offset DESC LIMIT 1), 0)
    OR NEW.start_offset + NEW.stop - NEW.start >
       (SELECT amount FROM outflow WHERE id = NEW.outflow_id);
END""",
    "piece_spent": """AFTER INSERT ON piece BEGIN
  UPDATE line_head SET spent = spent + NEW.stop - NEW.start WHERE line_id = NEW.line_id;
END""",
    "hold_taken": """AFTER INSERT ON hold BEGIN
  UPDATE line_head SET held = held + NEW.amount WHERE line_id = NEW.line_id;
END""",
    "hold_given_back": """AFTER DELETE ON hold BEGIN
  UPDATE line_head SET held = held - OLD.amount WHERE line_id = OLD.line_id;
END""",
    "hold_fixed": """BEFORE UPDATE ON hold BEGIN
  SELECT raise(ABORT, 'guard: a hold is taken or given back, never changed');
END""",
}
