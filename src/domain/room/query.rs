//! What is asked of the room list: words, filters, order and page, written to and read from the address.
//!
//! Every field whose kind [`is_filter`](super::Kind::is_filter) is a filter under its own key; a few more filters
//! look at what is not a field. The address is the list's whole state: `?q=直播&status=active&tags=news&sort=-members`.

use serde::{Deserialize, Serialize};

use super::{Field, fields::label_of};
use crate::domain::{
    Timestamp, Violation, address,
    page::{Cursor, Page},
    text,
    when::DAY,
};

/// What to find, in which order, and which page of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomQuery {
    /// What was typed in the search box, tidied.
    pub search: String,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// By what to sort.
    pub sort: Sort,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Which page.
    pub page: Page,
    /// The saved view that it was begun from, which gives the list its columns. It says nothing about rooms.
    pub view: Option<i64>,
}

/// One condition on a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The field is, or contains, this value (its [`plain`](super::Value::plain) form).
    Field(Field, String),
    /// This client is a member.
    Member(String),
    /// It belongs to this application.
    App(String),
    /// It has a cover, or has none.
    HasCover(bool),
    /// It has this attribute, with this value if one is given.
    Attribute(String, Option<String>),
    /// Last changed at or after this moment.
    From(Timestamp),
    /// Last changed before this moment.
    Until(Timestamp),
}

/// By what rooms are sorted; the room's number breaks ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// By name, letters compared without case and width.
    #[default]
    Name,
    /// By last change.
    Updated,
    /// By creation.
    Created,
    /// By number of members.
    Members,
    /// By the newest message.
    LastMessage,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Name, Self::Updated, Self::Created, Self::Members, Self::LastMessage];

    /// The word in the address.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Members => "members",
            Self::LastMessage => "last_message",
        }
    }

    /// The word for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Updated => "Updated",
            Self::Created => "Created",
            Self::Members => "Members",
            Self::LastMessage => "Last message",
        }
    }
}

/// Most characters in the search box.
pub const SEARCH_MAX: usize = 200;
/// Most filters at once.
const FILTERS_MAX: usize = 20;

impl Filter {
    /// Its name and value in the address.
    pub fn pair(&self) -> (&'static str, String) {
        match self {
            Self::Field(field, value) => (field.key(), value.clone()),
            Self::Member(client) => ("member", client.clone()),
            Self::App(app) => ("app", app.clone()),
            Self::HasCover(has) => ("cover", yes_no(*has).to_owned()),
            Self::Attribute(key, None) => ("attribute", key.clone()),
            Self::Attribute(key, Some(value)) => ("attribute", format!("{key}={value}")),
            Self::From(from) => ("from", from.day()),
            Self::Until(until) => ("to", until.plus(-DAY).day()),
        }
    }

    /// What its chip says.
    pub fn label(&self) -> String {
        match self {
            Self::Field(field, value) => {
                let shown = field.spec().kind.parse(value).ok().flatten().map(|v| field.spec().kind.show(&v));
                format!("{}: {}", field.label(), shown.unwrap_or_else(|| value.clone()))
            }
            Self::App(app) => format!("Application: {app}"),
            Self::HasCover(has) => format!("Cover: {}", yes_no(*has)),
            Self::From(_) => format!("Updated from {}", self.pair().1),
            Self::Until(_) => format!("Updated to {}", self.pair().1),
            _ => {
                let (name, value) = self.pair();
                let mut label = label_of(name);
                if let Some(first) = label.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                format!("{label}: {value}")
            }
        }
    }

    /// Reads one name and value of the address; `None` when the name is no filter's.
    fn parse(name: &str, value: &str) -> Option<Result<Self, String>> {
        let filter = match name {
            "member" => Ok(Self::Member(value.to_owned())),
            "app" => Ok(Self::App(value.to_owned())),
            "cover" => match value {
                "yes" => Ok(Self::HasCover(true)),
                "no" => Ok(Self::HasCover(false)),
                _ => Err("must be yes or no".to_owned()),
            },
            "attribute" => Ok(match value.split_once('=') {
                Some((key, value)) => Self::Attribute(key.to_owned(), Some(value.to_owned())),
                None => Self::Attribute(value.to_owned(), None),
            }),
            "from" => day(value).map(Self::From),
            "to" => day(value).map(|day| Self::Until(day.plus(DAY))),
            _ => {
                let field = Field::parse(name).filter(|field| field.spec().kind.is_filter())?;
                match field.spec().kind.parse(value) {
                    Ok(Some(read)) => Ok(Self::Field(field, read.plain())),
                    Ok(None) => Err("is empty".to_owned()),
                    Err(why) => Err(why),
                }
            }
        };
        Some(filter)
    }
}

impl RoomQuery {
    /// Reads the address's pairs. Empty values are left out, names that are no filter are ignored.
    ///
    /// # Errors
    /// Every value that cannot be read; the query without them comes along, so that the page can still be shown.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<Violation>) {
        let mut query = Self::default();
        let mut wrong = Vec::new();
        for (name, value) in pairs {
            let value = match text::tidy(value, 1) {
                Ok(value) => value,
                Err(why) => {
                    wrong.push(Violation::new(name, why));
                    continue;
                }
            };
            if value.is_empty() {
                continue;
            }
            match name {
                "q" => match text::at_most(&value, SEARCH_MAX) {
                    Ok(()) => query.search = value,
                    Err(why) => wrong.push(Violation::new("q", why)),
                },
                "sort" => {
                    let (descending, word) =
                        value.strip_prefix('-').map_or((false, value.as_str()), |word| (true, word));
                    match Sort::ALL.into_iter().find(|sort| sort.key() == word) {
                        Some(sort) => (query.sort, query.descending) = (sort, descending),
                        None => wrong.push(Violation::new("sort", "is not an order we know")),
                    }
                }
                "after" | "before" => match Cursor::parse(&value) {
                    Some(cursor) if name == "after" => query.page = Page::After(cursor),
                    Some(cursor) => query.page = Page::Before(cursor),
                    None => wrong.push(Violation::new(name, "is not a place in the list; showing its beginning")),
                },
                "view" => match value.parse() {
                    Ok(view) => query.view = Some(view),
                    Err(_) => wrong.push(Violation::new("view", "is not a saved view's number")),
                },
                _ => match Filter::parse(name, &value) {
                    Some(Ok(filter)) if query.filters.contains(&filter) => {}
                    Some(Ok(filter)) if query.filters.len() < FILTERS_MAX => query.filters.push(filter),
                    Some(Ok(_)) => wrong.push(Violation::new(name, "is one filter too many")),
                    Some(Err(why)) => wrong.push(Violation::new(name, why)),
                    None => {}
                },
            }
        }
        (query, wrong)
    }

    /// The pairs to write to the address, in a fixed order, without the defaults.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        pairs.extend(self.filters.iter().map(Filter::pair));
        if (self.sort, self.descending) != (Sort::default(), false) {
            pairs.push(("sort", format!("{}{}", if self.descending { "-" } else { "" }, self.sort.key())));
        }
        match &self.page {
            Page::First => {}
            Page::After(cursor) => pairs.push(("after", cursor.to_string())),
            Page::Before(cursor) => pairs.push(("before", cursor.to_string())),
        }
        pairs.extend(self.view.map(|view| ("view", view.to_string())));
        pairs
    }

    /// The address of the list that answers it.
    pub fn address(&self) -> String {
        let pairs = self.pairs();
        address::with_query("/rooms", pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Search, filters and order alone, as a query: what a saved view keeps.
    pub fn saved(&self) -> String {
        let bare = Self { view: None, ..self.at(Page::First) };
        let pairs = bare.pairs();
        address::query(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Whether it asks for every room.
    pub fn is_for_all(&self) -> bool {
        self.search.is_empty() && self.filters.is_empty()
    }

    /// The same question, on another page.
    #[must_use]
    pub fn at(&self, page: Page) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same question without the `n`-th filter, from its first page.
    #[must_use]
    pub fn without(&self, n: usize) -> Self {
        let mut query = self.at(Page::First);
        if n < query.filters.len() {
            query.filters.remove(n);
        }
        query
    }

    /// The same question in another order, from its first page; the order it already has is turned round.
    #[must_use]
    pub fn sorted(&self, sort: Sort) -> Self {
        let descending = if self.sort == sort { !self.descending } else { sort != Sort::Name };
        Self { sort, descending, ..self.at(Page::First) }
    }

    /// The words of the search box: all must be found.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.search.split_whitespace()
    }
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn day(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_day(text).ok_or_else(|| "must be a day, written 2026-11-22".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_whole_state() {
        let pairs = [
            ("q", "直播 new"),
            ("status", "active"),
            ("tags", "news"),
            ("tags", "live"),
            ("muted", "no"),
            ("categories", "7"),
            ("member", "u1"),
            ("cover", "yes"),
            ("attribute", "topic=a=b"),
            ("from", "2026-01-01"),
            ("to", "2026-01-31"),
            ("sort", "-members"),
            ("after", "5~17"),
            ("view", "7"),
        ];
        let (query, wrong) = RoomQuery::parse(pairs);
        assert_eq!(wrong, []);
        let written = query.pairs();
        let again = RoomQuery::parse(written.iter().map(|(name, value)| (*name, value.as_str())));
        assert_eq!(again, (query, vec![]));
        assert_eq!(written.len(), pairs.len());
    }

    #[test]
    fn what_cannot_be_read_is_said_and_left_out() {
        let (query, wrong) =
            RoomQuery::parse([("status", "gone"), ("sort", "size"), ("after", "x"), ("from", "soon"), ("utm", "1")]);
        assert_eq!(query, RoomQuery::default());
        assert_eq!(wrong.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["status", "sort", "after", "from"]);
    }
}
