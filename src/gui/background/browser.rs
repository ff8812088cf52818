//! Opening an address in the browser of the system.

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::runtime::threads::{self, Priority};

/// How long to wait for an error of the system's program that opens addresses. Some programs run until the browser is
/// closed, which counts as success.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens a web address. Other addresses in a lesson's file are refused.
///
/// # Errors
/// In words, with the address, where it is not a web address or the system has no browser.
pub fn open(url: &str) -> Result<(), String> {
    if !is_of_the_web(url) {
        return Err(format!("this is not a web address: {url}"));
    }
    let failed = |why: &dyn std::fmt::Display| format!("cannot open a browser ({why}); the address is {url}");
    let child = start(url).map_err(|error| failed(&error))?;
    match outcome(child) {
        Ok(Some(status)) if !status.success() => Err(failed(&status)),
        Ok(_) => Ok(()),
        Err(error) => Err(failed(&error)),
    }
}

/// True for addresses that begin with `https://` or `http://` and hold no character that a shell or a terminal
/// interprets.
fn is_of_the_web(url: &str) -> bool {
    let is_plain =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\'' | '`' | '\\' | '<' | '>');
    ["https://", "http://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme))
        && url.chars().all(is_plain)
}

fn start(url: &str) -> io::Result<Child> {
    let (program, options): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(options).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// How the program ended; `None` where it runs for longer than `PATIENCE`.
fn outcome(mut child: Child) -> io::Result<Option<ExitStatus>> {
    let (tell, told) = channel();
    // Waits for the program to end: otherwise the system would keep it as a zombie process.
    let wait = move || drop(tell.send(child.wait()));
    threads::start("browser", Priority::Display, wait, drop)?;
    told.recv_timeout(PATIENCE).ok().transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_opened() {
        for url in ["https://www.rfc-editor.org/rfc/rfc8452", "http://a.b/c_(d)?e=f&g#h"] {
            assert!(is_of_the_web(url), "{url}");
        }
        for url in
            ["file:///etc/passwd", "https://", "https://a b", "https://a\"b", "javascript:x", "--help", ""]
        {
            assert!(!is_of_the_web(url), "{url}");
            assert!(open(url).is_err_and(|message| message.contains("not a web address")), "{url}");
        }
    }
}
