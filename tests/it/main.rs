//! Wardroom as a whole, in process: every test drives the router or a service over a database of its own.
//!
//! A file per area; `harness` is what they share. A test's name says what holds.

mod access;
mod apps;
mod asvs;
mod attributes;
mod audit;
mod backups;
mod cli;
mod conflicts;
mod corpus;
mod covers;
mod deploy;
mod desk;
mod faults;
mod fields;
mod guides;
mod hangups;
mod harness;
mod headers;
mod hostile;
mod import;
mod jobs;
mod pages;
mod papers;
mod people;
mod queries;
mod rooms;
mod search;
mod secrets;
mod serving;
mod signing_in;
mod store;
mod supply;
mod tidy;
mod vendors;
mod views;
mod watching;
