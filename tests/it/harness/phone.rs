//! Somebody's phone: the app that makes the codes of their second step.

use futures::FutureExt;
use wardroom::{server::clock, services::totp, store::StoredTotp};

use super::{Actor, Answer, House, PASSWORD};

/// A phone with one key in its app.
pub struct Phone(Vec<u8>);

impl House {
    /// Somebody has two steps, as if they had set them up some time ago.
    pub async fn phone(&self, name: &str) -> Phone {
        let id = self.id(name).await;
        let key = totp::new_key().to_vec();
        let secret = self.store.keys().seal(&format!("totp key of staff {id}"), &key);
        let kept = StoredTotp { secret, step: 0, since: clock::now() };
        let made = self.store.write(move |tx| async move { tx.insert_totp(id, &kept).await }.boxed()).await;
        assert!(made.unwrap(), "{name} has two steps already");
        Phone(key)
    }

    /// The number of an account.
    pub async fn id(&self, name: &str) -> i64 {
        self.store.account_named(name).await.unwrap().unwrap().staff.id
    }

    /// So much later that a code may be given anew.
    pub async fn half_a_minute_later(&self) {
        self.sql("UPDATE totp SET step = 0").await;
    }

    /// So much later that nobody is sure any more that it is still them.
    pub async fn some_time_later(&self) {
        self.sql("UPDATE sessions SET data = json_remove(data, '$.proved')").await;
    }

    /// A browser in which somebody gave their name and password, and no code yet.
    pub async fn half_way(&self, name: &str) -> (Actor<'_>, Answer) {
        let browser = self.nobody();
        let answer = browser.form("/api/sign_in", &[("name", name), ("password", PASSWORD), ("next", "/audit")]).await;
        (browser, answer)
    }
}

impl Phone {
    /// A phone that took a key from the page, as it is typed.
    pub fn typed(key: &str) -> Self {
        let (mut bits, mut held, mut bytes) = (0, 0_u32, Vec::new());
        for letter in key.bytes().filter(u8::is_ascii_alphanumeric) {
            let value = if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
            (held, bits) = ((held << 5) | u32::from(value), bits + 5);
            if bits >= 8 {
                bits -= 8;
                bytes.push((held >> bits) as u8);
                held &= (1 << bits) - 1;
            }
        }
        assert_eq!(bytes.len(), 20, "{key}");
        Self(bytes)
    }

    /// The code that it shows now.
    pub fn code(&self) -> String {
        totp::code(&self.0, totp::step_at(clock::now()))
    }

    /// The one that it shows next.
    pub fn next(&self) -> String {
        totp::code(&self.0, totp::step_at(clock::now()) + 1)
    }

    /// A code of a quarter of an hour ago, which is none of today's.
    pub fn stale(&self) -> String {
        let now = totp::step_at(clock::now());
        let near: Vec<String> = (-3..=3).map(|off| totp::code(&self.0, now + off)).collect();
        (30..60).map(|ago| totp::code(&self.0, now - ago)).find(|code| !near.contains(code)).unwrap()
    }
}
