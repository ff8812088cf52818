//! The real program as a process, on a display of its own: it plays, and every panel on the screen is what
//! its caption claims.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use afterimage::batch;
use afterimage::media::Source;
use afterimage::picture::Picture;
use afterimage::render::{Job, Range};
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
        self.act(&["search", "--name", "Afterimage", "windowfocus", "key", name]);
    }

    /// Types into the program's window.
    fn type_text(&self, text: &str) {
        self.act(&["search", "--name", "Afterimage", "windowfocus", "type", "--delay", "4", text]);
    }

    /// Puts the pointer on a place of the screen; `then` is what else it does there.
    fn point(&self, (x, y): (u32, u32), then: &[&str]) {
        let (x, y) = (x.to_string(), y.to_string());
        self.act(&[&["mousemove", &x, &y], then].concat());
    }

    fn act(&self, arguments: &[&str]) {
        let done = self.command("xdotool").args(arguments).status();
        assert!(done.expect("xdotool is installed by script/bootstrap").success());
    }

    /// Acts, and waits until that has changed a part of the screen.
    fn changing(&self, place: Place, act: impl FnOnce()) {
        let before = reduced(&self.screenshot(), place);
        act();
        self.wait_for("a change", |shot| reduced(shot, place) != before);
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

/// A place as the log has it: `X,Y W×H`.
fn place(said: &str) -> Place {
    let numbers: Vec<u32> = said.split([',', ' ', '×']).map(|word| word.parse().expect("a number")).collect();
    let [x, y, width, height] = numbers[..] else { panic!("four numbers in {said:?}") };
    (x, y, width, height)
}

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

    /// How far the threads of this name stand back: their `nice`.
    fn ranks(&self, name: &str) -> Vec<i32> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.process.0.id())).expect("it runs");
        let rank = |folder: std::path::PathBuf| {
            let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
            let (names, rest) = stat.rsplit_once(')')?;
            let is_named = names.split_once('(').is_some_and(|(_, found)| found == name);
            // Priority and nice are the 18th and 19th of all, and the third stands first here (proc(5)).
            rest.split_whitespace().nth(16).filter(|_| is_named)?.parse().ok()
        };
        threads.filter_map(|thread| rank(thread.ok()?.path())).collect()
    }

    /// The place that the log gives something, as `NAME at X,Y W×H`.
    fn place(&self, name: &str) -> Place {
        place(&self.line(&format!("{name} at ")))
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
                    *place = Some(self::place(said));
                }
            }
        }
    }
}

/// Uses the window by mouse and keyboard, and looks at what comes of it: going to a frame, another scheme and
/// back, a wipe, a block, a lesson, a picture saved.
fn play_with(display: &Display, app: &mut App, panels: &[Panel], folder: &std::path::Path) {
    let plain: Panel = "plain".parse().expect("a panel");
    let ecb: Panel = "aes-128-ecb".parse().expect("a panel");
    let later = reference(&[plain, ecb], 100);
    let [original, ciphertext] = [0, 1].map(|at| reduced_picture(&later[at].1));

    // Another frame, by its number.
    let field = (326, 758, 90, 30);
    display.changing(field, || display.key("g"));
    display.changing(field, || display.type_text("100"));
    display.act(&["key", "Return"]);
    let places = app.places(panels);
    display.wait_for("frame 100", |shot| correlation(&reduced(shot, places[0]), &original) > 0.99);

    // Another scheme in the last panel, by its menu: the first entry is the original.
    let (x, y, ..) = places[3];
    display.changing(places[3], || display.point((x + 40, y - 38), &["click", "1"]));
    display.point((x + 40, y + 2), &["click", "1"]);
    display.wait_for("the original in the last panel", |shot| {
        correlation(&reduced(shot, places[3]), &original) > 0.99
    });
    display.key("ctrl+z");
    display.wait_for("noise again", |shot| correlation(&reduced(shot, places[3]), &original) < 0.3);

    // A block of the slide's ground: its twins stay as they are and all else is dimmed, until one looks away.
    let aside = (640, 4);
    display.point(aside, &[]);
    display.key("b");
    display.wait_for("the inspector beside the panels", |_| app.places(panels)[3].0 != places[3].0);
    let inspected = app.places(panels);
    let (x, y, width, height) = inspected[0];
    let paper = (x + width * 3 / 10, y + height * 3 / 10);
    let speaker = (x + width * 8 / 10, y + height / 10, width / 10, height / 3);
    let before = mean(&display.screenshot(), speaker);
    display.point(paper, &[]);
    display.wait_for("the twins alone", |shot| mean(shot, speaker) < before * 0.6);
    display.point(aside, &[]);
    display.wait_for("the panels as they are", |shot| mean(shot, speaker) > before * 0.9);
    display.key("b");
    display.wait_for("the panels where they were", |_| app.places(panels)[3].0 == places[3].0);

    // Two in one place: left of the line the original, right of it its ciphertext.
    display.key("c");
    let place = app.place("comparison");
    let halves = |shot: &GrayImage| {
        let seen = reduced(shot, place);
        let side = |from: usize, to: usize, of: &[f64]| {
            let part = |picture: &[f64]| -> Vec<f64> {
                picture.chunks(COLUMNS as usize).flat_map(|row| row[from..to].to_vec()).collect()
            };
            correlation(&part(&seen), &part(of))
        };
        [side(4, 40, &original), side(56, 92, &ciphertext)]
    };
    display.wait_for("both halves", |shot| halves(shot)[0] > 0.99 && halves(shot)[1] > 0.8);
    let (x, y, width, height) = place;
    let line = (x + width / 2, y + height / 4);
    // One step a screenshot: a window that draws slowly would take pressing and moving for one.
    let mut step = 0;
    display.wait_for("the line moved", |shot| {
        match step % 3 {
            0 => display.point(line, &["mousedown", "1"]),
            1 => display.point((x + width / 6, line.1), &[]),
            _ => display.act(&["mouseup", "1"]),
        }
        step += 1;
        halves(shot)[0] < 0.9
    });
    display.act(&["mouseup", "1"]);
    display.key("Escape");

    // A lesson sets the scene and the frame.
    let of_lesson = reduced_picture(&reference(&[plain], 200)[0].1);
    display.key("n");
    display.wait_for("the lessons beside the panels", |_| app.places(panels)[0].0 > 330);
    app.places.clear();
    display.point((120, 118), &["click", "1"]);
    display.wait_for("the panel of the lesson", |shot| {
        correlation(&reduced(shot, app.places(&[plain])[0]), &of_lesson) > 0.99
    });

    // What is saved is what the command line makes.
    let [saved, made] = ["saved.png", "made.png"].map(|name| folder.join(name));
    let lesson = app.places(&[plain])[0];
    let before = mean(&display.screenshot(), lesson);
    display.key("ctrl+s");
    display.wait_for("the form", |shot| mean(shot, lesson) < before * 0.8);
    display.act(&["key", "ctrl+a"]);
    display.changing((400, 340, 480, 110), || display.type_text(&saved.display().to_string()));
    display.act(&["key", "Return"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterimage"));
    let figure = command
        .args(["figure", "demo", "plain", "--frame", "200", "--theme", "dark", "-o"])
        .arg(&made)
        .output();
    assert!(figure.expect("the program starts").status.success());
    display.wait_for("the picture", |_| saved.exists());
    let [saved, made] = [saved, made].map(|path| image::open(path).expect("a picture"));
    assert!(saved.into_rgba8() == made.into_rgba8(), "the same picture, pixel for pixel");
}

/// Panels of a frame of the demo, rendered without a window.
fn reference(panels: &[Panel], frame: u64) -> Vec<(Panel, Picture)> {
    let scene = Scene { panels: panels.to_vec(), ..Scene::of(Source::Demo) };
    let mut panels = Vec::new();
    batch::render(Job::new(&scene, Range::frame(FrameIndex(frame))), |sheet, _| {
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
    let rgba = image::RgbaImage::from_raw(width, height, picture.to_rgba()).expect("a whole picture");
    reduced(&image::DynamicImage::ImageRgba8(rgba).into_luma8(), (0, 0, width, height))
}

/// How bright a part of the screen is.
fn mean(shot: &GrayImage, place: Place) -> f64 {
    let seen = reduced(shot, place);
    seen.iter().sum::<f64>() / seen.len() as f64
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
    let reference = reference(&Panel::defaults(), 0);
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

    play_with(&display, &mut app, &panels, settings.path());

    // Who answers and draws comes first.
    let window = app.ranks("afterimage");
    for thread in ["decode", "render", "share 0"] {
        let ranks = app.ranks(thread);
        assert!(!ranks.is_empty() && ranks.iter().all(|rank| *rank >= 2), "{thread}: {ranks:?}");
        assert!(ranks.iter().min() >= window.iter().min(), "{thread}: {ranks:?} beside {window:?}");
    }

    // Closing the window ends the program.
    display.key("ctrl+q");
    let deadline = Instant::now() + PATIENCE;
    while app.process.0.try_wait().expect("it can be asked").is_none() {
        assert!(Instant::now() < deadline, "the program goes on after its window was closed");
        std::thread::yield_now();
    }
}

#[test]
fn a_large_picture_takes_a_bounded_memory() {
    // 36 million pixels are as large as 48 million in all that is decided by size, and take less time.
    const SIDE: u32 = 6000;
    let display = Display::start(1280, 800);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.png");
    let shades = image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let [across, down] = [x, y].map(|at| u8::try_from(at / 32).expect("at most 250"));
        image::Rgb([across, down, across / 2 + down / 2])
    });
    shades.save(&path).expect("the picture can be saved");
    let expected = reduced(&image::DynamicImage::ImageRgb8(shades).into_luma8(), (0, 0, SIDE, SIDE));
    let picture = path.to_str().expect("a path in UTF-8");
    let mut app = App::start(&display, folder.path(), &[picture, "--verbose"]);
    app.line("renderer ");
    let panels = Panel::defaults();
    // The last picture to come is that of the lens which has to be prepared. It may be a negative.
    display.wait_for("the picture and its tones", |shot| {
        let places = app.places(&panels);
        let [original, tones] = [0, 2].map(|at| correlation(&reduced(shot, places[at]), &expected).abs());
        original > 0.95 && tones > 0.5
    });
    let status = std::fs::read_to_string(format!("/proc/{}/status", app.process.0.id())).expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let peak = peak.and_then(|kibibytes| kibibytes.trim().parse::<u64>().ok()).expect("a number") * 1024;
    // The frame, two ciphertexts of it and the picture of that lens; what blocks are counted with, a quarter of a frame
    // a ciphertext; and the window, which in place of a GPU here draws with software of 65 MB.
    let frame = u64::from(SIDE) * u64::from(SIDE) * 4;
    assert!((4 * frame..5 * frame + (300 << 20)).contains(&peak), "{peak} bytes");
}
