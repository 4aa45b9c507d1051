//! Limits that are watched while somebody types: the field's own, as a count, and the vendors' narrower ones, as hints.
//!
//! The server writes the hints for the value it shows. In the attribute `data-limits` the browser finds the same
//! limits, `OWN;VENDOR|MAX|UNIT;...`, and rewrites count and hints with every key.

use leptos::prelude::*;

use crate::{
    domain::room::{Field, Kind, Value, VendorLimit},
    ui::components::icon::{Icon, Shape},
};

/// What is watched on one field.
#[derive(Clone, Debug)]
pub struct Watched {
    own: usize,
    vendors: Vec<VendorLimit>,
}

impl Watched {
    /// What is watched on a field; `None` where nothing is.
    pub fn of(field: Field, vendors: &[VendorLimit]) -> Option<Self> {
        let (Kind::Text { max, .. } | Kind::Link { max } | Kind::Pairs { max }) = field.spec().kind else {
            return None;
        };
        Some(Self { own: max, vendors: vendors.iter().filter(|limit| limit.field == field).copied().collect() })
    }

    /// The attribute that the browser reads.
    pub fn attribute(&self) -> String {
        let mut attribute = self.own.to_string();
        for limit in &self.vendors {
            attribute.push_str(&format!(";{}|{}|{}", limit.vendor, limit.max, limit.measure.word()));
        }
        attribute
    }

    /// The hints for a value, one line per vendor, and the place of the count; what says nothing is hidden.
    pub fn view(&self, id: &str, text: &str) -> AnyView {
        let value = Value::Text(text.to_owned());
        let hints = self.vendors.iter().map(|limit| {
            let hint = limit.hint(&value).map(|hint| sentence(&hint));
            let is_silent = hint.is_none();
            view! {
                <p class="field-hint" hidden=is_silent>
                    <Icon shape=Shape::Warning />
                    <span>{hint}</span>
                </p>
            }
        });
        view! {
            <div id=format!("{id}-limits")>
                <p class="field-count" hidden></p>
                {hints.collect_view()}
            </div>
        }
        .into_any()
    }
}

fn sentence(hint: &str) -> String {
    let mut chars = hint.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>() + ".").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::room::limits::Measure;

    #[test]
    fn the_browser_is_told_every_limit() {
        let vendors = [VendorLimit { vendor: "Tencent", field: Field::Name, max: 100, measure: Measure::Bytes }];
        let watched = Watched::of(Field::Name, &vendors).map(|watched| watched.attribute());
        assert_eq!(watched.as_deref(), Some("128;Tencent|100|bytes"));
        assert!(Watched::of(Field::Muted, &vendors).is_none());
        assert_eq!(sentence("too long for X"), "Too long for X.");
    }
}
