"""The ledger's statements, in PostgreSQL at READ COMMITTED.

``FOR NO KEY UPDATE`` gives the locked account as it is when the lock is gained. Other tables are read as they
were when the statement began: what must be true of them is settled by a unique key or read under the lock.
Numbers are drawn when the transfer's row is made, that is, under the lock.
"""

# ruff: noqa: S608 - the statements are put together from this module's constants
_COLUMNS = """
    id, area_code, debit_id, credit_id, amount, kind, source_kind, source_id, rule_id, resident_id, by_id,
    at, note, debit_balance, credit_balance
"""
_SENT = """
    %(id)s::uuid, %(area)s, %(debit)s::uuid, %(credit)s::uuid, %(amount)s::bigint, %(kind)s, %(source_kind)s,
    %(source)s::uuid, %(rule)s::uuid, %(resident)s::uuid, %(by)s::uuid, %(at)s::timestamptz, %(note)s
"""

AWARD = f"""
WITH account AS MATERIALIZED (
    SELECT id, balance FROM accounts
    WHERE id = %(credit)s AND area_code = %(area)s AND kind = 'household'
    FOR NO KEY UPDATE
), made AS (
    INSERT INTO transfers ({_COLUMNS})
    SELECT {_SENT}, NULL, account.balance + %(amount)s
    FROM account
    JOIN accounts AS issuing
        ON issuing.id = %(debit)s AND issuing.area_code = %(area)s AND issuing.kind = 'issuance'
    ON CONFLICT DO NOTHING
    RETURNING id, number, debit_balance, credit_balance
), moved AS (
    UPDATE accounts SET balance = accounts.balance + %(amount)s FROM made WHERE accounts.id = %(credit)s
), lot AS (
    INSERT INTO lots (id, account_id, amount, remaining, use_by)
    SELECT id, %(credit)s, %(amount)s, %(amount)s, %(use_by)s FROM made
)
SELECT number, debit_balance, credit_balance FROM made
"""
"""From the community's issuance account, which is never locked, to a household."""

LOCK = """
SELECT id FROM accounts
WHERE id IN (%(debit)s, %(credit)s) AND kind = 'household'
ORDER BY id
FOR NO KEY UPDATE
"""
"""Always in the order of ids, so that crossing transfers wait for each other and never in a circle."""

MOVE = f"""
WITH debit AS MATERIALIZED (
    SELECT id, balance, held, kind = 'household' AS kept FROM accounts
    WHERE id = %(debit)s AND area_code = %(area)s
), credit AS MATERIALIZED (
    SELECT id, balance, kind = 'household' AS kept FROM accounts
    WHERE id = %(credit)s AND area_code = %(area)s
), queue AS (
    SELECT id, remaining, sum(remaining) OVER (ORDER BY use_by, id) - remaining AS before
    FROM lots WHERE account_id = %(debit)s AND remaining > 0
), drawn AS MATERIALIZED (
    SELECT id, least(remaining, %(amount)s - before)::bigint AS amount FROM queue
    WHERE before < %(amount)s
), made AS (
    INSERT INTO transfers ({_COLUMNS}, reverses_id)
    SELECT {_SENT},
        CASE WHEN debit.kept THEN debit.balance - %(amount)s END,
        CASE WHEN credit.kept THEN credit.balance + %(amount)s END,
        %(reverses)s::uuid
    FROM debit, credit
    WHERE NOT debit.kept OR (
        CASE WHEN %(settling)s THEN debit.held ELSE debit.balance - debit.held END >= %(amount)s
        AND (SELECT sum(amount) FROM drawn) = %(amount)s
    )
    ON CONFLICT DO NOTHING
    RETURNING id, number, debit_balance, credit_balance
), moved AS (
    UPDATE accounts SET
        balance = balance + CASE WHEN accounts.id = %(credit)s THEN %(amount)s ELSE -%(amount)s END,
        held = held - CASE WHEN accounts.id = %(debit)s AND %(settling)s THEN %(amount)s ELSE 0 END
    FROM made WHERE accounts.id IN (%(debit)s, %(credit)s) AND kind = 'household'
), lot AS (
    INSERT INTO lots (id, account_id, amount, remaining, use_by)
    SELECT id, %(credit)s, %(amount)s, %(amount)s, %(use_by)s FROM made WHERE credit_balance IS NOT NULL
), taken AS (
    UPDATE lots SET remaining = remaining - drawn.amount FROM drawn, made WHERE lots.id = drawn.id
), draws AS (
    INSERT INTO lot_draws (transfer_id, lot_id, amount)
    SELECT made.id, drawn.id, drawn.amount FROM made, drawn
)
SELECT number, debit_balance, credit_balance FROM made
"""
"""Between any two accounts, of which the households' are locked; the oldest lots are drawn first."""

FIRST = """
SELECT id, number, debit_balance, credit_balance, area_code, debit_id, credit_id, amount, kind, source_kind,
    source_id, rule_id, resident_id
FROM transfers
WHERE id = %(id)s OR (source_kind = %(source_kind)s AND source_id = %(source)s AND kind = %(kind)s)
"""

LOCK_ONE = """
SELECT balance, held FROM accounts WHERE id = %(account)s AND kind = 'household' FOR NO KEY UPDATE
"""

HOLD = """
UPDATE accounts SET held = held + %(amount)s
WHERE id = %(account)s AND balance - held >= %(amount)s
RETURNING balance, held
"""

RELEASE = """
UPDATE accounts SET held = held - %(amount)s WHERE id = %(account)s AND held >= %(amount)s
RETURNING balance, held
"""
