//! What opens over the page: a menu closes with Escape and a click outside.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, Node};

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
    on(&document(), "keydown", |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close(&event);
        }
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
