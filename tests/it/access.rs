//! Who may do what. Every route and every server function stands in one of two lists with the least that it asks for;
//! one that is registered but not listed fails, and so does one that is listed but not registered. Each is tried as
//! everybody.

mod backends;
pub mod calls;
mod fields;
pub mod pages;

use wardroom::domain::{Right, Role};

use crate::harness::Person;

/// The least that something asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Least {
    /// Nothing.
    Nothing,
    /// An account, even with a one-time password.
    Account,
    /// An account with a password of its own, whose role has this right.
    Right(Right),
}

/// What somebody gets who asks for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Done,
    /// "Sign in."
    WhoAreYou,
    /// "Not for you."
    Refused,
}

impl Least {
    /// Written out, not computed with [`Role::may`]: that table is what is tried here.
    fn verdict(self, person: Person) -> Verdict {
        let enough = match (self, person) {
            (Self::Nothing, _) => true,
            (_, Person::Nobody | Person::Disabled) => return Verdict::WhoAreYou,
            (Self::Account, _) => true,
            (_, Person::Fresh) => false,
            (Self::Right(Right::See), _) => true,
            (Self::Right(Right::Edit), _) => matches!(person, Person::Moderator | Person::Admin),
            (Self::Right(Right::Manage | Right::Staff | Right::Apps), _) => person == Person::Admin,
            (Self::Right(Right::Audit), _) => matches!(person, Person::Auditor | Person::Admin),
        };
        if enough { Verdict::Done } else { Verdict::Refused }
    }
}

#[test]
fn the_table_of_rights_is_as_the_roles_are_described() {
    let rights = [Right::See, Right::Edit, Right::Manage, Right::Staff, Right::Apps, Right::Audit];
    let of = |role: Role| rights.map(|right| role.may(right));
    assert_eq!(of(Role::Viewer), [true, false, false, false, false, false]);
    assert_eq!(of(Role::Moderator), [true, true, false, false, false, false]);
    assert_eq!(of(Role::Auditor), [true, false, false, false, false, true]);
    assert_eq!(of(Role::Admin), [true; 6]);
}
