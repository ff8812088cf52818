//! Clips as GIF: the delays of their pictures.

use afterimage::picture::layout::Layout;

use crate::ffmpeg::ffprobe;
use crate::folder::Folder;
use crate::program::stdout;
use crate::reading;

/// How long each picture of a file is shown, in hundredths of a second, as ffprobe reads it.
fn hundredths(folder: &Folder, name: &str) -> Vec<f64> {
    let entries = ["-v", "error", "-show_entries", "packet=duration_time", "-of", "csv=p=0"];
    let durations = ffprobe([&entries[..], &[&folder.at(name)]].concat());
    let secs = durations.lines().map(|line| line.trim_end_matches(',').parse::<f64>().expect("a duration"));
    secs.map(|secs| (secs * 100.0).round()).collect()
}

/// A GIF whose pictures are shown for these hundredths of a second. The delays are written here, because each version of
/// the ffmpeg program has other options for them.
fn gif_with_delays(folder: &Folder, name: &str, delays: &[u16]) -> String {
    let film = format!("testsrc2=size=32x32:rate=10:duration={}", delays.len() as f64 / 10.0);
    folder.ffmpeg(name, &["-f", "lavfi", "-i", &film]);
    let mut bytes = folder.read(name);
    // The graphic control extension: its introducer, label and length, flags, and the delay.
    let starts = bytes.windows(3).enumerate().filter(|(_, it)| it == b"\x21\xf9\x04").map(|(at, _)| at);
    let starts: Vec<usize> = starts.collect();
    assert_eq!(starts.len(), delays.len());
    for (at, delay) in starts.into_iter().zip(delays) {
        bytes[at + 4..at + 6].copy_from_slice(&delay.to_le_bytes());
    }
    folder.write(name, bytes)
}

#[test]
fn a_gif_keeps_all_delays_of_its_source() {
    let folder = Folder::new();
    gif_with_delays(&folder, "quick.gif", &[200, 1, 50]);
    let made = hundredths(&folder, "quick.gif");
    assert!([10.0, 1.0].contains(&made[1]), "FFmpeg up to version 8 reads a delay of 1 as 10: {made:?}");
    let source = gif_with_delays(&folder, "source.gif", &[200, 2, 50]);
    assert_eq!(hundredths(&folder, "source.gif"), [200.0, 2.0, 50.0]);
    stdout(["clip", &source, "plain", "-o", &folder.at("clip.gif")]);
    assert_eq!(hundredths(&folder, "clip.gif"), [200.0, 2.0, 50.0]);
}

#[test]
fn a_gif_plays_in_real_time_with_delays_of_at_least_two_hundredths() {
    let folder = Folder::new();
    for rate in ["24000/1001", "30", "50", "60000/1001", "60", "100", "240"] {
        let film = format!("testsrc2=size=32x32:rate={rate}:duration=1");
        let film = folder.ffmpeg("film.mkv", &["-f", "lavfi", "-i", &film, "-c:v", "ffv1"]);
        stdout(["clip", &film, "plain", "-o", &folder.at("clip.gif")]);
        let delays = hundredths(&folder, "clip.gif");
        assert!(delays.iter().all(|&delay| delay >= 2.0), "{rate}: {delays:?}");
        let (all, source) =
            (delays.iter().sum::<f64>(), reading::frames(folder.path("film.mkv"), Layout::RGB24));
        let secs = source.last().map_or(0.0, |last| last.time_secs + last.duration_secs);
        assert!((all / 100.0 - secs).abs() <= 0.01 * secs + 0.005, "{rate}: {all} hundredths of {secs} s");
        assert!(
            delays.len() >= source.len().min(48),
            "{rate}: {} of {} pictures",
            delays.len(),
            source.len()
        );
    }
}
