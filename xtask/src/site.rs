//! The browser bundle: `target/site/pkg/` with the module, its wasm, and packed copies of both.
//!
//! Names carry a hash of the content, so they may be cached for ever. The module is never asked to find the wasm by
//! itself: the page passes the address. Nothing is done again while the compiled wasm is the same (`target/site/stamp`).

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{pack, sh};

/// What a first visit may load: module, wasm and styles, as brotli (120 KB).
pub const BUDGET: u64 = 122_880;

const TARGET: &str = "wasm32-unknown-unknown";
const COMPILED: &str = "target/wasm32-unknown-unknown/wasm-release/wardroom.wasm";
/// Changes with the way we bundle, so that an old stamp does not hold.
const BUNDLER: &[u8] = b"wasm-bindgen 0.2.130, bundler 1";

/// What was built.
pub struct Bundle {
    /// Changes whenever any file of the bundle does.
    pub hash: String,
    /// The brotli bytes of module, wasm and styles.
    pub total: u64,
}

impl Bundle {
    /// Holds the bundle to [`BUDGET`].
    ///
    /// # Errors
    /// Says by how much it is over.
    pub fn within_budget(&self) -> Result<()> {
        let Self { total, .. } = self;
        ensure!(
            *total <= BUDGET,
            "the browser bundle weighs {total} bytes as brotli, {} over the budget of {BUDGET}: move work from \
             the browser to the server, or take a dependency out of the `hydrate` feature",
            total - BUDGET
        );
        Ok(())
    }
}

/// Makes the folder that the server embeds, so that it compiles before there is a bundle.
///
/// # Errors
/// When `target` cannot be written.
pub fn make_folder() -> Result<PathBuf> {
    let folder = sh::root().join("target/site/pkg");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Adds the browser to the targets of the toolchain, where missing.
///
/// # Errors
/// When rustup is missing or offline.
pub fn ensure_target() -> Result<()> {
    let advice = "install Rust with rustup (https://rustup.rs), then `rustup target add wasm32-unknown-unknown`";
    let mut list = std::process::Command::new("rustup");
    let installed = sh::output(list.args(["target", "list", "--installed"]).current_dir(sh::root()), advice)?;
    if installed.lines().any(|line| line.trim() == TARGET) {
        return Ok(());
    }
    let mut add = std::process::Command::new("rustup");
    sh::run(add.args(["target", "add", TARGET]).current_dir(sh::root()), advice)
}

/// Builds the bundle and says what it weighs.
///
/// # Errors
/// When the library does not compile for the browser, or `target` cannot be written.
pub fn build() -> Result<Bundle> {
    sh::step("browser bundle", || {
        ensure_target()?;
        let build = ["build", "--lib", "--target", TARGET, "--no-default-features", "--features", "hydrate"];
        let mut cargo = sh::cargo(&build);
        sh::run(cargo.args(["--profile", "wasm-release"]), "see the compiler's messages above")?;

        let compiled = sh::root().join(COMPILED);
        let wasm = fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
        let folder = make_folder()?;
        let hash = pack::hash(&[BUNDLER, &wasm]);
        let files = match unchanged(&hash, &folder) {
            Some(files) => files,
            None => {
                let files = bundle(wasm, &folder)?;
                remove_others(&folder, &files.iter().map(|file| folder.join(file)).collect())?;
                fs::write(stamp(), format!("{hash}\n{}\n", files.join("\n")))?;
                files
            }
        };
        let total = weigh(&folder, &files)?;
        Ok(Bundle { hash, total })
    })
}

/// The files of the last bundle, if it was made from the same wasm and all of it is still there.
fn unchanged(hash: &str, folder: &Path) -> Option<Vec<String>> {
    let stamp = fs::read_to_string(stamp()).ok()?;
    let (stamped, files) = stamp.split_once('\n')?;
    let files: Vec<String> = files.lines().map(str::to_owned).collect();
    (stamped == hash && files.iter().all(|file| folder.join(file).is_file())).then_some(files)
}

fn stamp() -> PathBuf {
    sh::root().join("target/site/stamp")
}

/// Binds, names and packs; gives the names below `folder`.
fn bundle(wasm: Vec<u8>, folder: &Path) -> Result<Vec<String>> {
    sh::say("binding and packing; a changed bundle takes a while ...");
    let raw = sh::root().join("target/site/bindgen");
    if raw.exists() {
        fs::remove_dir_all(&raw).with_context(|| format!("cannot clear {}", raw.display()))?;
    }
    Bindgen::new()
        .input_bytes("wardroom", wasm)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&raw)
        .context("wasm-bindgen refused the wasm; its version in Cargo.toml and xtask/Cargo.toml must be the same")?;

    let mut module = fs::read_to_string(raw.join("wardroom.js"))?;
    let mut files = Vec::new();
    let mut add = |name: String, content: &[u8]| -> Result<()> {
        for path in pack::write(&folder.join(name), content)? {
            files.push(path.strip_prefix(folder)?.to_string_lossy().into_owned());
        }
        Ok(())
    };

    let snippets = snippets(&raw)?;
    if !snippets.is_empty() {
        let contents: Vec<&[u8]> = snippets.iter().map(|(_, content)| content.as_slice()).collect();
        let home = format!("snippets.{}", pack::hash(&contents));
        module = rehome_snippets(&module, &home);
        for (name, content) in &snippets {
            add(format!("{home}/{name}"), content)?;
        }
    }
    let wasm = fs::read(raw.join("wardroom_bg.wasm"))?;
    add(pack::hashed_name("wardroom_bg.wasm", &wasm), &wasm)?;
    add(pack::hashed_name("wardroom.js", module.as_bytes()), module.as_bytes())?;
    Ok(files)
}

/// Points the module's imports at another folder; the keys by which the wasm knows them stay.
fn rehome_snippets(module: &str, home: &str) -> String {
    module
        .replace(" from './snippets/", &format!(" from './{home}/"))
        .replace(" from \"./snippets/", &format!(" from \"./{home}/"))
}

/// The JavaScript that crates bring along: paths below `snippets/` and contents, sorted.
fn snippets(raw: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let home = raw.join("snippets");
    let mut found = Vec::new();
    for file in files_below(&home)? {
        let name = file.strip_prefix(&home)?.to_string_lossy().replace('\\', "/");
        found.push((name, fs::read(&file)?));
    }
    found.sort();
    Ok(found)
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
        }
    }
    Ok(files)
}

fn remove_others(folder: &Path, keep: &BTreeSet<PathBuf>) -> Result<()> {
    for file in files_below(folder)? {
        if !keep.contains(&file) {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}

/// Prints a line per file and gives the brotli bytes of module, wasm and styles.
fn weigh(folder: &Path, files: &[String]) -> Result<u64> {
    let mut total = 0;
    let mut print = |name: &str, raw: usize, packed: usize| {
        println!("  {name:<40} {raw:>9} bytes, brotli {packed:>7}");
        total += packed as u64;
    };
    for file in files.iter().filter(|file| !file.ends_with(".br") && !file.ends_with(".gz")) {
        let path = folder.join(file);
        print(file, fs::metadata(&path)?.len() as usize, fs::metadata(pack::beside(&path, "br"))?.len() as usize);
    }
    let mut styles = files_below(&sh::root().join("style"))?;
    styles.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    styles.sort();
    for style in styles {
        let css = fs::read(&style)?;
        print(&style.strip_prefix(sh::root())?.to_string_lossy(), css.len(), pack::brotli(&css)?.len());
    }
    println!("  {:<40} {:>9}        brotli {total:>7} of {BUDGET}", "together", "");
    if files.is_empty() {
        bail!("the bundle is empty: delete target/site and build again");
    }
    Ok(total)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn snippets_move_and_their_keys_stay() {
        let module = "import * as a from './snippets/x/inline0.js';\nimports['./snippets/x/inline0.js'] = a;";
        let moved = "import * as a from './snippets.0f/x/inline0.js';\nimports['./snippets/x/inline0.js'] = a;";
        assert_eq!(rehome_snippets(module, "snippets.0f"), moved);
    }

    #[test]
    fn a_bundle_over_the_budget_says_by_how_much() {
        let bundle = |total| Bundle { hash: String::new(), total };
        assert!(bundle(BUDGET).within_budget().is_ok());
        assert!(bundle(BUDGET + 7).within_budget().is_err_and(|error| error.to_string().contains(" 7 over")));
    }
}
