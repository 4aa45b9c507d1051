//! What opens over the page, and keys: a menu closes with Escape and a click outside; `/` goes to the search box.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, Node};

use super::dom::{all, around, below, document, first, on};

const OPEN: &str = "details[data-menu][open]";

/// Starts.
pub fn start() {
    on(&document(), "click", |event: Event| {
        let at = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        for menu in all::<Element>(OPEN) {
            if !menu.contains(at.as_ref()) {
                let _ = menu.remove_attribute("open");
            }
        }
    });
    on(&document(), "keydown", |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => close(&event),
        "/" => to_search(&event),
        _ => {}
    });
}

fn close(event: &KeyboardEvent) {
    let menu = around::<Element>(event, OPEN).or_else(|| first(OPEN));
    let Some(menu) = menu.filter(|_| !event.default_prevented()) else { return };
    let _ = menu.remove_attribute("open");
    for summary in below::<HtmlElement>(&menu, "summary") {
        let _ = summary.focus();
    }
}

fn to_search(event: &KeyboardEvent) {
    let is_typing = around::<Element>(event, "input, textarea, select, [contenteditable]").is_some();
    if is_typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    if let Some(search) = first::<HtmlInputElement>("#search") {
        event.prevent_default();
        let _ = search.focus();
        search.select();
    }
}
