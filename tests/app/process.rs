//! The program as a process on a display, and its log.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use afterimage::scene::Panel;

use crate::display::{self, Display, Place, Running, TIMEOUT};
use crate::program::PROGRAM;

/// The program and the lines that it logs with `--verbose`.
pub struct App {
    pub process: Running,
    log: Receiver<String>,
    /// The places of the panels, as far as the log states them.
    pub places: Vec<Option<Place>>,
}

impl App {
    pub fn start(display: &Display, settings: &std::path::Path, arguments: &[&str]) -> Self {
        let mut process = display
            .command(PROGRAM)
            .args(arguments)
            .env("AFTERIMAGE_LOG", "afterimage::gui=debug")
            .env("HOME", settings)
            .env("XDG_DATA_HOME", settings)
            .env("XDG_CONFIG_HOME", settings)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = process.stderr.take().expect("its messages are piped");
        let (to_test, log) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // The test may have ended.
                let _ = to_test.send(line);
            }
        });
        Self { process: Running(process), log, places: Vec::new() }
    }

    /// The rest of the first line that contains `start`.
    pub fn line(&self, start: &str) -> String {
        let deadline = Instant::now() + TIMEOUT;
        let mut others = Vec::new();
        loop {
            match self.log.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => match line.split_once(start) {
                    Some((_, rest)) => return rest.into(),
                    None => others.push(line),
                },
                Err(error) => panic!("no line of the log has {start:?} ({error}): {others:#?}"),
            }
        }
    }

    /// The nice values of the threads of this name.
    pub fn nice_values(&self, name: &str) -> Vec<i32> {
        let threads =
            std::fs::read_dir(format!("/proc/{}/task", self.process.0.id())).expect("a running process");
        let nice = |folder: std::path::PathBuf| {
            let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
            let (names, rest) = stat.rsplit_once(')')?;
            let is_named = names.split_once('(').is_some_and(|(_, found)| found == name);
            // The nice value is field 19 (proc(5)). The first field of `rest` is field 3.
            rest.split_whitespace().nth(16).filter(|_| is_named)?.parse().ok()
        };
        threads.filter_map(|thread| nice(thread.ok()?.path())).collect()
    }

    /// The place of something in the log, as `NAME at X,Y W×H`.
    pub fn place(&self, name: &str) -> Place {
        display::place(&self.line(&format!("{name} at ")))
    }

    /// The newest places of the panels in the log, as `panel N NAME at X,Y W×H`. They change until the window has its
    /// size.
    pub fn places(&mut self, panels: &[Panel]) -> Vec<Place> {
        let deadline = Instant::now() + TIMEOUT;
        let mut places = std::mem::take(&mut self.places);
        places.resize(panels.len(), None);
        loop {
            let all_known = places.iter().all(Option::is_some);
            let wait =
                if all_known { Duration::ZERO } else { deadline.saturating_duration_since(Instant::now()) };
            let Ok(line) = self.log.recv_timeout(wait) else {
                assert!(all_known, "the log states no place for some panels");
                self.places.clone_from(&places);
                return places.into_iter().flatten().collect();
            };
            for ((number, panel), place) in (1..).zip(panels).zip(&mut places) {
                if let Some((_, text)) = line.split_once(&format!("panel {number} {panel} at ")) {
                    *place = Some(display::place(text));
                }
            }
        }
    }
}
