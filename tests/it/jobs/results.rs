//! What became of each room, page by page and as a file.

use wardroom::{
    domain::{
        job::{RoomResult, Sort},
        page::{Page, Total},
    },
    services::jobs,
};

use super::{ada, add, all, done};
use crate::harness::{House, STAGE};

#[tokio::test]
async fn results_are_turned_over_page_by_page_and_back() {
    let house = House::open().await;
    let lines: String = (0..600).map(|n| format!("{{\"id\":\"=room {n:03}\",\"owner\":\"u{}\"}}\n", n % 2)).collect();
    house.import(lines).await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), add(&[("managers", "u1")])).await.unwrap();
    let job = done(&house, &ctx, job).await;
    assert!(job.tally.changed > 300 && job.tally.failed >= 300, "{:?}", job.tally);
    for sort in [None, Some(Sort::Changed), Some(Sort::Failed), Some(Sort::Skipped)] {
        let (mut pages, mut page) = (Vec::new(), Page::First);
        loop {
            let found = jobs::results(&ctx, job.id, sort, &page).await.unwrap();
            let next = found.next.clone();
            pages.push(found);
            match next {
                Some(next) => page = Page::After(next),
                None => break,
            }
        }
        let rows: Vec<&RoomResult> = pages.iter().flat_map(|page| &page.rows).collect();
        let many = sort.map_or(job.total, |sort| job.tally.of(sort));
        assert_eq!((rows.len() as u64, pages[0].total), (many, Total::Exactly(many)), "{sort:?}");
        assert!(rows.windows(2).all(|pair| pair[0].place < pair[1].place));
        assert!(rows.iter().all(|row| sort.is_none_or(|sort| row.outcome == sort)));
        for n in (1..pages.len()).rev() {
            let back = Page::Before(pages[n].previous.clone().unwrap());
            assert_eq!(jobs::results(&ctx, job.id, sort, &back).await.unwrap().rows, pages[n - 1].rows, "{sort:?} {n}");
        }
    }
    let admin = house.admin();
    let file = admin.get(&format!("/jobs/{}/export?format=jsonl", job.id)).await;
    assert_eq!((file.status, file.body.lines().count() as u64), (200, job.total));
    let first: RoomResult = serde_json::from_str(file.body.lines().next().unwrap()).unwrap();
    assert_eq!(first.outcome, Sort::Changed);
    let file = admin.get(&format!("/jobs/{}/export?format=csv&outcome=failed", job.id)).await;
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!((lines[0], lines.len() as u64), ("room,outcome,reason,entry", job.tally.failed + 1));
    assert!(lines[1].contains("failed") && file.body.contains("'=room 001,failed,"), "no cell is a formula");
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"job-{}.csv\"", job.id));
    for (path, status) in
        [("/jobs/999/export", 404), ("/jobs/1/export?format=xml", 422), ("/jobs/1/export?outcome=x", 422)]
    {
        assert_eq!(admin.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_job_is_driven_by_plain_forms_from_plan_to_undo() {
    let house = House::open().await;
    let (admin, ctx) = (house.admin(), ada(&house));
    let sent = admin
        .form(
            "/api/plan_job",
            &[
                ("chosen[pick][0]", STAGE),
                ("chosen[ids]", "new\nabc/def"),
                ("typed[set][status]", "inactive"),
                ("typed[set][opening]", ""),
            ],
        )
        .await;
    assert_eq!((sent.status, sent.to()), (303, "/jobs/1"), "{}", sent.body);
    let job = jobs::get(&ctx, 1).await.unwrap();
    assert_eq!((job.total, job.preview.change), (3, 3));
    let token = jobs::token(&ctx, &job).unwrap();
    let sent = admin.form("/api/run_job", &[("id", "1"), ("token", &token)]).await;
    assert_eq!((sent.status, sent.to()), (303, "/jobs/1"));
    house.worker().work_off().await.unwrap();
    assert!(!house.room(STAGE).await.is_active());
    let sent = admin.form("/api/undo_job", &[("id", "1")]).await;
    assert_eq!((sent.status, sent.to()), (303, "/jobs/2"), "{}", sent.body);
    let token = jobs::token(&ctx, &jobs::get(&ctx, 2).await.unwrap()).unwrap();
    admin.form("/api/run_job", &[("id", "2"), ("token", &token)]).await;
    house.worker().work_off().await.unwrap();
    assert!(house.room(STAGE).await.is_active());

    let all_of = [("chosen[all]", "on"), ("chosen[query]", "owner=u1&sort=-members"), ("typed[clear][tags]", "on")];
    let sent = admin.form("/api/plan_job", &all_of).await;
    assert_eq!(sent.to(), "/jobs/3", "{}", sent.body);
    let wrong = admin.call("/api/plan_job", &[("typed[set][status]", "gone"), ("typed[add][muted]", "yes")]).await;
    assert_eq!(wrong.status, 422);
    let said = wrong.error().to_string();
    for part in ["ids name no room", "set.status must be one of", "add.muted is no list"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let shield = [("chosen[ids]", STAGE), ("typed[set][muted]", "yes"), ("minutes", "5")];
    assert_eq!(admin.form("/api/plan_shield", &shield).await.to(), "/jobs/4");
    let none = admin.call("/api/plan_shield", &[("chosen[ids]", STAGE), ("minutes", "soon")]).await.error().to_string();
    assert!(none.contains("minutes must be") && none.contains("nothing to do"), "{none}");
    assert_eq!(admin.form("/api/plan_offboarding", &[("from", "u1"), ("to", "u9")]).await.to(), "/jobs/5");
}
