//! `update.action`: what it takes, what it refuses and in which words; a refused call leaves everything as it was.

use axum::{
    body::{Body, Bytes},
    http::{Method, Request, header},
};
use serde_json::{Value as Json, json};
use wardroom::domain::room::Field;

use super::{FORM, NOW, UPDATE, documented, house, refused, stage};
use crate::harness::{Backend, STAGE, actor::encoded};

/// Sends a request to any address, signed, with any content type.
async fn send(backend: &Backend<'_>, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Json {
    let request = backend.netease_signed(Request::builder().method(method).uri(path), "1", NOW);
    let request = if kind.is_empty() { request } else { request.header(header::CONTENT_TYPE, kind) };
    documented(&backend.house.send(request, body).await)
}

#[tokio::test]
async fn every_field_of_the_contract_is_changed() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let answer = backend.netease_update(&[
        ("name", "直播間 & 朋友"),
        ("announcement", "one\ntwo"),
        ("broadcasturl", "rtmp://live.example/a b"),
        ("ext", "{\"a\":\"=&+%\"}"),
        ("queuelevel", "1"),
        ("bid", "{\"textbid\": \"t-1\", \"picbid\": \"p-1\"}"),
    ]);
    let answer = answer.await;
    let room = house.room(STAGE).await;
    assert_eq!(
        answer.to_string(),
        json!({"chatroom": {
            "roomid": room.number, "valid": true, "announcement": "one\ntwo", "name": "直播間 & 朋友",
            "broadcasturl": "rtmp://live.example/a b", "ext": "{\"a\":\"=&+%\"}", "creator": "u1",
        }, "code": 200})
        .to_string()
    );
    for (field, value) in [
        (Field::Name, "直播間 & 朋友"),
        (Field::Announcement, "one\ntwo"),
        (Field::LiveUrl, "rtmp://live.example/a b"),
        (Field::Ext, "{\"a\":\"=&+%\"}"),
        (Field::QueueLevel, "managers"),
        (Field::ModerationText, "t-1"),
        (Field::ModerationPicture, "p-1"),
    ] {
        assert_eq!(room.values.text(field), Some(value), "{field:?}");
    }
    assert_eq!(backend.netease_update(&[("queuelevel", "0")]).await["code"], json!(200));
    assert_eq!(house.room(STAGE).await.values.text(Field::QueueLevel), Some("everyone"));
}

#[tokio::test]
async fn an_empty_value_leaves_a_field_and_a_blank_clears_it() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let set = [("announcement", "here"), ("ext", "x"), ("bid", "{\"textbid\":\"t\",\"picbid\":\"p\"}")];
    assert_eq!(backend.netease_update(&set).await["code"], json!(200));
    let before = house.dump().await;
    // As go-yunxin sends what its caller did not set.
    for form in [
        "name=&announcement=&broadcasturl=&ext=&needNotify=&notifyExt=&queuelevel=&bid=",
        "announcement&ext",
        "bid=%7B%22textbid%22%3A%22%22%2C%22picbid%22%3Anull%7D",
        "bid=%7B%7D",
        "",
    ] {
        let body = format!("roomid={}&{form}", stage(&house).await);
        assert_eq!(backend.netease_body("update.action", body).await["code"], json!(200), "{form}");
    }
    assert!(before.differs(&house.dump().await).is_empty());
    let answer = backend.netease_update(&[("announcement", " "), ("bid", "{\"textbid\":\" \"}")]).await;
    assert_eq!(answer["chatroom"]["announcement"], json!(""));
    let room = house.room(STAGE).await;
    let left = [Field::Announcement, Field::ModerationText, Field::ModerationPicture, Field::Ext];
    assert_eq!(left.map(|field| room.values.text(field)), [None, None, Some("p"), Some("x")]);
}

#[tokio::test]
async fn lengths_are_counted_in_characters() {
    let house = house().await;
    let backend = house.backend("netease").await;
    for (name, max) in
        [("name", 128), ("announcement", 4096), ("broadcasturl", 1024), ("ext", 4096), ("notifyExt", 2048)]
    {
        for sign in ["直", "𝄞", "é", "x"] {
            let (fits, over) = (sign.repeat(max), sign.repeat(max + 1));
            assert_eq!(backend.netease_update(&[(name, &fits)]).await["code"], json!(200), "{name} {sign}");
            let before = house.dump().await;
            let answer = backend.netease_update(&[("queuelevel", "1"), (name, &over)]).await;
            assert_eq!(answer, refused(414, &format!("{name} is too long: {} of {max} characters", max + 1)));
            assert!(before.differs(&house.dump().await).is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_accepted_is_named_and_nothing_of_the_call_is_done() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let room = stage(&house).await;
    let before = house.dump().await;
    for (form, words) in [
        (String::new(), "roomid is empty"),
        ("name=x".into(), "roomid is empty"),
        ("roomid=&name=x".into(), "roomid is empty"),
        ("roomid=stage&name=x".into(), "roomid must be a whole number of 64 bits"),
        ("roomid=1.0&name=x".into(), "roomid must be a whole number of 64 bits"),
        ("roomid=0x1&name=x".into(), "roomid must be a whole number of 64 bits"),
        ("roomid=%201&name=x".into(), "roomid must be a whole number of 64 bits"),
        ("roomid=9223372036854775808&name=x".into(), "roomid must be a whole number of 64 bits"),
        ("roomid=99999999999999999999999999&name=x".into(), "roomid must be a whole number of 64 bits"),
        (format!("roomid={room}&roomid={room}&name=x"), "\"roomid\" stands twice"),
        (format!("roomid={room}&name=x&name=y"), "\"name\" stands twice"),
        (format!("roomid={room}&name=x&name="), "\"name\" stands twice"),
        (format!("roomid={room}&name=x&na%6De=x"), "\"name\" stands twice"),
        (format!("roomid={room}&name=%FF"), "the body is not UTF-8"),
        (format!("roomid={room}&name=x%00y"), "name contains a control character (U+0000); remove it"),
        (format!("roomid={room}&name=x&queuelevel=2"), "queuelevel must be one of 0, 1"),
        (format!("roomid={room}&name=x&queuelevel=one"), "queuelevel must be one of 0, 1"),
        (format!("roomid={room}&name=x&queuelevel=1.0"), "queuelevel must be one of 0, 1"),
        (format!("roomid={room}&name=x&queuelevel=99999999999999999999"), "queuelevel must be one of 0, 1"),
        (format!("roomid={room}&name=x&needNotify=maybe"), "needNotify must be true or false"),
        (format!("roomid={room}&name=x&needNotify=1"), "needNotify must be true or false"),
        (format!("roomid={room}&name=x&notifyExt=a%00"), "notifyExt contains a control character (U+0000); remove it"),
        (format!("roomid={room}&name=x&bid=7"), "bid must be a JSON object"),
        (format!("roomid={room}&name=x&bid=%5B%5D"), "bid must be a JSON object"),
        (format!("roomid={room}&name=x&bid=%7B%22textbid%22%3A7%7D"), "bid has textbid, which must be a text"),
    ] {
        assert_eq!(backend.netease_body("update.action", form.clone()).await, refused(414, words), "{form}");
    }
    for bid in ["{", "{\"textbid\":\"a\",\"textbid\":\"b\"}", " ", &"[".repeat(10_000)] {
        let answer = backend.netease_update(&[("name", "x"), ("bid", bid)]).await;
        assert_eq!(answer["code"], json!(414));
        assert!(answer["desc"].as_str().unwrap().starts_with("bid is not JSON: "), "{answer}");
    }
    let answer = backend.netease_update(&[("queuelevel", "7"), ("name", "a\0"), ("ext", "fine")]).await;
    let both = "name contains a control character (U+0000); remove it; queuelevel must be one of 0, 1";
    assert_eq!(answer, refused(414, both));
    for number in ["0", "-1", "999999", "9223372036854775807", "-9223372036854775808"] {
        let answer = backend.netease("update.action", &[("roomid", number), ("name", "x")]).await;
        assert_eq!(answer, refused(404, &format!("There is no room with the number {number}.")));
    }
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_form_is_read_however_it_is_labelled_and_nothing_else_is() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let form = format!("roomid={}&name=Martena", stage(&house).await);
    for kind in [
        "",
        FORM,
        "application/x-www-form-urlencoded",
        "APPLICATION/X-WWW-FORM-URLENCODED; CHARSET=utf-8",
        "application/x-www-form-urlencoded ;charset=gbk",
    ] {
        assert_eq!(send(&backend, Method::POST, UPDATE, kind, form.clone()).await["code"], json!(200), "{kind}");
    }
    // In pieces and without a length, as go-yunxin sends it.
    let bytes = Bytes::from(form.clone());
    let pieces =
        bytes.chunks(5).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect::<Vec<_>>();
    let body = Body::from_stream(futures::stream::iter(pieces));
    assert_eq!(send(&backend, Method::POST, UPDATE, FORM, body).await["code"], json!(200));
    let before = house.dump().await;
    let wrong = refused(414, "Content-Type must be application/x-www-form-urlencoded");
    for kind in ["application/json", "multipart/form-data; boundary=x", "text/plain", "application/x-www-form"] {
        assert_eq!(send(&backend, Method::POST, UPDATE, kind, form.clone()).await, wrong, "{kind}");
        assert_eq!(send(&backend, Method::POST, UPDATE, kind, "{\"roomid\":1}").await, wrong, "{kind}");
    }
    let broken = futures::stream::iter([Ok(Bytes::from("roomid=1&na")), Err(std::io::Error::other("gone"))]);
    let answer = send(&backend, Method::POST, UPDATE, FORM, Body::from_stream(broken)).await;
    assert_eq!(answer, refused(414, "body is longer than 1 MiB, or broke off"));
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_body_is_read_up_to_a_mebibyte() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let start = format!("roomid={}&queuelevel=1&ext=", stage(&house).await);
    let before = house.dump().await;
    let whole = format!("{start}{}", "x".repeat(1024 * 1024 - start.len()));
    let desc = format!("ext is too long: {} of 4096 characters", 1024 * 1024 - start.len());
    assert_eq!(backend.netease_body("update.action", whole.clone()).await, refused(414, &desc));
    let over = refused(414, "body is longer than 1 MiB, or broke off");
    assert_eq!(backend.netease_body("update.action", format!("{whole}x")).await, over);
    assert_eq!(backend.netease_body("update.action", vec![b'&'; 5 * 1024 * 1024]).await, over);
    // Many parameters cost no more than one long one.
    let many: String = (0..100_000).map(|n| format!("p{n}&")).collect();
    assert_eq!(backend.netease_body("update.action", many.clone()).await, refused(414, "roomid is empty"));
    assert!(before.differs(&house.dump().await).is_empty());
    let answer = backend.netease_body("update.action", format!("{many}{start}y")).await;
    assert_eq!(answer["chatroom"]["ext"], json!("y"), "names that no page knows are ignored");
}

#[tokio::test]
async fn every_address_and_method_is_answered_in_the_vendors_shape() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let form = encoded(&[("roomid", &stage(&house).await), ("name", "Martena")]);
    for path in [
        UPDATE,
        "/netease/chatroom/update.action",
        "/netease/nimserver/chatroom/update.action/",
        "/netease/nimserver/chatroom/update.action%20",
        "/netease/nimserver/chatroom/update.action?x=1",
    ] {
        assert_eq!(send(&backend, Method::POST, path, FORM, form.clone()).await["code"], json!(200), "{path}");
    }
    let before = house.dump().await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answer = send(&backend, method.clone(), UPDATE, FORM, form.clone()).await;
        assert_eq!(answer, refused(414, "the method must be POST"), "{method}");
    }
    for path in [
        "/netease",
        "/netease/",
        "/netease/nimserver",
        "/netease/nimserver/chatroom",
        "/netease/nimserver/chatroom/destroy.action",
        "/netease/nimserver/chatroom/Update.action",
        "/netease/nimserver/nimserver/chatroom/update.action",
        "/netease/update.action",
        "/netease/nimserver/user/create.action",
        "/netease/nimserver/chatroom/update.action/x",
    ] {
        for method in [Method::POST, Method::GET] {
            let answer = send(&backend, method, path, FORM, form.clone()).await;
            assert_eq!(answer, refused(404, "there is nothing at this address"), "{path}");
        }
    }
    assert_eq!(send(&backend, Method::POST, "/netease/%FF", FORM, form.clone()).await["code"], json!(414));
    assert_eq!(send(&backend, Method::POST, &format!("{UPDATE}?a=%FF"), FORM, form).await["code"], json!(414));
    assert!(before.differs(&house.dump().await).is_empty());
}
