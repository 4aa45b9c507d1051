//! How many statements a page costs: a number of its own, however many rows it shows. Counted in the program's own log.

use crate::harness::{Person, served::Served};

/// A page and its statements: the session, the account, and what the page itself reads.
const PAGES: [(&str, usize); 23] = [
    ("/sign-in", 2),
    ("/rooms", 5),
    ("/rooms?q=a&status=active&sort=-members", 5),
    ("/rooms/new", 2),
    ("/rooms/stage", 3),
    ("/rooms/stage/members", 4),
    ("/rooms/stage/attributes", 4),
    ("/rooms/stage/history", 5),
    ("/rooms/stage/json", 3),
    ("/rooms/stage/api", 10),
    ("/rooms/stage/owner", 3),
    ("/jobs", 5),
    ("/jobs/new", 2),
    ("/jobs/new?ids=stage,new&ids=100%25", 4),
    ("/jobs/new?all=1&q=stage", 4),
    ("/jobs/offboard?from=u1", 6),
    ("/audit", 4),
    ("/staff", 3),
    ("/apps", 4),
    ("/account", 3),
    ("/preferences", 2),
    ("/views/new?status=active", 2),
    ("/views/new?view=7", 3),
];

#[test]
fn a_page_costs_a_fixed_number_of_statements() {
    let served = Served::start("warn,sqlx::query=trace,wardroom=debug", &[], "Wardroom is open");
    served.page(Person::Admin, "/rooms");
    served.lines_until(": answered ");
    let mut wrong = Vec::new();
    for (path, expected) in PAGES {
        let (status, _) = served.page(Person::Admin, path);
        assert!(matches!(status, 200 | 303), "{path}: {status}");
        let lines = served.lines_until(": answered ");
        let statements: Vec<&String> =
            lines.iter().filter(|line| line.contains("sqlx::query") && !line.contains("PRAGMA")).collect();
        if statements.len() != expected {
            wrong.push(format!("{path}: {} instead of {expected}: {statements:#?}", statements.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
