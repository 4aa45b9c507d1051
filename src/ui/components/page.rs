//! A page: loads what it shows, and says why when it cannot.

use std::future::Future;

use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;

use super::{
    flash::{Answer, Reasons},
    notice::Notice,
};
use crate::{
    domain::{Error, Result},
    ui::{components::badge::Tone, links, visit::Visit},
};

/// Shows what `load` makes of the visit, or the error page.
pub fn page<F, Loading>(load: F) -> AnyView
where
    F: FnOnce(Visit) -> Loading + Send + 'static,
    Loading: Future<Output = Result<AnyView>> + Send + 'static,
{
    let Some(visit) = Visit::current() else { return failed(&Error::Unauthenticated, "/") };
    let here = links::here(&visit);
    Suspend::new(async move {
        match load(visit).await {
            Ok(shown) => shown,
            Err(error) => failed(&error, &here),
        }
    })
    .into_any()
}

/// The page for an error, with its status.
pub fn failed(error: &Error, here: &str) -> AnyView {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(status) = axum::http::StatusCode::from_u16(error.status())
    {
        response.set_status(status);
    }
    let here = here.to_owned();
    let (title, next) = match error {
        Error::Unauthenticated => (
            "Signed out",
            view! {
                <a class="button primary" href=links::with_query("/sign-in", [("next", here.as_str())])>
                    "Sign in"
                </a>
            }
            .into_any(),
        ),
        Error::Busy(_) | Error::Internal(_) | Error::Limit(_) => (
            "Something went wrong",
            view! {
                <a class="button primary" href=here>
                    "Try again"
                </a>
            }
            .into_any(),
        ),
        Error::StepUp => (
            "Confirm that it is you",
            view! {
                <a class="button primary" href=links::confirm(&here)>
                    "Confirm that it is you"
                </a>
            }
            .into_any(),
        ),
        Error::Forbidden(_) => ("Not for your role", rooms()),
        Error::NotFound(_) => ("Not found", rooms()),
        Error::Invalid(_) | Error::Conflict(_) | Error::Exists(_) => ("Not possible", rooms()),
    };
    let tone = if error.status() >= 500 { Tone::Bad } else { Tone::Plain };
    let error = error.clone();
    view! {
        <Title text=title />
        <div class="incident narrow">
            <h1>{title}</h1>
            <Answer />
            <Notice tone=tone>{reason(error)}</Notice>
            <p class="line">{next}</p>
        </div>
    }
    .into_any()
}

/// The same reasons as for a form; where nothing was sent, nothing needs to be said of what was kept.
fn reason(error: Error) -> AnyView {
    match error {
        Error::Forbidden(why)
        | Error::NotFound(why)
        | Error::Exists(why)
        | Error::Limit(why)
        | Error::Busy(why) => {
            view! { <p>{why}</p> }.into_any()
        }
        Error::Internal(incident) => view! {
            <p>
                "This page could not be loaded. Nothing was changed. Try again; if it stays so, tell whoever runs this house the incident: "
                <code>{incident}</code>
            </p>
        }
        .into_any(),
        Error::Unauthenticated => view! { <p>"Please sign in to see this page."</p> }.into_any(),
        Error::StepUp => view! { <p>"This is shown only to who has shown lately that it is them."</p> }.into_any(),
        Error::Invalid(_) | Error::Conflict(_) => view! { <Reasons error=error /> }.into_any(),
    }
}

fn rooms() -> AnyView {
    view! {
        <a class="button primary" href="/rooms">
            "All rooms"
        </a>
    }
    .into_any()
}
