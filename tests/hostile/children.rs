//! The child processes: each runs the cases of a folder. After a case that ends the process, a new one is started.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::{env, fs, thread};

use crate::mutate::{self, Random};
use crate::{CASES, MEMORY_BYTES, TIMEOUT, attempt, captures, seeds};

/// The variables that state the kind and the folder of a child.
const KIND: &str = "AFTERIMAGE_HOSTILE_KIND";
const FOLDER: &str = "AFTERIMAGE_HOSTILE_FOLDER";

/// The cases of a child. Their files fit into the memory of the system.
const CASES_OF_CHILD: u64 = 50;

/// The kind of damaged input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Media,
    Text,
    Capture,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Media, Self::Text, Self::Capture];

    const fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Text => "text",
            Self::Capture => "capture",
        }
    }
}

/// The number that an environment variable holds.
fn number(variable: &str) -> Option<u64> {
    env::var(variable)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// Runs all cases of a kind in child processes. Panics with the cases that fail.
pub fn run_all(kind: Kind) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(kind.name());
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder for the cases");
    let seeds = match kind {
        Kind::Media => seeds::media(&root),
        Kind::Text => seeds::texts(),
        Kind::Capture => captures::seeds(),
    };
    let first = number("AFTERIMAGE_HOSTILE_FIRST").unwrap_or(0);
    let end = first + number("AFTERIMAGE_HOSTILE_CASES").unwrap_or(CASES);
    let mut failures = Vec::new();
    let mut start = first;
    while start < end {
        let stop = (start + CASES_OF_CHILD).min(end);
        let folder = root.join(start.to_string());
        write_cases(&seeds, start..stop, &folder);
        failures.extend(failures_in(kind, &folder));
        // Only the folder of a child with failures stays.
        let _ = fs::remove_dir(&folder);
        start = stop;
    }
    let reports: Vec<_> = failures.iter().map(|(path, why)| format!("{}: {why}", path.display())).collect();
    assert!(
        failures.is_empty(),
        "{} cases failed; the number of a case is the name of its file, and AFTERIMAGE_HOSTILE_FIRST and \
         AFTERIMAGE_HOSTILE_CASES=1 run it again:\n{}",
        failures.len(),
        reports.join("\n")
    );
}

/// Writes the inputs of some cases, each under its number.
fn write_cases(seeds: &[(&str, Vec<u8>)], numbers: std::ops::Range<u64>, folder: &Path) {
    fs::create_dir_all(folder).expect("a folder for the cases");
    let all: Vec<Vec<u8>> = seeds.iter().map(|(_, bytes)| bytes.clone()).collect();
    for number in numbers {
        let mut random = Random::of(number);
        let (ending, seed) = random.one_of(seeds);
        let bytes = mutate::bytes(&mut random, seed, &all);
        fs::write(folder.join(format!("{number}.{ending}")), bytes).expect("the input of a case");
    }
}

/// Runs the cases of a folder in children until none is left. Returns the inputs of those that failed and the reasons. The
/// other inputs are deleted.
fn failures_in(kind: Kind, folder: &Path) -> Vec<(PathBuf, String)> {
    let mut failures = Vec::new();
    loop {
        let mut child = start(kind, folder);
        let lines = lines_of(&mut child);
        let mut current: Option<PathBuf> = None;
        let why = loop {
            match lines.recv_timeout(TIMEOUT) {
                Ok(line) => match line.strip_prefix("case ") {
                    Some(path) => current = Some(path.into()),
                    None if line == "done" => current = None,
                    None => {}
                },
                Err(RecvTimeoutError::Timeout) => {
                    child.kill().expect("a signal");
                    break format!("no end after {} s", TIMEOUT.as_secs());
                }
                Err(RecvTimeoutError::Disconnected) => break "the process ended".to_owned(),
            }
        };
        let ended = child.wait_with_output().expect("the child ends");
        let Some(path) = current else {
            assert!(ended.status.success(), "the child failed: {}", String::from_utf8_lossy(&ended.stderr));
            return failures;
        };
        let messages = String::from_utf8_lossy(&ended.stderr).into_owned();
        let messages = messages
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(12)
            .collect::<Vec<_>>()
            .join("\n    ");
        // Moved, so that the next child does not run it.
        let kept = folder.with_file_name(path.file_name().expect("a name"));
        fs::rename(&path, &kept).expect("the input is kept");
        failures.push((kept, format!("{why}, {}\n    {messages}", ended.status)));
    }
}

fn start(kind: Kind, folder: &Path) -> Child {
    Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(KIND, kind.name())
        .env(FOLDER, folder)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child starts")
}

/// The lines that a child prints.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (to, lines) = channel();
    let out = child.stdout.take().expect("its output");
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The kind and the folder of this process, if it is a child.
pub fn of_this_process() -> Option<(Kind, PathBuf)> {
    let name = env::var(KIND).ok()?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
    Some((kind, env::var_os(FOLDER)?.into()))
}

/// Runs the case of every file of a folder, in the order of their numbers, and deletes the file.
pub fn run_folder(kind: Kind, folder: &Path) {
    let limit = rustix::process::Rlimit { current: Some(MEMORY_BYTES), maximum: Some(MEMORY_BYTES) };
    rustix::process::setrlimit(rustix::process::Resource::As, limit).expect("the memory is limited");
    let mut cases: Vec<(u64, PathBuf)> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("a file").path())
        .filter_map(|path| Some((path.file_stem()?.to_str()?.parse().ok()?, path)))
        .collect();
    cases.sort();
    for (number, path) in cases {
        println(&format!("\ncase {}", path.display()));
        match kind {
            Kind::Media => attempt::media(&path, number),
            Kind::Text => attempt::text(&path),
            Kind::Capture => captures::attempt(&path, number),
        }
        fs::remove_file(&path).expect("the input of the case");
        println("done");
    }
}

/// Prints a line at once.
fn println(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the parent reads");
}
