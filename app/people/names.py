"""What may be said of a resident in public, and how old he is."""

from datetime import date


def masked(name: str) -> str:
    """Give a name as a public list shows it, 王桂兰 as 王**: two stars, however long it is."""
    return name[:1] + "**"


def age_on(birth_date: date, day: date) -> int:
    """Give somebody's age on a day, in full years (周岁).

    Who was born on 29 February turns a year older on 1 March of a common year: the year is over with the
    last day of the month (Civil Code, art. 202).
    """
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def masked_digits(phone: str) -> str:
    """Give a phone as WeChat's rule shows it: the first three and the last two digits."""
    return f"{phone[:3]}******{phone[-2:]}"
