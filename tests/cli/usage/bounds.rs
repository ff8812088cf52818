//! Bounds of memory, panels and key files. A request past a bound is refused with a message.

use crate::folder::Folder;
use crate::program::{PROGRAM, refused, run_line, shell, stdout};

#[test]
fn a_memory_that_does_not_fit_is_refused_with_the_number_of_frames_that_fit() {
    let folder = Folder::new();
    let (out, film) = (folder.at("out.png"), folder.at("out.mkv"));
    let measured = ["measure", "pattern:noise", "plain", "aes-128-gcm", "--frame", "0"];
    let message = refused(1, measured.iter().chain(&["--memory", "1000"]));
    assert!(
        message.contains("1000 frames") && message.contains("1280 × 720") && message.contains(" fit "),
        "{message}"
    );
    let fit =
        message.split(" fit ").next().and_then(|message| message.split(' ').next_back()).expect("a number");
    let more = (fit.parse::<u32>().expect("a number") + 1).to_string();
    // The number of frames in the message is accepted.
    stdout(measured.iter().chain(&["--memory", fit]));
    assert!(refused(1, measured.iter().chain(&["--memory", &more])).contains(fit));
    let scene = "version = 1\nsource = \"pattern:noise\"\nmemory = 4000000000\npanels = [\"aes-128-gcm\"]\n";
    let scene = folder.write("scene.toml", scene);
    for command in [&["figure", &scene, "-o", &out][..], &["measure", &scene], &["clip", &scene, "-o", &film]]
    {
        assert!(refused(1, command).contains("4000000000 frames"), "{command:?}");
    }
    stdout(["measure", &scene, "--frame", "0", "--memory", "1"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_memory_past_the_limit_of_the_system_is_refused_with_a_message() {
    let folder = Folder::new();
    let done = shell(folder.root(), "ulimit -v 5000000; afterimage measure demo --memory 1000");
    let message = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(1) && message.contains(" fit "), "{message}");
}

/// The most memory, in bytes, that the program used with these arguments, as Linux reports it.
#[cfg(target_os = "linux")]
fn peak_bytes(args: &[&str]) -> u64 {
    let mut work = std::process::Command::new(PROGRAM).args(args).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", work.id());
    let mut peak_kib = 0;
    while work.try_wait().expect("its status").is_none() {
        // A process that has just ended has no status.
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
        peak_kib = kib.and_then(|kib| kib.parse().ok()).unwrap_or(0).max(peak_kib);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(work.wait().expect("it ended").success(), "{args:?}");
    peak_kib * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn large_frames_use_a_bounded_amount_of_memory() {
    let folder = Folder::new();
    let (out, film_out) = (folder.at("out.png"), folder.at("out.mp4"));
    // 35 million pixels take the same code paths as 64 million, in less time.
    let side = 5900;
    let noise = format!("testsrc2=size={side}x{side},noise=alls=20");
    let still = folder.ffmpeg("still.png", &["-f", "lavfi", "-i", &noise, "-frames:v", "1"]);
    // 1.5 GB for 64 million pixels, and 100 MB for a frame of any size.
    let most = side * side * 1_500 / 64 + (100 << 20);
    let poster = ["--schemes", "aes-128-gcm", "--lenses", "outline"];
    for args in
        [&["figure", &still, "-o", &out][..], &[&["matrix", &still, "-o", &out][..], &poster].concat()]
    {
        let peak = peak_bytes(args);
        assert!((side * side * 8..most).contains(&peak), "{peak} of {most} bytes: {args:?}");
    }
    let uhd = "testsrc2=size=3840x2160:rate=10:duration=1,noise=alls=8:allf=t";
    let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-pix_fmt", "yuv420p"];
    let film = folder.ffmpeg("film.mp4", &[&["-f", "lavfi", "-i", uhd][..], &x264].concat());
    let clip = ["clip", &film, "--frames", "0-2", "-o", &film_out];
    for args in [&clip[..], &["figure", &film, "--frame", "3", "aes-128-ecb:tone", "-o", &out]] {
        let peak = peak_bytes(args);
        assert!((100 << 20..1_100_000_000).contains(&peak), "{peak} bytes: {args:?}");
    }
}

#[test]
fn a_scene_has_at_most_64_panels_in_a_file_and_on_the_command_line() {
    let folder = Folder::new();
    let (out, many) = (folder.at("out.png"), vec!["aes-128-ecb"; 65]);
    let figure = ["figure", "pattern:bars@32x18", "-o", &out, "--panels"];
    let message = refused(2, figure.iter().chain(&many));
    assert!(message.contains("65 panels") && message.contains("at most 64"), "{message}");
    stdout(figure.iter().chain(&many[..64]));
    let scene = |panels: usize| {
        let panels = vec!["\"plain\""; panels].join(", ");
        folder.write(
            "scene.toml",
            format!("version = 1\nsource = \"pattern:bars@32x18\"\npanels = [{panels}]\n"),
        )
    };
    let message = refused(2, ["measure", &scene(65)]);
    assert!(message.contains("65 panels") && message.contains("scene.toml"), "{message}");
    stdout(["measure", &scene(64), "--frame", "0"]);
}

#[test]
fn the_scene_of_a_poster_with_more_than_64_cells_makes_the_same_poster() {
    let folder = Folder::new();
    let (out, again, scene) = (folder.at("poster.png"), folder.at("again.png"), folder.at("poster.toml"));
    stdout(["matrix", "pattern:bars@32x18", "--save-scene", &scene, "-o", &out]);
    stdout(["matrix", &scene, "-o", &again]);
    assert!(folder.read("poster.png") == folder.read("again.png"));
}

#[test]
fn a_key_file_has_at_most_4096_bytes() {
    let folder = Folder::new();
    let long = folder.write("long.key", "00".repeat(2049));
    let encrypt = ["encrypt", "pattern:bars@32x18", "aes-128-ecb", "-o", "-", "--key-file"];
    let message = refused(1, encrypt.iter().chain(&[&long[..]]));
    assert!(message.contains("larger than 4096 bytes") && message.contains("long.key"), "{message}");
    let scene = "version = 1\nsource = \"demo:still\"\nkey_file = \"long.key\"\npanels = [\"aes-128-ecb\"]\n";
    let message = refused(1, ["measure", &folder.write("scene.toml", scene)]);
    assert!(message.contains("larger than 4096 bytes") && message.contains("long.key"), "{message}");
}

#[cfg(unix)]
#[test]
fn an_endless_key_file_and_a_pipe_that_a_scene_names_are_refused() {
    let folder = Folder::new();
    let message = refused(1, ["measure", "demo:still", "--key-file", "/dev/zero"]);
    assert!(message.contains("larger than 4096 bytes") && message.contains("/dev/zero"), "{message}");
    let pipe = folder.path("pipe.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    for key in ["pipe.toml", "/dev/zero"] {
        let scene =
            format!("version = 1\nsource = \"demo:still\"\nkey_file = \"{key}\"\npanels = [\"plain\"]\n");
        let message = refused(1, ["measure", &folder.write("scene.toml", scene)]);
        assert!(message.contains("not a regular file") && message.contains(key), "{message}");
    }
    let message = refused(1, ["measure", &folder.at("pipe.toml")]);
    assert!(message.contains("the scene") && message.contains("not a regular file"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_key_on_the_command_line_may_be_read_from_a_pipe() {
    let folder = Folder::new();
    let key = "c0ffee".repeat(8);
    let other = folder.at("other");
    let encrypt = "afterimage encrypt pattern:bars@32x18 aes-128-ecb --key-file /dev/stdin -q -o one";
    run_line(folder.root(), &format!("printf %s {key} | {encrypt}"));
    stdout(["encrypt", "pattern:bars@32x18", "aes-128-ecb", "--key", &key, "-o", &other]);
    assert!(folder.read("one") == folder.read("other"));
}
