//! `/preferences`: how somebody has the console before them, whatever browser they sit at.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Error,
        desk::{Density, Preferences},
    },
    ui::{
        components::{
            columns::ColumnsInput,
            flash::Answer,
            form::{Carried, Draft, Wrong, input_id},
            page::page,
        },
        visit::Visit,
    },
};

const ACTION: &str = "/api/save_preferences";

/// The form.
#[component]
pub fn PreferencesPage() -> impl IntoView {
    page(async |visit: Visit| {
        let kept = visit.staff.clone().ok_or(Error::Unauthenticated)?.preferences;
        let draft = Draft::of(&visit, ACTION);
        Ok(view! {
            <Title text="Preferences" />
            <div class="stack narrow">
                <h1>"Preferences"</h1>
                <Answer />
                <Form kept=kept draft=draft />
            </div>
        }
        .into_any())
    })
}

#[component]
fn Form(kept: Preferences, draft: Draft) -> impl IntoView {
    let keys = draft.ticked("keys", kept.keys);
    view! {
        <form class="card room-form" method="post" action=ACTION data-guard=if draft.is_refused() { "unsaved" } else { "" }>
            <Carried />
            <DensityChoice kept=kept.density draft=draft.clone() />
            <fieldset class="field">
                <legend class="field-label">"Keyboard"</legend>
                <label class="check">
                    <input type="checkbox" name="keys" checked=keys aria-describedby="field-keys-help" />
                    "Single keys do something"
                </label>
                <p class="field-help" id="field-keys-help">
                    "j and k go from row to row, x selects, / searches, ? shows all keys. Turn them off if you speak to your computer or press keys by mistake; Ctrl+K stays."
                </p>
            </fieldset>
            <ColumnsInput draft=draft.clone() kept=kept.columns />
            <div class="savebar">
                <button class="button primary" type="submit">
                    "Save"
                </button>
                <a class="button plain" href="/rooms">
                    "All rooms"
                </a>
                <span class="quiet" data-unsaved="" hidden>
                    "Unsaved changes"
                </span>
            </div>
        </form>
    }
}

#[component]
fn DensityChoice(kept: Density, draft: Draft) -> impl IntoView {
    let (first, error) = (input_id("density"), draft.message("density", "Density"));
    let chosen = draft.value("density", kept.key());
    let describes = error.as_ref().map(|_| format!("{first}-error"));
    let radios = Density::ALL.into_iter().enumerate().map(|(n, density)| {
        let id = if n == 0 { first.clone() } else { format!("{first}-{}", density.key()) };
        view! {
            <label class="check">
                <input type="radio" id=id name="density" value=density.key() checked=density.key() == chosen />
                <span>
                    <strong>{density.key()}</strong>
                    " "
                    <span class="quiet">{density.about()}</span>
                </span>
            </label>
        }
    });
    let radios = radios.collect_view();
    view! {
        <fieldset class="field" role="radiogroup" aria-describedby=describes>
            <legend class="field-label">"Density"</legend>
            {radios}
            <Wrong id=first error=error />
        </fieldset>
    }
}
