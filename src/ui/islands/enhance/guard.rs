//! Forms that must not be lost or sent twice: a warning before leaving with unsaved changes, Ctrl+S, and a second
//! submit of the same form ignored as long as the first is under way.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{
    BeforeUnloadEvent, Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement,
    KeyboardEvent,
};

use super::dom::{all, around, below, document, first, on, window};

const GUARDED: &str = "form[data-guard]";

/// Starts.
pub fn start() {
    let is_leaving = Rc::new(Cell::new(false));
    let submitted = is_leaving.clone();
    on(&document(), "submit", move |event: Event| send_once(&event, &submitted));
    let shown_again = is_leaving.clone();
    on(&window(), "pageshow", move |_: Event| {
        shown_again.set(false);
        for form in all::<HtmlFormElement>("form[data-sent]") {
            let _ = form.remove_attribute("data-sent");
        }
    });
    if first::<Element>(GUARDED).is_none() {
        return;
    }
    on(&window(), "beforeunload", move |event: BeforeUnloadEvent| {
        if !is_leaving.get() && all(GUARDED).iter().any(is_unsaved) {
            event.prevent_default();
            event.set_return_value("unsaved");
        }
    });
    on(&document(), "keydown", save_by_key);
    on(&document(), "input", |event: Event| {
        if let Some(form) = around::<HtmlFormElement>(&event, GUARDED) {
            say(&form);
        }
    });
    for form in all::<HtmlFormElement>(GUARDED) {
        say(&form);
    }
}

fn send_once(event: &Event, is_leaving: &Cell<bool>) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
    if event.default_prevented() || form.method() != "post" {
        return;
    }
    if form.has_attribute("data-sent") {
        event.prevent_default();
        return;
    }
    // Another form of the page is sent: what is unsaved in a guarded one would be lost.
    is_leaving.set(form.has_attribute("data-guard"));
    let _ = form.set_attribute("data-sent", "");
}

fn save_by_key(event: KeyboardEvent) {
    let is_save = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("s");
    if !is_save {
        return;
    }
    if let Some(form) = around::<HtmlFormElement>(&event, GUARDED).or_else(|| first(GUARDED)) {
        event.prevent_default();
        let _ = form.request_submit();
    }
}

/// Whether something was typed that is not saved. A form that was refused came back with it.
fn is_unsaved(form: &HtmlFormElement) -> bool {
    form.get_attribute("data-guard").is_some_and(|state| state == "unsaved")
        || below::<HtmlInputElement>(form, "input:not([type=hidden])").iter().any(|input| {
            match input.type_().as_str() {
                "checkbox" | "radio" => input.checked() != input.default_checked(),
                _ => input.value() != input.default_value(),
            }
        })
        || below::<HtmlTextAreaElement>(form, "textarea")
            .iter()
            .any(|area| area.default_value().is_ok_and(|first| first != area.value()))
}

fn say(form: &HtmlFormElement) {
    let is_unsaved = is_unsaved(form);
    for note in below::<HtmlElement>(form, "[data-unsaved]") {
        note.set_hidden(!is_unsaved);
    }
}
