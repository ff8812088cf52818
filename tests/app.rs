//! The real program as a process, on a display of its own: it plays, and every panel on the screen is what
//! its caption claims.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use afterimage::frame::Picture;
use afterimage::media::Source;
use afterimage::pipeline::batch::{self, Job, Range};
use afterimage::scene::{Panel, Scene};
use afterimage::units::FrameIndex;
use image::{GrayImage, imageops};

/// How long a software rasterizer on a busy machine may take to get anywhere.
const PATIENCE: Duration = Duration::from_secs(90);

/// A process that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A display without a monitor.
struct Display {
    name: String,
    _server: Running,
}

impl Display {
    fn start(width: u32, height: u32) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed by script/bootstrap");
        let stdout = server.stdout.take().expect("its output is piped");
        let server = Running(server);
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number).expect("Xvfb says which display it is");
        Self { name: format!(":{}", number.trim()), _server: server }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY");
        command
    }

    /// What is on the screen, in grey.
    fn screenshot(&self) -> GrayImage {
        let shot = self
            .command("import")
            .args(["-window", "root", "png:-"])
            .output()
            .expect("ImageMagick is installed by script/bootstrap");
        image::load_from_memory(&shot.stdout).expect("a screenshot").into_luma8()
    }

    /// Presses a key in the program's window. Without a window manager nobody gives it the focus.
    fn key(&self, name: &str) {
        let mut xdotool = self.command("xdotool");
        let done = xdotool.args(["search", "--name", "Afterimage", "windowfocus", "key", name]).status();
        assert!(done.expect("xdotool is installed by script/bootstrap").success());
    }

    /// The first screenshot that is as it should be.
    fn wait_for(&self, what: &str, mut is_there: impl FnMut(&GrayImage) -> bool) -> GrayImage {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shot = self.screenshot();
            if is_there(&shot) {
                return shot;
            }
            if Instant::now() > deadline {
                let kept = std::env::temp_dir().join("afterimage-failed.png");
                shot.save(&kept).expect("the last screenshot can be saved");
                panic!("{what} never came; the last screenshot is {}", kept.display());
            }
        }
    }
}

/// Where a panel's picture is on the screen: x, y, width, height in pixels.
type Place = (u32, u32, u32, u32);

/// The program, and what it says with `--verbose`.
struct App {
    process: Running,
    said: Receiver<String>,
    /// Where the panels are, as far as it has said so.
    places: Vec<Option<Place>>,
}

impl App {
    fn start(display: &Display, settings: &std::path::Path, arguments: &[&str]) -> Self {
        let mut process = display
            .command(env!("CARGO_BIN_EXE_afterimage"))
            .args(arguments)
            .env("AFTERIMAGE_LOG", "afterimage::gui=debug")
            .env("HOME", settings)
            .env("XDG_DATA_HOME", settings)
            .env("XDG_CONFIG_HOME", settings)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = process.stderr.take().expect("its messages are piped");
        let (to_test, said) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // The test may have heard enough.
                let _ = to_test.send(line);
            }
        });
        Self { process: Running(process), said, places: Vec::new() }
    }

    /// What follows `start` in the first line that holds it.
    fn line(&self, start: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut heard = Vec::new();
        loop {
            match self.said.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => match line.split_once(start) {
                    Some((_, rest)) => return rest.into(),
                    None => heard.push(line),
                },
                Err(error) => panic!("the program never said {start:?} ({error}), but {heard:#?}"),
            }
        }
    }

    /// The newest places that the log gives the panels, as `panel N NAME at X,Y W×H`. They change until the
    /// window has its size.
    fn places(&mut self, panels: &[Panel]) -> Vec<Place> {
        let deadline = Instant::now() + PATIENCE;
        let mut places = std::mem::take(&mut self.places);
        places.resize(panels.len(), None);
        loop {
            let all_known = places.iter().all(Option::is_some);
            let wait =
                if all_known { Duration::ZERO } else { deadline.saturating_duration_since(Instant::now()) };
            let Ok(line) = self.said.recv_timeout(wait) else {
                assert!(all_known, "the program never said where all its panels are");
                self.places.clone_from(&places);
                return places.into_iter().flatten().collect();
            };
            for ((number, panel), place) in (1..).zip(panels).zip(&mut places) {
                if let Some((_, said)) = line.split_once(&format!("panel {number} {panel} at ")) {
                    let numbers = said.split([',', ' ', '×']).map(|word| word.parse().expect("a number"));
                    let numbers: Vec<u32> = numbers.collect();
                    let [x, y, width, height] = numbers[..] else { panic!("four numbers in {said:?}") };
                    *place = Some((x, y, width, height));
                }
            }
        }
    }
}

/// The panels of frame 0 of the demo, rendered without a window.
fn reference() -> Vec<(Panel, Picture)> {
    let mut panels = Vec::new();
    let scene = Scene::of(Source::Demo);
    batch::render(Job::new(&scene, Range::frame(FrameIndex(0))), |sheet, _| {
        panels = sheet.panels.into_iter().filter_map(|it| Some((it.panel, it.picture?))).collect();
        ControlFlow::Continue(())
    })
    .expect("the demo renders");
    panels
}

/// The size to which pictures are reduced before they are compared.
const COLUMNS: u32 = 96;
const ROWS: u32 = 54;

/// A part of the screen, reduced so that the way in which the window scales does not matter.
fn reduced(shot: &GrayImage, (x, y, width, height): Place) -> Vec<f64> {
    let part = imageops::crop_imm(shot, x, y, width, height).to_image();
    let small = imageops::resize(&part, COLUMNS, ROWS, imageops::FilterType::Triangle);
    small.pixels().map(|pixel| f64::from(pixel.0[0])).collect()
}

fn reduced_picture(picture: &Picture) -> Vec<f64> {
    let (width, height) = (picture.shape.width, picture.shape.height);
    let rgba = image::RgbaImage::from_raw(width, height, picture.rgba.to_vec()).expect("a whole picture");
    reduced(&image::DynamicImage::ImageRgba8(rgba).into_luma8(), (0, 0, width, height))
}

/// How much each place differs from those to its right and below.
fn edges(reduced: &[f64]) -> Vec<f64> {
    let differs =
        |at: usize, step: usize| reduced.get(at + step).map_or(0.0, |other| (reduced[at] - other).abs());
    (0..reduced.len()).map(|at| differs(at, 1) + differs(at, COLUMNS as usize)).collect()
}

/// Pearson's correlation of two pictures of the same size, from -1 to 1.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let count = one.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (one_mean, other_mean) = (mean(one), mean(other));
    let covariance: f64 = one.iter().zip(other).map(|(a, b)| (a - one_mean) * (b - other_mean)).sum();
    let spread = |values: &[f64], mean: f64| values.iter().map(|a| (a - mean).powi(2)).sum::<f64>().sqrt();
    covariance / (spread(one, one_mean) * spread(other, other_mean)).max(f64::MIN_POSITIVE)
}

#[test]
fn the_program_plays_and_every_panel_is_what_it_claims() {
    let display = Display::start(1280, 800);
    let settings = tempfile::tempdir().expect("a folder for settings");
    let mut app = App::start(&display, settings.path(), &["demo", "--verbose"]);
    // On a machine without a GPU this is OpenGL or Vulkan in software; one of them must do.
    app.line("renderer ");
    let reference = reference();
    let panels: Vec<Panel> = reference.iter().map(|(panel, _)| *panel).collect();
    let expected: Vec<Vec<f64>> = reference.iter().map(|(_, picture)| reduced_picture(picture)).collect();
    let seen = |app: &mut App, shot: &GrayImage| -> Vec<Vec<f64>> {
        app.places(&panels).into_iter().map(|place| reduced(shot, place)).collect()
    };

    // It plays: the first panel shows the demo, then something else of it.
    let mut first = Vec::new();
    display.wait_for("the demo", |shot| {
        first = seen(&mut app, shot).swap_remove(0);
        correlation(&first, &expected[0]) > 0.5
    });
    display.wait_for("movement in the first panel", |shot| {
        let now = &seen(&mut app, shot)[0];
        *now != first && correlation(now, &expected[0]) > 0.5
    });

    // Held at frame 0, every panel shows what was rendered without a window, and only that.
    display.key("space");
    display.key("Home");
    let mut held = Vec::new();
    display.wait_for("frame 0 in all panels", |shot| {
        held = seen(&mut app, shot);
        let agreements = held.iter().zip(&expected).map(|(seen, expected)| correlation(seen, expected));
        agreements.zip([0.99, 0.9, 0.95, 0.7]).all(|(agreement, least)| agreement > least)
    });
    // Both sides of the claim: shading comes back under ECB, perhaps as a negative, and gaps draw the edges;
    // neither under GCM.
    let edges = edges(&expected[0]);
    let shading = |panel: usize| correlation(&held[panel], &expected[0]).abs();
    let gaps = |panel: usize| -correlation(&held[panel], &edges);
    assert!(shading(2) > 0.2, "tone under ECB has the shading, but correlates by {}", shading(2));
    assert!(gaps(2) > 0.1, "its gaps draw the outlines, but correlate by {}", gaps(2));
    for by in [shading(3), gaps(3).abs()] {
        assert!(by < 0.08, "GCM has nothing to do with either, but correlates by {by}");
    }

    // Closing the window ends the program.
    display.key("ctrl+q");
    let deadline = Instant::now() + PATIENCE;
    while app.process.0.try_wait().expect("it can be asked").is_none() {
        assert!(Instant::now() < deadline, "the program goes on after its window was closed");
        std::thread::yield_now();
    }
}
