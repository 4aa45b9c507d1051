//! Files as the server hands them out: named after their content, with a brotli and a gzip copy beside them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context, Result, anyhow};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// The first 16 hex digits of the content's SHA-256.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// `wardroom.js` and its content give `wardroom.0123456789abcdef.js`.
pub fn hashed_name(name: &str, content: &[u8]) -> String {
    let hash = hash(&[content]);
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// Brotli at its best: quality 11, a window of 4 MB.
///
/// # Errors
/// When there is no memory for it.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &parameters)?;
    Ok(packed)
}

/// Gzip at its best, without a date, so that equal content gives equal bytes.
///
/// # Errors
/// When there is no memory for it.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// Writes `file`, `file.br` and `file.gz`, and says which files these are.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(file: &Path, content: &[u8]) -> Result<[PathBuf; 3]> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let (br, gz) = thread::scope(|scope| {
        let br = scope.spawn(|| brotli(content));
        let gz = gzip(content);
        (br.join().unwrap_or_else(|_| Err(anyhow!("brotli panicked"))), gz)
    });
    let written = [file.to_owned(), beside(file, "br"), beside(file, "gz")];
    for (path, bytes) in written.iter().zip([content, &br?, &gz?]) {
        fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(written)
}

/// The file's name with one more extension.
pub fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod unit {
    use std::io::Read;

    use super::*;

    #[test]
    fn names_follow_the_content() {
        let name = hashed_name("wardroom_bg.wasm", b"one");
        assert_eq!(name, hashed_name("wardroom_bg.wasm", b"one"));
        assert_ne!(name, hashed_name("wardroom_bg.wasm", b"two"));
        let hash = name.strip_prefix("wardroom_bg.").and_then(|rest| rest.strip_suffix(".wasm"));
        assert!(hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    }

    #[test]
    fn packed_content_comes_back() -> Result<()> {
        let content = "Wardroom ".repeat(1000).into_bytes();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli(&content)?, &mut unpacked)?;
        assert_eq!(unpacked, content);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*gzip(&content)?).read_to_end(&mut unpacked)?;
        assert_eq!(unpacked, content);
        assert_eq!(gzip(&content)?, gzip(&content)?);
        Ok(())
    }
}
