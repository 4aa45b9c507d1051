//! `/sign-in`: name and password, and why it did not work.

pub mod code;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::Error,
    ui::{
        components::{
            badge::Tone,
            flash::Answer,
            form::{Draft, TextInput},
            icon::{Icon, Shape},
            notice::Notice,
        },
        visit::{Flash, Visit},
    },
};

const ACTION: &str = "/api/sign_in";

/// Signing in.
#[component]
pub fn SignIn() -> impl IntoView {
    let visit = Visit::current()?;
    let draft = Draft::of(&visit, ACTION);
    let next = draft.value("next", visit.asked("next"));
    let is_back = !next.is_empty() && next != "/" && next != "/rooms";
    let name = draft.value("name", "");
    let refusal = match &visit.flash {
        Some(Flash::Rejected { form, error, .. }) if form.starts_with(ACTION) => Some(refusal(error)),
        Some(_) => Some(view! { <Answer /> }.into_any()),
        None => is_back.then(|| {
            view! {
                <Notice tone=Tone::Plain>
                    <p>"Sign in to go on where you were. What you typed there is kept."</p>
                </Notice>
            }
            .into_any()
        }),
    };
    Some(view! {
        <Title text="Sign in" />
        <Door>
            {refusal}
            <div class="card">
                <h1>"Sign in"</h1>
                <form class="stack" method="post" action=ACTION>
                    <input type="hidden" name="next" value=next />
                    <TextInput key="name" label="Name" value=name autocomplete="username" />
                    <TextInput key="password" label="Password" kind="password" autocomplete="current-password" />
                    <button class="button primary" type="submit">
                        "Sign in"
                    </button>
                </form>
            </div>
            <p class="quiet small">"No account or no password? An admin of this house can give you one."</p>
        </Door>
    })
}

/// What stands around every step of signing in.
#[component]
fn Door(
    /// The step.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="sign-in">
            <p class="sign-in-brand">
                <Icon shape=Shape::Brand />
                "Wardroom"
            </p>
            {children()}
        </div>
    }
}

fn refusal(error: &Error) -> AnyView {
    let text = match error {
        Error::Invalid(violations) => {
            violations.iter().map(|violation| violation.message.as_str()).collect::<Vec<_>>().join(" ")
        }
        Error::Unauthenticated => "That took too long, or was begun elsewhere. Begin again.".to_owned(),
        other => other.to_string(),
    };
    view! {
        <Notice tone=Tone::Bad answer=true>
            <p>{text}</p>
        </Notice>
    }
    .into_any()
}
