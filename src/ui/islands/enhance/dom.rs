//! The page, without a panic: look-ups that may find nothing, and listeners that live as long as the page.

use std::time::Duration;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, NodeList, Window};

/// The window: the bundle runs in a page and nowhere else.
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// The page.
pub fn document() -> Document {
    Reflect::get(&js_sys::global(), &JsValue::from_str("document")).unwrap_or_default().unchecked_into()
}

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

/// Calls `act` once, after a pause.
pub fn after(pause: Duration, act: impl FnOnce() + 'static) {
    let milliseconds = i32::try_from(pause.as_millis()).unwrap_or(i32::MAX);
    let act = Closure::once_into_js(act);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), milliseconds);
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
