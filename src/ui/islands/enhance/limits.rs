//! Limits while somebody types: how long the text is, once it nears its own limit, and the vendors' hints.
//! The attribute is written by `components::inputs::limits`: `OWN;VENDOR|MAX|UNIT;...`.

use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use super::dom::{all, around, below, document, on};

/// Starts.
pub fn start() {
    for input in all::<Element>("[data-limits]") {
        watch(&input);
    }
    on(&document(), "input", |event: Event| {
        if let Some(input) = around::<Element>(&event, "[data-limits]") {
            watch(&input);
        }
    });
}

fn watch(input: &Element) {
    use wasm_bindgen::JsCast;
    let text = if let Some(input) = input.dyn_ref::<HtmlInputElement>() {
        input.value()
    } else if let Some(area) = input.dyn_ref::<HtmlTextAreaElement>() {
        area.value()
    } else {
        return;
    };
    let text = text.trim();
    let Some(limits) = input.get_attribute("data-limits") else { return };
    let Some(place) = document().get_element_by_id(&format!("{}-limits", input.id())) else { return };
    let mut limits = limits.split(';');
    if let Some(max) = limits.next().and_then(|max| max.parse::<usize>().ok()) {
        let long = text.chars().count();
        for count in below::<HtmlElement>(&place, ".field-count") {
            count.set_hidden(long * 5 < max * 4);
            count.set_text_content(Some(&format!("{long} of {max} characters")));
            let _ = count.class_list().toggle_with_force("over", long > max);
        }
    }
    for (limit, hint) in limits.zip(below::<HtmlElement>(&place, ".field-hint")) {
        let said = over(limit, text);
        hint.set_hidden(said.is_none());
        for words in below::<HtmlElement>(&hint, "span") {
            words.set_text_content(said.as_deref());
        }
    }
}

/// The hint for a text that is over a limit `VENDOR|MAX|UNIT`.
fn over(limit: &str, text: &str) -> Option<String> {
    let mut parts = limit.split('|');
    let (vendor, max, unit) = (parts.next()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
    let long = if unit == "bytes" { text.len() } else { text.chars().count() };
    (long > max).then(|| format!("Too long for {vendor}: {long} of {max} {unit}."))
}
