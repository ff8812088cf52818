//! Programs of others, which tests use where they are installed. Where one is not, the output of the test says so.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::process::Command;

/// True if a program is installed.
pub fn has_program(name: &str) -> bool {
    Command::new(name).arg("--version").output().is_ok()
}

/// True if a program is installed; says in the output of the test if it is not.
pub fn is_installed(name: &str) -> bool {
    let is_installed = has_program(name);
    if !is_installed {
        eprintln!("skipped: {name} is not installed");
    }
    is_installed
}
