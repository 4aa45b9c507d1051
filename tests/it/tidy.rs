//! The house rules that a compiler does not hold: the arrow between the modules, where SQL and vendors' words may stand,
//! how files begin and how long they are, what no page may contain.

use std::path::{Path, PathBuf};

/// The map of `src/lib.rs`: a module, and what it may use besides itself.
const ARROW: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("services", &["domain", "store"]),
    ("rpc", &["domain", "store", "services"]),
    ("ui", &["domain", "store", "services", "rpc"]),
    ("vendors", &["domain", "store", "services"]),
    ("server", &["domain", "store", "services", "rpc", "ui", "vendors", "cli"]),
    ("cli", &["domain", "store", "services", "rpc", "ui", "vendors", "server"]),
];
/// What the server may know of the command line: its front door.
const CLI_FRONT_DOOR: [&str; 3] = ["Config", "Covers", "PublicUrl"];

/// A file of ours.
pub struct Source {
    pub path: String,
    whole: String,
    /// Without its tests and its comments.
    pub code: String,
}

impl Source {
    fn read(path: &Path) -> Self {
        let whole = std::fs::read_to_string(path).unwrap();
        let before_tests = whole.split("#[cfg(test)]\nmod tests").next().unwrap();
        let code =
            before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { path: path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"), whole, code }
    }

    fn module(&self) -> &str {
        self.path.split('/').nth(1).unwrap().trim_end_matches(".rs")
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// The texts between quotes, without escapes being read.
    fn strings(&self) -> Vec<&str> {
        let mut found = Vec::new();
        let mut rest = self.code.as_str();
        while let Some(start) = rest.find('"') {
            if rest[..start].ends_with('\'') {
                rest = &rest[start + 1..];
                continue;
            }
            rest = &rest[start + 1..];
            let mut end = 0;
            while let Some(c) = rest[end..].chars().next() {
                match c {
                    '"' => break,
                    '\\' => end += 1 + rest[end + 1..].chars().next().map_or(0, char::len_utf8),
                    _ => end += c.len_utf8(),
                }
            }
            found.push(&rest[..end]);
            rest = rest.get(end + 1..).unwrap_or("");
        }
        found
    }
}

pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let found = files_of(folder, extension);
    assert!(!found.is_empty());
    found
}

/// The same, where there may be none.
fn files_of(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|found| found == extension) {
                found.push(entry);
            }
        }
    }
    found
}

pub fn ours() -> Vec<Source> {
    files("src", "rs").iter().map(|path| Source::read(path)).collect()
}

/// Every `crate::a` and every `a` in `crate::{a::b, c}`, with what follows it.
fn uses(code: &str) -> Vec<(String, String)> {
    let word = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let pair = |text: &str| {
        let first = word(text);
        let second = word(text[first.len()..].trim_start_matches("::"));
        (first, second)
    };
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push(pair(rest));
            continue;
        };
        let (mut depth, mut start) = (0, 0);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    let item = group[start..at].trim();
                    if !item.is_empty() {
                        found.push(pair(item));
                    }
                    start = at + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn uses_are_found_however_they_are_written() {
    let code = "use crate::{\n    domain::{Error, room::Room},\n    store,\n};\nlet x = crate::services::Ctx::new(); crate::cli::Covers";
    let found = uses(code);
    let modules: Vec<&str> = found.iter().map(|(module, _)| module.as_str()).collect();
    assert_eq!(modules, ["domain", "store", "services", "cli"]);
    assert_eq!(found[3].1, "Covers");
}

#[test]
fn a_module_uses_only_what_stands_left_of_it() {
    let mut wrong = Vec::new();
    for file in ours().iter().filter(|file| file.path.matches('/').count() > 1) {
        let (_, allowed) = ARROW.iter().find(|(module, _)| *module == file.module()).unwrap_or_else(|| {
            panic!("{} is in no module of the map", file.path);
        });
        for (module, what) in uses(&file.code) {
            let is_module = ARROW.iter().any(|(known, _)| *known == module);
            let is_front_door = (file.module(), module.as_str()) != ("server", "cli")
                || what.is_empty()
                || CLI_FRONT_DOOR.contains(&what.as_str());
            if is_module && module != file.module() && !(allowed.contains(&module.as_str()) && is_front_door) {
                wrong.push(format!("{} uses {module}::{what}", file.path));
            }
        }
        let from_cli = file.code.match_indices("cli::").map(|(at, _)| &file.code[at + "cli::".len()..]);
        if file.module() == "server" {
            wrong.extend(from_cli.filter(|rest| !CLI_FRONT_DOOR.iter().any(|door| rest.starts_with(door))).map(
                |rest| {
                    format!(
                        "{} goes past the front door of cli: {}",
                        file.path,
                        rest.lines().next().unwrap_or_default()
                    )
                },
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_domain_compiles_for_both_sides_without_a_cfg() {
    for file in ours().iter().filter(|file| file.is_in("src/domain/")) {
        assert!(!file.code.contains("cfg("), "{}", file.path);
        for server_only in ["sqlx", "axum", "tokio", "leptos", "web_sys"] {
            assert!(!file.code.contains(&format!("{server_only}::")), "{} uses {server_only}", file.path);
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_none_is_long() {
    let all = ["src", "xtask/src", "tests/it"].into_iter().flat_map(|folder| files(folder, "rs"));
    let wrong: Vec<String> = all
        .map(|path| Source::read(&path))
        .filter(|file| !file.whole.starts_with("//! ") || file.whole.lines().count() >= 400)
        .map(|file| format!("{}: {} lines", file.path, file.whole.lines().count()))
        .collect();
    assert!(wrong.is_empty(), "no `//!` at the start, or 400 lines and more: {wrong:#?}");
}

#[test]
fn sql_stands_in_the_store_only() {
    let words = ["SELECT ", "INSERT INTO", "INSERT OR", "UPDATE ", "DELETE FROM", "CREATE TABLE", "PRAGMA ", " WHERE "];
    for file in ours().iter().filter(|file| !file.is_in("src/store/")) {
        assert!(!file.code.contains("sqlx"), "{} knows sqlx", file.path);
        for text in file.strings() {
            let sql = words.iter().find(|word| text.contains(**word));
            assert!(sql.is_none(), "{}: {text:?}", file.path);
        }
    }
    let known: usize = ours().iter().filter(|file| file.is_in("src/store/")).map(|file| file.strings().len()).sum();
    assert!(known > 50, "the scan finds the store's own strings");
}

#[test]
fn a_vendors_words_stand_in_its_own_folder_only() {
    let vendors = [
        ("imkit", &["IMKIT", "imkit", "\"RC\"", "\"RM\"", "memberProperties"][..]),
        ("netease", &["NetEase", "netease", "roomid", "accid", "queuelevel", "CheckSum"]),
        ("zego", &["ZEGO", "zego", "KeepUserList", "\"UserCount\"", "AutoDelete"]),
        (
            "tencent",
            &["Tencent", "tencent", "sdkappid", "usersig", "TakeSeatMode", "FreeToTake", "ApplyToTake", "CoverURL"],
        ),
    ];
    let mut wrong = Vec::new();
    for file in ours() {
        for (vendor, words) in vendors {
            // The list of the vendors is where they are put together.
            if file.is_in(&format!("src/vendors/{vendor}")) || file.path == "src/vendors/mod.rs" {
                continue;
            }
            wrong.extend(words.iter().filter(|w| file.code.contains(**w)).map(|w| format!("{}: {w}", file.path)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_page_contains_what_could_run_or_style_inside_it() {
    let mut areas = Vec::new();
    for file in ours().iter().filter(|file| file.is_in("src/ui/")) {
        if file.code.contains("<textarea") {
            areas.push(file.path.clone());
            assert!(file.code.contains("></textarea>"), "a text area has no children: {}", file.path);
        }
        let is_area = file.path.ends_with("/text_area.rs");
        assert!(is_area || !file.code.contains("inner_html"), "{} writes HTML unescaped", file.path);
        for bad in [" style=", "\nstyle=", "<style", " onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!file.code.contains(bad), "{}: {bad}", file.path);
        }
        let directive =
            file.code.split("style:").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        assert!(!directive, "{}: style:…=", file.path);
        for (at, _) in file.code.match_indices("<script") {
            assert!(
                file.code[at..].lines().next().unwrap().contains("></script>"),
                "{}: a script with text",
                file.path
            );
        }
    }
    assert_eq!(areas, ["src/ui/components/inputs/text_area.rs"], "the one text area");
}

#[test]
fn nothing_that_a_browser_runs_makes_code_or_markup_of_text_or_reaches_into_objects() {
    let makes = ["inner_html", "outer_html", "insert_adjacent_html", "document_write", "create_contextual_fragment"];
    let runs = ["eval", "Function::new", "set_timeout_with_str", "set_interval_with_str", "set_href", "Worker"];
    // Objects of the page are read by name (`Reflect::get`) and written by methods of their own.
    let reaches =
        ["Reflect::set", "Reflect::def", "Reflect::app", "Reflect::con", "Object::", "JSON::", "post_message"];
    let keeps = ["local_storage", "indexed_db", "set_cookie"];
    let islands = ours().into_iter().filter(|file| file.is_in("src/ui/islands/") || file.path == "src/lib.rs");
    let mut looked_at = 0;
    for file in islands {
        for bad in [&makes[..], &runs, &reaches, &keeps].concat() {
            assert!(!file.code.contains(bad), "{}: {bad}", file.path);
        }
        // An attribute by name is a handler where its name is: names are ours, and none begins so.
        assert!(!file.code.contains("set_attribute(\"on"), "{}", file.path);
        looked_at += 1;
    }
    assert!(looked_at > 10, "{looked_at}");
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    for bad in ["\"Worker\"", "\"MessageEvent\"", "\"IdbFactory\"", "\"ServiceWorker"] {
        assert!(!manifest.contains(bad), "web-sys with {bad}");
    }
    let scripts = ["src", "public", "style"].into_iter().flat_map(|folder| files_of(folder, "js"));
    let scripts: Vec<PathBuf> = scripts.collect();
    assert!(matches!(&scripts[..], [only] if only.ends_with("src/server/boot.js")), "{scripts:?}");
    let boot = std::fs::read_to_string(&scripts[0]).unwrap().replace("'script[data-wasm]'", "");
    let code: String = boot.lines().filter(|line| !line.starts_with("//")).collect();
    // Nor a bracket: nothing is reached by a name that was made up on the way.
    for bad in ["eval", "Function", "HTML", "document.write", "setTimeout", "proto", "assign", "[", "JSON"] {
        assert!(!code.contains(bad), "boot.js: {bad}");
    }
}

#[test]
fn nothing_is_drawn_but_from_the_systems_generator() {
    let mut draws = 0;
    for file in ours() {
        for (at, _) in file.code.match_indices("rand::") {
            // Part of a longer name, or of a use.
            if file.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &file.code[at + "rand::".len()..];
            // These draw from the thread's generator, a CSPRNG that the system seeds, and can be given no seed.
            let plain =
                ["random()", "random_range(", "random::<", "random)"].iter().any(|plain| rest.starts_with(plain));
            assert!(plain, "{}: rand::{}", file.path, rest.lines().next().unwrap_or_default());
            draws += 1;
        }
        for other in ["fastrand", "SmallRng", "StdRng", "seed_from_u64", "from_seed", "getrandom"] {
            assert!(!file.code.contains(other), "{}: {other}", file.path);
        }
    }
    assert!(draws > 10, "{draws}");
}

#[test]
fn nothing_gives_up_outside_tests() {
    let mut wrong = Vec::new();
    for file in ours() {
        for (n, line) in file.code.lines().enumerate() {
            let gives_up = [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!(", "dbg!("];
            let bare = without_strings(line);
            if gives_up.iter().any(|word| bare.contains(word)) || indexes(&bare) {
                wrong.push(format!("{} (line {} of its code): {}", file.path, n + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn without_strings(line: &str) -> String {
    let mut bare = String::new();
    let (mut inside, mut escaped) = (false, false);
    for c in line.replace("'\"'", "' '").chars() {
        let quote = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        if !inside && !quote {
            bare.push(c);
        }
        inside ^= quote;
    }
    bare
}

/// Whether something is indexed: a bracket right after a name or a closing bracket, where no macro or type stands.
fn indexes(line: &str) -> bool {
    !line.trim_start().starts_with('#')
        && line.char_indices().filter(|(_, c)| *c == '[').any(|(at, _)| {
            line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ')' || c == ']')
                && !line[at..].starts_with("[]")
        })
}

#[test]
fn nobody_of_us_writes_unsafe_code() {
    for crate_root in ["src/main.rs", "src/lib.rs", "xtask/src/main.rs", "xtask/bench/src/main.rs"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(crate_root);
        let code = std::fs::read_to_string(file).unwrap();
        assert!(code.contains("#![forbid(unsafe_code)]"), "{crate_root} does not forbid it");
    }
}
