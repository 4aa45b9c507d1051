//! What the page looks like once it is read: times in the reader's zone, broken pictures put away, the focus where the
//! answer is, buttons that copy.

use js_sys::Date;
use wasm_bindgen::JsValue;
use web_sys::{Event, HtmlElement, HtmlImageElement};

use super::dom::{all, announce, around, document, first, on, window};

/// Starts.
pub fn start() {
    local_times(&all("time[datetime]"));
    covers();
    focus();
    copying();
}

/// Rewrites times in the reader's zone; what the server wrote becomes the title.
pub fn local_times(times: &[HtmlElement]) {
    for time in times {
        let Some(moment) = time.get_attribute("datetime") else { continue };
        let date = Date::new(&JsValue::from_str(&moment));
        if date.get_time().is_nan() {
            continue;
        }
        time.set_title(&time.text_content().unwrap_or_default());
        time.set_text_content(Some(&format!(
            "{}-{:02}-{:02} {:02}:{:02}",
            date.get_full_year(),
            date.get_month() + 1,
            date.get_date(),
            date.get_hours(),
            date.get_minutes()
        )));
    }
}

/// A cover that cannot be loaded makes way for the letter behind it.
fn covers() {
    for image in all::<HtmlImageElement>("img[data-cover]") {
        let put_away = |image: &HtmlImageElement| {
            if let Some(frame) = image.parent_element() {
                let _ = frame.class_list().add_1("broken");
            }
        };
        if image.complete() && image.natural_width() == 0 {
            put_away(&image);
        }
        let broken = image.clone();
        on(&image, "error", move |_: Event| put_away(&broken));
    }
}

/// The first wrong input, or else the answer to the last form, takes the focus, unless something has it already.
fn focus() {
    let is_free = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if !is_free {
        return;
    }
    let wrong = first::<HtmlElement>("main [aria-invalid=true]:not(fieldset), main fieldset[aria-invalid=true] input");
    if let Some(element) = wrong.or_else(|| first("main [data-answer]")) {
        let _ = element.focus();
    }
}

/// `data-copy` names the element whose text is copied. The buttons are hidden where nothing can be copied.
fn copying() {
    let clipboard = window().navigator().clipboard();
    if JsValue::from(&clipboard).is_undefined() {
        return;
    }
    for button in all::<HtmlElement>("[data-copy]") {
        button.set_hidden(false);
    }
    on(&document(), "click", move |event: Event| {
        let Some(button) = around::<HtmlElement>(&event, "[data-copy]") else { return };
        let source = button.get_attribute("data-copy").and_then(|id| document().get_element_by_id(&id));
        let Some(text) = source.as_ref().and_then(|element: &web_sys::Element| element.text_content()) else { return };
        let _ = clipboard.write_text(text.trim());
        let _ = button.set_attribute("data-copied", "");
        announce("Copied");
    });
}
