//! What the vendors' OpenAPI 3.1 documents have in common. Fields and their limits are taken from the spelling tables
//! that the calls are read with, so that a document cannot say anything else than the code does.

use serde_json::{Map, Value as Json, json};

use crate::domain::{
    app::{About, Form, Spelling},
    room::{Kind, limits::Measure},
};

/// A whole document. `paths` and `components` are the vendor's own.
pub fn document(about: &About, description: &str, paths: Json, components: Json) -> Json {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Wardroom as {}", about.name),
            "version": env!("CARGO_PKG_VERSION"),
            "description": description,
        },
        "servers": [{"url": format!("/{}", about.key)}],
        "paths": paths,
        "components": components,
    })
}

/// A `$ref` to a schema of the document.
pub fn schema(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// An answer in JSON.
pub fn answer(description: &str, schema: Json) -> Json {
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

/// The properties of spelled fields, as a call may send them.
pub fn asked(spellings: &[Spelling]) -> Map<String, Json> {
    spellings.iter().map(|spelling| (spelling.word.to_owned(), property(spelling, true))).collect()
}

/// The properties of spelled fields, as an answer may hold them: a room may hold more than one vendor's limit.
pub fn answered(spellings: &[Spelling]) -> Map<String, Json> {
    spellings.iter().map(|spelling| (spelling.word.to_owned(), property(spelling, false))).collect()
}

fn property(spelling: &Spelling, limited: bool) -> Json {
    let field = spelling.field;
    let mut property = match (spelling.form, field.spec().kind) {
        (Form::Choice(choices), _) => {
            let words: Vec<Json> = choices.iter().map(|(word, _)| word.json()).collect();
            json!({"enum": words})
        }
        (Form::Plain, Kind::Flag { .. }) => json!({"type": "boolean"}),
        (Form::Plain, Kind::Number { min, max }) => json!({"type": "integer", "minimum": min, "maximum": max}),
        (Form::Plain, Kind::Numbers { max }) => {
            json!({"type": "array", "items": {"type": "integer", "format": "int64"}, "maxItems": max})
        }
        (Form::Plain, Kind::Words { max, each }) => {
            json!({"type": "array", "items": {"type": "string", "maxLength": each}, "maxItems": max})
        }
        (Form::Plain, Kind::Clients { max }) => {
            json!({"type": "array", "items": {"type": "string", "maxLength": 128}, "maxItems": max})
        }
        (Form::Plain, Kind::Client) => json!({"type": "string", "minLength": 1, "maxLength": 128}),
        (Form::Plain, Kind::Text { max, .. } | Kind::Link { max } | Kind::Pairs { max }) => {
            let max = spelling.limit.map_or(max, |(vendors, _)| vendors.min(max));
            if limited { json!({"type": "string", "maxLength": max}) } else { json!({"type": "string"}) }
        }
        (Form::Plain, Kind::Choice(choices)) => {
            let keys: Vec<&str> = choices.iter().map(|(key, _)| *key).collect();
            json!({"enum": keys})
        }
    };
    let mut words = field.help().to_owned();
    if let Some((max, measure @ Measure::Bytes)) = spelling.limit {
        words.push_str(&format!(" At most {max} {} of UTF-8.", measure.word()));
    }
    if let Some(object) = property.as_object_mut() {
        object.insert("description".to_owned(), Json::from(words));
    }
    property
}
