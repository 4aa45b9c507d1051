//! Badges: a state as an icon and a word, never as a colour alone.

use leptos::prelude::*;

use super::icon::{Icon, Shape};
use crate::domain::room::{Field, Room, RoomRow};

/// What a badge or notice feels like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Just so.
    #[default]
    Plain,
    /// Good.
    Ok,
    /// Look here.
    Warn,
    /// Wrong.
    Bad,
}

impl Tone {
    /// The class in `style/components.css`.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A state: icon and word.
#[component]
pub fn Badge(
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// Its icon.
    shape: Shape,
    /// Its word.
    #[prop(into)]
    word: String,
) -> impl IntoView {
    view! {
        <span class=format!("badge {}", tone.class()).trim_end().to_owned()>
            <Icon shape=shape />
            {word}
        </span>
    }
}

/// The four states of a room that a moderator looks for.
#[derive(Clone, Copy, Debug)]
pub struct State {
    is_active: bool,
    is_open: bool,
    is_muted: bool,
    is_listed: bool,
}

impl From<&RoomRow> for State {
    fn from(row: &RoomRow) -> Self {
        Self { is_active: row.is_active, is_open: row.is_open, is_muted: row.is_muted, is_listed: row.is_listed }
    }
}

impl From<&Room> for State {
    fn from(room: &Room) -> Self {
        Self {
            is_active: room.is_active(),
            is_open: room.values.text(Field::Opening) != Some("closed"),
            is_muted: room.values.flag(Field::Muted),
            is_listed: room.values.flag(Field::Listed),
        }
    }
}

/// A room's states: whether it is active always, the others where they are out of the ordinary.
#[component]
pub fn RoomBadges(
    /// The states.
    state: State,
) -> impl IntoView {
    view! {
        <span class="line">
            {if state.is_active {
                view! { <Badge tone=Tone::Ok shape=Shape::Check word="Active" /> }
            } else {
                view! { <Badge tone=Tone::Bad shape=Shape::Stop word="Inactive" /> }
            }}
            {(!state.is_open).then(|| view! { <Badge tone=Tone::Warn shape=Shape::Lock word="Closed" /> })}
            {state.is_muted.then(|| view! { <Badge tone=Tone::Warn shape=Shape::Muted word="Muted" /> })}
            {(!state.is_listed).then(|| view! { <Badge shape=Shape::Hidden word="Unlisted" /> })}
        </span>
    }
}
