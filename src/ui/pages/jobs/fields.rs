//! The inputs of a bulk change, one or more for each field that can be changed in bulk. What is left empty stays as it
//! is; so clearing is a check box of its own, and lists are added to and taken from.

use leptos::prelude::*;

use crate::{
    domain::room::{Field, Group, Kind, VendorLimit},
    services::Ctx,
    ui::components::{
        form::{Draft, Wrong, described, input_id},
        inputs::{Shown, TextArea, choice::Segments, control, limits::Watched},
    },
};

/// What the choices of a field with fixed answers begin with.
const AS_IT_IS: (&str, &str) = ("", "As it is");

/// All fields of one group that the asker may change in bulk; nothing where there is none.
#[component]
pub fn BulkGroup(
    /// Which group.
    group: Group,
    /// Who asks.
    ctx: Ctx,
    /// The form as it came back.
    draft: Draft,
    /// The vendors' narrower limits.
    vendors: &'static [VendorLimit],
) -> impl IntoView {
    let fields = Field::of(group).filter(|field| field.spec().bulk && ctx.may(field.spec().right).is_ok());
    let fields: Vec<AnyView> = fields
        .map(|field| view! { <BulkField field=field draft=draft.clone() vendors=vendors /> }.into_any())
        .collect();
    (!fields.is_empty()).then(|| {
        view! {
            <fieldset class="group">
                <legend>{group.label()}</legend>
                <div class="group-fields">{fields}</div>
            </fieldset>
        }
    })
}

/// The inputs of one field.
#[component]
fn BulkField(field: Field, draft: Draft, vendors: &'static [VendorLimit]) -> impl IntoView {
    match field.spec().kind {
        Kind::Flag { .. } | Kind::Choice(_) => view! { <Answers field=field draft=draft /> }.into_any(),
        Kind::Words { .. } => view! {
            <Words field=field verb="add" draft=draft.clone() />
            <div>
                <Words field=field verb="remove" draft=draft.clone() />
                <Clear field=field id=input_id(&format!("set.{}", field.key())) draft=draft />
            </div>
        }
        .into_any(),
        Kind::Clients { .. } => view! {
            <Words field=field verb="add" draft=draft.clone() />
            <Words field=field verb="remove" draft=draft />
        }
        .into_any(),
        _ => view! { <Set field=field draft=draft vendors=vendors /> }.into_any(),
    }
}

/// A field with fixed answers: one of them, or as it is.
#[component]
pub fn Answers(
    /// Which field.
    field: Field,
    /// The form as it came back.
    draft: Draft,
) -> impl IntoView {
    let options: Vec<(&'static str, &'static str)> = match field.spec().kind {
        Kind::Choice(options) => [AS_IT_IS].into_iter().chain(options.iter().copied()).collect(),
        _ => vec![AS_IT_IS, ("yes", "Yes"), ("no", "No")],
    };
    let (shown, error) = shown(field, "set", &draft);
    let id = shown.id.clone();
    view! {
        <Segments field=field shown=shown options=options>
            <Wrong id=id.clone() error=error />
            <p class="field-help" id=format!("{id}-help")>
                {field.help()}
            </p>
        </Segments>
    }
}

/// A field that gets a value, or none.
#[component]
fn Set(field: Field, draft: Draft, vendors: &'static [VendorLimit]) -> impl IntoView {
    let (mut shown, error) = shown(field, "set", &draft);
    let watched = Watched::of(field, vendors);
    shown.limits = watched.as_ref().map(Watched::attribute);
    let (id, text) = (shown.id.clone(), shown.text.clone());
    if watched.is_some() {
        shown.described = shown.described.map(|ids| format!("{ids} {id}-limits"));
    }
    let kind = field.spec().kind;
    let can_be_cleared = !matches!(kind, Kind::Client);
    let class = if matches!(kind, Kind::Text { .. }) { "field wide" } else { "field" };
    view! {
        <div class=class>
            <label class="field-label" for=id.clone()>
                {if kind == Kind::Client { format!("New {}", field.label().to_lowercase()) } else { field.label().to_owned() }}
            </label>
            {control(kind, shown)}
            <Wrong id=id.clone() error=error />
            {watched.map(|watched| watched.view(&id, &text))}
            <p class="field-help" id=format!("{id}-help")>
                {format!("{} Left empty, it stays as it is.", field.help())}
            </p>
            {can_be_cleared
                .then(|| {
                    view! { <Clear field=field id=input_id(&format!("clear.{}", field.key())) draft=draft /> }
                })}
        </div>
    }
}

/// Words that a list gets, or loses.
#[component]
fn Words(field: Field, verb: &'static str, draft: Draft) -> impl IntoView {
    let (shown, error) = shown(field, verb, &draft);
    let id = shown.id.clone();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {format!("{} to {verb}", field.label())}
            </label>
            {control(field.spec().kind, shown)}
            <Wrong id=id.clone() error=error />
            <p class="field-help" id=format!("{id}-help")>
                "With commas between."
            </p>
        </div>
    }
}

/// The check box that clears a field.
#[component]
fn Clear(field: Field, id: String, draft: Draft) -> impl IntoView {
    let name = format!("typed[clear][{}]", field.key());
    let is_ticked = draft.ticked(&name, false);
    let label = field.label().to_lowercase();
    let word = if field.spec().kind.is_list() { format!("Remove all {label}") } else { format!("Clear {label}") };
    // What a list is asked in two ways has no other place to be said.
    let error =
        field.spec().kind.is_list().then(|| draft.message(&format!("set.{}", field.key()), field.label())).flatten();
    let error = error.or_else(|| draft.message(&format!("clear.{}", field.key()), field.label()));
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value="yes"
                    checked=is_ticked
                    aria-invalid=error.as_ref().map(|_| "true")
                    aria-describedby=described(&id, error.is_some(), false)
                />
                <span>{word}</span>
            </label>
            <Wrong id=id error=error />
        </div>
    }
}

/// All that an input shows, and what is wrong with it.
fn shown(field: Field, verb: &str, draft: &Draft) -> (Shown, Option<String>) {
    let key = format!("{verb}.{}", field.key());
    let (id, name) = (input_id(&key), format!("typed[{verb}][{}]", field.key()));
    let error = draft.message(&key, field.label());
    let text = draft.value(&name, "");
    let describes = described(&id, error.is_some(), true);
    (Shown { id, name, text, is_wrong: error.is_some(), described: describes, limits: None }, error)
}

/// Rows for attributes to be set or deleted.
#[component]
pub fn AttributeRows(
    /// The form as it came back.
    draft: Draft,
) -> impl IntoView {
    let rows = (0..3usize).map(|n| view! { <AttributeRow n=n draft=draft.clone() /> });
    let rows = rows.collect_view();
    view! {
        <fieldset class="group">
            <legend>"Attributes"</legend>
            <table class="table tall attributes">
                <thead>
                    <tr>
                        <th scope="col" class="col-key">
                            "Key"
                        </th>
                        <th scope="col">"Value"</th>
                        <th scope="col" class="col-flag">
                            "Delete"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </fieldset>
    }
}

#[component]
fn AttributeRow(n: usize, draft: Draft) -> impl IntoView {
    let name = |part: &str| format!("typed[attributes][{n}][{part}]");
    let (key_id, value_id) = (input_id(&format!("key.{n}")), input_id(&format!("value.{n}")));
    let key_wrong = draft.message(&format!("key.{n}"), "The key");
    let value_wrong = draft.message(&format!("value.{n}"), "The value");
    let said = format!("attribute {}", n + 1);
    view! {
        <tr>
            <td>
                <input
                    class="input"
                    type="text"
                    id=key_id.clone()
                    name=name("key")
                    value=draft.value(&name("key"), "")
                    dir="auto"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder="Key"
                    aria-label=format!("Key of {said}")
                    aria-invalid=key_wrong.as_ref().map(|_| "true")
                    aria-describedby=described(&key_id, key_wrong.is_some(), false)
                />
                <Wrong id=key_id error=key_wrong />
            </td>
            <td>
                <TextArea
                    id=value_id.clone()
                    name=name("value")
                    value=draft.value(&name("value"), "")
                    lines=1
                    label=format!("Value of {said}")
                    is_wrong=value_wrong.is_some()
                    described=described(&value_id, value_wrong.is_some(), false)
                />
                <Wrong id=value_id error=value_wrong />
            </td>
            <td data-label="Delete">
                <label class="check">
                    <input type="checkbox" name=name("delete") value="yes" checked=draft.ticked(&name("delete"), false) />
                    <span class="unseen">{format!("Delete {said}")}</span>
                </label>
            </td>
        </tr>
    }
}
