"""An edited message stands in the place of the last one, as if that had never been said; a domain can be turned to."""

import pytest

from recsys.errors import NotFound
from recsys.recommender import Recommender


@pytest.fixture
def session(recommender: Recommender) -> str:
    return recommender.start("lin")


def texts(r: Recommender, session: str) -> list[str]:
    return [m["text"] for m in r.history(session)["messages"] if m["role"] == "user"]


def told(r: Recommender, session: str, *said: str) -> list[tuple[str, float]]:
    for text in said:
        r.reply(session, text)
    return [(i["item_id"], i["score"]) for i in r.store.impressions(session)]


def test_an_edited_message_is_answered_as_if_the_former_had_never_been_said(
    recommender: Recommender, session: str
) -> None:
    r, other = recommender, recommender.start()
    told(r, session, "连衣裙", "红色")
    r.revise(session, "200以内，蓝色")
    assert told(r, session) == told(r, other, "连衣裙", "200以内，蓝色")
    assert r.store.session(session)["state"] == r.store.session(other)["state"]
    assert texts(r, session) == ["连衣裙", "200以内，蓝色"]
    assert len(r.history(session)["messages"]) == 4
    assert "红色" not in [m["text"] for m in r.store.export([session])["messages"]]


def test_the_first_message_can_be_edited_and_gives_its_title(recommender: Recommender, session: str) -> None:
    told(recommender, session, "连衣裙")
    recommender.refresh(session)  # what followed it goes with it
    recommender.revise(session, "双肩包")
    assert texts(recommender, session) == ["双肩包"]
    assert recommender.store.session(session)["title"] == "双肩包"
    assert len(recommender.history(session)["messages"]) == 2
    recommender.store.rename(session, "旅行")
    recommender.revise(session, "登山双肩包")
    assert recommender.store.session(session)["title"] == "旅行"


def test_the_question_that_was_open_is_open_again(recommender: Recommender, session: str) -> None:
    r = recommender
    question = r.reply(session, "连衣裙").question
    assert question is not None and len(question.options) > 1
    wanted, other = r.start(), question.options[1]
    told(r, wanted, "连衣裙", other)
    r.reply(session, question.options[0])
    r.revise(session, other)
    assert r.store.session(session)["state"] == r.store.session(wanted)["state"]


def test_what_it_said_of_items_is_taken_back_and_thumbs_stay(recommender: Recommender, session: str) -> None:
    r = recommender
    shown = [i for i, _ in told(r, session, "连衣裙")]
    r.record(session, shown[2], "like")
    r.reply(session, "第一个不喜欢")
    r.record(session, shown[3], "favourite")
    r.revise(session, "第二个不喜欢")
    assert {(e.item_id, e.kind) for e in r.events(session)} == {
        (shown[2], "like"), (shown[3], "favourite"), (shown[1], "dislike"),
    }  # fmt: skip


def test_an_undo_that_is_edited_away_never_undid(recommender: Recommender, session: str) -> None:
    shown = [i for i, _ in told(recommender, session, "连衣裙")]
    recommender.record(session, shown[0], "like")
    recommender.reply(session, "撤销")
    assert recommender.events(session) == []
    recommender.revise(session, "红色")
    assert [(e.item_id, e.kind) for e in recommender.events(session)] == [(shown[0], "like")]


def test_no_id_is_given_out_twice(recommender: Recommender, session: str) -> None:
    told(recommender, session, "连衣裙")
    for text in ("红色", "蓝色", "黑色"):
        now = {m["id"] for m in recommender.store.messages(session) if m["role"]}
        recommender.revise(session, text)
        assert not {m["id"] for m in recommender.store.messages(session) if m["role"]} & now


def test_with_nothing_said_before_it_is_a_message(recommender: Recommender, session: str) -> None:
    assert recommender.revise(session, "连衣裙").items
    assert texts(recommender, session) == ["连衣裙"]


def test_a_domain_can_be_turned_to_whatever_was_asked(recommender: Recommender, session: str) -> None:
    told(recommender, session, "200元以内的红色连衣裙")
    for domain in ("film", "finance", "ecommerce"):
        answer = recommender.turn_to(session, domain, "some", "en")
        assert {i.item.domain for i in answer.items} == {domain}
    with pytest.raises(NotFound, match="film"):
        recommender.turn_to(session, "boats", "boats", "en")
