//! What is true, whoever asks: rooms and their fields, attributes, clients, staff, rights, audit entries, errors.
//!
//! Compiles for the server and for the browser without a `cfg`, knows no database, no HTTP and no vendor.
//! What does *not* belong here: SQL (`store`), rules that need more than one value to decide (`services`),
//! any vendor's spelling (`vendors`).
//!
//! # Glossary
//! | word | meaning |
//! | --- | --- |
//! | room | what is managed |
//! | client | an end user of the chat platform: owner, manager or member of rooms |
//! | staff | a person who signs in to the console |
//! | app | a vendor credential through which a back-end calls us |
//! | attribute | a room's key-value pair |
//! | field | one of a room's settings, a row of [`room::Field`]'s table |
//! | column | what a row of the room list shows of a room beside its name and id |
//! | view | a question about the room list that somebody saved, private or shared |
//! | patch | the changes somebody asks for, valid by construction |
//! | change | one field, before and after |
//! | audit entry | one accepted write with all its changes, or a refusal worth keeping |
//! | chain | the audit trail's entries, each with a mac over itself and the one before (more words in [`trail`]) |
//! | job | one change of many rooms, planned before it is run (more words in [`job`]) |

pub mod access;
pub mod address;
pub mod app;
pub mod attribute;
pub mod audit;
pub mod client;
pub mod desk;
pub mod error;
pub mod job;
pub mod page;
pub mod room;
pub mod staff;
pub mod text;
pub mod trail;
pub mod when;

pub use access::{Right, Role};
pub use error::{Error, Result, Violation};
pub use when::Timestamp;
