//! Films to encrypt, and what the ffmpeg program reads of files.

use crate::ffmpeg::{ffmpeg, ffprobe};
use crate::folder::Folder;
use crate::program::stdout;

/// The leading 16 bytes of the demonstration key.
pub const KEY: &str = "000102030405060708090a0b0c0d0e0f";
/// The number of the key in the file.
pub const KEY_ID: &str = "00000000000000000000000000000001";

pub const VIDEO: [&str; 4] = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25:duration=5"];
pub const SOUND: [&str; 4] = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=5"];
/// Several slices per frame, B-frames, and a keyframe every second: several fragments.
pub const X264: [&str; 6] =
    ["-c:v", "libx264", "-x264-params", "slices=3:bframes=2:keyint=25", "-b:v", "900k"];

/// H.264 with about 80 slices in a keyframe.
pub fn film_of_many_slices(folder: &Folder) -> String {
    let x264 = ["-c:v", "libx264", "-x264-params", "slice-max-size=300:keyint=25", "-b:v", "4M", "-an"];
    let source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=4"];
    folder.ffmpeg("slices.mp4", &[&source[..], &x264].concat())
}

/// A file that the ffmpeg program makes of moving pictures and a tone.
pub fn made(folder: &Folder, name: &str, options: &[&str]) -> String {
    folder.ffmpeg(name, &[&VIDEO[..], &SOUND, options].concat())
}

/// H.264 with three slices per frame and B-frames, and AAC.
pub fn film(folder: &Folder) -> String {
    made(folder, "film.mp4", &[&X264[..], &["-c:a", "aac"]].concat())
}

/// The encrypted MP4 that the program makes of a source. Returns its path.
pub fn encrypted(folder: &Folder, source: &str, target: &str) -> String {
    let out = folder.at("encrypted.mp4");
    stdout(["encrypt", source, "--target", target, "-o", &out]);
    out
}

/// A hash of each frame, or with `-c copy` of each packet: stream, times, size and MD5.
pub fn hashes(arguments: &[&str]) -> Vec<String> {
    let all = ["-map", "0:v?", "-map", "0:a?", "-f", "framemd5", "-"];
    let (input, options) =
        arguments.split_at(arguments.iter().position(|it| *it == "-c").unwrap_or(arguments.len()));
    let output = ffmpeg([input, options, &all].concat(), &[]).stdout;
    let text = String::from_utf8(output).expect("text");
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// The same without times: stream and MD5, sorted by stream.
pub fn contents(arguments: &[&str]) -> Vec<(String, String)> {
    let content = |line: String| {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        (fields[0].to_owned(), fields[5].to_owned())
    };
    let mut contents: Vec<_> = hashes(arguments).into_iter().map(content).collect();
    contents.sort_by(|one, other| one.0.cmp(&other.0));
    contents
}

/// A copy of a file by the ffmpeg program, as a fragmented MP4 without encryption.
pub fn plain_copy(folder: &Folder, source: &str) -> String {
    let flags = "frag_keyframe+empty_moov+delay_moov+default_base_moof";
    let copied = ["-i", source, "-map", "0:v?", "-map", "0:a?", "-c", "copy", "-movflags", flags];
    let has_aac = probed(source, "stream=codec_name").contains("aac");
    let filter: &[&str] = if has_aac { &["-bsf:a", "aac_adtstoasc"] } else { &[] };
    folder.ffmpeg("plain.mp4", &[&copied[..], filter].concat())
}

/// What ffprobe shows of the streams of a file.
pub fn probed(file: &str, entries: &str) -> String {
    ffprobe(["-v", "error", "-of", "csv", "-show_entries", entries, file])
}
