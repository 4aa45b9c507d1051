//! Staff: the people who sign in to the console, and the rules their names and passwords obey.

use serde::{Deserialize, Serialize};

use super::{Role, Timestamp, desk::Preferences, text};

/// A member of staff. The password's hash never leaves the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Number in the database.
    pub id: i64,
    /// What they sign in with, unique without regard to case.
    pub name: String,
    /// What they are trusted with.
    pub role: Role,
    /// Until when the password signs in, if it is a one-time one that must be changed first.
    #[serde(default)]
    pub one_time_until: Option<Timestamp>,
    /// Whether they are kept out.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in, if ever.
    pub signed_in_at: Option<Timestamp>,
    /// Since when a sign-in takes two steps, if it does.
    #[serde(default)]
    pub totp_since: Option<Timestamp>,
    /// What they have set for themselves.
    #[serde(default)]
    pub preferences: Preferences,
}

/// What somebody must do before anything else opens up for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Choose a password of their own in place of a one-time one.
    Password,
    /// Set up two-step sign-in, because their role needs it.
    Totp,
}

impl Staff {
    /// Whether the password is a one-time one that must be changed first.
    pub const fn must_change(&self) -> bool {
        self.one_time_until.is_some()
    }

    /// Whether the password is a one-time one that nobody used in time: it signs in no more.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.one_time_until.is_some_and(|until| now >= until)
    }

    /// What they must do first. `roles` are those that need two steps.
    pub fn duty(&self, roles: &[Role]) -> Option<Duty> {
        if self.must_change() {
            Some(Duty::Password)
        } else if self.totp_since.is_none() && roles.contains(&self.role) {
            Some(Duty::Totp)
        } else {
            None
        }
    }
}

impl Duty {
    /// The page where it is done.
    pub const fn page(self) -> &'static str {
        match self {
            Self::Password => "/account",
            Self::Totp => "/account/totp",
        }
    }

    /// Whether a page is open all the same.
    pub fn opens(self, path: &str) -> bool {
        path == self.page() || matches!(path, "/account" | "/confirm")
    }

    /// Why everything else is refused.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Password => "Change your one-time password first, on your account page.",
            Self::Totp => "Your role needs two-step sign-in; set it up first, on your account page.",
        }
    }
}

/// A signed-in browser, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// A short public handle, made from the stored hash; useless as a cookie.
    pub handle: String,
    /// The browser's own description.
    pub device: String,
    /// Where it signed in from.
    pub address: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last seen.
    pub seen_at: Timestamp,
    /// Whether it is the one asking.
    pub is_current: bool,
}

/// How many hours after it was made a one-time password signs in.
pub const ONE_TIME_HOURS: i64 = 72;
/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;
/// Most bytes of a password; longer ones are refused before hashing.
pub const PASSWORD_MAX_BYTES: usize = 1024;
/// The word that everybody who guesses at this house tries.
const HOUSE: &str = "wardroom";

/// Checks a staff name: 1 to 64 characters, no blanks.
///
/// # Errors
/// Says what is wrong.
pub fn check_name(given: &str) -> Result<String, String> {
    let name = text::tidy(given, 1)?;
    if name.is_empty() {
        return Err("is empty; give a name to sign in with".to_owned());
    }
    if name.contains(char::is_whitespace) {
        return Err("must not contain blanks".to_owned());
    }
    text::seen(&name)?;
    text::at_most(&name, 64)?;
    Ok(name)
}

/// Checks a new password: long enough, not too long, not the name.
///
/// # Errors
/// Says what is wrong.
pub fn check_password(password: &str, name: &str) -> Result<(), String> {
    let long = password.chars().count();
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(format!("is too long: at most {PASSWORD_MAX_BYTES} bytes"));
    }
    if long < PASSWORD_MIN {
        return Err(format!("is too short: {long} of at least {PASSWORD_MIN} characters"));
    }
    let (folded, name) = (password.to_lowercase(), name.to_lowercase());
    // A name of one or two letters stands in half of all words.
    if name.chars().count() > 2 && folded.contains(&name) {
        return Err("must not contain your name".to_owned());
    }
    if folded.contains(HOUSE) {
        return Err(format!("must not contain {HOUSE:?}"));
    }
    let first = password.chars().next();
    if password.chars().all(|c| Some(c) == first) {
        return Err("must not be one character repeated".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused() {
        assert!(check_password("short", "ann").is_err());
        assert!(check_password("xxxxxxxxxxxxxxx", "ann").is_err());
        assert!(check_password("ANN-is-my-name-1", "ann").is_err());
        assert!(check_password(&"é".repeat(600), "ann").is_err());
        assert!(check_password("WardRoom2026!!", "ann").is_err());
        assert!(check_password("correct horse battery", "ann").is_ok());
        assert!(check_password("a password that is long", "a").is_ok(), "a short name is in every word");
        assert!(check_password(&"long, but not too long; ".repeat(8), "ann").is_ok(), "well over 128 characters");
        assert!(check_password("密碼密碼密碼密碼密碼密碼", "ann").is_ok());
        assert!(check_name("a b").is_err());
    }
}
