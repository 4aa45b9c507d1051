//! Every action of every vendor, tried by apps of every kind: each scope, kept out, of another application, with another
//! secret, with one that has ended, with another vendor's credential, and by nobody.

use std::collections::BTreeSet;

use wardroom::{
    domain::{
        Timestamp,
        app::{App, Scope},
        audit::Source,
    },
    services::{Ctx, apps},
    vendors::abouts,
};

use crate::{
    harness::{Backend, House},
    vendors::signed::{accepted, call, clock},
};

/// An action, the least scope that it asks for, whether it is about one room, and whether it writes.
type Line = (&'static str, &'static str, Scope, bool, bool);

/// Written out, not read from the vendors: their tables are what is tried here.
const ACTIONS: [Line; 30] = [
    ("imkit", "GET /rooms/{id}", Scope::Read, true, false),
    ("imkit", "PUT /rooms/{id}", Scope::Edit, true, true),
    ("imkit", "GET /rooms", Scope::Read, false, false),
    ("imkit", "POST /rooms", Scope::Manage, false, true),
    ("imkit", "DELETE /rooms/{id}", Scope::Manage, true, true),
    ("imkit", "POST /rooms/{id}/members", Scope::Manage, true, true),
    ("imkit", "POST /rooms/{id}/delete/members", Scope::Manage, true, true),
    ("imkit", "PUT /rooms/{id}/member/{client}", Scope::Manage, true, true),
    ("imkit", "POST /admin/clients", Scope::Manage, false, true),
    ("imkit", "PUT /admin/clients/{id}/token", Scope::Manage, false, true),
    // There is none to be revoked.
    ("imkit", "DELETE /admin/clients/{id}/token", Scope::Manage, false, false),
    ("netease", "create.action", Scope::Manage, false, true),
    ("netease", "update.action", Scope::Edit, true, true),
    ("netease", "get.action", Scope::Read, true, false),
    // About many rooms: those that are not there for the app are named as missing.
    ("netease", "getBatch.action", Scope::Read, false, false),
    ("netease", "toggleCloseStat.action", Scope::Edit, true, true),
    ("zego", "ModifyRoomAttribute", Scope::Edit, true, true),
    ("zego", "QueryRoomAttribute", Scope::Read, true, false),
    ("zego", "CreateRoom", Scope::Manage, false, true),
    ("zego", "DestroyRoom", Scope::Manage, true, true),
    ("zego", "QueryRoomMembers", Scope::Read, true, false),
    ("tencent", "update_room_info", Scope::Edit, true, true),
    ("tencent", "create_room", Scope::Manage, false, true),
    ("tencent", "get_room_info", Scope::Read, true, false),
    ("tencent", "get_room_list", Scope::Read, false, false),
    ("tencent", "destroy_room", Scope::Manage, true, true),
    ("tencent", "change_room_owner", Scope::Manage, true, true),
    ("tencent", "get_room_metadata", Scope::Read, true, false),
    ("tencent", "set_room_metadata", Scope::Edit, true, true),
    ("tencent", "del_room_metadata", Scope::Edit, true, true),
];

#[test]
fn every_action_is_listed_and_every_listed_one_is_there() {
    let there: BTreeSet<(&str, &str)> =
        abouts().iter().flat_map(|about| about.actions.iter().map(|action| (about.key, action.name))).collect();
    let listed: BTreeSet<(&str, &str)> = ACTIONS.iter().map(|(vendor, action, ..)| (*vendor, *action)).collect();
    assert_eq!(there, listed);
    assert_eq!(listed.len(), ACTIONS.len());
}

async fn app<'h>(house: &'h House, vendor: &str, name: &str, scope: Scope, application: &str) -> Backend<'h> {
    let made = house.backend_with(vendor, |wanted| {
        wanted.name = name.to_owned();
        wanted.may.scope = scope.key().to_owned();
        wanted.may.application = application.to_owned();
    });
    made.await
}

#[tokio::test]
async fn an_action_is_done_for_an_app_that_may_and_for_nobody_else() {
    for (vendor, action, least, about_a_room, writes) in ACTIONS {
        let house = House::open().await.by(clock);
        let whole = app(&house, vendor, "whole", Scope::Manage, "").await;
        let disabled = app(&house, vendor, "disabled", Scope::Manage, "").await;
        apps::set_disabled(&house.ctx(), disabled.app.id, true).await.unwrap();
        let foreign = app(&house, vendor, "foreign", Scope::Manage, "elsewhere").await;
        let rotated = app(&house, vendor, "rotated", Scope::Manage, "").await;
        let long_ago = Ctx { now: Timestamp(clock().0 - 7_200_000), ..house.ctx() };
        apps::rotate(&long_ago, rotated.app.id, 1).await.unwrap();
        let other = abouts().iter().find(|about| about.key != vendor).unwrap().key;
        let others = app(&house, other, "another vendor's", Scope::Manage, "").await;
        let less: Vec<Backend<'_>> = {
            let mut less = Vec::new();
            for scope in Scope::ALL.into_iter().filter(|scope| rank(*scope) < rank(least)) {
                less.push(app(&house, vendor, scope.key(), scope, "").await);
            }
            less
        };
        let unknown = App { key: "1999999999".to_owned(), ..whole.app.clone() };
        let mut refused: Vec<(&str, &App, &str)> = vec![
            ("kept out", &disabled.app, &disabled.secret),
            ("a secret that has ended", &rotated.app, &rotated.secret),
            ("another app's secret", &whole.app, &others.secret),
            ("an unknown app", &unknown, "0123456789abcdef0123456789abcdef"),
            ("another vendor's app", &others.app, &others.secret),
            ("no secret", &whole.app, ""),
        ];
        refused.extend(less.iter().map(|backend| ("too small a scope", &backend.app, backend.secret.as_str())));
        if about_a_room {
            refused.push(("of another application", &foreign.app, &foreign.secret));
        }
        let before = house.dump().await;
        for (who, app, secret) in refused {
            let answer = call(&house, vendor, action, app, secret).await;
            let what = format!("{vendor} {action} by {who}: {}", answer.body);
            assert!(!accepted(vendor, &answer), "{what}");
            assert!(!answer.body.contains("Stage 舞台") && !answer.body.contains("jazz"), "{what}");
            assert!(secret.is_empty() || !answer.body.contains(secret), "{what}");
        }
        assert_eq!(before.differs(&house.dump().await), [""; 0], "{vendor} {action}");
        if !about_a_room {
            let answer = call(&house, vendor, action, &foreign.app, &foreign.secret).await;
            assert!(accepted(vendor, &answer), "{vendor} {action} for its own application: {}", answer.body);
            assert!(!answer.body.contains("Stage 舞台"), "{vendor} {action}: {}", answer.body);
            if house.room_is_there("made").await {
                assert_eq!(house.room("made").await.app, "elsewhere", "{vendor} {action}");
            }
        }
        let enough = app(&house, vendor, "enough", least, "").await;
        if house.room_is_there("made").await {
            house.sql("DELETE FROM rooms WHERE id = 'made'").await;
        }
        house.sql("DELETE FROM clients WHERE id = 'newcomer'").await;
        let before = house.dump().await;
        let answer = call(&house, vendor, action, &enough.app, &enough.secret).await;
        assert!(accepted(vendor, &answer), "{vendor} {action}: {}", answer.body);
        assert_eq!(before != house.dump().await, writes, "{vendor} {action}");
        if writes {
            let entry = house.last().await;
            assert_eq!((entry.source, entry.actor.name()), (Source::Api, "enough"), "{vendor} {action}");
        }
    }
}

fn rank(scope: Scope) -> usize {
    Scope::ALL.iter().position(|known| *known == scope).unwrap()
}
