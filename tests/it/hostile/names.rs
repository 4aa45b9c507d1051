//! Names that would like to be somebody else's: what nobody sees, what turns the direction of text, what looks alike.

use crate::harness::{House, STAGE};

#[tokio::test]
async fn nobody_gets_a_name_with_what_nobody_sees() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for unseen in
        ['\u{200B}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{AD}', '\u{2060}', '\u{FEFF}', '\u{3164}', '\u{E0061}']
    {
        for name in [format!("ad{unseen}a"), format!("{unseen}ada"), format!("ada{unseen}x")] {
            let answer = admin.call("/api/add_staff", &[("name", &name), ("role", "viewer")]).await;
            assert_eq!(answer.status, 422, "{name:?}: {}", answer.body);
            assert!(answer.body.contains("nobody sees") || answer.body.contains("U+"), "{}", answer.body);
            let app = [("name", &*name), ("vendor", "imkit"), ("may[scope]", "read")];
            let rest = [("may[application]", ""), ("may[accounts]", ""), ("may[rate]", "")];
            assert_eq!(admin.call("/api/add_app", &[&app[..], &rest].concat()).await.status, 422, "{name:?}");
        }
    }
    // Letters that are wide or capital are the same name; the account is there already.
    for same in ["ADA", "ａｄａ", "Ada"] {
        let answer = admin.call("/api/add_staff", &[("name", same), ("role", "admin")]).await;
        assert!(answer.status == 422 && answer.body.contains("taken"), "{same}: {}", answer.body);
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_text_that_runs_the_other_way_turns_nothing_around_it() {
    let house = House::open().await;
    let admin = house.admin();
    let name = "\u{200F}مباشر 1";
    let pairs = [("id", STAGE), ("version", "9"), ("changes[name]", name)];
    assert_eq!(admin.call("/api/save_room", &pairs).await.status, 200);
    for path in ["/rooms?status=active", "/rooms/stage", "/rooms/stage/owner?to=u5", "/jobs/new?ids=stage", "/audit"] {
        let page = admin.get(path).await;
        let mut shown = 0;
        for tag in page.tags().into_iter().filter(|tag| tag.text.contains("مباشر 1")) {
            shown += 1;
            let is_apart =
                matches!(tag.name.as_str(), "bdi" | "title" | "textarea" | "option" | "ins" | "del" | "mark");
            assert!(is_apart || tag.has("dir"), "{path}: {tag:?}");
        }
        assert!(shown > 0 || !path.starts_with("/rooms/stage"), "{path}");
    }
}
