"""Two texts of a bill, word by word: nothing lost, nothing made up, and readable."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.law.textdiff import Paragraph, Piece, difference, laid_out

LINES = st.lists(st.sampled_from(["the", "city", "shall", "not", "§", "honor", "(a)", "[bracket]"]), max_size=12)
BILLS = st.lists(LINES.map(" ".join), max_size=8).map("\n".join)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=80) | BILLS


def pieces(old: str, new: str) -> list[Piece]:
    return [piece for each in difference(old, new).paragraphs for piece in each.pieces]


@given(TEXTS, TEXTS)
def test_applying_it_to_the_old_text_gives_the_new_one_exactly(old: str, new: str) -> None:
    found = difference(old, new)
    assert found.old == old
    assert found.new == new


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert not any(each.changed for each in difference(text, text).paragraphs)


@given(TEXTS, TEXTS)
def test_no_piece_is_empty_and_changes_come_once_between_two_holds(old: str, new: str) -> None:
    for each in difference(old, new).paragraphs:
        assert all(piece.text for piece in each.pieces)
        kinds = [piece.kind for piece in each.pieces]
        assert all(one != other for one, other in zip(kinds, kinds[1:], strict=False))


@given(st.text(max_size=80))
def test_laying_out_twice_changes_nothing_more(text: str) -> None:
    assert laid_out(laid_out(text)) == laid_out(text)


def test_a_word_that_changed_stands_between_those_that_did_not() -> None:
    old = "b. The department shall not honor a civil immigration detainer by holding a person.\n"
    new = "b. The department shall not honor a federal immigration detainer by holding a person.\n"
    assert pieces(old, new) == [
        Piece("same", "b. The department shall not honor a "),
        Piece("removed", "civil "),
        Piece("inserted", "federal "),
        Piece("same", "immigration detainer by holding a person.\n"),
    ]


def test_one_or_two_words_that_stay_between_changes_are_part_of_them() -> None:
    old = "The mayor may by order allow the office to remain on such land forever and ever.\n"
    new = "No federal agency may ever again allow an office to be on such land forever and ever.\n"
    kinds = [piece.kind for piece in pieces(old, new)]
    assert kinds == ["removed", "inserted", "same"]


def test_a_paragraph_that_came_in_is_one_insertion() -> None:
    found = difference("One line.\nAnother line.\n", "One line.\nA new line.\nAnother line.\n")
    assert found.paragraphs == (
        Paragraph((Piece("same", "One line.\n"),)),
        Paragraph((Piece("inserted", "A new line.\n"),)),
        Paragraph((Piece("same", "Another line.\n"),)),
    )


def test_blanks_and_line_ends_alone_are_no_change() -> None:
    old, new = "  Section 1.\r\n\r\n\tBe it   enacted \n", "Section 1.\nBe it enacted\n\n\n"
    assert laid_out(old) == laid_out(new) == "Section 1.\nBe it enacted\n"


def test_a_passage_too_long_for_words_is_shown_whole_and_nothing_is_lost() -> None:
    old, new = " ".join(f"a{n}" for n in range(21_000)), " ".join(f"b{n}" for n in range(21_000))
    found = difference(old, new)
    assert found.coarse
    assert (found.old, found.new) == (old, new)


def test_brackets_of_a_bill_are_words_like_others() -> None:
    found = pieces("The warden [shall] may detain.\n", "The warden [shall] must detain.\n")
    assert [piece.text for piece in found if piece.kind != "same"] == ["may ", "must "]
