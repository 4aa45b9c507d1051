//! One input component per kind of value: the room form is a loop over the table of fields.

pub mod choice;
mod client;
pub mod limits;
mod line;
mod list;
mod text_area;

use leptos::prelude::*;

use self::{choice::Segments, limits::Watched, line::Line, list::List};
pub use client::ClientInput;
pub use text_area::TextArea;

use super::form::{Draft, Wrong, described, input_id};
use crate::domain::room::{Field, Kind, Value, VendorLimit};

/// Everything an input needs to know.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The input's id.
    pub id: String,
    /// The name it is sent under.
    pub name: String,
    /// What it shows: what was typed when it was refused, or else what is kept.
    pub text: String,
    /// Whether it was refused.
    pub is_wrong: bool,
    /// The ids of what describes it.
    pub described: Option<String>,
    /// The limits that the browser watches while somebody types.
    pub limits: Option<String>,
}

/// The name under which a field is sent.
pub fn sent_name(field: Field) -> String {
    format!("changes[{}]", field.key())
}

/// A field of the room form, to be changed.
#[component]
pub fn FieldInput(
    /// Which.
    field: Field,
    /// Its value now.
    value: Option<Value>,
    /// The form as it came back.
    draft: Draft,
    /// The vendors' narrower limits.
    vendors: &'static [VendorLimit],
) -> impl IntoView {
    let kind = field.spec().kind;
    let id = input_id(field.key());
    let name = sent_name(field);
    let kept = value.as_ref().map(Value::plain).unwrap_or_default();
    let text = draft.value(&name, &kept);
    let error = draft.message(field.key(), field.label());
    let watched = Watched::of(field, vendors);
    let mut description = described(&id, error.is_some(), true).unwrap_or_default();
    if watched.is_some() {
        description.push_str(&format!(" {id}-limits"));
    }
    let shown = Shown {
        id: id.clone(),
        name,
        text: text.clone(),
        is_wrong: error.is_some(),
        described: Some(description),
        limits: watched.as_ref().map(Watched::attribute),
    };
    let wide = matches!(kind, Kind::Text { .. } | Kind::Link { .. } | Kind::Pairs { .. } | Kind::Words { .. });
    let class = if wide { "field wide" } else { "field" };
    let under = view! {
        <Wrong id=id.clone() error=error />
        {watched.map(|watched| watched.view(&id, &text))}
        <p class="field-help" id=format!("{id}-help")>
            {field.help()}
        </p>
    };
    match kind {
        Kind::Flag { .. } => {
            view! { <Segments field=field shown=shown options=vec![("yes", "Yes"), ("no", "No")]>{under}</Segments> }
                .into_any()
        }
        Kind::Choice(options) => {
            view! { <Segments field=field shown=shown options=options.to_vec()>{under}</Segments> }.into_any()
        }
        _ => view! {
            <div class=class>
                <label class="field-label" for=id.clone()>
                    {field.label()}
                </label>
                {control(kind, shown)}
                {under}
            </div>
        }
        .into_any(),
    }
}

/// The input for a kind of value, without label and message. Fixed answers have [`choice::Segments`] instead.
pub fn control(kind: Kind, shown: Shown) -> AnyView {
    match kind {
        Kind::Text { lines, .. } if lines > 1 => view! {
            <TextArea
                id=shown.id
                name=shown.name
                value=shown.text
                lines=lines
                is_wrong=shown.is_wrong
                described=shown.described
                limits=shown.limits
            />
        }
        .into_any(),
        Kind::Words { .. } | Kind::Numbers { .. } | Kind::Clients { .. } => view! { <List shown=shown /> }.into_any(),
        Kind::Text { .. }
        | Kind::Link { .. }
        | Kind::Pairs { .. }
        | Kind::Number { .. }
        | Kind::Client
        | Kind::Flag { .. }
        | Kind::Choice(_) => view! { <Line kind=kind shown=shown /> }.into_any(),
    }
}

/// A field that the reader may not change: its value as text, with nothing to be sent.
#[component]
pub fn FieldValue(
    /// Which.
    field: Field,
    /// Its value now.
    value: Option<Value>,
) -> impl IntoView {
    let shown = value.map(|value| field.spec().kind.show(&value)).filter(|text| !text.is_empty());
    let shown = match shown {
        Some(text) => view! { <bdi dir="auto">{text}</bdi> }.into_any(),
        None => view! { <span class="quiet">"–"</span> }.into_any(),
    };
    let wide = matches!(field.spec().kind, Kind::Text { .. } | Kind::Link { .. } | Kind::Pairs { .. });
    view! {
        <div class=if wide { "field wide" } else { "field" }>
            <p class="field-label">{field.label()}</p>
            <p class="field-value">{shown}</p>
        </div>
    }
}
