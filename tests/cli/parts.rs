//! What a killed process leaves is removed by the next one, and what a living one writes is not.

use std::path::Path;
use std::process::{Child, Command};

use crate::program::{Folder, stdout};

/// The parts in the folder.
fn parts(folder: &Folder) -> Vec<String> {
    let is_part = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "part");
    folder.names().into_iter().filter(is_part).collect()
}

/// Work that goes on until it is stopped, once it has a part of its own, not one of `left`.
fn long_work(folder: &Folder, name: &str, left: &[String]) -> Child {
    let mut work = Command::new(env!("CARGO_BIN_EXE_afterimage"));
    work.args(["measure", "pattern:noise", "--format", "csv", "--memory", "2", "--panels", "plain"]);
    for size in [128, 192, 256] {
        work.args(["ecb", "ctr", "gcm"].map(|mode| format!("aes-{size}-{mode}")));
    }
    let mut work = work.args(["-o", &folder.at(name)]).spawn().expect("the program starts");
    while parts(folder).iter().all(|part| left.contains(part)) {
        assert!(work.try_wait().expect("it can be asked").is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    work
}

#[test]
fn a_part_that_a_killed_process_left_is_removed_and_one_that_is_written_is_not() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let mut killed = long_work(&folder, "killed.csv", &[]);
    killed.kill().expect("it can be killed");
    killed.wait().expect("it ends");
    let left = parts(&folder);
    assert_eq!(left.len(), 1, "what kill -9 leaves");

    // The next process removes it before it makes a part of its own.
    let mut going = long_work(&folder, "going.csv", &left);
    let written = parts(&folder);
    assert!(written.len() == 1 && written != left, "{written:?}");
    stdout(["encrypt", &film, "-o", &folder.at("cipher"), "--plaintext", &folder.at("plain")]);
    assert_eq!(parts(&folder), written, "a process that lives loses nothing to others");
    assert_eq!(folder.read("plain").len(), 16 * 16 * 4);

    going.kill().expect("it can be killed");
    going.wait().expect("it ends");
    stdout(["encrypt", &film, "-o", &folder.at("cipher")]);
    assert!(parts(&folder).is_empty(), "{:?}", folder.names());
}
