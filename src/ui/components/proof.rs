//! Showing who one is: the input for it, and the way to the page that asks.

use leptos::prelude::*;

use super::{badge::Tone, form::TextInput, notice::Notice};
use crate::{domain::staff::Staff, ui::links};

/// The input for a proof of who somebody is: the code of their app, or the password where they have none.
#[component]
pub fn ProofInput(
    /// Who.
    staff: Staff,
    /// What is wrong with what was given, if anything.
    error: Option<String>,
) -> impl IntoView {
    let draft = super::form::Draft::wrong("proof", error);
    if staff.totp_since.is_some() {
        let help = "The six digits that your app shows now, or a recovery code.";
        view! { <TextInput key="proof" label="Code" autocomplete="one-time-code" help=help draft=draft /> }.into_any()
    } else {
        view! { <TextInput key="proof" label="Password" kind="password" autocomplete="current-password" draft=draft /> }
            .into_any()
    }
}

/// In place of a secret that is shown only to who has shown lately who they are.
#[component]
pub fn AskFirst(
    /// What is not shown, as a sentence.
    #[prop(into)]
    why: String,
    /// The page to come back to.
    next: String,
) -> impl IntoView {
    view! {
        <Notice tone=Tone::Plain>
            <p>{why}</p>
            <p>
                <a class="button" href=links::confirm(&next)>
                    "Confirm that it is you"
                </a>
            </p>
        </Notice>
    }
}
