//! The page, without a panic: look-ups that may find nothing, and listeners that live as long as the page.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement};

/// Every element below `root` that a selector finds.
pub fn all<T: JsCast>(root: &impl Root, selector: &str) -> Vec<T> {
    let Some(found) = root.query_all(selector) else { return Vec::new() };
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

/// What can be looked through.
pub trait Root {
    /// Every element that a selector finds.
    fn query_all(&self, selector: &str) -> Option<web_sys::NodeList>;
}

impl Root for web_sys::Document {
    fn query_all(&self, selector: &str) -> Option<web_sys::NodeList> {
        self.query_selector_all(selector).ok()
    }
}

impl Root for Element {
    fn query_all(&self, selector: &str) -> Option<web_sys::NodeList> {
        self.query_selector_all(selector).ok()
    }
}
