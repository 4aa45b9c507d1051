//! Signing in and staying signed in: guessing, one-time passwords, sessions, and the way back to what was typed.

mod account;
mod door;
mod way_back;
