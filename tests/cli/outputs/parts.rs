//! Temporary files: those of a killed process are removed by the next one, those of a running process are not.

use std::path::Path;
use std::process::Child;

use super::stopped::long_work;
use crate::folder::Folder;
use crate::program::stdout;

/// The temporary files in the folder.
fn parts(folder: &Folder) -> Vec<String> {
    let is_part = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "part");
    folder.names().into_iter().filter(is_part).collect()
}

/// Starts work that takes seconds, and waits until it has a temporary file that is not one of `left`.
fn start_long_work(folder: &Folder, name: &str, left: &[String]) -> Child {
    let mut work = long_work();
    let mut work = work.args(["--memory", "2", "-o", &folder.at(name)]).spawn().expect("the program starts");
    while parts(folder).iter().all(|part| left.contains(part)) {
        assert!(work.try_wait().expect("its status").is_none(), "the work ended by itself");
        std::thread::yield_now();
    }
    work
}

#[test]
fn the_temporary_file_of_a_killed_process_is_removed_and_that_of_a_running_process_is_not() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let mut killed = start_long_work(&folder, "killed.csv", &[]);
    killed.kill().expect("a signal");
    killed.wait().expect("the process ends");
    let left = parts(&folder);
    assert_eq!(left.len(), 1, "the temporary file of the killed process");

    // The next process removes it before it creates its own.
    let mut running = start_long_work(&folder, "going.csv", &left);
    let written = parts(&folder);
    assert!(written.len() == 1 && written != left, "{written:?}");
    stdout(["encrypt", &film, "-o", &folder.at("cipher"), "--plaintext", &folder.at("plain")]);
    assert_eq!(parts(&folder), written, "the temporary file of a running process stays");
    assert_eq!(folder.read("plain").len(), 16 * 16 * 4);

    running.kill().expect("a signal");
    running.wait().expect("the process ends");
    stdout(["encrypt", &film, "-o", &folder.at("cipher")]);
    assert!(parts(&folder).is_empty(), "{:?}", folder.names());
}
