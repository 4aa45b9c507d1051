//! What an app may do, as inputs: the form that adds an app and the form that changes one have them in common.

use leptos::prelude::*;

use crate::{
    domain::app::{About, Allowed, Scope},
    services::apps::DEFAULT_ACCOUNT,
    ui::components::form::{Draft, TextInput, Wrong, input_id},
};

/// Scope, application, accounts and rate. The accounts are asked for where one of the vendors has them.
#[component]
pub fn MayInputs(
    /// The form as it came back.
    draft: Draft,
    /// What the app may do now.
    kept: Allowed,
    /// The vendors that the app may be one of.
    vendors: Vec<&'static About>,
) -> impl IntoView {
    let asking = vendors.iter().filter_map(|about| Some((about.name, about.accounts_label?)));
    let asking: Vec<String> = asking.map(|(name, label)| format!("{name} ({label})")).collect();
    let accounts = draft.value("may[accounts]", &kept.accounts);
    let accounts = if asking.is_empty() {
        view! { <input type="hidden" name="may[accounts]" value="" /> }.into_any()
    } else {
        let help = format!(
            "For {}: who may act through the app, with commas between. Empty for {DEFAULT_ACCOUNT}.",
            asking.join(", ")
        );
        view! {
            <TextInput
                key="accounts"
                name="may[accounts]"
                label="Accounts"
                value=accounts
                help=help
                draft=draft.clone()
            />
        }
        .into_any()
    };
    view! {
        <ScopeChoice draft=draft.clone() kept=kept.scope />
        <TextInput
            key="application"
            name="may[application]"
            label="Application"
            value=draft.value("may[application]", &kept.application)
            help="The app sees and makes the rooms of this application only. Empty for all rooms."
            draft=draft.clone()
        />
        {accounts}
        <TextInput
            key="rate"
            name="may[rate]"
            label="Rate"
            value=draft.value("may[rate]", &kept.rate)
            help="Calls a second of each action. Empty for the vendor's own limit."
            draft=draft
        />
    }
}

#[component]
fn ScopeChoice(draft: Draft, kept: String) -> impl IntoView {
    let chosen = draft.value("may[scope]", &kept);
    let (first, error) = (input_id("scope"), draft.message("scope", "Scope"));
    let describes = error.as_ref().map(|_| format!("{first}-error"));
    let is_wrong = error.is_some();
    let radios = Scope::ALL.into_iter().enumerate().map(|(n, scope)| {
        let id = if n == 0 { first.clone() } else { format!("{first}-{}", scope.key()) };
        view! {
            <label class="check">
                <input type="radio" id=id name="may[scope]" value=scope.key() checked=scope.key() == chosen />
                <span>
                    <strong>{scope.key()}</strong>
                    " "
                    <span class="quiet">{scope.about()}</span>
                </span>
            </label>
        }
    });
    let radios = radios.collect_view();
    view! {
        <fieldset
            class="field"
            role="radiogroup"
            aria-describedby=describes
            aria-invalid=is_wrong.then_some("true")
        >
            <legend class="field-label">"Scope"</legend>
            {radios}
            <Wrong id=first error=error />
        </fieldset>
    }
}
