//! `encrypt --target cenc|cbcs -o FILM.mp4`: the ffmpeg program plays the file with the key.

use std::fs;
use std::process::Command;

use afterimage::media::mp4::{Kind, Mp4Box};

use crate::ffmpeg::ffmpeg;
use crate::mp4_file::{self, video};
use crate::program::{Folder, afterimage, json, refused, stdout};

/// The leading 16 bytes of the demonstration key.
pub const KEY: &str = "000102030405060708090a0b0c0d0e0f";
/// The number of the key in the file.
pub const KEY_ID: &str = "00000000000000000000000000000001";

const VIDEO: [&str; 4] = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25:duration=5"];
const SOUND: [&str; 4] = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=5"];
/// Several slices a frame, B-frames, and a keyframe every second, so that there are several fragments.
const X264: [&str; 6] = ["-c:v", "libx264", "-x264-params", "slices=3:bframes=2:keyint=25", "-b:v", "900k"];

/// H.264 with about 80 slices in a keyframe.
pub fn film_of_many_slices(folder: &Folder) -> String {
    let x264 = ["-c:v", "libx264", "-x264-params", "slice-max-size=300:keyint=25", "-b:v", "4M", "-an"];
    let source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=4"];
    folder.ffmpeg("slices.mp4", &[&source[..], &x264].concat())
}

/// A file that the ffmpeg program makes of a picture and a tone.
fn made(folder: &Folder, name: &str, options: &[&str]) -> String {
    folder.ffmpeg(name, &[&VIDEO[..], &SOUND, options].concat())
}

/// H.264 with three slices a frame and B-frames, and AAC.
pub fn film(folder: &Folder) -> String {
    made(folder, "film.mp4", &[&X264[..], &["-c:a", "aac"]].concat())
}

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

/// The same without times: stream and MD5, by streams.
pub fn contents(arguments: &[&str]) -> Vec<(String, String)> {
    let content = |line: String| {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        (fields[0].to_owned(), fields[5].to_owned())
    };
    let mut contents: Vec<_> = hashes(arguments).into_iter().map(content).collect();
    contents.sort_by(|one, other| one.0.cmp(&other.0));
    contents
}

/// The file as the ffmpeg program copies it into an MP4 in fragments, without encryption.
pub fn plain_copy(folder: &Folder, source: &str) -> String {
    let flags = "frag_keyframe+empty_moov+delay_moov+default_base_moof";
    let copied = ["-i", source, "-map", "0:v?", "-map", "0:a?", "-c", "copy", "-movflags", flags];
    let has_aac = probed(source, "stream=codec_name").contains("aac");
    let filter: &[&str] = if has_aac { &["-bsf:a", "aac_adtstoasc"] } else { &[] };
    folder.ffmpeg("plain.mp4", &[&copied[..], filter].concat())
}

/// What ffprobe shows of the streams of a file.
fn probed(file: &str, entries: &str) -> String {
    let arguments = ["-v", "error", "-of", "csv", "-show_entries", entries, file];
    let output = Command::new("ffprobe").args(arguments).output().expect("the ffprobe program");
    String::from_utf8(output.stdout).expect("text")
}

/// The targets under which a source plays as its plain copy does: the same frames and packets at the same times.
fn plays_as_its_copy(folder: &Folder, source: &str, targets: &[&str]) {
    let plain = plain_copy(folder, source);
    let expected = [hashes(&["-i", &plain]), hashes(&["-i", &plain, "-c", "copy"])];
    assert!(expected.iter().all(|lines| lines.len() > 20), "{source}: {expected:?}");
    for target in targets {
        let out = encrypted(folder, source, target);
        let input = ["-decryption_key", KEY, "-i", &out];
        assert_eq!(hashes(&input), expected[0], "frames of {source}, {target}");
        assert_eq!(
            hashes(&[&input[..], &["-c", "copy"]].concat()),
            expected[1],
            "packets of {source}, {target}"
        );
    }
}

#[test]
fn h264_and_aac_play_bit_exactly_from_any_container() {
    let folder = Folder::new();
    let film = film(&folder);
    let copies =
        ["film.ts", "film.mkv", "film.mov"].map(|name| folder.ffmpeg(name, &["-i", &film, "-c", "copy"]));
    for source in [&film].into_iter().chain(&copies) {
        plays_as_its_copy(&folder, source, &["cenc", "cbcs"]);
    }
    // Of a transport stream, packets come in another form.
    for source in [&film, &copies[1]] {
        let out = encrypted(&folder, source, "cenc");
        let own = contents(&["-i", source, "-c", "copy"]);
        assert_eq!(contents(&["-decryption_key", KEY, "-i", &out, "-c", "copy"]), own, "packets of {source}");
    }
}

#[test]
fn more_slices_than_saiz_can_state_play_bit_exactly() {
    let folder = Folder::new();
    let film = film_of_many_slices(&folder);
    plays_as_its_copy(&folder, &film, &["cenc", "cbcs"]);
    let tracks = mp4_file::read(&fs::read(encrypted(&folder, &film, "cenc")).expect("the output"));
    assert!(video(&tracks).samples.iter().any(|sample| sample.protected().len() > 60));
}

#[test]
fn the_film_of_the_repository_plays_as_it_is() {
    let folder = Folder::new();
    let film = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bigbuckbunny_excerpt.mp4");
    for target in ["cenc", "cbcs"] {
        let out = encrypted(&folder, film, target);
        for options in [&[][..], &["-c", "copy"]] {
            let own = hashes(&[&["-i", film][..], options].concat());
            assert_eq!(
                hashes(&[&["-decryption_key", KEY, "-i", &out][..], options].concat()),
                own,
                "{target}"
            );
        }
    }
}

#[test]
fn other_codecs_play_bit_exactly() {
    let folder = Folder::new();
    let x265 = ["-c:v", "libx265", "-x265-params", "log-level=error:bframes=3:keyint=25", "-c:a", "ac3"];
    let hevc = made(&folder, "hevc.mp4", &x265);
    let hevc_ts = folder.ffmpeg("hevc.ts", &["-i", &hevc, "-c", "copy"]);
    let opus = folder.ffmpeg("opus.mkv", &[&SOUND[..], &["-c:a", "libopus"]].concat());
    let aac = folder.ffmpeg("aac.m4a", &[&SOUND[..], &["-c:a", "aac"]].concat());
    let mpeg4 = made(&folder, "mpeg4.mkv", &["-c:v", "mpeg4", "-c:a", "libmp3lame"]);
    for (source, targets) in [
        (&hevc, &["cenc"][..]),
        (&hevc_ts, &["cenc"]),
        (&opus, &["cenc", "cbcs"]),
        (&aac, &["cenc", "cbcs"]),
        (&mpeg4, &["cenc"]),
    ] {
        plays_as_its_copy(&folder, source, targets);
    }
    let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"];
    let vp9 = made(&folder, "vp9.webm", &vp9);
    plays_as_its_copy(&folder, &vp9, &["cenc"]);
}

#[test]
fn av1_plays_bit_exactly() {
    let folder = Folder::new();
    let encoders =
        Command::new("ffmpeg").args(["-v", "error", "-encoders"]).output().expect("the ffmpeg program");
    if !String::from_utf8_lossy(&encoders.stdout).contains("libaom-av1") {
        eprintln!("skipped: the ffmpeg program here has no encoder libaom-av1");
        return;
    }
    let source = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25:duration=1"];
    let aom = ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-b:v", "300k"];
    let film = folder.ffmpeg("av1.mkv", &[&source[..], &aom].concat());
    plays_as_its_copy(&folder, &film, &["cenc"]);
}

#[test]
fn without_the_key_nothing_decodes_and_another_key_gives_other_pictures() {
    let folder = Folder::new();
    let film = film(&folder);
    let own = contents(&["-i", &film]);
    let decoded = |arguments: &[&str]| {
        let output = Command::new("ffmpeg")
            .args(["-v", "quiet"])
            .args(arguments)
            .args(["-f", "framemd5", "-"])
            .output();
        String::from_utf8(output.expect("the ffmpeg program").stdout).expect("text")
    };
    for target in ["cenc", "cbcs"] {
        let out = encrypted(&folder, &film, target);
        let wrong = "ff".repeat(16);
        for input in [&["-i", &*out][..], &["-decryption_key", &wrong, "-i", &out]] {
            let text = decoded(input);
            let frames = text.lines().filter(|line| !line.starts_with('#'));
            let known = frames.filter(|line| {
                let md5 = line.rsplit(", ").next().unwrap_or_default();
                own.iter().any(|(_, own)| own == md5)
            });
            assert_eq!(known.count(), 0, "{target}: no frame of the film");
        }
    }
}

#[test]
fn what_ffmpeg_knows_of_the_streams_is_that_of_a_plain_copy() {
    let folder = Folder::new();
    let options =
        ["-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a", "aac", "-ar", "44100", "-aspect", "4:3"];
    let tags =
        ["-metadata:s:v", "rotate=90", "-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=fra"];
    let title = ["-metadata", "title=Film"];
    made(&folder, "straight.mp4", &[&X264[..], &options, &tags, &title].concat());
    let film = folder.write("turned.mp4", turned(&folder.read("straight.mp4")));
    let (plain, out) = (plain_copy(&folder, &film), encrypted(&folder, &film, "cbcs"));
    let entries = "stream=codec_name,profile,width,height,sample_aspect_ratio,pix_fmt,sample_rate,channels,\
                   time_base,start_time,has_b_frames:stream_tags=language,handler_name:stream_side_data=rotation:\
                   stream_disposition=default:format_tags=title";
    let shown = probed(&out, entries);
    assert_eq!(shown, probed(&plain, entries));
    for part in ["deu", "fra", "Film", "44100"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let rotation = |file: &str| probed(file, "stream_side_data=rotation");
    assert_eq!(rotation(&out), rotation(&film));
    assert!(rotation(&out).contains("90"), "{}", rotation(&out));
    assert_eq!(keyframes(&out), keyframes(&plain));
    assert!(keyframes(&out).iter().filter(|packet| packet.contains('K')).count() > 5);
}

/// The file with its first track turned by a quarter.
fn turned(file: &[u8]) -> Vec<u8> {
    let mut boxes = Mp4Box::read_all(file).expect("boxes that fill the file");
    let moov = boxes.iter_mut().find(|it| it.kind == Kind(*b"moov")).expect("a movie");
    let tkhd = moov.descendant_mut(&[Kind(*b"trak"), Kind(*b"tkhd")]).expect("a track");
    // The matrix of version 0 of the box begins at byte 40.
    let matrix: [u32; 9] = [0, 1 << 16, 0, (-65_536_i32).cast_unsigned(), 0, 0, 0, 0, 1 << 30];
    tkhd.fields[40..76].copy_from_slice(&matrix.map(u32::to_be_bytes).concat());
    let mut bytes = Vec::new();
    boxes.iter().try_for_each(|it| it.write(&mut bytes)).expect("small boxes");
    bytes
}

/// Of each packet its stream, times, size and flags, by streams.
fn keyframes(file: &str) -> Vec<String> {
    let text = probed(file, "packet=stream_index,pts,dts,flags,size");
    let packets = text.lines().filter(|line| line.starts_with("packet"));
    // Versions of the program end lines of packets with side data differently.
    let plain = |line: &str| line.replace(",side_data", "").trim_end_matches(',').to_owned();
    let mut packets: Vec<_> = packets.map(plain).collect();
    packets.sort();
    packets
}

#[test]
fn a_key_of_ones_own_is_the_content_key() {
    let folder = Folder::new();
    let film = film(&folder);
    let (key, out) = ("a1".repeat(20), folder.at("own.mp4"));
    stdout(["encrypt", &film, "--target", "cenc", "--key", &key, "-o", &out]);
    let own = contents(&["-i", &film, "-c", "copy"]);
    assert_eq!(contents(&["-decryption_key", &key[..32], "-i", &out, "-c", "copy"]), own);
}

#[test]
fn with_a_frame_its_messages_are_written_as_before() {
    let folder = Folder::new();
    let film = film(&folder);
    let (mp4, bin) = (folder.at("frame.mp4"), folder.at("frame.bin"));
    stdout(["encrypt", &film, "--target", "cenc", "--frame", "3", "-o", &mp4]);
    stdout(["encrypt", &film, "--target", "cenc", "--frame", "3", "-o", &bin]);
    assert!(folder.read("frame.mp4") == folder.read("frame.bin"));
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is() {
    let folder = Folder::new();
    let hevc = made(&folder, "hevc.mp4", &["-c:v", "libx265", "-x265-params", "log-level=error", "-an"]);
    let raw = folder.ffmpeg("raw.avi", &[&VIDEO[..], &["-t", "0.2", "-c:v", "rawvideo"]].concat());
    let film = film(&folder);
    let twice = encrypted(&folder, &film, "cenc");
    let text = folder.ffmpeg("text.srt", &["-f", "lavfi", "-i", "anullsrc=duration=0.1", "-f", "ffmetadata"]);
    let out = folder.at("out.mp4");
    for (code, arguments, said) in [
        (1, &[&*hevc, "--target", "cbcs"][..], &["stream 0", "cbcs", "H.264", "hevc"][..]),
        (1, &[&raw, "--target", "cenc"], &["stream 0", "rawvideo", "MP4", "encode it anew", "raw.avi"]),
        (1, &[&twice, "--target", "cenc"], &["encrypted already", "encrypted.mp4"]),
        (1, &[&text, "--target", "cenc"], &["text.srt"]),
        (2, &[&film, "--target", "cenc", "--stream", "a:0"], &["--stream", "--frame"]),
        (2, &[&film, "--target", "cenc", "--plaintext", "plain.bin"], &["--plaintext", "--frame"]),
    ] {
        let error = refused(code, [&["encrypt"], arguments, &["-o", &out]].concat());
        assert!(said.iter().all(|said| error.contains(said)), "{error}");
        assert!(!folder.names().contains(&"out.mp4".to_owned()), "nothing is written");
    }
    assert!(folder.names().iter().all(|name| !name.contains("part")), "{:?}", folder.names());
}

#[test]
fn a_slice_whose_header_cannot_be_read_does_not_stay_clear() {
    let folder = Folder::new();
    let film = film(&folder);
    let mut bytes = folder.read("film.mp4");
    let listed = json(["packets", &film, "--target", "slices", "--frame", "30", "--format", "json"]);
    // The first byte of the slice's header, after its length and the unit's header: no such picture parameter set.
    let offset = usize::try_from(listed["messages"][0]["offset"].as_u64().expect("a number")).expect("small");
    bytes[offset + 5..offset + 8].copy_from_slice(&[0, 0, 1]);
    let damaged = folder.write("damaged.mp4", bytes);
    let error = refused(1, ["encrypt", &damaged, "--target", "cenc", "-o", &folder.at("out.mp4")]);
    assert!(error.contains("of stream 0 cannot be parsed") && error.contains("stay clear"), "{error}");
}

#[test]
fn a_film_that_breaks_off_is_encrypted_as_far_as_it_goes_and_said_to_be_damaged() {
    let folder = Folder::new();
    let film = film(&folder);
    folder.ffmpeg("whole.mkv", &["-i", &film, "-c", "copy"]);
    let whole = folder.read("whole.mkv");
    let source = folder.write("broken.mkv", &whole[..whole.len() / 2]);
    let out = folder.at("out.mp4");
    let output = afterimage(["encrypt", &source, "--target", "cenc", "-o", &out]).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("damaged") && said.contains("broken.mkv"), "{said}");
    let own = contents(&["-i", &source, "-c", "copy"]);
    assert!(own.len() > 100);
    assert_eq!(contents(&["-decryption_key", KEY, "-i", &out, "-c", "copy"]), own);
}

#[cfg(unix)]
#[test]
fn an_interrupted_encryption_leaves_nothing_behind() {
    let (sources, folder) = (Folder::new(), Folder::new());
    let film = film(&sources);
    let long = sources.ffmpeg("long.mkv", &["-stream_loop", "150", "-i", &film, "-c", "copy"]);
    let mut work = Command::new(env!("CARGO_BIN_EXE_afterimage"));
    work.args(["encrypt", &long, "--target", "cenc", "-o", &folder.at("out.mp4")]);
    crate::stopped::interrupted(&mut work, "-INT", &folder);
}

#[test]
fn help_says_when_a_whole_film_is_written() {
    let help = afterimage(["encrypt", "--help"]).assert().success().get_output().stdout.clone();
    let help = String::from_utf8(help).expect("text");
    assert!(help.contains("--target cenc -o encrypted.mp4"), "{help}");
}
