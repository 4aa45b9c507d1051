//! Clients and members: whose word counts, and what differs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    domain::{
        client::{Client, Member},
        room::{Change, Value},
    },
    services::members::roll::named,
};

/// What is known of clients, as lines tell more of them.
pub(super) struct Clients {
    known: HashMap<String, Client>,
    /// The ids of those of whom something was learnt.
    learnt: BTreeSet<String>,
}

impl Clients {
    pub(super) fn new(known: HashMap<String, Client>) -> Self {
        Self { known, learnt: BTreeSet::new() }
    }

    /// Learns what a line tells of its members; the clients as they were where that is news, and what was not taken.
    pub(super) fn learn(&mut self, members: &[Member]) -> (Vec<(Option<Client>, Client)>, Vec<String>) {
        let (mut news, mut kept) = (Vec::new(), Vec::new());
        for client in members.iter().map(|member| &member.client) {
            let id = client.id.as_str();
            let known = self.known.get(id);
            let merged = merged(known, client);
            for (what, given, merged) in
                [("nickname", &client.nickname, &merged.nickname), ("avatar", &client.avatar, &merged.avatar)]
            {
                if !given.is_empty() && given != merged {
                    kept.push(format!("members: {id:?} has another {what} here, which is kept: {merged:?}"));
                }
            }
            if known != Some(&merged) {
                news.push((known.cloned(), merged.clone()));
                self.learnt.insert(id.to_owned());
                self.known.insert(id.to_owned(), merged);
            }
        }
        (news, kept)
    }

    /// Those of whom something was learnt, as they are now.
    pub(super) fn news(&self) -> Vec<&Client> {
        self.learnt.iter().filter_map(|id| self.known.get(id)).collect()
    }
}

/// What is known of a client after a line: a name or picture is taken where there was none, or where the line saw the
/// client later. So lines may come in any order, and the same lines again teach nothing.
fn merged(known: Option<&Client>, given: &Client) -> Client {
    let Some(known) = known else { return given.clone() };
    let later = given.last_login_at > known.last_login_at;
    let text = |known: &String, given: &String| {
        if given.is_empty() || (!known.is_empty() && !later) { known.clone() } else { given.clone() }
    };
    Client {
        id: known.id.clone(),
        nickname: text(&known.nickname, &given.nickname),
        avatar: text(&known.avatar, &given.avatar),
        last_login_at: known.last_login_at.max(given.last_login_at),
    }
}

/// Who came, went or read on; `None` if nobody did.
pub(super) fn members_changed(before: &[Member], after: &[Member]) -> Option<Change> {
    let state = |m: &Member| (m.client.id.to_string(), (m.unread, m.last_read.clone()));
    let old: BTreeMap<_, _> = before.iter().map(state).collect();
    let new: BTreeMap<_, _> = after.iter().map(state).collect();
    let only = |these: &BTreeMap<String, (i64, String)>, those: &BTreeMap<String, (i64, String)>| {
        let differ = these.iter().filter(|(id, state)| those.get(*id) != Some(state));
        named(differ.map(|(id, (unread, read))| {
            if those.contains_key(id) { format!("{id} ({unread} unread, read to {read:?})") } else { id.clone() }
        }))
    };
    changed("members", only(&old, &new), only(&new, &old))
}

/// What was learnt of clients; `None` if nothing was.
pub(super) fn clients_changed(news: &[(Option<Client>, Client)]) -> Option<Change> {
    let tell = |client: &Client| {
        let seen = client.last_login_at.map(|at| at.rfc3339()).unwrap_or_default();
        [client.id.as_str(), &client.nickname, &client.avatar, &seen].join(" ").trim_end().to_owned()
    };
    let before = named(news.iter().filter_map(|(before, _)| before.as_ref().map(tell)));
    changed("clients", before, named(news.iter().map(|(_, after)| tell(after))))
}

fn changed(what: &str, before: Option<Value>, after: Option<Value>) -> Option<Change> {
    (before.is_some() || after.is_some()).then(|| Change { field: what.to_owned(), before, after })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Timestamp, client::ClientId};

    fn member(id: &str, nickname: &str, seen: Option<i64>) -> Member {
        let id = ClientId::parse(id).unwrap();
        let last_login_at = seen.map(Timestamp);
        let client = Client { id, nickname: nickname.to_owned(), avatar: String::new(), last_login_at };
        Member { client, unread: 0, last_read: String::new() }
    }

    #[test]
    fn who_saw_a_client_last_is_believed_and_nothing_flips() {
        let lines = [
            member("u", "Ann", None),
            member("u", "", Some(9)),
            member("u", "Annie", Some(5)),
            member("u", "Anna", Some(12)),
            member("u", "Ann", Some(12)),
        ];
        let mut clients = Clients::new(HashMap::new());
        let first: Vec<usize> = lines.iter().map(|line| clients.learn(std::slice::from_ref(line)).0.len()).collect();
        assert_eq!(first, [1, 1, 0, 1, 0]);
        assert_eq!(clients.news()[0].nickname, "Anna");
        let (news, kept) = clients.learn(&lines);
        assert_eq!((news.len(), kept.len()), (0, 3));
        assert!(kept[0].contains("\"u\"") && kept[0].contains("\"Anna\""), "{kept:?}");
    }

    #[test]
    fn only_who_differs_is_named() {
        let (ann, mut bob, eve) = (member("ann", "", None), member("bob", "", None), member("eve", "", None));
        let before = [ann.clone(), bob.clone()];
        bob.unread = 3;
        let change = members_changed(&before, &[bob, eve]).unwrap();
        assert_eq!(change.show_before(), "ann, bob (0 unread, read to \"\")");
        assert_eq!(change.show_after(), "bob (3 unread, read to \"\"), eve");
        assert_eq!(members_changed(&before, &before), None);
        assert_eq!(members_changed(&[], &[ann]).unwrap().show_after(), "ann");
    }
}
