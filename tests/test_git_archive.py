"""Real git repositories, made by the test: what is read of them, in which order, and what is said when they are odd."""

from pathlib import Path

import pytest
from archive_builder import DAY, START, Archive, document, path_of

from scrapers import council_archive
from scrapers.errors import ScrapeError, SourceBroken, SourceMissing
from scrapers.git_archive import Repository, is_address, open_repository
from scrapers.records import Observation, Unreadable

TREES = document(76001, "Int 1412-2025")
BIRDS = document(76002, "Int 1413-2025", Name="Counting the birds.")
ASK = document(76003, "Res 0508-2026")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def opened(archive: Archive) -> Repository:
    return open_repository(str(archive.folder), Path("unused"), whole=True)


def history(archive: Archive, since: str = "") -> list[tuple[int, str, str]]:
    """(moment, place, status) of every version; "gone" and "unreadable" in the status's place."""
    found = []
    for seen in council_archive.history(opened(archive), since):
        if isinstance(seen, Unreadable):
            found.append((seen.observed_at, seen.place, "unreadable"))
        else:
            found.append((seen.observed_at, seen.place, seen.matter.status if seen.matter else "gone"))
    return found


def current(archive: Archive) -> list[Observation | Unreadable]:
    return list(council_archive.current(opened(archive)))


# What is read


def test_the_newest_commit_gives_every_matter_at_that_commits_moment(archive: Archive) -> None:
    archive.save(START, TREES, BIRDS)
    commit = archive.save(START + DAY, TREES | {"StatusName": "Enacted"})
    first, second = current(archive)
    assert isinstance(first, Observation) and isinstance(second, Observation)
    assert first.matter is not None and second.matter is not None
    assert (first.observed_at, second.observed_at) == (START + DAY, START + DAY)
    assert (first.matter.status, second.matter.status) == ("Enacted", "Committee")
    blob = archive.git("rev-parse", f"HEAD:{path_of(TREES)}")
    assert first.digest == f"sha1:{blob}"
    assert first.address.endswith(f"/{commit}/introduction/2025/1412.json")


def test_history_tells_every_version_oldest_first_with_the_commits_moment(archive: Archive) -> None:
    archive.save(START, TREES, BIRDS)
    archive.save(START + DAY, TREES | {"StatusName": "Laid Over in Committee"})
    archive.save(START + 2 * DAY, TREES | {"StatusName": "Enacted"}, ASK)
    assert history(archive) == [
        (START, "introduction/2025/1412.json", "Committee"),
        (START, "introduction/2025/1413.json", "Committee"),
        (START + DAY, "introduction/2025/1412.json", "Laid Over in Committee"),
        (START + 2 * DAY, "introduction/2025/1412.json", "Enacted"),
        (START + 2 * DAY, "resolution/2026/0508.json", "Committee"),
    ]


def test_history_after_a_commit_leaves_out_that_commit_and_what_came_before(archive: Archive) -> None:
    since = archive.save(START, TREES)
    archive.save(START + DAY, TREES | {"StatusName": "Enacted"})
    assert history(archive, since) == [(START + DAY, "introduction/2025/1412.json", "Enacted")]
    assert history(archive, archive.git("rev-parse", "HEAD")) == []


def test_a_deleted_file_is_seen_as_gone(archive: Archive) -> None:
    archive.save(START, TREES, BIRDS)
    (archive.folder / path_of(TREES)).unlink()
    archive.commit(START + DAY)
    assert history(archive)[-1] == (START + DAY, path_of(TREES), "gone")
    assert [seen.place for seen in current(archive)] == [path_of(BIRDS)]


def test_a_renamed_file_is_gone_at_the_old_place_and_seen_at_the_new_one(archive: Archive) -> None:
    archive.save(START, TREES)
    archive.git("mv", path_of(TREES), "introduction/2025/1500.json")
    archive.commit(START + DAY)
    assert sorted(history(archive)[1:]) == [
        (START + DAY, "introduction/2025/1412.json", "gone"),
        (START + DAY, "introduction/2025/1500.json", "Committee"),
    ]


def test_a_merge_is_told_once_as_the_main_line_saw_it(archive: Archive) -> None:
    archive.save(START, TREES)
    archive.git("checkout", "--quiet", "-b", "side")
    archive.save(START + DAY, BIRDS)
    archive.git("checkout", "--quiet", "master")
    archive.save(START + 2 * DAY, ASK)
    archive.git("merge", "--quiet", "--no-ff", "--no-edit", "side", at=START + 3 * DAY)
    assert history(archive)[1:] == [
        (START + 2 * DAY, path_of(ASK), "Committee"),
        (START + 3 * DAY, path_of(BIRDS), "Committee"),
    ]


def test_files_that_are_no_matters_are_passed_over(archive: Archive) -> None:
    archive.put(b"[]", "introduction/2025/index.json")
    archive.put(b"[]", "introduction/index.json")
    archive.put(b"{}", "events/2025/2025-10-09.json")
    archive.put(b"{}", "people/0001.json")
    archive.put(b"x", "README.md")
    archive.put(document(File="T2025-8050"), "introduction/2025/8050.json")
    archive.save(START, TREES)
    assert history(archive) == [(START, path_of(TREES), "Committee")]
    assert [seen.place for seen in current(archive)] == [path_of(TREES)]


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[1]", b'{"File": "Int 1412-2025"}', b"\xff\xfe"])
def test_a_file_that_cannot_be_understood_is_unreadable_and_not_gone(archive: Archive, content: bytes) -> None:
    archive.put(content, path_of(TREES))
    archive.save(START, BIRDS)
    unreadable, good = current(archive)
    assert isinstance(unreadable, Unreadable) and isinstance(good, Observation)
    assert unreadable.place == path_of(TREES)
    assert unreadable.reason
    assert history(archive)[0] == (START, path_of(TREES), "unreadable")


def test_a_file_whose_bytes_are_lost_is_unreadable_and_those_after_it_are_read(archive: Archive) -> None:
    archive.save(START, TREES, BIRDS)
    blob = archive.git("rev-parse", f"HEAD:{path_of(TREES)}")
    (archive.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    lost, good = current(archive)
    assert lost == Unreadable(START, path_of(TREES), "the repository lists it and does not hold it")
    assert isinstance(good, Observation) and good.place == path_of(BIRDS)


def test_int_0508_2026_which_lay_in_two_folders_at_once_is_read_once(archive: Archive) -> None:
    bill = document(77988, "Int 0508-2026")
    archive.put(bill, "introduction/2026/0508.json")
    archive.put(bill | {"StatusName": "Filed"}, "resolution/2026/0508.json")
    archive.commit(START)
    live, copy = current(archive)
    assert isinstance(live, Observation) and live.place == "introduction/2026/0508.json"
    assert copy == Unreadable(START, "resolution/2026/0508.json", "a second copy of Int 0508-2026, left out")


def test_file_contents_of_any_length_come_whole_and_in_order(archive: Archive) -> None:
    long = TREES | {"Summary": "é" * 3_000_000}
    archive.save(START, long, BIRDS)
    first, second = current(archive)
    assert isinstance(first, Observation) and first.matter is not None
    assert len(first.matter.summary) == 3_000_000
    assert second.place == path_of(BIRDS)


def test_a_reader_that_stops_early_leaves_nothing_hanging(archive: Archive) -> None:
    archive.save(START, *[document(n, f"Int {n:04d}-2025") for n in range(1, 300)])
    seen = council_archive.current(opened(archive))
    assert isinstance(next(seen), Observation)
    seen.close()  # type: ignore[attr-defined]


def test_has_tells_a_commit_on_the_way_to_the_newest_from_any_other(archive: Archive) -> None:
    first = archive.save(START, TREES)
    second = archive.save(START + DAY, BIRDS)
    repository = opened(archive)
    assert (repository.head(), repository.has(first), repository.has(second)) == (second, True, True)
    assert not repository.has("0" * 40)
    assert not repository.has("sha256:abc")
    archive.git("reset", "--quiet", "--hard", first)
    assert not opened(archive).has(second)


# Where it is read from


@pytest.mark.parametrize("place", ["https://example.org/a", "file:///a", "ssh://a@b/c", "git@example.org:a/b"])
def test_an_address_is_told_from_a_folder(place: str) -> None:
    assert is_address(place)


@pytest.mark.parametrize("place", ["/srv/archive", "archive", "C:/archive", "./a.git"])
def test_a_folder_is_no_address(place: str) -> None:
    assert not is_address(place)


def test_a_bare_copy_is_read_like_a_checkout(archive: Archive, tmp_path: Path) -> None:
    archive.save(START, TREES)
    archive.git("clone", "--quiet", "--bare", str(archive.folder), str(tmp_path / "bare.git"))
    bare = open_repository(str(tmp_path / "bare.git"), Path("unused"), whole=True)
    assert [seen.place for seen in council_archive.history(bare)] == [path_of(TREES)]


def test_a_first_mirror_holds_the_newest_commit_alone(archive: Archive, tmp_path: Path) -> None:
    archive.save(START, TREES)
    archive.save(START + DAY, TREES | {"StatusName": "Enacted"}, BIRDS)
    mirror = open_repository(archive.address, tmp_path / "new/mirror.git", whole=False)
    assert mirror.head() == archive.git("rev-parse", "HEAD")
    assert [seen.observed_at for seen in council_archive.history(mirror)] == [START + DAY, START + DAY]
    assert [seen.place for seen in council_archive.current(mirror)] == [path_of(TREES), path_of(BIRDS)]


def test_a_mirror_is_brought_up_to_date_by_the_new_commits(archive: Archive, tmp_path: Path) -> None:
    first = archive.save(START, TREES)
    open_repository(archive.address, tmp_path / "mirror.git", whole=False)
    archive.save(START + DAY, BIRDS)
    archive.save(START + 2 * DAY, BIRDS | {"StatusName": "Enacted"})
    mirror = open_repository(archive.address, tmp_path / "mirror.git", whole=False)
    assert mirror.has(first)
    assert [seen.observed_at for seen in council_archive.history(mirror, first)] == [START + DAY, START + 2 * DAY]


def test_a_mirror_gets_the_whole_history_when_a_replay_asks_for_it(archive: Archive, tmp_path: Path) -> None:
    for day in range(3):
        archive.save(START + day * DAY, TREES | {"Summary": f"day {day}"})
    open_repository(archive.address, tmp_path / "mirror.git", whole=False)
    whole = open_repository(archive.address, tmp_path / "mirror.git", whole=True)
    assert [seen.observed_at for seen in council_archive.history(whole)] == [START, START + DAY, START + 2 * DAY]
    again = open_repository(archive.address, tmp_path / "mirror.git", whole=True)
    assert again.head() == whole.head()


def test_a_history_that_was_rewritten_is_followed(archive: Archive, tmp_path: Path) -> None:
    archive.save(START, TREES)
    old = archive.save(START + DAY, BIRDS)
    open_repository(archive.address, tmp_path / "mirror.git", whole=True)
    archive.git("commit", "--quiet", "--amend", "--message", "again", at=START + 2 * DAY)
    mirror = open_repository(archive.address, tmp_path / "mirror.git", whole=True)
    assert mirror.head() == archive.git("rev-parse", "HEAD") != old
    assert not mirror.has(old)


def test_no_repository_anywhere_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="there is no such folder"):
        open_repository(str(tmp_path / "none"), tmp_path, whole=True)
    with pytest.raises(SourceMissing, match="not a git repository with a commit in it"):
        open_repository(str(tmp_path), tmp_path / "m", whole=True)
    with pytest.raises(SourceMissing, match="git cannot bring it") as caught:
        open_repository((tmp_path / "none").as_uri(), tmp_path / "mirror.git", whole=False)
    assert caught.value.subject == (tmp_path / "none").as_uri()


def test_a_repository_without_a_commit_is_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="not a git repository with a commit in it"):
        opened(archive)
    with pytest.raises(ScrapeError):
        open_repository(archive.address, tmp_path / "mirror.git", whole=False)


def test_a_mirror_that_could_not_be_brought_is_tried_anew(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ScrapeError):
        open_repository(archive.address, tmp_path / "mirror.git", whole=False)
    archive.save(START, TREES)
    mirror = open_repository(archive.address, tmp_path / "mirror.git", whole=False)
    assert [seen.place for seen in council_archive.current(mirror)] == [path_of(TREES)]


def test_a_repository_whose_tree_is_broken_is_refused_in_gits_own_words(archive: Archive) -> None:
    archive.save(START, TREES)
    tree = archive.git("rev-parse", "HEAD^{tree}")
    (archive.folder / ".git/objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(SourceBroken, match="git says"):
        current(archive)
