//! Forms: what every one of them carries along, and how a refused one comes back.

use leptos::prelude::*;

use super::icon::{Icon, Shape};
use crate::{
    domain::{Error, error::Clash, room::fields::label_of},
    services::new_operation,
    ui::{links, visit::Visit},
};

/// A form as it comes back: what was typed and why it was refused. Empty for a form that was not refused.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    typed: Vec<(String, String)>,
    error: Option<Error>,
}

impl Draft {
    /// What the form that posts to `action` got back.
    pub fn of(visit: &Visit, action: &str) -> Self {
        visit.rejected(action).map_or_else(Self::default, |rejected| Self {
            typed: rejected.typed.to_vec(),
            error: Some(rejected.error.clone()),
        })
    }

    /// What came back of one of several forms with the same action: the one whose input `name` had `value`.
    pub fn of_one(visit: &Visit, action: &str, name: &str, value: &str) -> Self {
        let draft = Self::of(visit, action);
        if draft.typed(name) == Some(value) { draft } else { Self::default() }
    }

    /// A form of which one input is wrong, or none.
    pub fn wrong(field: &str, message: Option<String>) -> Self {
        Self { typed: Vec::new(), error: message.map(|message| Error::invalid(field, message)) }
    }

    /// Whether the form was refused.
    pub const fn is_refused(&self) -> bool {
        self.error.is_some()
    }

    /// What was typed into an input.
    pub fn typed(&self, name: &str) -> Option<&str> {
        self.typed.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What an input shows: what was typed, or else what is kept.
    pub fn value(&self, name: &str, kept: &str) -> String {
        self.typed(name).unwrap_or(kept).to_owned()
    }

    /// Whether a checkbox is ticked: as it was sent, or else as it is kept.
    pub fn ticked(&self, name: &str, kept: bool) -> bool {
        if self.is_refused() { self.typed(name).is_some() } else { kept }
    }

    /// The same form with some inputs as if nothing had been typed there.
    #[must_use]
    pub fn without(mut self, names: &[String]) -> Self {
        self.typed.retain(|(name, _)| !names.contains(name));
        self
    }

    /// What is wrong with an input, as a sentence.
    pub fn message(&self, field: &str, label: &str) -> Option<String> {
        let Some(Error::Invalid(violations)) = &self.error else { return None };
        let found = violations.iter().find(|violation| violation.field == field)?;
        Some(format!("{label} {}.", found.message))
    }

    /// The fields that somebody else changed meanwhile.
    pub fn clashes(&self) -> &[Clash] {
        match &self.error {
            Some(Error::Conflict(clashes)) => clashes,
            _ => &[],
        }
    }
}

/// The id of an input, by the key that violations name it with.
pub fn input_id(key: &str) -> String {
    format!("field-{}", key.replace('.', "-"))
}

/// The words for an input that a violation names.
pub fn subject(key: &str) -> String {
    if let Some((part, row)) = key.split_once('.').and_then(|(part, n)| Some((part, n.parse::<usize>().ok()?))) {
        return format!("Row {}: the {part}", row + 1);
    }
    let mut label = match key {
        "again" => "The repetition".to_owned(),
        "app" => "Application".to_owned(),
        "digits" => "Code".to_owned(),
        "new" => "New password".to_owned(),
        "current" => "Current password".to_owned(),
        "to" => "New owner".to_owned(),
        _ => label_of(key),
    };
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    label
}

/// The hidden inputs of every form that writes: where to come back to, and the operation's own id.
#[component]
pub fn Carried(
    /// Where to come back to; the page itself if not given.
    #[prop(optional, into)]
    back: Option<String>,
) -> impl IntoView {
    let back = back.or_else(|| Visit::current().map(|visit| links::here(&visit))).unwrap_or_else(|| "/".to_owned());
    view! {
        <input type="hidden" name="back" value=back />
        <input type="hidden" name="op" value=new_operation() />
    }
}

/// A label over its control, with help and message under it. The control takes the id and [`described`].
#[component]
pub fn Labelled(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// The help, if any.
    #[prop(optional, into)]
    help: String,
    /// What is wrong, if anything.
    error: Option<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" id=format!("{id}-label") for=id.clone()>
                {label}
            </label>
            {children()}
            <Wrong id=id.clone() error=error />
            {(!help.is_empty()).then(|| view! { <p class="field-help" id=format!("{id}-help")>{help}</p> })}
        </div>
    }
}

/// The message under a control.
#[component]
pub fn Wrong(
    /// The control's id.
    id: String,
    /// What is wrong, if anything.
    error: Option<String>,
) -> impl IntoView {
    error.map(|error| {
        view! {
            <p class="field-error" id=format!("{id}-error")>
                <Icon shape=Shape::Warning />
                <span>{error}</span>
            </p>
        }
    })
}

/// The value of a control's `aria-describedby`: its message first, then its help.
pub fn described(id: &str, has_error: bool, has_help: bool) -> Option<String> {
    let error = has_error.then(|| format!("{id}-error"));
    let help = has_help.then(|| format!("{id}-help"));
    let ids: Vec<String> = error.into_iter().chain(help).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A one-line input with label, help and message.
#[component]
pub fn TextInput(
    /// The key by which violations name it; makes its id.
    #[prop(into)]
    key: String,
    /// The name it is sent under; the key if not given.
    #[prop(optional, into)]
    name: Option<String>,
    /// The label.
    #[prop(into)]
    label: String,
    /// What it shows.
    #[prop(optional, into)]
    value: String,
    /// `text`, `password`, `date`, ...
    #[prop(default = "text")]
    kind: &'static str,
    /// What a password manager may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Which keys a phone shows, where it is not by the kind.
    #[prop(optional, into)]
    inputmode: Option<&'static str>,
    /// The help, if any.
    #[prop(optional, into)]
    help: String,
    /// The form it belongs to, for its message.
    #[prop(optional)]
    draft: Draft,
) -> impl IntoView {
    let id = input_id(&key);
    let error = draft.message(&key, &label);
    let described = described(&id, error.is_some(), !help.is_empty());
    let dir = (kind == "text").then_some("auto");
    view! {
        <Labelled id=id.clone() label=label help=help error=error.clone()>
            <input
                class="input"
                id=id
                name=name.unwrap_or(key)
                type=kind
                value=value
                dir=dir
                autocomplete=autocomplete
                inputmode=inputmode
                autocapitalize=(kind != "date").then_some("none")
                spellcheck=(kind == "text").then_some("false")
                aria-invalid=error.map(|_| "true")
                aria-describedby=described
            />
        </Labelled>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_named_for_people() {
        assert_eq!(subject("cover"), "Cover");
        assert_eq!(subject("value.2"), "Row 3: the value");
        assert_eq!(subject("again"), "The repetition");
        assert_eq!(subject("id"), "Id");
        assert_eq!(subject("é"), "é");
    }

    #[test]
    fn a_message_comes_before_the_help() {
        assert_eq!(described("x", true, true).as_deref(), Some("x-error x-help"));
        assert_eq!(described("x", false, false), None);
    }
}
