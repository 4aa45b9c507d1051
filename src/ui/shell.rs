//! The document around every page: head, styles, the script that wakes the page, the body.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::app::App;

/// The addresses of what every page loads.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The styles.
    pub style: String,
    /// The script that loads the browser bundle and wakes the page.
    pub boot: String,
    /// The browser bundle's module; `None` where the server was built without it.
    pub js: Option<String>,
    /// The browser bundle's wasm.
    pub wasm: Option<String>,
}

/// The whole document. The nonce is what lets its one script run.
pub fn shell(assets: Assets, nonce: String) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="stylesheet" href=assets.style />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <MetaTags />
                <script type="module" nonce=nonce src=assets.boot data-js=assets.js data-wasm=assets.wasm></script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
