//! The names that requests are counted by.

use std::sync::LazyLock;

use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;

use crate::{ui::app::App, vendors};

/// Routes that are no pages. One that is missing here is counted as "other" (`watching`).
const ROUTES: [&str; 12] = [
    "/",
    "/api/{function}",
    "/audit/export",
    "/favicon.svg",
    "/healthz",
    "/jobs/{id}/export",
    "/pkg/{file}",
    "/readyz",
    "/robots.txt",
    "/rooms.csv",
    "/rooms.jsonl",
    "/rooms/{id}/cover",
];

/// Every route that requests are counted by: pages, what is no page, server functions, vendors.
pub(super) fn all() -> &'static [String] {
    static ROUTES_OF_ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let pages = generate_route_list(App).into_iter().map(|page| written(page.path())).collect::<Vec<_>>();
        let functions = server_fn_paths().map(|(path, _)| path);
        let vendors = vendors::abouts().iter().map(|about| about.key);
        let rest = ROUTES.into_iter().chain(functions).chain(vendors).map(str::to_owned);
        pages.into_iter().chain(rest).collect()
    });
    &ROUTES_OF_ALL
}

/// A page's route as axum writes it: `{id}` for `:id`.
fn written(path: &str) -> String {
    let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
