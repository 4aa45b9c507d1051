//! What values a field takes: nine kinds, each with one way to read, check and show a value.
//!
//! [`Kind::parse`] reads what people type (forms, the command line, form bodies), [`Kind::check`] what machines send
//! (JSON), [`Kind::show`] writes what people read; `parse(v.plain()) == v`. An empty value is no value: `Ok(None)`.

use serde_json::Value as Json;

use super::value::{Value, link, pairs, whole};
use crate::domain::{client::ClientId, text};

/// What values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text of at most `max` characters; of several lines when `lines` is over 1 (and then so many are shown).
    Text {
        /// Most characters.
        max: usize,
        /// Lines to show; 1 keeps line ends out.
        lines: usize,
    },
    /// An absolute http or https address of at most `max` characters.
    Link {
        /// Most characters.
        max: usize,
    },
    /// Parameters written `a=1&b=2`, at most `max` characters in all.
    Pairs {
        /// Most characters.
        max: usize,
    },
    /// At most `max` different words of at most `each` characters; a word has no comma.
    Words {
        /// Most words.
        max: usize,
        /// Most characters of one.
        each: usize,
    },
    /// At most `max` different numbers.
    Numbers {
        /// Most numbers.
        max: usize,
    },
    /// A whole number within bounds, or none.
    Number {
        /// Least.
        min: i64,
        /// Most.
        max: i64,
    },
    /// Yes or no.
    Flag {
        /// What a room has that was never told.
        default: bool,
    },
    /// One of these `(key, label)` pairs; the first is the default.
    Choice(&'static [(&'static str, &'static str)]),
    /// One client's id.
    Client,
    /// At most `max` different clients' ids.
    Clients {
        /// Most clients.
        max: usize,
    },
}

/// A value as read, or what is wrong with it (to be read after the field's label).
pub type Checked = Result<Option<Value>, String>;

impl Kind {
    /// Reads what a person typed. Empty means no value (a flag's or choice's default).
    ///
    /// # Errors
    /// Says what is wrong and what to do.
    pub fn parse(self, typed: &str) -> Checked {
        let trimmed = typed.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        match self {
            Self::Text { .. } | Self::Link { .. } | Self::Pairs { .. } | Self::Choice(_) | Self::Client => {
                self.text(typed)
            }
            Self::Words { .. } | Self::Clients { .. } => self.words(trimmed.split([',', '，', '、', '\n'])),
            Self::Numbers { .. } => {
                let numbers: Result<Vec<i64>, String> = trimmed
                    .split([',', '，', '、', ' ', '\n'])
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(|part| part.parse().map_err(|_| format!("has {part:?}, which is not a whole number")))
                    .collect();
                self.numbers(numbers?)
            }
            Self::Number { .. } => {
                self.number(trimmed.parse().map_err(|_| "is not a whole number; use digits only".to_owned())?)
            }
            Self::Flag { .. } => match trimmed.to_ascii_lowercase().as_str() {
                "yes" | "true" | "on" | "1" => Ok(Some(Value::Flag(true))),
                "no" | "false" | "off" | "0" => Ok(Some(Value::Flag(false))),
                _ => Err("must be yes or no".to_owned()),
            },
        }
    }

    /// Checks what a machine sent. `null` means no value.
    ///
    /// # Errors
    /// Says which type or limit was expected.
    pub fn check(self, json: &Json) -> Checked {
        match (self, json) {
            (_, Json::Null) => Ok(None),
            (Self::Flag { .. }, Json::Bool(flag)) => Ok(Some(Value::Flag(*flag))),
            (Self::Number { .. }, Json::Number(number)) => self.number(whole(number)?),
            (Self::Numbers { .. }, Json::Array(items)) => {
                let numbers: Result<Vec<i64>, String> = items
                    .iter()
                    .map(|item| match item {
                        Json::Number(number) => whole(number),
                        _ => Err("must be a list of whole numbers".to_owned()),
                    })
                    .collect();
                self.numbers(numbers?)
            }
            (Self::Words { .. } | Self::Clients { .. }, Json::Array(items)) => {
                let words: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
                self.words(words.ok_or("must be a list of texts")?.into_iter())
            }
            (
                Self::Text { .. } | Self::Link { .. } | Self::Pairs { .. } | Self::Choice(_) | Self::Client,
                Json::String(given),
            ) => self.text(given),
            _ => Err(format!("must be {}", self.wanted())),
        }
    }

    /// Writes a value for people: in a diff, a table cell or an input.
    pub fn show(self, value: &Value) -> String {
        match (self, value) {
            (Self::Choice(options), Value::Text(key)) => options
                .iter()
                .find(|(option, _)| option == key)
                .map_or_else(|| key.clone(), |(_, label)| (*label).to_owned()),
            _ => value.plain(),
        }
    }

    /// The value of a field that was never set, where the kind has one.
    pub fn default_value(self) -> Option<Value> {
        match self {
            Self::Flag { default } => Some(Value::Flag(default)),
            Self::Choice(options) => options.first().map(|(key, _)| Value::Text((*key).to_owned())),
            _ => None,
        }
    }

    /// Whether a value is a list, kept also word by word so that rooms are found by it.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Words { .. } | Self::Numbers { .. } | Self::Clients { .. })
    }

    /// Whether rooms can be filtered by exactly this value.
    pub const fn is_filter(self) -> bool {
        self.is_list() || matches!(self, Self::Flag { .. } | Self::Choice(_) | Self::Client)
    }

    fn text(self, given: &str) -> Checked {
        let lines = if let Self::Text { lines, .. } = self { lines } else { 1 };
        let tidied = text::tidy(given, lines)?;
        if tidied.is_empty() {
            return Ok(None);
        }
        match self {
            Self::Text { max, .. } => text::at_most(&tidied, max)?,
            Self::Link { max } => {
                text::at_most(&tidied, max)?;
                link(&tidied)?;
            }
            Self::Pairs { max } => {
                text::at_most(&tidied, max)?;
                pairs(&tidied)?;
            }
            Self::Choice(options) => {
                if !options.iter().any(|(key, _)| *key == tidied) {
                    let keys: Vec<&str> = options.iter().map(|(key, _)| *key).collect();
                    return Err(format!("must be one of {}", keys.join(", ")));
                }
            }
            _ => drop(ClientId::parse(&tidied)?),
        }
        Ok(Some(Value::Text(tidied)))
    }

    fn words<'a>(self, given: impl Iterator<Item = &'a str>) -> Checked {
        let (max, each) = match self {
            Self::Words { max, each } => (max, each),
            Self::Clients { max } => (max, 0),
            _ => return Err(format!("must be {}", self.wanted())),
        };
        let mut words: Vec<String> = Vec::new();
        for word in given {
            let word = text::tidy(word, 1)?;
            if word.is_empty() || words.contains(&word) {
                continue;
            }
            if each == 0 {
                ClientId::parse(&word)?;
            } else {
                text::at_most(&word, each).map_err(|why| format!("has {word:?}, which {why}"))?;
            }
            if word.contains([',', '，', '、']) {
                return Err(format!("has {word:?}: commas stand between words, not inside one"));
            }
            words.push(word);
        }
        match words.len() {
            0 => Ok(None),
            many if many > max => Err(format!("has too many: {many} of {max}")),
            _ => Ok(Some(Value::Words(words))),
        }
    }

    fn numbers(self, given: Vec<i64>) -> Checked {
        let Self::Numbers { max } = self else { return Err(format!("must be {}", self.wanted())) };
        let mut numbers: Vec<i64> = Vec::new();
        for number in given {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        match numbers.len() {
            0 => Ok(None),
            many if many > max => Err(format!("has too many: {many} of {max}")),
            _ => Ok(Some(Value::Numbers(numbers))),
        }
    }

    fn number(self, number: i64) -> Checked {
        match self {
            Self::Number { min, max } if number < min || number > max => {
                Err(format!("must be between {min} and {max}"))
            }
            _ => Ok(Some(Value::Number(number))),
        }
    }

    const fn wanted(self) -> &'static str {
        match self {
            Self::Text { .. } | Self::Link { .. } | Self::Pairs { .. } | Self::Client => "a text",
            Self::Words { .. } | Self::Clients { .. } => "a list of texts",
            Self::Numbers { .. } => "a list of whole numbers",
            Self::Number { .. } => "a whole number",
            Self::Flag { .. } => "true or false",
            Self::Choice(_) => "one of the choices, as a text",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked() {
        let cover = Kind::Link { max: 60 };
        assert!(cover.parse("https://xxxx.png").is_ok());
        assert!(cover.parse("HTTP://loremflickr.com/240/240/style?Kelly").is_ok());
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "ftp://a/b",
            "https://a b/",
            "https://u:p@h/",
            "https://a/\"x",
        ] {
            assert!(cover.parse(bad).is_err(), "{bad}");
        }
        assert!(cover.parse(&format!("https://h/{}", "x".repeat(60))).is_err());
    }

    #[test]
    fn what_is_shown_is_read_again() {
        let words = Kind::Words { max: 3, each: 5 };
        let value = words.parse(" 新聞，live, live、 ").ok().flatten();
        assert_eq!(value, Some(Value::Words(vec!["新聞".into(), "live".into()])));
        assert_eq!(value.as_ref().map(|v| words.parse(&words.show(v))), Some(Ok(value.clone())));
        assert!(words.parse("a,b,c,d").is_err());
        assert!(words.parse("toolong").is_err());
    }

    #[test]
    fn wrong_types_and_bounds_are_said() {
        assert!(Kind::Numbers { max: 3 }.check(&serde_json::json!([1, 2, 3, 4])).is_err());
        assert!(Kind::Numbers { max: 3 }.check(&serde_json::json!(["1"])).is_err());
        assert!(Kind::Number { min: 1, max: 9 }.check(&serde_json::json!(1.5)).is_err());
        assert!(Kind::Number { min: 1, max: 9 }.parse("10").is_err_and(|why| why.contains("between 1 and 9")));
        assert!(Kind::Number { min: 1, max: 9 }.parse("99999999999999999999").is_err());
        assert!(Kind::Flag { default: false }.check(&serde_json::json!("true")).is_err());
        assert!(Kind::Choice(&[("a", "A")]).parse("b").is_err());
        assert!(Kind::Pairs { max: 99 }.parse("a=1&=2").is_err());
    }
}
