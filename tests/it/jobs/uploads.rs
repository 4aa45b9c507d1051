//! Lists of ids, pasted and as files: read once each, what is unknown is named, what is too long or no text is refused
//! with its reason, and what was typed beside it comes back.

use axum::{
    body::Body,
    http::{Request, header},
};
use wardroom::services::jobs;

use super::ada;
use crate::harness::{Actor, Answer, House, STAGE};

const LIMIT: usize = 8 * 1024 * 1024;

/// A form with a file, as browsers send it.
fn in_parts(pairs: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend(
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let head = "--frontier\r\nContent-Disposition: form-data; name=\"chosen[file]\"; filename=\"ids.csv\"\r\n\
                Content-Type: text/csv\r\n\r\n";
    [body.as_slice(), head.as_bytes(), file, b"\r\n--frontier--\r\n"].concat()
}

async fn send(who: &Actor<'_>, body: Vec<u8>) -> Answer {
    let request = Request::post("/api/plan_job")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=frontier")
        .header(header::REFERER, "http://127.0.0.1:3000/jobs/new")
        .header(header::ACCEPT, "text/html");
    who.send(request, Body::from(body)).await
}

const MUTE: [(&str, &str); 2] = [("back", "/jobs/new"), ("typed[set][muted]", "yes")];

#[tokio::test]
async fn a_pasted_list_and_a_file_are_one_choice_without_doubles() {
    let house = House::open().await;
    let admin = house.admin();
    let pairs = [&MUTE[..], &[("chosen[pick][0]", STAGE), ("chosen[ids]", "new, gone-1\r\nabc/def")]].concat();
    let file = "\u{feff}id,name\r\nnew,x\r\n直播間,\r\n\"gone-2\",\r\nstage,\r\n";
    let sent = send(&admin, in_parts(&pairs, file.as_bytes())).await;
    assert_eq!((sent.status, sent.to()), (303, "/jobs/1"), "{}", sent.body);
    let job = jobs::get(&ada(&house), 1).await.unwrap();
    assert_eq!((job.total, &job.preview.unknown[..]), (4, &["gone-1".to_owned(), "gone-2".to_owned()][..]));
    let page = admin.get("/jobs/1").await;
    assert!(page.says("Ids that no room has") && page.says("gone-1") && page.says("gone-2"));

    // A form in parts without a file is a form like any other.
    let none = in_parts(&[&MUTE[..], &[("chosen[ids]", "new")]].concat(), b"");
    assert_eq!(send(&admin, none).await.to(), "/jobs/2");
}

#[tokio::test]
async fn of_a_refused_plan_what_the_file_held_comes_back() {
    let house = House::open().await;
    let admin = house.admin();
    let pairs = [("back", "/jobs/new"), ("chosen[ids]", "typed"), ("typed[set][capacity]", "many")];
    let sent = send(&admin, in_parts(&pairs, "id\nfrom the file\n直播間\n".as_bytes())).await;
    let page = admin.get(sent.to()).await;
    assert!(page.says("Capacity is not a whole number"), "{}", page.text());
    let ids = page.input("/api/plan_job", "chosen[ids]");
    assert_eq!(ids.as_deref(), Some("typed\nfrom the file\n直播間"));

    // A long one is not kept, and the page says so.
    let sent = send(&admin, in_parts(&pairs, "an id that no room has\n".repeat(20_000).as_bytes())).await;
    let page = admin.get(sent.to()).await;
    assert!(page.says("Choose the file again"), "{}", page.text());
    assert_eq!(page.input("/api/plan_job", "chosen[ids]").as_deref(), Some("typed"));
    assert_eq!(page.input("/api/plan_job", "typed[set][capacity]").as_deref(), Some("many"));
}

#[tokio::test]
async fn what_is_too_long_or_no_text_is_refused_and_says_what_to_do() {
    let house = House::open().await;
    let admin = house.admin();
    let before = house.dump().await;
    let pairs = [&MUTE[..], &[("chosen[ids]", "new"), ("typed[add][tags]", "夜")]].concat();
    for (file, says) in [
        (vec![b'x'; LIMIT + 1], "File is longer than 8 MiB, the most that is taken at once; split it"),
        (b"new\n\xff\xfe\x00".to_vec(), "File is not plain text in UTF-8; save it as text or as CSV"),
    ] {
        let sent = send(&admin, in_parts(&pairs, &file)).await;
        assert_eq!((sent.status, sent.to()), (303, "/jobs/new"), "{}", sent.body);
        let page = admin.get(sent.to()).await;
        assert!(page.says(says), "{}", page.text());
        assert!(page.body.contains("id=\"field-file-error\""));
        assert_eq!(page.input("/api/plan_job", "typed[add][tags]").as_deref(), Some("夜"), "nothing typed is lost");
        assert_eq!(page.input("/api/plan_job", "chosen[ids]").as_deref(), Some("new"));
    }
    let mut cut = in_parts(&pairs, b"new");
    cut.truncate(cut.len() - 20);
    let sent = send(&admin, cut).await;
    assert!(admin.get(sent.to()).await.says("The form could not be read to its end"));

    let many = "an id that no room has\n".repeat(100_000);
    let sent = send(&admin, in_parts(&MUTE, many.as_bytes())).await;
    let page = admin.get(sent.to()).await;
    assert!(page.says("The ids are no room's: an id that no room has"), "{}", page.text());

    let nobody = send(&house.nobody(), in_parts(&pairs, &vec![b'x'; 2 * 1024 * 1024])).await;
    assert!(nobody.status == 303, "{}", nobody.body);
    let long = [("back", "/jobs/new"), ("chosen[ids]", &*"x".repeat(2 * 1024 * 1024))];
    let page = admin.submit("/api/plan_job", &long).await;
    assert!(page.says("more than one form can hold (1 MiB)"), "a page and not bare words: {}", page.text());
    assert_eq!(before, house.dump().await);
}
