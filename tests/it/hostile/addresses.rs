//! Addresses: odd paths, ids, places in lists and queries are answered with a page, never with a failure.

use crate::harness::{House, template::HARD_IDS};

#[tokio::test]
async fn no_address_breaks_a_page() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    let long = format!("/rooms/{}", "a".repeat(7_000));
    for path in [
        "/rooms/%00",
        "/rooms/..%2f",
        "/rooms/..%2f..%2fetc%2fpasswd",
        "/rooms/%2e%2e",
        "/rooms/%",
        "/rooms/%zz",
        "/rooms/%ff%fe",
        "/rooms/%E2%80%AE",
        "/rooms/%20stage",
        "/rooms//",
        "/rooms///x",
        "/rooms/stage/",
        "//rooms",
        "/rooms/stage//members",
        "/rooms/stage/members/",
        "/rooms/stage/nothing",
        "/rooms/STAGE",
        "/rooms/stage%00",
        "/rooms/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/nothing",
        "/rooms/nothing/cover",
        "/rooms/%00/cover",
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/%00",
        "/.env",
        "/api",
        "/rooms/new/new",
        "/sign-in/x",
        "/account/x",
        "/rooms/a/b/c/d/e/f",
        "/index.php",
        long.as_str(),
    ] {
        let page = admin.get(path).await;
        assert!(matches!(page.status, 200 | 204 | 303 | 308 | 404), "{path}: {} {}", page.status, page.text());
        assert!(!page.body.contains("<script>alert"), "{path}");
        if page.status == 404 && page.body.contains("<h1>") {
            assert!(page.says("Not found") && page.says("All rooms"), "{path}: {}", page.text());
        }
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn no_query_breaks_a_list() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    let pages = [
        "/rooms",
        "/audit",
        "/rooms/stage/members",
        "/rooms/stage/history",
        "/rooms/stage/owner",
        "/staff",
        "/account",
    ];
    let long = format!("q={}", "a".repeat(5_000));
    let many = (0..200).map(|n| format!("tags=t{n}")).collect::<Vec<_>>().join("&");
    let sorts: Vec<String> = ["name", "updated", "created", "members", "last_message"]
        .into_iter()
        .flat_map(|sort| {
            ["1~", "1~x", "-1~-1", "9223372036854775807~9223372036854775807", "0~99999999999999999999"]
                .map(|at| format!("sort=-{sort}&after={at}"))
        })
        .collect();
    let queries = [
        "after=~",
        "after=1~",
        "before=~",
        "before=-1~",
        "after=99999999999999999999999~x",
        "before=9223372036854775807~",
        "before=-9223372036854775808~x",
        "after=1~%00",
        "after=1~x&before=2~y",
        "q=%00",
        "q=%ff",
        "q=%",
        "q=%E2%80%AE",
        "q=%22",
        "q=*",
        "q=%F0%9F%A6%80",
        "status=gone",
        "muted=maybe",
        "categories=99999999999999999999",
        "categories=1.5",
        "from=9999-12-31&to=9999-12-31",
        "from=0000-01-01",
        "to=-999-01-01",
        "from=2026-02-30",
        "from=1234567890",
        "member=%00",
        "attribute==",
        "attribute=%3D",
        "attribute=a%3D%00",
        "owner=%2C",
        "sort=",
        "sort=--name",
        "q=a&q=b",
        "to=a,b",
        "to=%00",
        "room=%00",
        "actor=%00",
        "field=%00",
        "source=x",
        "next=//evil.example",
        "&&&",
        "=",
        "%",
        "a=b=c",
        long.as_str(),
        many.as_str(),
    ];
    for page in pages {
        for query in queries.iter().copied().chain(sorts.iter().map(String::as_str)) {
            let answer = admin.get(&format!("{page}?{query}")).await;
            assert_eq!(answer.status, 200, "{page}?{:.80}: {}", query, answer.text());
        }
    }
    for prefix in ["", "%00", "%", "'", "%25", "_", &"x".repeat(3_000), "%F4%8F%BF%BF"] {
        let answer = admin.get(&format!("/api/suggest_clients?prefix={prefix}")).await;
        assert!(matches!(answer.status, 200 | 422), "{prefix:.20}: {} {}", answer.status, answer.body);
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_room_that_does_not_exist_is_not_found_on_every_page_about_it() {
    let house = House::open().await;
    for below in ["", "/members", "/attributes", "/history", "/json", "/owner", "/owner?to=u1"] {
        let page = house.admin().get(&format!("/rooms/no%20such%20room{below}")).await;
        assert_eq!(page.status, 404, "{below}");
        assert!(page.says("There is no room no such room."), "{below}: {}", page.text());
    }
}

#[tokio::test]
async fn every_id_that_a_room_can_have_works_as_an_address() {
    let house = House::open().await;
    let admin = house.admin();
    for id in HARD_IDS {
        for section in wardroom::ui::links::Section::ALL {
            let path = section.of(id);
            let page = admin.get(&path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.text());
            assert!(page.says(&format!("Room {id}")), "{path}: {}", page.text());
            for tag in page.tags().into_iter().filter(|tag| tag.name == "a" && tag.get("href").starts_with("/rooms/")) {
                assert_eq!(admin.get(tag.get("href")).await.status, 200, "{path} links to {}", tag.get("href"));
            }
        }
        let owner = admin.get(&wardroom::ui::links::owner(id, Some("u 2/3"))).await;
        assert_eq!(owner.input("/api/transfer_room", "id").as_deref(), Some(id));
        assert_eq!(owner.input("/api/transfer_room", "to").as_deref(), Some("u 2/3"));
        let pairs = [("id", id), ("version", "1"), ("changes[description]", "found")];
        assert_eq!(admin.call("/api/save_room", &pairs).await.status, 200, "{id}");
        let back = admin.submit("/api/transfer_room", &[("id", id), ("version", "2"), ("to", "u 2/3")]).await;
        assert_eq!(back.status, 200, "{id}");
        assert!(back.says("Transferred the room to u 2/3."), "{id}: {}", back.text());
    }
}
