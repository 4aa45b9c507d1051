//! Finding entries: by room, actor, source, field and time, page by page, on screen and as a file.

use wardroom::{
    domain::{
        Timestamp,
        audit::{AuditQuery, Entry, Source},
        page::{PAGE, Page, Total},
        when::DAY,
    },
    services::rooms,
};

use crate::harness::{Actor, House, STAGE, template::HARD_IDS};

/// The day on which the trail below begins.
const FIRST_DAY: &str = "2026-03-01";

/// A trail of many actors, sources, rooms and fields over ten days, oldest first.
async fn busy() -> (House, Vec<Entry>) {
    let house = House::open().await;
    let rooms = [STAGE, HARD_IDS[1], HARD_IDS[2], HARD_IDS[6]];
    for n in 0..130_usize {
        let actor: Actor<'_> = if n % 3 == 0 { house.moderator() } else { house.admin() };
        let field = ["changes[name]", "changes[description]", "changes[tags]"][n % 3];
        let value = format!("value {n}");
        let id = rooms[n % 4];
        if n % 7 == 0 {
            let mut ctx = house.ctx();
            ctx.now = wardroom::server::clock::now();
            let id = wardroom::domain::room::RoomId::parse(id).unwrap();
            let patch = wardroom::domain::room::Patch::from_form([("ext", value.as_str())]).unwrap();
            rooms::update(&ctx, &id, i64::MAX, patch).await.unwrap();
        } else if n % 11 == 0 {
            let pairs = [("id", id), ("version", "999"), ("rows[0][key]", "topic"), ("rows[0][value]", &value)];
            assert_eq!(actor.call("/api/save_attributes", &pairs).await.status, 200);
        } else {
            let pairs = [("id", id), ("version", "999"), (field, &value)];
            assert_eq!(actor.call("/api/save_room", &pairs).await.status, 200);
        }
    }
    // Thirteen entries a day.
    house.sql("UPDATE audit SET at = 1772323200000 + (id - (SELECT min(id) FROM audit)) / 13 * 86400000 + 5000").await;
    let mut all = walk(&house, &AuditQuery::default()).await;
    all.reverse();
    assert_eq!(all.len(), 130);
    assert_eq!(all[0].at.day(), FIRST_DAY);
    (house, all)
}

/// Every page forward; then back again, which must show the same.
async fn walk(house: &House, query: &AuditQuery) -> Vec<Entry> {
    let mut query = AuditQuery { page: Page::First, ..query.clone() };
    let mut pages = Vec::new();
    loop {
        let found = house.store.audit(&query).await.unwrap();
        let next = found.next.clone();
        pages.push(found);
        let Some(next) = next else { break };
        query.page = Page::After(next);
    }
    for n in (1..pages.len()).rev() {
        query.page = Page::Before(pages[n].previous.clone().unwrap());
        let back = house.store.audit(&query).await.unwrap();
        assert_eq!((&back.rows, back.next.is_some()), (&pages[n - 1].rows, true));
    }
    assert!(pages[0].previous.is_none());
    let total = pages[0].total;
    let all: Vec<Entry> = pages.into_iter().flat_map(|page| page.rows).collect();
    assert_eq!(total, Total::Exactly(all.len() as u64));
    all
}

#[tokio::test]
async fn a_filter_finds_what_a_plain_look_finds() {
    let (house, all) = busy().await;
    let day = |n: i64| Timestamp::parse(FIRST_DAY).unwrap().plus(n * DAY);
    let mut queries = vec![AuditQuery::default()];
    for room in [STAGE, HARD_IDS[1], "nowhere", ""] {
        queries.push(AuditQuery { room: Some(room.to_owned()), ..AuditQuery::default() });
    }
    for actor in ["ada", "mona", "tester", "vera", "ADA"] {
        queries.push(AuditQuery { actor: Some(actor.to_owned()), ..AuditQuery::default() });
    }
    for source in Source::ALL {
        queries.push(AuditQuery { source: Some(source), ..AuditQuery::default() });
    }
    for field in ["name", "tags", "ext", "attribute.topic", "nothing"] {
        queries.push(AuditQuery { field: Some(field.to_owned()), ..AuditQuery::default() });
    }
    for (from, until) in [
        (Some(3), None),
        (None, Some(3)),
        (Some(3), Some(4)),
        (Some(-9), Some(99)),
        (Some(5), Some(2)),
        (Some(99), None),
    ] {
        queries.push(AuditQuery { from: from.map(day), until: until.map(day), ..AuditQuery::default() });
    }
    queries.push(AuditQuery {
        room: Some(STAGE.to_owned()),
        actor: Some("ada".to_owned()),
        source: Some(Source::Console),
        field: Some("name".to_owned()),
        job: None,
        from: Some(day(1)),
        until: Some(day(9)),
        page: Page::First,
    });
    let mut hits = 0;
    for query in queries {
        let expected: Vec<&Entry> = all.iter().rev().filter(|entry| fits(entry, &query)).collect();
        let found = walk(&house, &query).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
        hits += found.len();
    }
    assert!(hits > 800, "the queries find something: {hits}");
}

fn fits(entry: &Entry, query: &AuditQuery) -> bool {
    query.room.as_ref().is_none_or(|room| entry.room.as_ref() == Some(room))
        && query.actor.as_ref().is_none_or(|actor| entry.actor.name() == actor)
        && query.source.is_none_or(|source| entry.source == source)
        && query.field.as_ref().is_none_or(|field| entry.changes.iter().any(|change| change.field == *field))
        && query.job.is_none_or(|job| entry.job == Some(job))
        && query.from.is_none_or(|from| entry.at >= from)
        && query.until.is_none_or(|until| entry.at < until)
}

#[tokio::test]
async fn the_pages_links_lead_through_the_whole_trail_and_keep_the_filters() {
    let (house, all) = busy().await;
    let viewer = house.viewer();
    for (path, expected) in [
        ("/audit".to_owned(), all.len()),
        ("/audit?actor=ada&field=&room=".to_owned(), all.iter().filter(|e| e.actor.name() == "ada").count()),
        ("/rooms/stage/history".to_owned(), all.iter().filter(|e| e.room.as_deref() == Some(STAGE)).count()),
    ] {
        let (mut path, mut seen) = (path, Vec::new());
        loop {
            let page = viewer.get(&path).await;
            let rows = page.tags().into_iter().filter(|tag| tag.name == "tr" && tag.has("id"));
            seen.extend(rows.map(|tag| tag.get("id").to_owned()));
            let Some(next) = page.tags().into_iter().find(|tag| tag.get("rel") == "next") else { break };
            assert!(!path.contains("actor") || next.get("href").contains("actor=ada"));
            path = next.get("href").to_owned();
        }
        assert_eq!(seen.len(), expected, "{path}");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), expected, "{path}: no entry twice");
    }
    assert!(expected_pages(all.len()) > 2);
}

fn expected_pages(rows: usize) -> usize {
    rows.div_ceil(PAGE)
}

#[tokio::test]
async fn the_address_filters_by_day_and_says_what_it_cannot_read() {
    let (house, all) = busy().await;
    let viewer = house.viewer();
    let page = viewer.get("/audit?from=2026-03-02&to=2026-03-03").await;
    let expected = all.iter().filter(|entry| matches!(entry.at.day().as_str(), "2026-03-02" | "2026-03-03")).count();
    assert!(page.says(&format!("{expected} entries")), "{}", page.text());
    let wrong = viewer.get("/audit?from=soon&to=1488435140&source=post&after=x").await;
    assert!(wrong.status == 200 && wrong.says("130 entries") && wrong.says("cannot be read"), "{}", wrong.text());
}

#[tokio::test]
async fn the_trail_is_taken_along_whole_as_json_lines() {
    let (house, mut all) = busy().await;
    all.reverse();
    let auditor = house.actor(crate::harness::Person::Auditor);
    let file = auditor.get("/audit/export").await;
    assert_eq!(file.status, 200, "{}", file.body);
    assert!(file.header("content-disposition").contains("attachment"));
    let lines: Vec<Entry> = file.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, all);
    let some = auditor.get("/audit/export?actor=mona&to=2026-03-04").await;
    let until = Timestamp::parse("2026-03-05").unwrap();
    let expected = all.iter().filter(|entry| entry.actor.name() == "mona" && entry.at < until).count();
    assert_eq!(some.body.lines().count(), expected);
    assert!(expected > 0);
}
