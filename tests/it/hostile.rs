//! Bad input of every kind, at every door: the documented answer, a message, nothing written, and never a 500.

mod addresses;
mod bodies;
mod exports;
mod inputs;
mod names;
mod sql;
mod text;
mod wire;

use wardroom::domain::Error;

use crate::harness::Answer;

/// Every server function that takes a form, with its inputs as somebody who means well sends them.
const FORMS: [(&str, &[(&str, &str)]); 34] = [
    ("/api/sign_in", &[("name", "nobody-here"), ("password", "wrong"), ("next", "/rooms")]),
    ("/api/sign_out", &[]),
    (
        "/api/change_password",
        &[("current", "wrong"), ("new", "another horse altogether"), ("again", "another horse altogether")],
    ),
    ("/api/end_session", &[("handle", "0123456789abcdef")]),
    ("/api/end_other_sessions", &[]),
    ("/api/save_room", &[("id", "stage"), ("version", "1"), ("changes[name]", "x")]),
    ("/api/create_room", &[("id", "made"), ("app", ""), ("changes[name]", "x")]),
    ("/api/undo", &[("entry", "1")]),
    ("/api/transfer_room", &[("id", "stage"), ("version", "1"), ("to", "u7"), ("keep", "yes")]),
    ("/api/add_manager", &[("id", "stage"), ("client", "u7")]),
    ("/api/remove_manager", &[("id", "stage"), ("client", "u2")]),
    ("/api/save_attributes", &[("id", "stage"), ("version", "1"), ("rows[0][key]", "k"), ("rows[0][value]", "v")]),
    ("/api/add_staff", &[("name", "newcomer"), ("role", "viewer")]),
    ("/api/change_role", &[("id", "2"), ("role", "viewer")]),
    ("/api/disable_staff", &[("id", "2")]),
    ("/api/enable_staff", &[("id", "2")]),
    ("/api/reset_password", &[("id", "2")]),
    ("/api/turn_on_totp", &[("key", "v1.1.x"), ("digits", "123456")]),
    ("/api/reset_totp", &[("id", "2")]),
    ("/api/end_staff_session", &[("id", "2"), ("handle", "0123456789abcdef")]),
    ("/api/end_staff_sessions", &[("id", "2")]),
    (
        "/api/add_app",
        &[
            ("name", "shop"),
            ("vendor", "imkit"),
            ("may[scope]", "read"),
            ("may[application]", ""),
            ("may[accounts]", ""),
            ("may[rate]", ""),
            ("key", ""),
            ("secret", ""),
        ],
    ),
    (
        "/api/change_app",
        &[("id", "1"), ("may[scope]", "read"), ("may[application]", ""), ("may[accounts]", ""), ("may[rate]", "")],
    ),
    ("/api/rotate_app", &[("id", "1"), ("hours", "24")]),
    ("/api/disable_app", &[("id", "1")]),
    ("/api/enable_app", &[("id", "1")]),
    ("/api/approve_job", &[("id", "1")]),
    ("/api/run_job", &[("id", "1"), ("token", "0000")]),
    ("/api/pause_job", &[("id", "1")]),
    ("/api/resume_job", &[("id", "1")]),
    ("/api/cancel_job", &[("id", "1")]),
    ("/api/undo_job", &[("id", "1")]),
    ("/api/retry_job", &[("id", "1")]),
    ("/api/end_shield", &[("id", "1")]),
];

/// What every refusal has: a status that fits its error, a sentence, and nothing of the inside of the house.
fn is_sound(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.body);
    for inside in
        ["sqlx", "SQLITE", "no such table", "no such column", "constraint", "src/", "panicked", "INSERT", "SELECT"]
    {
        assert!(!answer.body.contains(inside), "{what}: {}", answer.body);
    }
    if answer.status >= 400 {
        let error: Error = answer.error();
        assert!(answer.status == error.status() || answer.status == 413, "{what}: {} {}", answer.status, answer.body);
        assert!(error.to_string().len() > 10, "{what}: {}", answer.body);
    }
}
