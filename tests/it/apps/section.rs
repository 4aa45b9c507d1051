//! A room's API section: its words, what is lost in them, and the commands.

use serde_json::Value as Json;
use wardroom::{
    domain::{
        app::Fit,
        room::{Field, RoomId},
    },
    services::rooms::{self, Members},
    ui::links::Section,
    vendors::abouts,
};

use super::{commands, run, text_of, words};
use crate::harness::{House, Person, STAGE};

#[tokio::test]
async fn a_room_is_shown_in_each_vendors_words() {
    let house = House::open().await;
    let view = rooms::view(&house.ctx(), &RoomId::parse(STAGE).unwrap(), Members::Some).await.unwrap();
    for about in abouts() {
        let page = house.viewer().get(&format!("/rooms/{STAGE}/api?vendor={}", about.key)).await;
        assert!(page.says(&format!("In the words of {}", about.name)), "{}", page.text());
        let shown: Json = serde_json::from_str(&text_of(&page, "words").unwrap()).unwrap();
        assert_eq!(shown, (about.words)(&view), "{}", about.key);
    }
    let first = house.viewer().get(&format!("/rooms/{STAGE}/api")).await;
    assert!(first.says(abouts()[0].name));
    let strange = house.viewer().get(&format!("/rooms/{STAGE}/api?vendor=%3Cb%3E&app=x")).await;
    assert!(strange.status == 200 && strange.says(abouts()[0].name), "{}", strange.text());
}

#[tokio::test]
async fn what_a_vendor_does_not_carry_is_named() {
    let house = House::open().await;
    let name = "直".repeat(128);
    let pairs = [
        ("id", STAGE),
        ("version", "1"),
        ("changes[name]", name.as_str()),
        ("changes[slow_mode]", "7"),
        ("changes[moderation_text]", "m"),
        ("changes[listed]", "no"),
    ];
    assert_eq!(house.admin().call("/api/save_room", &pairs).await.status, 200);
    let view = rooms::view(&house.ctx(), &RoomId::parse(STAGE).unwrap(), Members::Some).await.unwrap();
    for about in abouts() {
        let page = house.viewer().get(&format!("/rooms/{STAGE}/api?vendor={}", about.key)).await;
        let fit = Fit::of(about, &view);
        let spoken: Vec<Field> = about.spellings.iter().map(|spelling| spelling.field).collect();
        for field in [Field::SlowMode, Field::ModerationText, Field::Listed] {
            assert_eq!(fit.unspoken.contains(&field), !spoken.contains(&field), "{} {field:?}", about.key);
        }
        for field in &fit.unspoken {
            assert!(page.says(field.label()), "{field:?}: {}", page.text());
        }
        for (what, why) in &fit.refused {
            assert!(page.says(what) && page.says(why), "{what} {why}: {}", page.text());
        }
        if about.attributes.is_none() {
            assert!(page.says("Attributes are unknown there; this room has 2."), "{}", page.text());
        }
        let whole = page.says(&format!("{} carries every value of this room.", about.name));
        assert_eq!(whole, fit.is_whole(), "{}", about.key);
    }
}

#[tokio::test]
async fn commands_are_for_those_who_may_see_apps() {
    let house = House::open().await;
    for about in abouts() {
        let backend = house.backend(about.key).await;
        let path = format!("/rooms/{STAGE}/api?vendor={}&app={}", about.key, backend.app.id);
        for person in [Person::Viewer, Person::Moderator, Person::Auditor] {
            let page = house.actor(person).get(&path).await;
            assert_eq!(page.status, 200, "{person:?}");
            for word in ["curl ", "ommand", &backend.app.name, &backend.app.key, &backend.secret, "/apps"] {
                assert!(!page.body.contains(word), "{word} for {person:?}");
            }
        }
        let page = house.admin().get(&path).await;
        assert!(page.says("good for") && page.says("load the page again"), "{}", page.text());
        assert!(!page.body.contains(&backend.secret), "{}", about.key);
        for command in commands(&page) {
            assert!(command.contains(&format!("'http://127.0.0.1:3000/{}", about.key)), "{command}");
        }
        let plain = house.admin().get(&format!("/rooms/{STAGE}/api?vendor={}", about.key)).await;
        assert!(commands(&plain).is_empty() && plain.says("Show commands") && plain.says(&backend.app.name));
        let stranger = house.backend_with(about.key, |wanted| {
            wanted.name = format!("stranger to {}", about.name);
            "elsewhere".clone_into(&mut wanted.may.application);
        });
        let page = house.admin().get(&format!("/rooms/{STAGE}/api?app={}", stranger.await.app.id)).await;
        assert!(page.says("its calls will be refused"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_command_changes_nothing_that_nobody_edited() {
    for about in abouts() {
        let house = House::open().await;
        let backend = house.backend(about.key).await;
        let page = house.admin().get(&format!("/rooms/{STAGE}/api?app={}", backend.app.id)).await;
        let first = commands(&page).remove(0);
        let before = house.room(STAGE).await.values;
        let answer = run(&house, &first).await;
        assert!(answer.status < 300, "{first}: {} {}", answer.status, answer.body);
        assert_eq!(house.room(STAGE).await.values, before, "{first}");
    }
}

#[tokio::test]
async fn a_hostile_room_is_harmless_in_a_shell_and_on_the_page() {
    const EVIL: &str = "'; touch OWNED; $(touch OWNED) `touch OWNED` \"$HOME\" \\' && touch OWNED # </pre><script>";
    for about in abouts() {
        let house = House::open().await;
        let (admin, backend) = (house.admin(), house.backend(about.key).await);
        let made = [
            ("id", "plain"),
            ("changes[name]", EVIL),
            ("changes[description]", EVIL),
            ("changes[announcement]", EVIL),
            ("changes[ext]", EVIL),
            ("changes[webhook]", EVIL),
            ("changes[owner]", EVIL),
        ];
        let answer = admin.call("/api/create_room", &made).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let rows = [("id", "plain"), ("version", "1"), ("rows[0][key]", "`id`'$(id)"), ("rows[0][value]", EVIL)];
        assert_eq!(admin.call("/api/save_attributes", &rows).await.status, 200);
        assert_eq!(admin.call("/api/create_room", &[("id", EVIL), ("changes[name]", EVIL)]).await.status, 200);
        let folder = tempfile::tempdir().unwrap();
        let mut told = String::new();
        for room in ["plain", EVIL] {
            let page = admin.get(&format!("{}?app={}", Section::Api.of(room), backend.app.id)).await;
            assert_eq!(page.status, 200, "{}", page.text());
            assert!(!page.body.contains("<script>") && page.says("touch OWNED"));
            let commands = commands(&page);
            let mute = page.says("There is no way to write this room's id");
            assert_eq!(commands.is_empty(), mute, "{}", page.text());
            assert!(room == EVIL || !mute, "{}", page.text());
            for command in &commands {
                told.push_str(&words(command, folder.path()).join("\n"));
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{told}");
        // As JSON, or as a part of an address or a form.
        let decoded = percent_encoding::percent_decode_str(&told.replace('+', " ")).decode_utf8_lossy().into_owned();
        let json = serde_json::to_string(EVIL).unwrap();
        let arrived = told.contains(json.trim_matches('"')) || decoded.contains(EVIL);
        assert!(arrived, "{}: the name arrives as it is: {told}", about.key);
    }
}
