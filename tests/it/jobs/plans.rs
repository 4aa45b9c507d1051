//! What a plan foresees is what a plain look at every room comes to, and what then happens.

use std::collections::{BTreeMap, BTreeSet};

use wardroom::{
    domain::{
        Error,
        job::{Chosen, MODERATORS_MOST, Rooms, State, Steps, Typed},
        page::Page,
        room::{Field, RoomQuery, Value, Whole},
    },
    services::{Ctx, jobs, rooms},
};

use super::{ada, add, all, done, listed, map, matching, mona, results, set, steps};
use crate::harness::{House, Random, STAGE};

/// What a plain look says of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Plain {
    Change,
    Same,
    Refused,
}

/// Steps, and the plain look at what they come to in a room.
type Case = (Steps, fn(&Whole) -> Plain);

async fn wholes(house: &House) -> Vec<Whole> {
    let (mut all, mut last) = (Vec::new(), 0);
    loop {
        let part = house.store.wholes_after(last, 100).await.unwrap();
        let Some(room) = part.last() else { return all };
        last = room.room.number;
        all.extend(part);
    }
}

#[tokio::test]
async fn a_plan_counts_what_a_plain_look_counts_and_the_run_comes_to_the_same() {
    let cases: Vec<Case> = vec![
        (set(&[("status", "inactive")]), |room| if room.room.is_active() { Plain::Change } else { Plain::Same }),
        (set(&[("muted", "yes"), ("capacity", "500")]), |room| {
            let (muted, capacity) = (room.room.values.flag(Field::Muted), room.room.values.number(Field::Capacity));
            if muted && capacity == Some(500) { Plain::Same } else { Plain::Change }
        }),
        (add(&[("tags", "live, 新聞")]), |room| {
            let tags = room.room.values.words(Field::Tags);
            let new = ["live", "新聞"].iter().filter(|word| !tags.iter().any(|tag| tag == *word)).count();
            match (new, tags.len() + new) {
                (0, _) => Plain::Same,
                (_, 0..=20) => Plain::Change,
                _ => Plain::Refused,
            }
        }),
        (add(&[("categories", "7, 11, 13")]), |room| {
            let Some(Value::Numbers(now)) = room.room.values.get(Field::Categories) else { return Plain::Change };
            let after: BTreeSet<i64> = now.iter().copied().chain([7, 11, 13]).collect();
            match after.len() {
                many if many == now.len() => Plain::Same,
                0..=3 => Plain::Change,
                _ => Plain::Refused,
            }
        }),
        (add(&[("managers", "u1")]), |room| {
            if room.room.owner() == Some("u1") {
                Plain::Refused
            } else if room.room.managers().iter().any(|manager| manager == "u1") {
                Plain::Same
            } else {
                Plain::Change
            }
        }),
        (steps(&Typed { clear: map(&[("announcement", "on"), ("tags", "on")]), ..Typed::default() }), |room| {
            let has = |field| room.room.values.get(field).is_some();
            if has(Field::Announcement) || has(Field::Tags) { Plain::Change } else { Plain::Same }
        }),
    ];
    for (steps, plain) in cases {
        let house = House::open().await;
        house.import(full_of_tags()).await;
        let mut expected: BTreeMap<Plain, BTreeSet<String>> = BTreeMap::new();
        for whole in wholes(&house).await {
            expected.entry(plain(&whole)).or_default().insert(whole.room.id.to_string());
        }
        let many = |sort: Plain| expected.get(&sort).map_or(0, BTreeSet::len) as u64;
        let what = steps.describe();
        let (ctx, before) = (ada(&house), house.dump().await);
        let job = jobs::plan(&ctx, all(), steps).await.unwrap();
        let seen = &job.preview;
        assert_eq!(
            (seen.change, seen.unchanged, seen.refused, seen.moved),
            (many(Plain::Change), many(Plain::Same), many(Plain::Refused), 0),
            "{what}"
        );
        assert_eq!(seen.reasons.iter().map(|(_, many)| many).sum::<u64>(), seen.refused, "{what}: {:?}", seen.reasons);
        for (examples, sort) in
            [(&seen.changing, Plain::Change), (&seen.staying, Plain::Same), (&seen.refusing, Plain::Refused)]
        {
            assert_eq!(examples.len() as u64, many(sort).min(5), "{what}");
            assert!(examples.iter().all(|example| expected[&sort].contains(&example.room)), "{what}");
            assert!(examples.iter().all(|one| one.why.is_empty() == (sort != Plain::Refused)), "{what}: {examples:?}");
        }
        let examples = seen.changing.clone();
        assert_eq!(before.differs(&house.dump().await), ["audit", "job_chunks", "jobs"], "a plan changes nothing else");

        let job = done(&house, &ctx, job).await;
        let tally = job.tally;
        assert_eq!(
            (tally.changed, tally.unchanged, tally.failed, tally.skipped),
            (many(Plain::Change), many(Plain::Same), many(Plain::Refused), 0),
            "{what}"
        );
        let results = results(&house, job.id).await;
        for example in examples {
            let entry = house.store.entry(results[&example.room].entry.unwrap()).await.unwrap().unwrap();
            assert_eq!(entry.changes, example.changes, "{what}: what was foreseen is what the history says");
        }
        for whole in wholes(&house).await {
            let now = plain(&whole);
            assert_ne!(now, Plain::Change, "{what}: {}", whole.room.id);
        }
    }
}

/// Rooms with so many tags that two more are too many for some.
fn full_of_tags() -> String {
    let tags = |many: usize| (0..many).map(|n| format!("\"t{n}\"")).collect::<Vec<_>>().join(",");
    (17..=20)
        .map(|many| format!("{{\"id\":\"tags-{many}\",\"tags\":[{}],\"categories\":[7,{many}]}}\n", tags(many)))
        .collect()
}

#[tokio::test]
async fn all_that_matches_is_what_the_list_shows_whatever_is_asked() {
    let house = House::open().await;
    let ctx = ada(&house);
    let mut random = Random(5);
    let filters = [
        ("q", "a"),
        ("q", "直"),
        ("status", "active"),
        ("muted", "no"),
        ("tags", "live"),
        ("owner", "u1"),
        ("managers", "u2"),
        ("member", "u5"),
        ("cover", "no"),
        ("cover", "yes"),
        ("attribute", "topic=jazz"),
        ("from", "2026-09-21"),
        ("to", "2026-09-22"),
        ("app", "demo"),
    ];
    let mut found = 0;
    for _ in 0..40 {
        let pairs: Vec<(&str, &str)> = (0..random.below(3)).map(|_| *random.pick(&filters)).collect();
        let (query, _) = RoomQuery::parse(pairs.iter().copied());
        let shown = shown(&ctx, &query).await;
        match jobs::plan(&ctx, matching(&pairs), set(&[("slow_mode", "9")])).await {
            Ok(job) => {
                let chunks = house.store.job_chunks(job.id, None, 0, false, 100).await.unwrap();
                let frozen = chunks.into_iter().flat_map(|chunk| chunk.rooms);
                let planned: BTreeSet<String> = frozen.map(|room| room.id).collect();
                assert_eq!((planned.len() as u64, &planned), (job.total, &shown), "{pairs:?}");
                found += planned.len();
            }
            Err(error) => {
                assert!(shown.is_empty(), "{pairs:?}: {error}");
                assert!(error.to_string().contains("No room matches"), "{error}");
            }
        }
    }
    assert!(found > 1_000, "{found}");
}

async fn shown(ctx: &Ctx, query: &RoomQuery) -> BTreeSet<String> {
    let (mut all, mut page) = (BTreeSet::new(), Page::First);
    loop {
        let found = rooms::find(ctx, &query.at(page)).await.unwrap();
        all.extend(found.rows.into_iter().map(|row| row.id.to_string()));
        match found.next {
            Some(next) => page = Page::After(next),
            None => return all,
        }
    }
}

#[tokio::test]
async fn unknown_ids_are_named_and_a_set_without_rooms_is_refused() {
    let house = House::open().await;
    let ctx = ada(&house);
    let before = house.dump().await;
    let mute = || set(&[("muted", "yes")]);
    let error = jobs::plan(&ctx, listed(&["nobody's", "\u{202e}"]), mute()).await.unwrap_err();
    assert!(error.to_string().contains("nobody's"), "{error}");
    let error = jobs::plan(&ctx, matching(&[("q", "nothing is called so")]), mute()).await.unwrap_err();
    assert!(matches!(&error, Error::Invalid(all) if all[0].message.contains("No room matches")), "{error}");
    assert_eq!(before, house.dump().await, "nothing is left of them");
    assert!(Chosen { all: Some("on".into()), query: "status=gone".into(), ..Chosen::default() }.rooms(&[]).is_err());

    let job = jobs::plan(&ctx, listed(&[STAGE, "nobody's", "new", "x\0y"]), mute()).await.unwrap();
    assert_eq!((job.total, job.preview.unknown_many), (2, 2));
    assert_eq!(job.preview.unknown, ["nobody's", "x\0y"]);
}

#[tokio::test]
async fn a_moderator_changes_at_most_a_hundred_rooms_and_only_what_they_may() {
    let house = House::open().await;
    let ids: Vec<String> = wholes(&house).await.into_iter().map(|whole| whole.room.id.to_string()).collect();
    let most = usize::try_from(MODERATORS_MOST).unwrap();
    let some = |many: usize| Rooms::Listed(ids[..many].to_vec());
    let stop = || set(&[("status", "inactive")]);
    let ctx = mona(&house);
    let before = house.dump().await;
    let error = jobs::plan(&ctx, some(most + 1), stop()).await.unwrap_err();
    assert!(matches!(&error, Error::Forbidden(why) if why.contains("100")), "{error}");
    let error = jobs::plan(&ctx, all(), stop()).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)));
    let error = jobs::plan(&ctx, some(1), set(&[("muted", "yes")])).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "muting is an admin's");
    assert_eq!(before, house.dump().await);
    let job = jobs::plan(&ctx, some(most), stop()).await.unwrap();
    assert_eq!((job.total, job.state), (100, State::Planned));
    assert!(done(&house, &ctx, job).await.tally.changed > 50);
}

#[tokio::test]
async fn many_rooms_and_any_owner_need_an_approval() {
    let house = House::with(|config| config.settings.bulk.approval_above = 50).await;
    let mut ctx = ada(&house);
    ctx.settings = std::sync::Arc::new(wardroom::services::Settings {
        bulk: wardroom::services::Bulk { approval_above: 50 },
        ..(*ctx.settings).clone()
    });
    let job = jobs::plan(&ctx, all(), set(&[("muted", "yes")])).await.unwrap();
    assert_eq!((job.needs_approval, job.state), (true, State::Awaiting));
    let job = jobs::plan(&ctx, listed(&[STAGE]), set(&[("muted", "yes")])).await.unwrap();
    assert_eq!((job.needs_approval, job.state), (false, State::Planned));
    let job = jobs::plan(&ctx, listed(&[STAGE]), set(&[("owner", "u9")])).await.unwrap();
    assert_eq!((job.needs_approval, job.state), (true, State::Awaiting));
}

#[tokio::test]
async fn what_vendors_would_cut_is_hinted_at() {
    let house = House::open().await;
    let long = "直".repeat(40);
    let job = jobs::plan(&ada(&house), listed(&[STAGE]), set(&[("announcement", &long)])).await.unwrap();
    assert_eq!(job.preview.hints, ["Announcement is too long for Tencent: 120 of 100 bytes."]);
}
