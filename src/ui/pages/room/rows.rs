//! The rows of the attributes form, and how they come back when some were refused.

use crate::{domain::attribute::Attribute, ui::components::form::Draft};

/// Empty rows to add attributes in.
const BLANK: usize = 3;

/// One row of the form: an attribute that is there, or a new one.
#[derive(Debug)]
pub struct Row {
    /// Its number in the form.
    pub n: usize,
    /// Its number as it was sent, by which messages name it; unique.
    pub sent: usize,
    /// The attribute, where it is there already.
    pub kept: Option<Attribute>,
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Whether auto-delete is ticked.
    pub auto_delete: bool,
    /// Whether it is to be deleted.
    pub delete: bool,
}

/// The rows to show: as they were sent, if the form came back, then what is kept and was not sent, then empty ones.
pub fn rows(kept: Vec<Attribute>, draft: &Draft) -> Vec<Row> {
    let mut kept: Vec<Attribute> = kept;
    let mut rows = Vec::new();
    let mut sent = 0;
    while let Some(key) = draft.typed(&format!("rows[{sent}][key]")) {
        let n = sent;
        sent += 1;
        let found = kept.iter().position(|attribute| attribute.key == key).map(|at| kept.remove(at));
        let value = draft.value(&format!("rows[{n}][value]"), "");
        let auto_delete = draft.ticked(&format!("rows[{n}][auto_delete]"), false);
        let delete = draft.ticked(&format!("rows[{n}][delete]"), false);
        if delete && found.is_none() {
            // It was deleted while other rows were refused; sent again it would come back.
            continue;
        }
        let was_auto_delete = draft.typed(&format!("rows[{n}][was_auto_delete]")).is_some();
        let is_untouched = draft.typed(&format!("rows[{n}][was]")) == Some(&value) && auto_delete == was_auto_delete;
        // What the reader did not touch shows what is kept now, which somebody else may have changed.
        let (value, auto_delete) = match &found {
            Some(attribute) if is_untouched => (attribute.value.clone(), attribute.auto_delete),
            _ => (value, auto_delete),
        };
        rows.push(Row { n: rows.len(), sent: n, kept: found, key: key.to_owned(), value, auto_delete, delete });
    }
    let blank = if sent == 0 { BLANK } else { 0 };
    let sent = sent..;
    let many = kept.len();
    for (sent, attribute) in sent.clone().zip(kept) {
        let (key, value, auto_delete) = (attribute.key.clone(), attribute.value.clone(), attribute.auto_delete);
        rows.push(Row { n: rows.len(), sent, kept: Some(attribute), key, value, auto_delete, delete: false });
    }
    for sent in sent.skip(many).take(blank) {
        rows.push(Row {
            n: rows.len(),
            sent,
            kept: None,
            key: String::new(),
            value: String::new(),
            auto_delete: false,
            delete: false,
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_not_sent_yet_has_what_is_kept_and_room_for_more() {
        let kept = vec![Attribute {
            key: "song".to_owned(),
            value: "x".to_owned(),
            auto_delete: true,
            set_by: String::new(),
            seq: 1,
        }];
        let shown = rows(kept, &Draft::default());
        let numbers: Vec<(usize, usize, &str)> = shown.iter().map(|row| (row.n, row.sent, row.key.as_str())).collect();
        assert_eq!(numbers, [(0, 0, "song"), (1, 1, ""), (2, 2, ""), (3, 3, "")]);
        assert!(shown.iter().all(|row| row.auto_delete == row.kept.is_some() && !row.delete));
    }
}
