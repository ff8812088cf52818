//! `encrypt --target cenc|cbcs -o FILM.mp4`: the ffmpeg program plays the file with the key.

use std::fs;

use afterimage::media::mp4::{Kind, Mp4Box};

use super::films::{
    KEY, SOUND, X264, contents, encrypted, film, film_of_many_slices, hashes, made, plain_copy, probed,
};
use super::mp4_file::{self, video};
use crate::excerpt::EXCERPT;
use crate::ffmpeg::ffmpeg_that_may_fail;
use crate::folder::Folder;
use crate::program::stdout;

/// Asserts that a source, encrypted under each target, plays as its plain copy: the same frames and packets at the same
/// times.
fn assert_plays_as_its_copy(folder: &Folder, source: &str, targets: &[&str]) {
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
        assert_plays_as_its_copy(&folder, source, &["cenc", "cbcs"]);
    }
    // The packets of a transport stream have another form, so only these two are compared with their source.
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
    assert_plays_as_its_copy(&folder, &film, &["cenc", "cbcs"]);
    let tracks = mp4_file::read(&fs::read(encrypted(&folder, &film, "cenc")).expect("the output"));
    assert!(video(&tracks).samples.iter().any(|sample| sample.protected().len() > 60));
}

#[test]
fn the_excerpt_plays_bit_exactly() {
    let folder = Folder::new();
    for target in ["cenc", "cbcs"] {
        let out = encrypted(&folder, EXCERPT, target);
        for options in [&[][..], &["-c", "copy"]] {
            let own = hashes(&[&["-i", EXCERPT][..], options].concat());
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
        assert_plays_as_its_copy(&folder, source, targets);
    }
    let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"];
    let vp9 = made(&folder, "vp9.webm", &vp9);
    assert_plays_as_its_copy(&folder, &vp9, &["cenc"]);
}

#[test]
fn av1_plays_bit_exactly() {
    let folder = Folder::new();
    let encoders = ffmpeg_that_may_fail(["-v", "error", "-encoders"]);
    if !String::from_utf8_lossy(&encoders.stdout).contains("libaom-av1") {
        eprintln!("skipped: the ffmpeg program here has no encoder libaom-av1");
        return;
    }
    let source = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25:duration=1"];
    let aom = ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-b:v", "300k"];
    let film = folder.ffmpeg("av1.mkv", &[&source[..], &aom].concat());
    assert_plays_as_its_copy(&folder, &film, &["cenc"]);
}

#[test]
fn without_the_right_key_no_frame_of_the_film_is_decoded() {
    let folder = Folder::new();
    let film = film(&folder);
    let own = contents(&["-i", &film]);
    let decoded = |arguments: &[&str]| {
        let output = ffmpeg_that_may_fail([&["-v", "quiet"], arguments, &["-f", "framemd5", "-"]].concat());
        String::from_utf8(output.stdout).expect("text")
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
            assert_eq!(known.count(), 0, "{target}: frames of the film were decoded");
        }
    }
}

#[test]
fn the_streams_have_the_properties_of_a_plain_copy() {
    let folder = Folder::new();
    let options =
        ["-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a", "aac", "-ar", "44100", "-aspect", "4:3"];
    let tags =
        ["-metadata:s:v", "rotate=90", "-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=fra"];
    let title = ["-metadata", "title=Film"];
    made(&folder, "straight.mp4", &[&X264[..], &options, &tags, &title].concat());
    let film = folder.write("rotated.mp4", rotated(&folder.read("straight.mp4")));
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
    assert_eq!(packet_flags(&out), packet_flags(&plain));
    assert!(packet_flags(&out).iter().filter(|packet| packet.contains('K')).count() > 5);
}

/// The file with its first track rotated by 90 degrees.
fn rotated(file: &[u8]) -> Vec<u8> {
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

/// The stream, times, size and flags of each packet, sorted by stream.
fn packet_flags(file: &str) -> Vec<String> {
    let text = probed(file, "packet=stream_index,pts,dts,flags,size");
    let packets = text.lines().filter(|line| line.starts_with("packet"));
    // Versions of ffprobe end the lines of packets with side data differently.
    let plain = |line: &str| line.replace(",side_data", "").trim_end_matches(',').to_owned();
    let mut packets: Vec<_> = packets.map(plain).collect();
    packets.sort();
    packets
}

#[test]
fn a_key_of_the_user_is_the_content_key() {
    let folder = Folder::new();
    let film = film(&folder);
    let (key, out) = ("a1".repeat(20), folder.at("own.mp4"));
    stdout(["encrypt", &film, "--target", "cenc", "--key", &key, "-o", &out]);
    let own = contents(&["-i", &film, "-c", "copy"]);
    assert_eq!(contents(&["-decryption_key", &key[..32], "-i", &out, "-c", "copy"]), own);
}
