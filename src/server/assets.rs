//! What the browser loads besides pages: the style sheet, the boot script, the bundle, the icon. All of it is inside
//! the binary, has its content's hash in its name, and may be kept for a year.

use std::{borrow::Cow, io::Write, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::{domain::text::hex, ui::shell::Assets};

/// The bundle that `cargo xtask` (or cargo-leptos) makes. In a debug build it is read from the folder at each request.
#[derive(RustEmbed)]
#[folder = "target/site/pkg"]
#[allow_missing = true]
struct Bundle;

/// Set by `cargo xtask` to the bundle's hash, so that a new bundle makes a new binary.
const _: Option<&str> = option_env!("WARDROOM_BUNDLE");

const STYLE: &str = concat!(
    "@layer tokens, base, layout, components, pages;\n",
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/components.css"),
    include_str!("../../style/pages.css"),
);
const BOOT: &str = include_str!("boot.js");
const ICON: &str = include_str!("../../public/favicon.svg");
const ROBOTS: &str = include_str!("../../public/robots.txt");

/// Looks at what there is: the addresses that a page's head names.
pub fn find() -> Assets {
    let named = |start: &str, end: &str| {
        Bundle::iter().find(|name| name.starts_with(start) && name.ends_with(end)).map(|name| format!("/pkg/{name}"))
    };
    Assets {
        style: format!("/pkg/{}", STYLE_FILE.name),
        boot: format!("/pkg/{}", BOOT_FILE.name),
        js: named("wardroom", ".js"),
        wasm: named("wardroom", ".wasm"),
    }
}

/// A text of ours, named by its hash and compressed once.
struct Own {
    name: String,
    plain: &'static str,
    gzip: Vec<u8>,
}

static STYLE_FILE: LazyLock<Own> = LazyLock::new(|| Own::new("style", "css", STYLE));
static BOOT_FILE: LazyLock<Own> = LazyLock::new(|| Own::new("boot", "js", BOOT));

impl Own {
    fn new(stem: &str, extension: &str, plain: &'static str) -> Self {
        let hash: String = hex(&Sha256::digest(plain)).chars().take(16).collect();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let gzip = encoder.write_all(plain.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { name: format!("{stem}.{hash}.{extension}"), plain, gzip }
    }
}

/// `GET /pkg/{file}`
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some(own) = [&*STYLE_FILE, &*BOOT_FILE].into_iter().find(|own| own.name == name) {
        return if accepted.contains("gzip") && !own.gzip.is_empty() {
            respond(&name, Cow::Borrowed(own.gzip.as_slice()), Some("gzip"))
        } else {
            respond(&name, Cow::Borrowed(own.plain.as_bytes()), None)
        };
    }
    for (coding, extension) in [("br", ".br"), ("gzip", ".gz")] {
        if accepted.contains(coding)
            && let Some(packed) = Bundle::get(&format!("{name}{extension}"))
        {
            return respond(&name, packed.data, Some(coding));
        }
    }
    match Bundle::get(&name) {
        Some(plain) => respond(&name, plain.data, None),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /favicon.svg`
pub async fn icon() -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")], ICON).into_response()
}

/// `GET /robots.txt`
pub async fn robots() -> &'static str {
    ROBOTS
}

fn respond(name: &str, data: Cow<'static, [u8]>, coding: Option<&'static str>) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    // A name without a hash (cargo-leptos) must be asked for again.
    let hashed = name.split('.').any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], data).into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
