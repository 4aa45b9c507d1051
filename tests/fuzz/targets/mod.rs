//! What the fuzzers throw bytes at: every reader of what strangers send. A target panics where something is wrong: the
//! reader itself panicked, or what it read is not what was written, or not what a second, plainer reader reads.
//!
//! Run by libFuzzer (`cargo xtask fuzz`) and, over everything that was kept, by `tests/it/corpus.rs`.

mod credentials;
mod door;
mod house;
mod kept;
mod lines;
mod pictures;
mod sent;
mod signatures;
mod texts;

/// What is done with some bytes.
pub type Target = fn(&[u8]);

/// Every target, by name.
pub const ALL: &[(&str, Target)] = &[
    ("usersig", signatures::usersig),
    ("token", signatures::token),
    ("call", texts::call),
    ("address", texts::address),
    ("question", texts::question),
    ("field", texts::field),
    ("moment", texts::moment),
    ("json", lines::json),
    ("import", lines::import),
    ("room", lines::room),
    ("picture", pictures::picture),
    ("cover", pictures::cover),
    ("sent", sent::sent),
    ("credential", credentials::credential),
    ("way", credentials::way),
    ("manifest", kept::manifest),
    ("checkpoint", kept::checkpoint),
    ("door", door::door),
    ("search", house::search),
    ("page", house::page),
    ("form", house::form),
    ("stranger", house::stranger),
    ("imkit", house::imkit),
    ("netease", house::netease),
    ("zego", house::zego),
    ("tencent", house::tencent),
];

/// The bytes as text, if they are some.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// The first line, and the rest.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
