//! One target under libFuzzer: the one that `WARDROOM_FUZZ` names. One program for all, because linking takes longer than
//! fuzzing.
#![no_main]

use std::sync::LazyLock;

#[path = "../targets/mod.rs"]
mod targets;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let name = std::env::var("WARDROOM_FUZZ").unwrap_or_default();
    let found = targets::ALL.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("WARDROOM_FUZZ={name} is no target")).1
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET(data));
