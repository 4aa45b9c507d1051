//! `/sign-in/code`: the second step of signing in.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Door, refusal};
use crate::ui::{
    components::form::{Draft, TextInput},
    visit::{Flash, Visit},
};

const ACTION: &str = "/api/sign_in_code";

/// The code of the app, or a recovery code.
#[component]
pub fn Code() -> impl IntoView {
    let visit = Visit::current()?;
    let draft = Draft::of(&visit, ACTION);
    let refusal = match &visit.flash {
        Some(Flash::Rejected { error, .. }) if draft.message("code", "").is_none() => Some(refusal(error)),
        _ => None,
    };
    let next = visit.asked("next").to_owned();
    let back = crate::ui::links::here(&visit);
    let carried = move || {
        view! {
            <input type="hidden" name="back" value=back.clone() />
            <input type="hidden" name="next" value=next.clone() />
        }
    };
    Some(view! {
        <Title text="Sign in: second step" />
        <Door>
            {refusal}
            <div class="card">
                <h1>"Second step"</h1>
                <form class="stack" method="post" action=ACTION>
                    {carried()}
                    <TextInput
                        key="code"
                        label="Code"
                        autocomplete="one-time-code"
                        inputmode="numeric"
                        help="The six digits that your app shows now."
                        draft=draft
                    />
                    <button class="button primary" type="submit">
                        "Sign in"
                    </button>
                </form>
                <details>
                    <summary>"The phone is not there"</summary>
                    <form class="stack folded" method="post" action=ACTION>
                        {carried()}
                        <TextInput
                            key="recovery"
                            name="code"
                            label="Recovery code"
                            help="Each counts once. None left? An admin can reset your second step."
                        />
                        <button class="button" type="submit">
                            "Sign in with it"
                        </button>
                    </form>
                </details>
            </div>
            <p class="small">
                <a href="/sign-in">"Begin again"</a>
            </p>
        </Door>
    })
}
