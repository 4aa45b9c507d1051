//! Settings about signing in: who needs two steps, and how long sessions and proofs count.

use super::{
    options::Serve,
    values::{self, MINUTE, UNITS, say},
};
use crate::{
    domain::{Role, when::DAY},
    services::account::Policy,
};

/// Reads what is set about accounts and sessions.
///
/// # Errors
/// Everything that is wrong, one sentence each.
pub(super) fn policy(given: &Serve) -> Result<Policy, Vec<String>> {
    let mut wrong = Vec::new();
    let mut keep = |read: Result<i64, String>| {
        read.unwrap_or_else(|why| {
            wrong.push(why);
            0
        })
    };
    let step_up_after = keep(span("step-up-after", &given.step_up_after, 1000, DAY, "10m"));
    let idle = keep(span("session-idle", &given.session_idle, MINUTE, 7 * DAY, "8h"));
    let longest = keep(span("session-longest", &given.session_longest, MINUTE, 90 * DAY, "7d"));
    let two_steps = roles(&given.require_totp).unwrap_or_else(|why| {
        wrong.push(why);
        Vec::new()
    });
    if wrong.is_empty() { Ok(Policy { two_steps, step_up_after, idle, longest }) } else { Err(wrong) }
}

/// Reads `admin,auditor`.
fn roles(text: &str) -> Result<Vec<Role>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let role = |part| Role::parse(part).ok_or_else(|| say("require-totp", part, "is no role", "admin,auditor"));
    parts.map(role).collect()
}

/// Reads `30s`, `10m`, `8h` or `7d` as milliseconds.
fn span(flag: &str, text: &str, least: i64, most: i64, right: &str) -> Result<i64, String> {
    let span = values::span(text, &UNITS).filter(|span| (least..=most).contains(span));
    let text = text.trim();
    span.ok_or_else(|| say(flag, text, &format!("is no time from {} to {}", short(least), short(most)), right))
}

fn short(span: i64) -> String {
    match span {
        0..MINUTE => format!("{}s", span / 1000),
        MINUTE..DAY => format!("{}m", span / MINUTE),
        _ => format!("{}d", span / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_roles_are_read_as_people_write_them() {
        let read = |text| span("session-idle", text, 1000, DAY, "8h");
        assert_eq!(
            [read("90s"), read("10m"), read(" 8h "), read("1d")].map(Result::unwrap),
            [90_000, 600_000, 28_800_000, DAY]
        );
        for bad in ["", "8", "h", "-1h", "1.5h", "2d", "0s", "8 h", "８h", "é", "99999999999d"] {
            assert!(read(bad).is_err_and(|why| why.contains("WARDROOM_SESSION_IDLE")), "{bad}");
        }
        assert_eq!(roles(" admin, auditor,").unwrap(), [Role::Admin, Role::Auditor]);
        assert!(roles("").unwrap().is_empty());
        assert!(roles("admin,king").is_err());
    }
}
