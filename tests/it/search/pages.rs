//! The list as people see it: the address is its whole state, and its links lead through all of it.

use crate::harness::{Actor, Answer, House};

/// The addresses of the rooms on a page.
fn rooms(page: &Answer) -> Vec<String> {
    let tags = page.tags().into_iter().filter(|tag| tag.get("class").split(' ').any(|class| class == "room-name"));
    tags.map(|tag| tag.get("href").to_owned()).collect()
}

fn link(page: &Answer, rel: &str) -> Option<String> {
    page.tags().into_iter().find(|tag| tag.get("rel") == rel).map(|tag| tag.get("href").to_owned())
}

async fn walk(actor: &Actor<'_>, path: &str) -> Vec<Vec<String>> {
    let (mut pages, mut path) = (Vec::new(), path.to_owned());
    loop {
        let page = actor.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        pages.push(rooms(&page));
        match link(&page, "next") {
            Some(next) => path = next,
            None => break,
        }
    }
    for n in (0..pages.len().saturating_sub(1)).rev() {
        let back = link(&actor.get(&path).await, "prev").unwrap();
        assert_eq!(rooms(&actor.get(&back).await), pages[n], "back to page {n} by {back}");
        path = back;
    }
    pages
}

#[tokio::test]
async fn the_links_lead_through_every_room_once_and_back() {
    let house = House::open().await;
    let viewer = house.viewer();
    for path in ["/rooms", "/rooms?sort=-updated", "/rooms?sort=members&muted=no", "/rooms?q=e&sort=-name"] {
        let pages = walk(&viewer, path).await;
        let mut all: Vec<String> = pages.concat();
        let many = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), many, "{path}: no room twice");
        assert!(pages.len() > 2 && pages[..pages.len() - 1].iter().all(|page| page.len() == 50), "{path}");
        let first = viewer.get(path).await;
        assert!(first.says(&format!("{many} rooms")), "{path}: {}", first.text());
    }
}

#[tokio::test]
async fn each_filter_is_a_chip_that_takes_it_away() {
    let house = House::open().await;
    let path = "/rooms?q=stage&tags=live&status=active&member=u5&attribute=topic%3Djazz&cover=yes&sort=-updated";
    let page = house.viewer().get(path).await;
    assert_eq!(rooms(&page), ["/rooms/stage"]);
    let chips: Vec<String> = page
        .tags()
        .into_iter()
        .filter(|tag| tag.get("class") == "chip")
        .map(|tag| tag.get("href").to_owned())
        .collect();
    assert_eq!(chips.len(), 5);
    for (chip, gone) in chips.iter().zip(["tags=", "status=", "member=", "attribute=", "cover="]) {
        assert!(!chip.contains(gone) && chip.contains("q=stage") && chip.contains("sort=-updated"), "{chip}");
        assert_eq!(chip.matches('&').count(), 5, "{chip}");
    }
    let shown = |name: &str| page.input("/rooms", name);
    assert_eq!(shown("q").as_deref(), Some("stage"));
    assert_eq!(shown("member").as_deref(), Some("u5"));
    assert_eq!(shown("status").as_deref(), Some("active"));
}

#[tokio::test]
async fn what_the_address_asks_for_wrongly_is_said_and_left_out() {
    let house = House::open().await;
    let page = house.viewer().get("/rooms?status=gone&sort=size&after=x&from=soon&q=stage").await;
    assert_eq!((page.status, rooms(&page)), (200, vec!["/rooms/stage".to_owned()]));
    for words in ["cannot be read", "Status must be one of active, inactive.", "Sort is not an order we know."] {
        assert!(page.says(words), "{words}: {}", page.text());
    }
}

#[tokio::test]
async fn an_empty_list_says_why_and_what_to_do() {
    let house = House::open().await;
    let none = house.viewer().get("/rooms?q=zzzzzzzz").await;
    assert!(none.says("0 rooms") && none.says("No rooms match"), "{}", none.text());
    house.sql("DELETE FROM rooms").await;
    assert!(house.viewer().get("/rooms").await.says("No rooms yet"));
}
