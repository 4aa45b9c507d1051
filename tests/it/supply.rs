//! What we are built of: each library with its reason, from one registry, and none that encrypts but those that were looked
//! at.

use std::{collections::BTreeSet, path::Path};

use crate::{papers, tidy::files};

/// Where every crate comes from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// What a crate that encrypts, hashes or draws random numbers stands on.
const PRIMITIVES: [&str; 14] = [
    "aead",
    "block-buffer",
    "cipher",
    "crypto-common",
    "digest",
    "getrandom",
    "password-hash",
    "rand_core",
    "ring",
    "rustls",
    "rustls-pki-types",
    "subtle",
    "universal-hash",
    "zeroize",
];
/// What such a crate may be called by.
const WORDS: [&str; 26] = [
    "aead",
    "aes",
    "argon",
    "blake",
    "boring",
    "chacha",
    "cipher",
    "crypt",
    "curve25519",
    "dalek",
    "digest",
    "ecdsa",
    "ed25519",
    "elliptic",
    "hash",
    "hkdf",
    "hmac",
    "keccak",
    "openssl",
    "pbkdf",
    "poly1305",
    "rand",
    "sodium",
    "tls",
    "webpki",
    "x509",
];
/// What looks so and protects nothing: users of the above, hash tables and chances, of which no secret is made.
const OTHERS: [&str; 14] = [
    "fastrand",
    "foldhash",
    "governor",
    "hashbrown",
    "hashlink",
    "leptos",
    "rand_xorshift",
    "rustc-hash",
    "sqlx-mysql",
    "tempfile",
    "ureq",
    "uuid",
    "wardroom",
    "xxhash-rust",
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A crate of `Cargo.lock`.
struct Locked {
    name: String,
    source: String,
    checksum: String,
    uses: BTreeSet<String>,
}

fn locked() -> Vec<Locked> {
    let lock = read("Cargo.lock");
    let crates = lock.split("[[package]]").skip(1).map(|block| {
        let value = |key: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
            line.map(|rest| rest.trim_end_matches('"').to_owned()).unwrap_or_default()
        };
        let uses = block.lines().filter_map(|line| line.strip_prefix(" \""));
        let uses = uses.map(|rest| rest.split(['"', ' ']).next().unwrap().to_owned()).collect();
        Locked { name: value("name"), source: value("source"), checksum: value("checksum"), uses }
    });
    crates.collect()
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifests = files("xtask", "toml").into_iter().chain(files("tests/fuzz", "toml"));
    let manifests = manifests.chain([Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")]);
    let (mut many, mut silent) = (0, Vec::new());
    for manifest in manifests.filter(|path| path.ends_with("Cargo.toml")) {
        let text = std::fs::read_to_string(&manifest).unwrap();
        let (mut inside, mut name, mut depth) = (false, "", 0);
        for line in text.lines() {
            if depth == 0 && line.starts_with('[') {
                inside = line.trim_end_matches(']').ends_with("dependencies");
            } else if inside && !line.trim_start().starts_with('#') && !line.trim().is_empty() {
                let (said, why) = line.split_once(" # ").unwrap_or((line, ""));
                if depth == 0 {
                    name = said.split(" =").next().unwrap();
                }
                depth += said.matches(['{', '[']).count();
                depth -= said.matches(['}', ']']).count();
                // Behind the end of an entry stands why.
                if depth == 0 {
                    many += 1;
                    if why.trim().len() < 4 {
                        silent.push(format!("{} in {}", name, manifest.display()));
                    }
                }
            }
        }
    }
    assert!(silent.is_empty(), "no word why: {silent:#?}");
    assert!(many > 80, "{many}");
}

#[test]
fn every_crate_comes_from_the_one_registry_and_is_what_it_was() {
    let (ours, others): (Vec<_>, Vec<_>) = locked().into_iter().partition(|each| each.source.is_empty());
    let ours: Vec<String> = ours.into_iter().map(|each| each.name).collect();
    assert_eq!(ours, ["bench", "wardroom", "xtask"], "nothing else is built from a folder");
    for Locked { name, source, checksum, .. } in &others {
        assert_eq!(source, REGISTRY, "{name}");
        assert_eq!(checksum.len(), 64, "{name}");
    }
    assert!(others.len() > 300, "{}", others.len());
}

#[test]
fn what_encrypts_is_what_was_looked_at() {
    let looks_so = |each: &&Locked| {
        let name = each.name.as_str();
        let digits =
            |stem: &str| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|c: char| c.is_numeric()));
        PRIMITIVES.contains(&name)
            || each.uses.iter().any(|used| PRIMITIVES.contains(&used.as_str()))
            || WORDS.iter().any(|word| name.contains(word))
            || digits("sha")
            || digits("md")
            || digits("md-")
    };
    let all = locked();
    let found: BTreeSet<&str> = all.iter().filter(looks_so).map(|each| each.name.as_str()).collect();
    let section = papers::section("SECURITY.md", "cryptography-in-use").unwrap();
    let list = section.split("each looked at when it came: ").nth(1).unwrap().split('.').next().unwrap();
    let told: BTreeSet<&str> = list.split(',').map(str::trim).collect();
    let protecting: BTreeSet<&str> = found.iter().copied().filter(|name| !OTHERS.contains(name)).collect();
    assert_eq!(protecting, told, "SECURITY.md, Cryptography in use, names what was looked at");
    let gone: Vec<&&str> = OTHERS.iter().filter(|name| !found.contains(**name)).collect();
    assert!(gone.is_empty(), "{gone:?} are no more, or look like nothing");
}

#[test]
fn a_known_vulnerability_is_an_error_and_none_is_excepted() {
    let rules = read(".cargo/deny.toml");
    for rule in ["yanked = \"deny\"", "ignore = []", "unknown-registry = \"deny\"", "unknown-git = \"deny\""] {
        assert!(rules.lines().any(|line| line.trim() == rule), "{rule}");
    }
    assert!(!rules.contains("allow-git") && !rules.contains("allow-registry"));
    let parts = read("xtask/src/tests.rs");
    assert!(parts.contains("(\"dependencies\", dependencies)") && parts.contains("deny::run"), "CI holds us to them");
}
