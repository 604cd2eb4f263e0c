"""The reconciliation's checks: each statement gives row id, expected, found of every row that disagrees."""

# ruff: noqa: S608 - the statements are put together from this module's constants
from typing import NamedTuple


class Check(NamedTuple):
    """One thing that is kept twice."""

    code: str
    table: str
    sentence: str
    statement: str


_ENTRIES = """
    SELECT credit_id AS account_id, id, number, amount AS change, credit_balance AS after FROM transfers
    UNION ALL
    SELECT debit_id, id, number, -amount, debit_balance FROM transfers
"""
_SUMS = f"""
    WITH entries AS ({_ENTRIES}), sums AS (
        SELECT account_id, sum(change) AS total FROM entries GROUP BY account_id
    )
"""

CHECKS = (
    Check(
        "balance",
        "accounts",
        "the balance is {found}, its entries add up to {expected}",
        f"""
        {_SUMS}
        SELECT a.id, coalesce(s.total, 0), a.balance
        FROM accounts a LEFT JOIN sums s ON s.account_id = a.id
        WHERE a.kind = 'household' AND a.area_code LIKE :area AND a.balance <> coalesce(s.total, 0)
        ORDER BY a.id
        """,
    ),
    Check(
        "community_sum",
        "areas",
        "all accounts of the community add up to {found}, not to {expected}",
        f"""
        {_SUMS}
        , kept AS (
            SELECT a.area_code,
                CASE WHEN a.kind = 'household' THEN a.balance ELSE coalesce(s.total, 0) END AS has
            FROM accounts a LEFT JOIN sums s ON s.account_id = a.id
            WHERE a.area_code LIKE :area
        )
        SELECT area_code, 0, sum(has) FROM kept
        GROUP BY area_code HAVING sum(has) <> 0
        ORDER BY area_code
        """,
    ),
    Check(
        "stray",
        "transfers",
        "it names {expected} accounts, rules and people, of which {found} are there",
        """
        SELECT t.id,
            2 + num_nonnulls(t.rule_id, t.resident_id, t.by_id),
            num_nonnulls(debit.id, credit.id, rule.id, resident.id, approver.id)
        FROM transfers t
        LEFT JOIN accounts debit ON debit.id = t.debit_id
        LEFT JOIN accounts credit ON credit.id = t.credit_id
        LEFT JOIN rules rule ON rule.id = t.rule_id
        LEFT JOIN residents resident ON resident.id = t.resident_id
        LEFT JOIN users approver ON approver.id = t.by_id
        WHERE t.area_code LIKE :area
            AND 2 + num_nonnulls(t.rule_id, t.resident_id, t.by_id)
                <> num_nonnulls(debit.id, credit.id, rule.id, resident.id, approver.id)
        ORDER BY t.id
        """,
    ),
    Check(
        "running_balance",
        "transfers",
        "the balance after it is written as {found}, the entry before and its points give {expected}",
        f"""
        WITH entries AS ({_ENTRIES}), chain AS (
            SELECT e.*,
                coalesce(lag(after) OVER (PARTITION BY account_id ORDER BY number), 0) + change AS due
            FROM entries e JOIN accounts a ON a.id = e.account_id
            WHERE a.kind = 'household' AND a.area_code LIKE :area
        ), breaks AS (
            SELECT DISTINCT ON (account_id) id, due, after FROM chain
            WHERE after IS DISTINCT FROM due
            ORDER BY account_id, number
        )
        SELECT id, due, after FROM breaks ORDER BY id
        """,
    ),
    Check(
        "held",
        "accounts",
        "{found} points are held, the open redemptions ask for {expected}",
        """
        WITH open AS (
            SELECT household_id, sum(points) AS points FROM redemptions WHERE status = 'held' GROUP BY 1
        )
        SELECT a.id, coalesce(o.points, 0), a.held
        FROM accounts a LEFT JOIN open o ON o.household_id = a.household_id
        WHERE a.kind = 'household' AND a.area_code LIKE :area AND a.held <> coalesce(o.points, 0)
        ORDER BY a.id
        """,
    ),
    Check(
        "lots_of_account",
        "accounts",
        "its lots still hold {found}, its balance is {expected}",
        """
        WITH kept AS (SELECT account_id, sum(remaining) AS remaining FROM lots GROUP BY 1)
        SELECT a.id, a.balance, coalesce(k.remaining, 0)
        FROM accounts a LEFT JOIN kept k ON k.account_id = a.id
        WHERE a.kind = 'household' AND a.area_code LIKE :area AND a.balance <> coalesce(k.remaining, 0)
        ORDER BY a.id
        """,
    ),
    Check(
        "lot_remaining",
        "lots",
        "{found} remain of it, what was granted less what was drawn gives {expected}",
        """
        WITH drawn AS (SELECT lot_id, sum(amount) AS amount FROM lot_draws GROUP BY 1)
        SELECT l.id, l.amount - coalesce(d.amount, 0), l.remaining
        FROM lots l JOIN accounts a ON a.id = l.account_id LEFT JOIN drawn d ON d.lot_id = l.id
        WHERE a.area_code LIKE :area AND l.remaining <> l.amount - coalesce(d.amount, 0)
        ORDER BY l.id
        """,
    ),
    Check(
        "lot_granted",
        "transfers",
        "it gave a household {expected} points, its lot was opened with {found}",
        """
        SELECT t.id, t.amount, l.amount
        FROM transfers t JOIN accounts a ON a.id = t.credit_id AND a.kind = 'household'
        LEFT JOIN lots l ON l.id = t.id AND l.account_id = t.credit_id
        WHERE a.area_code LIKE :area AND l.amount IS DISTINCT FROM t.amount
        ORDER BY t.id
        """,
    ),
    Check(
        "lot_without_transfer",
        "lots",
        "no transfer granted it",
        """
        SELECT l.id, NULL, l.amount
        FROM lots l JOIN accounts a ON a.id = l.account_id
        WHERE a.area_code LIKE :area AND NOT EXISTS (SELECT FROM transfers t WHERE t.id = l.id)
        ORDER BY l.id
        """,
    ),
    Check(
        "drawn",
        "transfers",
        "it took {expected} points from a household, its draws on lots add up to {found}",
        """
        WITH drawn AS (SELECT transfer_id, sum(amount) AS amount FROM lot_draws GROUP BY 1)
        SELECT t.id, t.amount, coalesce(d.amount, 0)
        FROM transfers t JOIN accounts a ON a.id = t.debit_id AND a.kind = 'household'
        LEFT JOIN drawn d ON d.transfer_id = t.id
        WHERE a.area_code LIKE :area AND coalesce(d.amount, 0) <> t.amount
        ORDER BY t.id
        """,
    ),
    Check(
        "claim_posted",
        "claims",
        "it is posted with {expected} points, its transfer to the household moved {found}",
        """
        SELECT c.id, c.points, t.amount
        FROM claims c LEFT JOIN accounts a ON a.household_id = c.household_id
        LEFT JOIN transfers t
            ON t.source_kind = 'claim' AND t.source_id = c.id AND t.kind = 'award' AND t.credit_id = a.id
        WHERE c.status = 'posted' AND c.area_code LIKE :area AND t.amount IS DISTINCT FROM c.points
        ORDER BY c.id
        """,
    ),
    Check(
        "award_without_claim",
        "transfers",
        "it awards {found} points for a claim that is not posted",
        """
        SELECT t.id, NULL, t.amount
        FROM transfers t LEFT JOIN claims c ON c.id = t.source_id AND c.status = 'posted'
        WHERE t.source_kind = 'claim' AND t.kind = 'award' AND t.area_code LIKE :area AND c.id IS NULL
        ORDER BY t.id
        """,
    ),
    Check(
        "redemption_settled",
        "redemptions",
        "it is collected for {expected} points, its transfer from the household moved {found}",
        """
        SELECT r.id, r.points, t.amount
        FROM redemptions r LEFT JOIN accounts a ON a.household_id = r.household_id
        LEFT JOIN transfers t
            ON t.source_kind = 'redemption' AND t.source_id = r.id AND t.kind = 'redeem' AND t.debit_id = a.id
        WHERE r.status = 'collected' AND r.area_code LIKE :area AND t.amount IS DISTINCT FROM r.points
        ORDER BY r.id
        """,
    ),
    Check(
        "redeemed_without_redemption",
        "transfers",
        "it takes {found} points for a redemption that is not collected",
        """
        SELECT t.id, NULL, t.amount
        FROM transfers t LEFT JOIN redemptions r ON r.id = t.source_id AND r.status = 'collected'
        WHERE t.source_kind = 'redemption' AND t.kind = 'redeem' AND t.area_code LIKE :area AND r.id IS NULL
        ORDER BY t.id
        """,
    ),
    Check(
        "stock",
        "rewards",
        "{found} pieces are in stock, its movements add up to {expected}",
        """
        WITH moved AS (SELECT reward_id, sum(change) AS change FROM stock_movements GROUP BY 1)
        SELECT r.id, coalesce(m.change, 0), r.stock
        FROM rewards r LEFT JOIN moved m ON m.reward_id = r.id
        WHERE r.area_code LIKE :area AND r.stock <> coalesce(m.change, 0)
        ORDER BY r.id
        """,
    ),
)
