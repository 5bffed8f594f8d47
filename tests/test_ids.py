"""Ids sort in the order in which they were made."""

from app.ids import new_id


def test_ids_of_one_process_sort_in_the_order_in_which_they_were_made() -> None:
    ids = [new_id() for _ in range(5_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {made.version for made in ids} == {7}
