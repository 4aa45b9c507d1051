//! A form as it comes: names and values, each name once.
//!
//! A parameter without a value (`announcement=&bid=`) is one that was not given, and leaves what it names as it is:
//! go-yunxin sends every parameter that it knows, empty where its caller set none (facts.md 0.4), and must not blank a
//! room by that. A blank (`announcement=%20`) is a value; it clears a text. Names that no page knows are ignored.

use std::collections::BTreeSet;

use super::error::Failure;
use crate::vendors::Call;

/// The parameters of a call.
pub struct Form(Vec<(String, String)>);

/// The media type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

impl Form {
    /// Reads the body. A missing content type is taken for a form's, any other is refused.
    ///
    /// # Errors
    /// The body is no form, or a name stands twice: systems disagree on which of two values counts.
    pub fn read(call: &Call) -> Result<Self, Failure> {
        let kind = call.media_type();
        if !kind.is_empty() && kind != FORM {
            return Err(Failure::parameter(format!("Content-Type must be {FORM}")));
        }
        let pairs = call.form().map_err(|why| Failure::parameter(format!("the body {why}")))?;
        let mut names = BTreeSet::new();
        if let Some((twice, _)) = pairs.iter().find(|(name, _)| !names.insert(name.as_str())) {
            let name: String = twice.chars().take(64).collect();
            return Err(Failure::parameter(format!("{name:?} stands twice")));
        }
        Ok(Self(pairs))
    }

    /// A parameter's value, if one was given.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// It is not.
    pub fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| Failure::missing(name))
    }

    /// A whole number, if one was given.
    ///
    /// # Errors
    /// It is none, or one beyond 64 bits.
    pub fn long(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.text(name).map(|text| long(name, text)).transpose()
    }

    /// `true` or `false`, in any case, if one was given.
    ///
    /// # Errors
    /// It is neither.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.text(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(Failure::parameter(format!("{name} must be true or false"))),
        }
    }

    /// The room that a call is about.
    ///
    /// # Errors
    /// None was given, or it is no number.
    pub fn room(&self) -> Result<i64, Failure> {
        long("roomid", self.needed("roomid")?)
    }
}

/// Reads a number of the vendor's type `long`.
///
/// # Errors
/// It is none.
pub fn long(name: &str, text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| Failure::parameter(format!("{name} must be a whole number of 64 bits")))
}
