//! The master key: the one secret that is kept apart from the database, in the environment or in a file.
//!
//! It is used for nothing but to wrap the data keys, which are kept in the database ([`super::seal`]): so a stolen
//! database (or backup) tells no secret and forges no audit entry, and another master key means wrapping a few keys anew.

use std::{
    ffi::OsString,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::domain::text::hex;

/// 256 random bits. Written as 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey(pub(super) [u8; 32]);

/// Where the master key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// Given as it is (`WARDROOM_KEY`).
    Given(MasterKey),
    /// In this file, which is made where neither it nor any data key is there yet.
    File(PathBuf),
}

/// Why there is no master key; said at start and by commands.
#[derive(Debug)]
pub enum KeyError {
    /// The text is not 64 hexadecimal digits.
    Text(String),
    /// The file is not there, while the database has keys that were wrapped with it.
    Missing(PathBuf),
    /// The file cannot be read or made.
    File(PathBuf, io::Error),
    /// The file's keys were wrapped with another key.
    Another(String),
    /// The same, and beside the file lies the one that was to take its place.
    CutShort(PathBuf, PathBuf),
    /// A data key of the database is damaged.
    Damaged(i64),
}

impl MasterKey {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        Self(rand::random())
    }

    /// Reads 64 hexadecimal digits; white space around them is left out.
    ///
    /// # Errors
    /// It is something else. What it is, is not said: it may be a secret in the wrong place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "is not a key: 64 hexadecimal digits, as `openssl rand -hex 32` makes them".to_owned();
        let text = text.trim();
        let mut key = [0; 32];
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
            *byte = text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).ok_or_else(wrong)?;
        }
        Ok(Self(key))
    }

    /// The key as text, to be put in a file.
    #[must_use]
    pub fn to_text(&self) -> String {
        hex(&self.0)
    }

    /// Writes the key into a new file that only its owner may read, and sees it onto the disk.
    ///
    /// # Errors
    /// The file is there already, or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        let failed = |why| KeyError::File(path.to_owned(), why);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        io::Write::write_all(&mut file, format!("{}\n", self.to_text()).as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

impl KeyPlace {
    /// The file beside a database: `wardroom.key` beside `wardroom.db`.
    #[must_use]
    pub fn beside(database: &Path) -> Self {
        Self::File(database.with_extension("key"))
    }

    /// The key, if it is there.
    ///
    /// # Errors
    /// The file cannot be read or holds no key.
    pub fn find(&self) -> Result<Option<MasterKey>, KeyError> {
        let path = match self {
            Self::Given(key) => return Ok(Some(key.clone())),
            Self::File(path) => path,
        };
        match fs::read_to_string(path) {
            Ok(text) => {
                MasterKey::parse(&text).map(Some).map_err(|why| KeyError::Text(format!("{} {why}", path.display())))
            }
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(KeyError::File(path.clone(), why)),
        }
    }

    /// The key of a database that has data keys.
    ///
    /// # Errors
    /// As [`Self::find`], and there is none.
    pub fn must_find(&self) -> Result<MasterKey, KeyError> {
        self.find()?.ok_or_else(|| KeyError::Missing(self.path()))
    }

    /// The key of a new database: that which is there, or a new one in a new file.
    ///
    /// # Errors
    /// As [`Self::find`] and [`MasterKey::write_new`].
    pub fn find_or_make(&self) -> Result<MasterKey, KeyError> {
        if let Some(key) = self.find()? {
            return Ok(key);
        }
        let key = MasterKey::generate();
        match key.write_new(&self.path()) {
            // Another process was quicker.
            Err(KeyError::File(_, why)) if why.kind() == io::ErrorKind::AlreadyExists => self.must_find(),
            Err(why) => Err(why),
            Ok(()) => Ok(key),
        }
    }

    /// Where the key that takes this one's place lies until it does.
    #[must_use]
    pub fn next_to(path: &Path) -> PathBuf {
        let mut name = OsString::from(path);
        name.push(".new");
        name.into()
    }

    /// Why the key that is there does not open the database.
    #[must_use]
    pub fn another(&self) -> KeyError {
        match self {
            Self::File(path) if Self::next_to(path).exists() => KeyError::CutShort(Self::next_to(path), path.clone()),
            _ => KeyError::Another(self.name()),
        }
    }

    /// As it is told to people: "the key in …".
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Given(_) => "the key in WARDROOM_KEY".to_owned(),
            Self::File(path) => format!("the key in {}", path.display()),
        }
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Given(_) => PathBuf::new(),
            Self::File(path) => path.clone(),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(why) => f.write_str(why),
            Self::Missing(path) => write!(
                f,
                "the key file {} is missing; put it back from where you keep it, or name it with --key-file \
                 (WARDROOM_KEY_FILE) or give the key in WARDROOM_KEY",
                path.display()
            ),
            Self::File(path, why) => write!(f, "the key file {} cannot be used: {why}", path.display()),
            Self::Another(name) => write!(
                f,
                "{name} is not the key of this database; name the right file with --key-file (WARDROOM_KEY_FILE) or give \
                 the key in WARDROOM_KEY"
            ),
            Self::CutShort(next, path) => write!(
                f,
                "the key in {0} is not the key of this database, and {1} lies beside it: a change of the master key was cut \
                 short; mv {1} {0}",
                path.display(),
                next.display()
            ),
            Self::Damaged(id) => write!(f, "data key {id} is damaged; restore a backup of the database"),
        }
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_it_was_as_text_and_nothing_else_is_one() {
        let key = MasterKey::generate();
        assert_eq!(MasterKey::parse(&format!(" {}\n", key.to_text().to_uppercase())), Ok(key.clone()));
        assert_ne!(MasterKey::generate(), key);
        for bad in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32), &"+1".repeat(32)] {
            let why = MasterKey::parse(bad).unwrap_err();
            assert!(bad.is_empty() || bad == "00" || !why.contains(bad), "{why}");
        }
        assert!(!format!("{key:?}").contains(&key.to_text()));
    }

    #[test]
    fn a_key_file_is_its_owners_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let place = KeyPlace::beside(&folder.path().join("w.db"));
        assert!(matches!(place.must_find(), Err(KeyError::Missing(_))));
        let made = place.find_or_make().unwrap();
        assert_eq!(place.find_or_make().unwrap(), made);
        let path = folder.path().join("w.key");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(matches!(MasterKey::generate().write_new(&path), Err(KeyError::File(..))));
        assert_eq!(place.must_find().unwrap(), made);
        fs::write(&path, "hello").unwrap();
        assert!(matches!(place.find(), Err(KeyError::Text(_))));
    }
}
