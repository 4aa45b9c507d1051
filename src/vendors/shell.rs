//! Commands for a shell: `curl` with every part quoted, so that a name with any character in it can be pasted.

/// A text as one word of a POSIX shell.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `curl` with a method, an address, headers, and a body if there is one. One part a line.
pub fn curl(method: &str, address: &str, headers: &[(&str, &str)], body: Option<&str>) -> String {
    let mut command = format!("curl --silent --show-error --request {method} {}", quoted(address));
    for (name, value) in headers {
        command.push_str(&format!(" \\\n  --header {}", quoted(&format!("{name}: {value}"))));
    }
    if let Some(body) = body {
        command.push_str(&format!(" \\\n  --data-raw {}", quoted(body)));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_its_quotes() {
        assert_eq!(quoted("it's $(rm) `x` \"直\""), r#"'it'\''s $(rm) `x` "直"'"#);
        let command = curl("PUT", "http://h/a b", &[("X-Key", "k'1")], Some("@file"));
        assert!(command.ends_with("--data-raw '@file'"), "{command}");
    }
}
