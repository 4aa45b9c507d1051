//! What the last form left behind: done, with its changes and a way to undo them, or refused, with every reason.

use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    badge::Tone,
    entries::diff::{Diff, value},
    form::{Carried, input_id, subject},
    icon::{Icon, Shape},
    notice::Notice,
};
use crate::{
    domain::{
        Error,
        error::Clash,
        room::{Change, Field},
    },
    rpc::Secret,
    ui::{
        links,
        visit::{Flash, Visit},
    },
};

/// The answer to the last form; nothing where none was sent.
#[component]
pub fn Answer() -> impl IntoView {
    let visit = Visit::current()?;
    Some(match visit.flash? {
        Flash::Done { message, entry, changes, secret } => {
            view! { <Done message=message entry=entry changes=changes secret=secret /> }.into_any()
        }
        Flash::Rejected { error, .. } => view! { <Refused error=error /> }.into_any(),
    })
}

#[component]
fn Done(message: String, entry: Option<i64>, changes: Vec<Change>, secret: Option<Secret>) -> impl IntoView {
    view! {
        <Notice tone=Tone::Ok answer=true>
            <p>
                <strong>{message}</strong>
            </p>
            {secret.map(|secret| view! { <Shown secret=secret /> })}
            {(!changes.is_empty()).then(|| view! { <Diff changes=changes /> })}
            {entry.map(|entry| view! { <Undo entry=entry /> })}
        </Notice>
    }
}

/// The button that takes an entry back.
#[component]
pub fn Undo(
    /// The entry's number.
    entry: i64,
) -> impl IntoView {
    view! {
        <form method="post" action="/api/undo">
            <input type="hidden" name="entry" value=entry.to_string() />
            <Carried />
            <button class="button slim" type="submit">
                <Icon shape=Shape::Undo />
                "Undo"
                <span class="unseen">{format!(" entry {entry}")}</span>
            </button>
        </form>
    }
}

/// A secret, shown this once, with what is handed over beside it.
#[component]
fn Shown(secret: Secret) -> impl IntoView {
    let Secret { name, label, value, public, note } = secret;
    let is_list = value.contains('\n');
    let manner =
        if is_list { "They are shown this once." } else { "It is shown this once; hand it over by a safe way." };
    let public = public.map(|(label, value)| {
        view! {
            <p>{label} ":"</p>
            <Copied id="secret-public" value=value />
            <p>"The secret:"</p>
        }
    });
    view! {
        <p>
            {label} " of " <strong>
                <bdi>{name}</bdi>
            </strong> {format!(". {manner} {note}")}
        </p>
        {public}
        {if is_list { view! { <Codes value=value /> }.into_any() } else { view! { <Copied id="secret" value=value /> }.into_any() }}
    }
}

#[component]
fn Copied(id: &'static str, value: String) -> impl IntoView {
    view! {
        <p class="line">
            <code class="secret" id=id>
                {value}
            </code>
            <button class="button" type="button" data-copy=id hidden>
                <Icon shape=Shape::Copy />
                "Copy"
            </button>
        </p>
    }
}

/// Several secrets, one a line: to be printed, copied, or kept as a file.
#[component]
fn Codes(value: String) -> impl IntoView {
    let text = format!("Wardroom: recovery codes, each good once\n\n{value}\n");
    let file = format!("data:text/plain;charset=utf-8,{}", utf8_percent_encode(&text, NON_ALPHANUMERIC));
    view! {
        <pre class="secret" id="secret" tabindex="0">
            {value}
        </pre>
        <p class="line">
            <button class="button" type="button" data-copy="secret" hidden>
                <Icon shape=Shape::Copy />
                "Copy"
            </button>
            <a class="button" href=file download="wardroom-recovery-codes.txt">
                "Save as a file"
            </a>
        </p>
    }
}

#[component]
fn Refused(error: Error) -> impl IntoView {
    let tone = if matches!(error, Error::Conflict(_) | Error::Unauthenticated | Error::StepUp) {
        Tone::Warn
    } else {
        Tone::Bad
    };
    view! {
        <Notice tone=tone answer=true>
            <Reasons error=error />
        </Notice>
    }
}

/// Why something was not done, what was kept, and what to do next.
#[component]
pub fn Reasons(
    /// The error.
    error: Error,
) -> impl IntoView {
    let kept = "Nothing was changed, and what you typed is still here.";
    match error {
        Error::Invalid(mut violations) => {
            // In the order of the form; a stable sort leaves what is no field in front.
            violations.sort_by_key(|violation| Field::ALL.iter().position(|field| field.key() == violation.field));
            let many = violations.iter().filter(|violation| !violation.field.is_empty()).count();
            // A violation of the whole beside others says what was done all the same.
            let in_part = many > 0 && many < violations.len();
            let kept = if in_part { "What you typed is still here." } else { kept };
            let head = match many {
                0 => "Not saved.".to_owned(),
                1 => "Not saved: one thing to correct.".to_owned(),
                _ => format!("Not saved: {many} things to correct."),
            };
            let items = violations.into_iter().map(|violation| {
                if violation.field.is_empty() {
                    return view! { <li>{violation.message}</li> }.into_any();
                }
                let text = format!("{} {}.", subject(&violation.field), violation.message);
                view! {
                    <li>
                        <a href=format!("#{}", input_id(&violation.field))>{text}</a>
                    </li>
                }
                .into_any()
            });
            view! {
                <p>
                    <strong>{head}</strong>
                    " "
                    {kept}
                </p>
                <ul>{items.collect_view()}</ul>
            }
            .into_any()
        }
        Error::Conflict(clashes) => view! {
            <p>
                <strong>"Not saved: somebody else changed the same meanwhile."</strong>
                " Both values are shown. What you typed is still in the form: save again to put it over theirs, or take theirs."
            </p>
            <Clashes clashes=clashes />
            <p>
                <a class="button slim" href=Visit::current().map(|visit| links::here(&visit))>
                    "Take theirs"
                </a>
            </p>
        }
        .into_any(),
        Error::Unauthenticated => {
            view! {
                <p>
                    <strong>"Not saved yet: your session had ended."</strong>
                    " You are signed in again, and what you typed is still here. Look at it and send it once more."
                </p>
            }
            .into_any()
        }
        Error::StepUp => {
            view! {
                <p>
                    <strong>"Not done yet: it had to be sure first that it is you."</strong>
                    " What you typed is still here, but for passwords and secrets. Look at it and send it once more."
                </p>
            }
            .into_any()
        }
        Error::Forbidden(why) => plain("Not allowed.", &why, "Nothing was changed."),
        Error::NotFound(why) => plain("Not there (any more).", &why, "Nothing was changed."),
        Error::Exists(why) => plain("There already.", &why, kept),
        Error::Limit(why) => plain("Too much.", &why, kept),
        Error::Busy(why) => plain("Not just now.", &why, "What you typed is still here; try again in a moment."),
        Error::Internal(incident) => view! {
            <p>
                <strong>"Something went wrong on our side."</strong>
                " "
                {kept}
                " Try again; if it stays so, tell whoever runs this house the incident: "
                <code>{incident}</code>
            </p>
        }
        .into_any(),
    }
}

fn plain(head: &'static str, why: &str, kept: &'static str) -> AnyView {
    view! {
        <p>
            <strong>{head}</strong>
            {format!(" {why} {kept}")}
        </p>
    }
    .into_any()
}

/// Base, theirs and mine of every field that two people changed.
#[component]
pub fn Clashes(
    /// The fields.
    clashes: Vec<Clash>,
) -> impl IntoView {
    let shown = clashes.into_iter().map(|clash| {
        let theirs = Change { field: clash.field.clone(), before: clash.base, after: clash.theirs };
        let mine = Change { field: clash.field, before: None, after: clash.mine };
        view! {
            <div class="clash">
                <h2>
                    <bdi>{mine.label()}</bdi>
                </h2>
                <dl>
                    <dt>"It was"</dt>
                    <dd>{value(theirs.show_before())}</dd>
                    <dt>"Theirs now"</dt>
                    <dd>{value(theirs.show_after())}</dd>
                    <dt>"Yours"</dt>
                    <dd>{value(mine.show_after())}</dd>
                </dl>
            </div>
        }
    });
    view! { <div class="clashes">{shown.collect_view()}</div> }
}
