//! Texts in addresses: written into a path or a query, and read from it again.

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::room::UNRESERVED;

/// A text as one segment of a path or one part of a query.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Names and values as a query, without the `?`.
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A path with a query; without a `?` when there are no pairs.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = query(pairs);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Reads a query or the body of a form: names and values in order, decoded, a plus for a blank.
pub fn pairs(encoded: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = encoded.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_it_was_written() {
        assert_eq!(
            pairs("a=1+2&b=%E7%9B%B4&b=&c"),
            [("a", "1 2"), ("b", "直"), ("b", ""), ("c", "")].map(|(n, v)| (n.into(), v.into()))
        );
    }

    #[test]
    fn a_query_is_written_pair_by_pair() {
        assert_eq!(with_query("/audit", []), "/audit");
        assert_eq!(with_query("/audit", [("room", "a b"), ("actor", "é&")]), "/audit?room=a%20b&actor=%C3%A9%26");
    }
}
