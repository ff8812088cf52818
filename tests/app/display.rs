//! A virtual display with a pointer and a keyboard.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::GrayImage;

use crate::pictures::reduced;

/// The longest wait: a software rasterizer on a busy machine is slow.
pub const TIMEOUT: Duration = Duration::from_secs(90);

/// A process that is killed when the test ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A virtual X display.
pub struct Display {
    name: String,
    _server: Running,
}

impl Display {
    pub fn start(width: u32, height: u32) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed by script/bootstrap");
        let stdout = server.stdout.take().expect("its output is piped");
        let server = Running(server);
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number).expect("Xvfb prints the number of the display");
        Self { name: format!(":{}", number.trim()), _server: server }
    }

    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY");
        command
    }

    /// The pixels of the screen, in grey.
    pub fn screenshot(&self) -> GrayImage {
        let shot = self
            .command("import")
            .args(["-window", "root", "png:-"])
            .output()
            .expect("ImageMagick is installed by script/bootstrap");
        image::load_from_memory(&shot.stdout).expect("a screenshot").into_luma8()
    }

    /// Presses a key in the window of the program.
    pub fn key(&self, name: &str) {
        self.focus();
        self.act(&["key", name]);
    }

    /// Types a text into the window of the program.
    pub fn type_text(&self, text: &str) {
        self.focus();
        self.act(&["type", "--delay", "4", text]);
    }

    /// Gives the window of the program the focus: there is no window manager. The keys then go to the display, because
    /// one that is sent to the window is an error of X if it closes the window before it is released.
    fn focus(&self) {
        self.act(&["search", "--name", "Afterimage", "windowfocus"]);
    }

    /// Moves the pointer to a position on the screen and then runs the xdotool command `then`.
    pub fn point(&self, (x, y): (u32, u32), then: &[&str]) {
        let (x, y) = (x.to_string(), y.to_string());
        self.act(&[&["mousemove", &x, &y], then].concat());
    }

    pub fn act(&self, arguments: &[&str]) {
        let done = self.command("xdotool").args(arguments).status();
        assert!(done.expect("xdotool is installed by script/bootstrap").success());
    }

    /// Runs `act` and waits until a part of the screen changes.
    pub fn changing(&self, place: Place, act: impl FnOnce()) {
        let before = reduced(&self.screenshot(), place);
        act();
        self.wait_for("a change", |shot| reduced(shot, place) != before);
    }

    /// Waits until a part of the screen is the same in five screenshots in a row: until it has scrolled to its end.
    pub fn wait_until_still(&self, place: Place) {
        let (mut before, mut same) = (Vec::new(), 0);
        self.wait_for("a part of the screen that stays", |shot| {
            let now = reduced(shot, place);
            same = if now == before { same + 1 } else { 0 };
            before = now;
            same >= 4
        });
    }

    /// Takes screenshots until `is_there` accepts one.
    pub fn wait_for(&self, what: &str, mut is_there: impl FnMut(&GrayImage) -> bool) -> GrayImage {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let shot = self.screenshot();
            if is_there(&shot) {
                return shot;
            }
            if Instant::now() > deadline {
                let kept = std::env::temp_dir().join("afterimage-failed.png");
                shot.save(&kept).expect("the last screenshot can be saved");
                panic!("timed out while waiting for {what}; the last screenshot is {}", kept.display());
            }
        }
    }
}

/// A rectangle on the screen: x, y, width, height in pixels.
pub type Place = (u32, u32, u32, u32);

/// Reads a place as the log states it: `X,Y W×H`.
pub fn place(text: &str) -> Place {
    let numbers: Vec<u32> = text.split([',', ' ', '×']).map(|word| word.parse().expect("a number")).collect();
    let [x, y, width, height] = numbers[..] else { panic!("four numbers in {text:?}") };
    (x, y, width, height)
}
