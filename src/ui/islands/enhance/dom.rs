//! The page, without a panic: look-ups that may find nothing, and listeners that live as long as the page.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement, NodeList};

/// Every element of the page that a selector finds.
pub fn all<T: JsCast>(selector: &str) -> Vec<T> {
    listed(document().query_selector_all(selector).ok())
}

/// Every element below `root` that a selector finds.
pub fn below<T: JsCast>(root: &Element, selector: &str) -> Vec<T> {
    listed(root.query_selector_all(selector).ok())
}

fn listed<T: JsCast>(found: Option<NodeList>) -> Vec<T> {
    let Some(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|n| found.get(n)?.dyn_into().ok()).collect()
}

/// The first element of the page that a selector finds.
pub fn first<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Calls `hear` at every event of a kind.
pub fn on<E: JsCast>(target: &EventTarget, kind: &str, mut hear: impl FnMut(E) + 'static) {
    let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if let Ok(event) = event.dyn_into() {
            hear(event);
        }
    });
    let _ = target.add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref());
    heard.forget();
}

/// The element that an event happened on, or the nearest one around it, that a selector fits.
pub fn around<T: JsCast>(event: &Event, selector: &str) -> Option<T> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()?.dyn_into().ok()
}

/// Says something to screen readers.
pub fn announce(text: &str) {
    if let Some(status) = first::<HtmlElement>("#announce") {
        status.set_text_content(Some(text));
    }
}

/// Goes to another page.
pub fn go(address: &str) {
    let _ = window().location().assign(address);
}
