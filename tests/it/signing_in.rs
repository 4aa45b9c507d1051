//! Signing in and staying signed in: guessing, one-time passwords, the second step, proofs, sessions, and the way back to what was typed.

mod account;
mod door;
mod enforced;
mod passwords;
mod sessions;
mod stepup;
mod totp;
mod way_back;
