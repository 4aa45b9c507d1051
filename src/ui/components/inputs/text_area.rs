//! The one text area. Leptos 0.8.23 does not escape a text area's children: every other use would be stored XSS.

use leptos::prelude::*;

/// An input of several lines.
#[component]
pub fn TextArea(
    /// Its id.
    #[prop(into)]
    id: String,
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// What it shows.
    value: String,
    /// Lines to show.
    lines: usize,
    /// Its label, where no `<label>` points at it.
    #[prop(optional, into)]
    label: Option<String>,
    /// Whether what it shows was refused.
    #[prop(optional)]
    is_wrong: bool,
    /// The ids of what describes it.
    #[prop(optional_no_strip)]
    described: Option<String>,
    /// The limits that the browser watches, see [`super::limits`].
    #[prop(optional_no_strip)]
    limits: Option<String>,
) -> impl IntoView {
    view! {
        <textarea
            class="input"
            id=id
            name=name
            rows=lines.to_string()
            dir="auto"
            autocomplete="off"
            aria-label=label
            aria-invalid=is_wrong.then_some("true")
            aria-describedby=described
            data-limits=limits
            inner_html=escape(&value)
        ></textarea>
    }
}

/// Text as the inside of a text area. The parser drops one line end after the tag, so one is put there.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 1);
    html.push('\n');
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_text_area() {
        let html = TextArea(
            TextAreaProps::builder()
                .id("x")
                .name("x")
                .value("</textarea><script>alert(1)</script>&amp;".to_owned())
                .lines(4)
                .build(),
        )
        .to_html();
        assert!(
            html.contains("\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</textarea>"),
            "{html}"
        );
        assert_eq!(escape("\nx"), "\n\nx");
    }
}
