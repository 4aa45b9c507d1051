//! `/confirm`: somebody who is signed in shows once more that it is them, and goes on with what they were doing.
//!
//! What waits is a form that was sent and needs it. Its inputs stand in this page's form, hidden, so that it is sent again
//! as it was, with the proof beside them. A form with passwords or secrets in it is not kept whole: then the proof goes
//! alone, and the way leads back to where the form is, with all that is kept of it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::Error,
    ui::{
        components::{badge::Tone, form::Carried, notice::Notice, page::page, proof::ProofInput},
        links,
        visit::{Flash, Visit, Waiting},
    },
};

const ACTION: &str = "/api/confirm";

/// Showing that it is oneself.
#[component]
pub fn Confirm() -> impl IntoView {
    page(async |visit: Visit| {
        let staff = visit.staff.clone().ok_or(Error::Unauthenticated)?;
        let next = Some(visit.asked("next")).filter(|next| links::is_local(next)).unwrap_or("/rooms").to_owned();
        let (wrong, refusal) = match &visit.flash {
            Some(Flash::Rejected { error: Error::Invalid(all), .. }) => {
                (all.iter().find(|wrong| wrong.field == "proof").map(|wrong| wrong.message.clone()), None)
            }
            Some(Flash::Rejected { error, .. }) => (None, Some(error.to_string())),
            _ => (None, None),
        };
        let (action, then) = match &visit.waiting {
            Some(waiting) if waiting.whole => (waiting.form.clone(), "What you sent is kept, and is done then."),
            Some(_) => (
                ACTION.to_owned(),
                "What you typed is kept, but for passwords and secrets: look at the form once more and send it then.",
            ),
            None => (ACTION.to_owned(), "You go on where you were then."),
        };
        let minutes = visit.ctx()?.settings.policy.step_up_after / 60_000;
        let waiting = visit.waiting.filter(|waiting| waiting.whole);
        Ok(view! {
            <Title text="Confirm that it is you" />
            <div class="sign-in">
                {refusal.map(|why| view! { <Notice tone=Tone::Bad answer=true><p>{why}</p></Notice> })}
                <div class="card">
                    <h1>"Confirm that it is you"</h1>
                    <p>
                        {format!(
                            "Accounts, secrets and approvals are for you alone, not for whoever finds this screen. {then}",
                        )}
                    </p>
                    <form class="stack" method="post" action=action>
                        <Kept waiting=waiting next=next.clone() />
                        <input type="text" autocomplete="username" value=staff.name.clone() readonly hidden />
                        <ProofInput staff=staff error=wrong />
                        <div class="line">
                            <button class="button primary" type="submit">
                                "Confirm"
                            </button>
                            <a class="button plain" href=next>
                                "Cancel"
                            </a>
                        </div>
                    </form>
                </div>
                {(2..=120)
                    .contains(&minutes)
                    .then(|| view! { <p class="quiet small">{format!("You are not asked again for {minutes} minutes.")}</p> })}
            </div>
        }
        .into_any())
    })
}

/// What the form carries: all that was sent, or where to go.
#[component]
fn Kept(waiting: Option<Waiting>, next: String) -> impl IntoView {
    match waiting {
        Some(waiting) => {
            let inputs = waiting.typed.into_iter();
            inputs
                .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                .collect_view()
                .into_any()
        }
        None => view! {
            <Carried back=links::confirm(&next) />
            <input type="hidden" name="next" value=next />
        }
        .into_any(),
    }
}
