//! QR codes, drawn by the server: dark on white in both themes, because cameras want it so.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};

/// The quiet rim that a reader needs, in modules.
const RIM: usize = 4;

/// A text as a QR code; nothing where it is too long for one.
#[component]
pub fn Qr(
    /// The text.
    text: String,
    /// What it is, for those who do not see it.
    label: &'static str,
) -> impl IntoView {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let path = dark.fold(String::new(), |mut path, (at, _)| {
        path.push_str(&format!("M{} {}h1v1h-1z", at % width + RIM, at / width + RIM));
        path
    });
    let side = width + 2 * RIM;
    Some(view! {
        <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label>
            <path d=path />
        </svg>
    })
}
