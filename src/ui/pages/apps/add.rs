//! The form that adds an app.

use leptos::prelude::*;

use super::may::MayInputs;
use crate::{
    domain::app::{About, Allowed, Scope},
    ui::components::{
        form::{Carried, Draft, Labelled, TextInput, described, input_id},
        icon::{Icon, Shape},
    },
};

/// Name, vendor, what it may do, and, for back-ends that have theirs, key and secret.
#[component]
pub fn Add(
    /// The form as it came back.
    draft: Draft,
    /// The vendors that there are.
    vendors: &'static [&'static About],
) -> impl IntoView {
    let kept = Allowed { scope: Scope::Read.key().to_owned(), ..Allowed::default() };
    view! {
        <section class="card narrow" aria-labelledby="add-title">
            <h2 id="add-title">"Add an app"</h2>
            <form class="stack" method="post" action="/api/add_app">
                <Carried />
                <TextInput
                    key="name"
                    label="Name"
                    value=draft.value("name", "")
                    help="What people call it; it stands in the history of every room that it changes."
                    draft=draft.clone()
                />
                <Vendor draft=draft.clone() vendors=vendors />
                <MayInputs draft=draft.clone() kept=kept vendors=vendors.to_vec() />
                <Own draft=draft vendors=vendors />
                <p class="quiet small">"You are shown its secret once, to hand over."</p>
                <p>
                    <button class="button primary" type="submit">
                        <Icon shape=Shape::Plus />
                        "Add"
                    </button>
                </p>
            </form>
        </section>
    }
}

#[component]
fn Vendor(draft: Draft, vendors: &'static [&'static About]) -> impl IntoView {
    let chosen = draft.value("vendor", "");
    let (id, error) = (input_id("vendor"), draft.message("vendor", "Vendor"));
    let describes = described(&id, error.is_some(), true);
    let is_wrong = error.is_some();
    let options = vendors.iter().map(|about| {
        view! {
            <option value=about.key selected=about.key == chosen>
                {about.name}
            </option>
        }
    });
    let options = options.collect_view();
    view! {
        <Labelled id=id.clone() label="Vendor" help="Whose API the back-end speaks. It cannot be changed later." error=error>
            <select
                class="input"
                id=id
                name="vendor"
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=describes
            >
                {options}
            </select>
        </Labelled>
    }
}

/// Key and secret of a back-end that has them already. Open where the form came back, because the secret did not.
#[component]
fn Own(draft: Draft, vendors: &'static [&'static About]) -> impl IntoView {
    let words = |of: fn(&About) -> &'static str| {
        vendors.iter().map(|about| format!("{}: {}", about.name, of(about))).collect::<Vec<_>>().join("; ")
    };
    let key_help = format!("{}. Empty for a new one.", words(|about| about.key_label));
    let came_back = draft.is_refused();
    let again = if came_back { " It does not come back after a refusal: type it again." } else { "" };
    let secret_help = format!("{}. Empty for a new one.{again}", words(|about| about.secret_label));
    view! {
        <details open=came_back>
            <summary>"Bring your own key"</summary>
            <div class="stack folded">
                <p class="quiet small">"For a back-end that has a key and a secret already and shall go on with them."</p>
                <TextInput key="key" label="Key" value=draft.value("key", "") help=key_help draft=draft.clone() />
                <TextInput
                    key="secret"
                    label="Secret"
                    kind="password"
                    autocomplete="new-password"
                    help=secret_help
                    draft=draft
                />
            </div>
        </details>
    }
}
