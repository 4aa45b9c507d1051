//! What strangers sign with.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use wardroom::{
    domain::Timestamp,
    vendors::strangers::{Claims, UserSig, read_token, write_token},
};

use super::text;

const NOW: Timestamp = Timestamp(1_795_000_000_000);

/// Tencent's UserSig: as it comes; its JSON, wrapped as they are; and one of ours for whoever the bytes name.
pub fn usersig(data: &[u8]) {
    let secrets = ["secret".to_owned()];
    let look = |sent: &str| {
        if let Some(sig) = UserSig::decode(sent) {
            let (app, identifier) = (sig.app, sig.identifier.clone());
            assert!(sig.verify(app, &identifier, &secrets, NOW).is_err(), "nobody signs without the secret");
        }
    };
    if let Some(sent) = text(data) {
        look(sent);
        let made = UserSig::write(sent, 1_400_000_001, "secret", NOW, 600);
        let read = UserSig::decode(&made).filter(|_| sent.len() < 6_000);
        if let Some(read) = read {
            assert_eq!(read.verify(1_400_000_001, sent, &secrets, NOW), Ok(()), "{sent:?}");
        } else {
            assert!(sent.len() * 6 > 6_000, "{sent:?} cannot be read again");
        }
    }
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflated.write_all(data).unwrap();
    let wrapped = STANDARD.encode(deflated.finish().unwrap());
    look(&wrapped.replace('+', "*").replace('/', "-").replace('=', "_"));
}

/// Our own tokens for IMKIT: as they come, and one of ours with one byte changed.
pub fn token(data: &[u8]) {
    let secrets = ["secret".to_owned()];
    let Some(sent) = text(data) else { return };
    assert_eq!(read_token(sent, "key", &secrets, NOW), None, "nobody signs without the secret");
    let claims = Claims { key: "key".to_owned(), client: sent.to_owned(), superuser: true, until: NOW.0 + 1 };
    let made = write_token(&claims, "secret");
    assert_eq!(read_token(&made, "key", &secrets, NOW), Some(claims));
    let (Some(&place), Some(&byte)) = (data.first(), data.last()) else { return };
    let mut changed = made.clone().into_bytes();
    let at = usize::from(place) * changed.len() / 256;
    if let Some(letter) = changed.get_mut(at) {
        *letter = byte;
    }
    if let Some(changed) = text(&changed).filter(|changed| *changed != made) {
        assert_eq!(read_token(changed, "key", &secrets, NOW), None, "{changed} counts as well");
    }
}
