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
    /// Whether the password is a one-time one that must be changed first.
    pub must_change: bool,
    /// Whether they are kept out.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in, if ever.
    pub signed_in_at: Option<Timestamp>,
    /// What they have set for themselves.
    #[serde(default)]
    pub preferences: Preferences,
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

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;
/// Most bytes of a password; longer ones are refused before hashing.
pub const PASSWORD_MAX_BYTES: usize = 1024;

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
    if password.to_lowercase().contains(&name.to_lowercase()) {
        return Err("must not contain your name".to_owned());
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
        assert!(check_password("correct horse battery", "ann").is_ok());
        assert!(check_name("a b").is_err());
    }
}
