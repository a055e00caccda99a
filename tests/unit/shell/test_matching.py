"""Finding a name among thousands."""

from hypothesis import given
from hypothesis import strategies as st

from dbx.shell.completion.matching import Index, rank

NAMES = ["invoice", "invoice_line", "order_invoice", "reinvoiced", "line_view", "Invoice_Archive", "x"]


def test_beginnings_come_before_words_and_parts_and_scattered_letters() -> None:
    found = Index(NAMES).find("inv")
    assert found[:3] == ["invoice", "Invoice_Archive", "invoice_line"]
    assert found[3:] == ["reinvoiced", "order_invoice"]
    assert Index(NAMES).find("invln") == ["invoice_line"]
    assert Index(NAMES).find("in") == ["invoice", "Invoice_Archive", "invoice_line", "order_invoice"]
    assert Index(NAMES).find("zz") == []


def test_the_case_that_is_typed_leads() -> None:
    assert Index(NAMES).find("Inv")[0] == "Invoice_Archive"


def test_no_more_than_the_limit() -> None:
    assert len(Index(f"t{n}" for n in range(500)).find("t", 7)) == 7


names = st.lists(
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=8), max_size=20
)


@given(names, st.text("abA_-^]\\.[*\n", max_size=4))
def test_whatever_begins_so_is_found_and_nothing_strange(listed: list[str], typed: str) -> None:
    found = Index(listed).find(typed)
    assert set(found) <= set(listed) and len(found) == len(set(found))
    lower = typed.lower()
    if "\n" not in typed:
        assert {name for name in listed if name.lower().startswith(lower)} <= set(found)


def test_a_single_name_is_ranked_alike() -> None:
    assert [rank("inv", name) for name in ("invoice", "reinvoiced", "i_n_v", "x")] == [1, 2, 3, 0]
