//! What the product promises, shown through the command line, in rehearsals of the default policy
//! whose clock goes as far as it takes.

mod accounts;
mod api;
mod authorisation;
mod backups;
mod banking;
mod choices;
mod collection;
pub(crate) mod console;
mod contracts;
mod databases;
mod derived;
mod documents;
mod doors;
mod duties;
mod evidence;
mod forms;
mod holds;
mod keys;
mod people;
mod portal;
mod reading;
mod recipients;
mod rights;
mod roles;
mod server;
mod sign_in;
mod statistics;
mod telling;
mod terms;
mod trace;
