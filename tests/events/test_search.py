"""Words find events on both databases, for each level what that level may see."""

import pytest
from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events import records, search
from cag_events.events.models import Event, Venue
from cag_events.events.queries import visible_to
from cag_events.permissions import ANONYMOUS, Actor, Role
from tests.factories import make_contact, make_event, make_theme, make_venue

MEMBER = Actor(account_id=1, role=Role.MEMBER)
ORGANIZER = Actor(account_id=2, role=Role.ORGANIZER)


def found(words: str, actor: Actor = ANONYMOUS) -> list[str]:
    """The keys of what an actor finds, the best first."""
    query = (
        select(Event.key)
        .where(visible_to(actor), search.matching(words, actor))
        .order_by(search.best_first(words, actor), Event.starts_at, Event.id)
    )
    return list(db.session.scalars(query))


def test_search_finds_swedish_kyrgyz_and_russian_words_whatever_their_case(any_ctx):
    make_event(key="sv", title={"sv": "Ängar, åar och öar"}, summary={}, body={})
    make_event(key="ky", title={"ky": "Ысык-Көл жана Өзгөн"}, summary={}, body={})
    make_event(key="ru", title={"ru": "Между озером и пустыней"}, summary={}, body={})

    hits = {words: found(words) for words in ("ÄNGAR", "ängar åar", "öar", "ысык-көл", "ӨЗГӨН", "ПУСТЫНЕЙ", "озер")}

    assert hits == {
        "ÄNGAR": ["sv"],
        "ängar åar": ["sv"],
        "öar": ["sv"],
        "ысык-көл": ["ky"],
        "ӨЗГӨН": ["ky"],
        "ПУСТЫНЕЙ": ["ru"],
        "озер": ["ru"],
    }


def test_search_puts_exact_words_before_folded_ones_and_titles_first(any_ctx):
    make_event(key="body-exact", title={"sv": "Annat"}, summary={"sv": "Vi är få här."}, body={})
    make_event(key="folded", title={"sv": "Fa"}, summary={}, body={})
    make_event(key="exact", title={"sv": "Få röster"}, summary={}, body={})
    make_event(key="neither", title={"sv": "Många"}, summary={}, body={})

    hits = {"få": found("få"), "fa": found("fa")}

    assert hits == {"få": ["exact", "body-exact", "folded"], "fa": ["folded", "exact", "body-exact"]}


def test_search_needs_every_word_and_takes_their_beginnings(any_ctx):
    make_event(key="both", title={"en": "Water and women's rights"}, summary={}, body={})
    make_event(key="one", title={"en": "Water only"}, summary={}, body={})

    hits = [found(words) for words in ("wat", "water wom", "womens", "women’s", "ights", "water peace")]

    assert hits == [["both", "one"], ["both"], ["both"], ["both"], [], []]


@pytest.mark.parametrize(
    "words", ['"', "a* OR b", "NEAR(x y)", "-x", "x:y", "'; DROP", "\\", "&|!()", "<->", "%_", "w:", "x" * 5000]
)
def test_search_takes_any_signs_as_words(any_ctx, words):
    make_event(key="there", title={"en": "Something"})

    hits = found(words) if search.words_of(words) else []

    assert hits == []


def test_search_takes_apostrophes_of_all_kinds_as_none(any_ctx):
    make_event(key="uz", title={"uz": "O‘zbekiston xotin-qizlari"}, summary={}, body={})

    hits = [found(words) for words in ("o'zbekiston", "oʻzbekiston", "ozbekiston")]

    assert hits == [["uz"], ["uz"], ["uz"]]


def test_search_finds_hidden_words_only_at_the_level_that_sees_them(any_ctx):
    theme = make_theme("gender", name={"sv": "Kanarietema"})
    venue = make_venue(name={"sv": "Kanariehuset"}, street="Kanariegatan 1", city="Lund")
    speaker = make_contact(name="Kanarie Fågel", named=False)
    hidden = {"venue": venue, "people": [(speaker, "speaker")], "themes": [theme]}
    make_event(key="open", safety=Safety.OPEN, title={"sv": "Kanarieöppen"}, venue=venue, themes=[theme])
    make_event(key="careful", safety=Safety.CAREFUL, title={"sv": "Försiktig"}, **hidden)
    make_event(key="guarded", safety=Safety.GUARDED, title={"sv": "Kanarievaktad"}, **hidden)
    make_event(key="members", visibility=Visibility.MEMBERS, title={"sv": "Kanariemedlem"})
    make_event(key="unlisted", visibility=Visibility.UNLISTED, title={"sv": "Kanarieolistad"})
    make_event(key="draft", status=Status.DRAFT, title={"sv": "Kanarieutkast"})

    public, members, team = (
        {words: found(words, actor) for words in ("kanarie", "kanariehuset", "fagel", "lund")}
        for actor in (ANONYMOUS, MEMBER, ORGANIZER)
    )

    assert {words: sorted(keys) for words, keys in public.items()} == {
        "kanarie": ["careful", "open"],  # by their theme
        "kanariehuset": ["open"],
        "fagel": [],
        "lund": ["careful", "open"],  # a guarded event tells no town
    }
    assert sorted(members["kanarie"]) == ["careful", "members", "open"]
    assert sorted(team["kanarie"]) == ["careful", "draft", "guarded", "members", "open", "unlisted"]
    assert sorted(team["fagel"]) == ["careful", "guarded"]


def test_search_follows_a_renamed_venue_and_forgets_a_deleted_event(any_ctx):
    venue = make_venue(name={"sv": "Gamla bryggeriet"})
    make_event(key="kept", venue=venue)
    gone = make_event(key="gone", venue=venue)
    before = found("bryggeriet")

    with transaction():
        db.session.get(Venue, venue.id).name = {"sv": "Nya hamnen"}
        gone_id = gone.id
        db.session.delete(db.session.get(Event, gone_id))
        db.session.flush()
        records.refresh([gone_id])
        records.refresh_where(Event.venue_id == venue.id)

    assert before == ["kept", "gone"]
    assert (found("bryggeriet"), found("hamnen")) == ([], ["kept"])
