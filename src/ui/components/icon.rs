//! Our own icons: 16 px strokes in the text's colour. Always beside a word, so hidden from screen readers.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The product.
    Brand,
    /// Done, active.
    Check,
    /// Take away, close.
    Cross,
    /// Take care.
    Warning,
    /// Not possible, inactive.
    Stop,
    /// By the way.
    Info,
    /// Find.
    Search,
    /// Narrow down.
    Filter,
    /// More below.
    Down,
    /// Ascending.
    Up,
    /// From here to there.
    Right,
    /// Back.
    Left,
    /// Closed.
    Lock,
    /// Muted.
    Muted,
    /// Not listed.
    Hidden,
    /// Take a copy.
    Copy,
    /// Undo.
    Undo,
    /// A person.
    Person,
    /// Make a new one.
    Plus,
    /// Everybody sees it.
    Share,
    /// How a list looks.
    Columns,
}

impl Shape {
    const fn path(self) -> &'static str {
        match self {
            Self::Brand => "M2 4l2.5 8L8 5l3.5 7L14 4",
            Self::Check => "M3 8.5l3.2 3.2L13 4.8",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Warning => "M8 2.2l6.3 11.3H1.7zM8 6.5v3M8 11.6v.1",
            Self::Stop => "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM3.7 3.7l8.6 8.6",
            Self::Info => "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 7.4v3.8M8 4.9v.1",
            Self::Search => "M7 2.2a4.8 4.8 0 100 9.6 4.8 4.8 0 000-9.6zM10.6 10.6l3.2 3.2",
            Self::Filter => "M2 4h12M4.5 8h7M6.5 12h3",
            Self::Down => "M4 6l4 4 4-4",
            Self::Up => "M4 10l4-4 4 4",
            Self::Right => "M2.5 8h11M9.5 4l4 4-4 4",
            Self::Left => "M13.5 8h-11M6.5 4l-4 4 4 4",
            Self::Lock => "M4 7.2h8v6H4zM5.6 7.2V5a2.4 2.4 0 014.8 0v2.2",
            Self::Muted => "M2.5 6.2v3.6h2.3L8 12.6V3.4L4.8 6.2zM10.6 6.4l3.2 3.2M13.8 6.4l-3.2 3.2",
            Self::Hidden => "M1.8 8S4.2 3.8 8 3.8 14.2 8 14.2 8 11.8 12.2 8 12.2 1.8 8 1.8 8zM2.5 13.5l11-11",
            Self::Copy => "M5.8 5.8h7.4v7.4H5.8zM10.2 5.8V2.8H2.8v7.4h3",
            Self::Undo => "M5.5 3L2.5 6l3 3M2.5 6h7a3.7 3.7 0 010 7.4H6",
            Self::Person => "M8 2.4a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6zM2.6 13.6c.6-2.6 2.7-4 5.4-4s4.8 1.4 5.4 4",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Share => {
                "M6 3a2.2 2.2 0 100 4.4A2.2 2.2 0 006 3zM1.8 13c.4-2.2 2-3.4 4.2-3.4s3.8 1.2 4.2 3.4M10.4 3.2a2.2 2.2 0 010 4M11.8 9.9c1.4.4 2.2 1.5 2.4 3.1"
            }
            Self::Columns => "M2.2 3h11.6v10H2.2zM6.2 3v10M10 3v10",
        }
    }
}

/// An icon.
#[component]
pub fn Icon(
    /// What it shows.
    shape: Shape,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=shape.path()></path>
        </svg>
    }
}
