//! The door of the house, and what an admin does with accounts: nobody gets in without what it takes, whatever else they
//! send, and nobody locks the last admin out.

use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};
use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use futures::FutureExt;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;
use wardroom::{
    cli::Config,
    domain::{Role, Timestamp, address, staff},
    server::{self, clock},
    services::{secret, totp},
    store::{NewStaff, Store, StoredTotp, fold::fold},
};

use super::{
    first_line,
    house::{Answer, FORM, PROXY, asked},
    text,
};

const PASSWORD: &str = "correct horse battery staple 17";
/// As its owner types it; the house keeps what is left of it without signs.
const RECOVERY: &str = "abcd-efgh-jkmn-pqrs-tuvw-xyz2";
const TOTP_KEY: [u8; 20] = *b"12345678901234567890";
/// An admin; a moderator with a password alone; another with two steps.
const PEOPLE: [(&str, Role); 3] = [("ada", Role::Admin), ("bob", Role::Moderator), ("cyd", Role::Moderator)];
/// Forms in a row until the limits on guessing are near.
const FORMS: u8 = 6;

struct House {
    runtime: Runtime,
    store: Store,
    config: Config,
    hash: String,
    router: Router,
    /// Of `ada`, of `bob`, and of `cyd` between the two steps.
    cookies: [String; 3],
    left: u8,
    _folder: TempDir,
}

static HOUSE: LazyLock<Mutex<House>> = LazyLock::new(|| Mutex::new(House::open()));

impl House {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("wardroom.db").display());
        let config = Config { trusted_proxies: vec![PROXY.into()], log: "off".to_owned(), ..Config::of(url.clone()) };
        // The least that argon2 takes: what is looked for here is not in there.
        let least = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let hash = least.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
        let store = runtime.block_on(async {
            let store = Store::open(&url).await.unwrap();
            for (name, role) in PEOPLE {
                let (name, password_hash) = (name.to_owned(), hash.clone());
                let now = Timestamp(1_790_000_000_000);
                let new = NewStaff { name, role, password_hash, one_time_until: now, now };
                store.write(move |tx| async move { tx.insert_staff(&new).await }.boxed()).await.unwrap();
            }
            store
        });
        let router = server::House::new(store.clone(), config.clone()).router();
        let cookies = Default::default();
        let house = Self { runtime, store, config, hash, router, cookies, left: 0, _folder: folder };
        house.restore();
        house
    }

    /// Everybody is who they were.
    fn restore(&self) {
        let (hash, store) = (self.hash.clone(), self.store.clone());
        let restored = self.store.write(move |tx| {
            async move {
                for (n, (name, role)) in (1..).zip(PEOPLE) {
                    let mut staff = tx.account(n).await?.unwrap_or_else(|| panic!("{name} is gone")).staff;
                    (staff.role, staff.disabled) = (role, false);
                    tx.update_staff(&staff).await?;
                    tx.put_password(n, &hash, None).await?;
                    if name != "cyd" {
                        tx.delete_totp(n).await?;
                    }
                }
                let sealed = store.keys().seal("totp key of staff 3", &TOTP_KEY);
                let kept = StoredTotp { secret: sealed, step: 0, since: Timestamp(1_790_000_000_000) };
                tx.insert_totp(3, &kept).await?;
                tx.put_recovery_codes(3, &[secret::hash(&plain(RECOVERY))]).await
            }
            .boxed()
        });
        self.runtime.block_on(restored).unwrap();
    }

    /// Everybody is signed in again, in a house that remembers no guesses.
    fn renew(&mut self) {
        self.router = server::House::new(self.store.clone(), self.config.clone()).router();
        self.cookies = PEOPLE.map(|(name, _)| {
            let body = address::query([("name", name), ("password", PASSWORD)]);
            let answer = self.send("sign_in", "", false, body.as_bytes());
            assert!(answer.status == 200 && !answer.cookie.is_empty(), "{name}: {}", answer.body);
            answer.cookie
        });
        self.left = FORMS;
    }

    fn send(&self, function: &str, cookie: &str, is_page: bool, body: &[u8]) -> Answer {
        let accept = if is_page { "text/html" } else { "application/json" };
        let request = Request::post(format!("/api/{function}")).header(header::COOKIE, cookie);
        let request = request.header(header::CONTENT_TYPE, FORM).header(header::ACCEPT, accept);
        asked(&self.runtime, &self.router, request.body(Body::from(body.to_vec())).unwrap())
    }

    fn open_page(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie).header(header::ACCEPT, "text/html");
        asked(&self.runtime, &self.router, request.body(Body::empty()).unwrap())
    }

    /// Whether whoever holds this cookie is let in.
    fn lets_in(&self, cookie: &str) -> bool {
        self.open_page("/rooms/none/cover", cookie).status != 401
    }
}

/// A code without what stands between its letters.
fn plain(code: &str) -> String {
    fold(code).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// What a form of the door is given to let somebody in.
fn is_enough(function: &str, pairs: &[(String, String)]) -> bool {
    let has = |fits: &dyn Fn(&str) -> bool| pairs.iter().any(|(_, value)| fits(value));
    if function == "sign_in" {
        return has(&|value| value == PASSWORD) && has(&|value| ["ada", "bob"].contains(&fold(value).as_str()));
    }
    let step = totp::step_at(clock::now());
    let codes: Vec<String> = (step - 2..=step + 2).map(|step| totp::code(&TOTP_KEY, step)).collect();
    has(&|value| plain(value) == plain(RECOVERY) || codes.contains(&plain(value)))
}

/// A form: the function in the first line, with a blank behind it where it is a page that asks; the form behind that.
/// The first step is asked by nobody, the second by `cyd` after the first, one's own account by `bob`, others' by `ada`.
pub fn door(data: &[u8]) {
    let (head, body) = first_line(data);
    let (function, is_page) = match text(head).map(|head| (head.trim_end(), head.ends_with(' '))) {
        Some(head) => head,
        None => return,
    };
    let who = match function {
        "sign_in" => None,
        "sign_in_code" => Some(2),
        "confirm" | "change_password" | "turn_on_totp" | "turn_off_totp" | "renew_recovery_codes" => Some(1),
        "add_staff" | "change_role" | "disable_staff" | "enable_staff" | "reset_totp" | "end_staff_session"
        | "end_staff_sessions" => Some(0),
        _ => return,
    };
    let pairs = address::pairs(&String::from_utf8_lossy(body));
    if takes_long(function, &pairs) {
        return;
    }
    let mut house = HOUSE.lock().unwrap_or_else(PoisonError::into_inner);
    if house.left == 0 {
        house.renew();
    }
    house.left -= 1;
    let cookie = who.map(|who: usize| house.cookies[who].clone()).unwrap_or_default();
    let answer = house.send(function, &cookie, is_page, body);
    answer.is_sound();
    let cookie = if answer.cookie.is_empty() { cookie } else { answer.cookie.clone() };
    if matches!(function, "sign_in" | "sign_in_code") {
        let is_in = house.lets_in(&cookie);
        assert!(!is_in || is_enough(function, &pairs), "{function} {pairs:?} lets somebody in");
        assert!(is_page || is_in || answer.status != 200 || function == "sign_in", "{}", answer.body);
    }
    if is_page {
        page_after(&house, &answer, &cookie, &pairs);
    }
    if answer.status < 400 {
        let admins = house.runtime.block_on(house.store.staff()).unwrap();
        let admins = admins.iter().filter(|staff| staff.role == Role::Admin && !staff.disabled).count();
        assert!(admins > 0 && house.lets_in(&house.cookies[0]), "the last admin is locked out");
        house.restore();
        house.left = 0;
    }
}

/// Where the answer to a form leads: to a page of the house, which shows no password that was typed.
fn page_after(house: &House, answer: &Answer, cookie: &str, pairs: &[(String, String)]) {
    assert_eq!(answer.status, 303, "{:.500}", answer.body);
    let base = Url::parse("http://127.0.0.1:3000/").unwrap();
    let led = base.join(&answer.location).unwrap();
    assert_eq!(led.origin(), base.origin(), "{} leads away", answer.location);
    // Whether there is such a page is for `page` to see; here it is the doors' own.
    if !["/sign-in", "/sign-in/code", "/confirm", "/account"].contains(&led.path()) {
        return;
    }
    let page = house.open_page(&answer.location, cookie);
    page.is_sound();
    let again = house.open_page(led.path(), cookie).body;
    for (_, typed) in pairs.iter().filter(|(name, _)| ["password", "current", "new", "proof"].contains(&name.as_str()))
    {
        // What is in the page anyway, or was typed elsewhere too, is no secret.
        let is_elsewhere = pairs.iter().filter(|(_, value)| value.contains(typed.as_str())).count() > 1;
        let is_secret = typed.chars().count() > 7 && !is_elsewhere && !again.contains(typed.as_str());
        assert!(!is_secret || !page.body.contains(typed.as_str()), "{typed:?} comes back: {:.3000}", page.body);
    }
}

/// Whether a form comes as far as hashing a password at its full price, which takes a fifth of a second.
fn takes_long(function: &str, pairs: &[(String, String)]) -> bool {
    let value = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
    match function {
        "sign_in" => !PEOPLE.iter().any(|(name, _)| *name == fold(value("name"))),
        "change_password" => value("current") == PASSWORD && staff::check_password(value("new"), "bob").is_ok(),
        "add_staff" => staff::check_name(value("name")).is_ok() && Role::parse(value("role")).is_some(),
        _ => false,
    }
}
