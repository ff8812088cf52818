//! The text of `--help`.

use crate::crypto::Scheme;
use crate::leak::COLUMNS;
use crate::lens::Lens;
use crate::media::pattern::Pattern;
use crate::picture::layout::Layout;

pub const ABOUT: &str = "\
Shows what survives encryption: decodes a video, encrypts the bytes of every frame with AES-128-ECB and with \
other modes, and shows side by side what an eavesdropper sees in the ciphertext.

Without a command, opens the window. With one, works without a display.";

pub const SHORT: &str = "\
Examples:
  afterimage                                        open the bundled demo in the window
  afterimage film.mp4 --layout yuv420p              your own video, encrypted in the codec's format
  afterimage figure demo --frame 100 -o frame.png   the panels of one frame in one picture
  afterimage clip demo --frames 0-99 -o clip.mp4    the panels of many frames in one video
  afterimage measure film.mp4 --format csv          how many blocks repeat, frame by frame

More: afterimage --help, afterimage help COMMAND; afterimage schemes, lenses, layouts";

/// The most columns of a line of help.
const WIDTH: usize = 88;

/// `--help` of the program. Names in brackets are placeholders for lines that are made from tables.
const LONG: &str = "\
SOURCE
  film.mp4, photo.png   a video or a picture, recognized by its content
  song.mp3, voice.wav   sound without video, with --target packets or samples
  call.pcapng           a capture: one of its RTP streams, with --keys and --sdp, or as
                        it was transmitted, under the scheme own
  ./info, ./demo, ./-   a file whose name means something else here
  demo, demo:still      the bundled video call, the bundled still
  demo:film             two seconds of an animated film
  demo:bmp              the bundled still as a BMP file, for --target file
[PATTERNS]
  canvas                an empty drawing, for drawing in the app
  scene.toml            a scene: source, layout, key, panels, memory and frame in a
                        file that --save-scene wrote; options take precedence.
                        Paths in it are relative to its folder. Your own key is not
                        in it, unless --save-key; it names your --key-file

PANEL: plain for the original, or SCHEME[:LENS]; without any, plain, aes-128-ecb,
aes-128-ecb:tone and aes-128-gcm (measure: aes-128-ecb and aes-128-gcm)
[SCHEMES]
[LENSES]

FRAMES: numbers from 0, both ends included; a time means the last frame at or before
it; numbers and times past the end are errors
  --frame 120           the frame with this number
  --at 1:02.5           the frame at this time, as captions and tables print it
  --frames 0-99         a range; 100- goes to the end (measure, clip)
  --frames 3,7,20-25    a list: sorted and without duplicates. A clip plays these frames
                        one after the other, each with its own duration
  --from 10 --to 12.5   a range of times

LAYOUT: which bytes of a frame are encrypted, and in which order
[LAYOUTS]
  --posterize BITS      each colour channel (in yuv420p, each plane's samples) rounded
                        to the nearest of 2^BITS levels spread over 0 to 255; alpha
                        does not change
  --tiles               a block covers a square of pixels: 2 × 2 in rgba32, 4 × 4 in
                        gray8 and in each plane of yuv420p. Tiles past an edge repeat
                        the last column and row; rgb24 has no tiles

Examples:
  afterimage
  afterimage film.mp4 --layout yuv420p --panels plain aes-128-ecb aes-256-gcm
  afterimage info film.mp4
  afterimage figure demo plain aes-128-ecb --at 3.5 -o frame.png --save-scene frame.toml
  afterimage frame.toml
  afterimage figure demo plain aes-128-ecb:codebook,known=0-9 --frame 120 -o known.png
  afterimage figure demo aes-128-ecb:received,splice=0,0,64,64@128,128@10 -o forged.png
  afterimage clip film.mp4 plain aes-128-ecb:tone --from 10 --to 15 -o tone.mp4
  afterimage measure film.mp4 --frames 0-99 --format json -o numbers.json
  afterimage encrypt demo aes-256-ctr --frame 5 -o frame5.bin

Environment:
  AFTERIMAGE_RENDERER   gpu, opengl, software or software-opengl: use this renderer only
  AFTERIMAGE_LOG        debug, or a filter such as ffmpeg=debug: log on standard error

Exit codes: 0 done, 1 failed, 2 wrong usage; 130, 143 or 129 if stopped by SIGINT (Ctrl+C),
SIGTERM or SIGHUP.

The default key is public and the nonces are predictable: do not protect anything with them.";

/// `--help` of the program.
pub fn long() -> String {
    let patterns = Pattern::ALL.map(Pattern::name).join(", ");
    let patterns = format!("computed: {patterns}; 1280 × 720, or another size as pattern:NAME@WIDTHxHEIGHT");
    let lenses = Lens::ALL.iter().map(|lens| row(&format!(":{}", lens.name()), lens.kind().help));
    let layouts = Layout::ALL.map(|layout| {
        let default = if layout == Layout::default() { " (default)" } else { "" };
        row(layout.name(), &format!("{}{default}", layout.about()))
    });
    LONG.replace("[PATTERNS]", &row("pattern:NAME", &patterns))
        .replace("[SCHEMES]", &schemes())
        .replace("[LENSES]", &lenses.collect::<Vec<_>>().join("\n"))
        .replace("[LAYOUTS]", &layouts.join("\n"))
}

/// The schemes by name, one line for all modes with the same key sizes, and the habits.
fn schemes() -> String {
    let (mut sizes, mut habits) = (Vec::new(), Vec::new());
    for scheme in Scheme::all() {
        let mode = scheme.mode_title().to_lowercase();
        if let Some(habit) = scheme.habit() {
            note(&mut habits, format!("+{}", habit.name()), mode);
        } else {
            let cipher = scheme.base_name().strip_suffix(&mode).and_then(|name| name.strip_suffix('-'));
            note(&mut sizes, mode, cipher.unwrap_or_default().to_owned());
        }
    }
    let mut modes = Vec::new();
    for (mode, ciphers) in sizes {
        let sizes: Vec<&str> = ciphers.iter().filter_map(|cipher| cipher.strip_prefix("aes-")).collect();
        note(&mut modes, sizes.join(","), mode);
    }
    let names = modes.into_iter().map(|(sizes, modes)| {
        if sizes.is_empty() { modes.join(", ") } else { format!("aes-{{{sizes}}}-{{{}}}", modes.join(",")) }
    });
    let names = format!("mode of operation and key size: {}", names.collect::<Vec<_>>().join(", "));
    let ways = habits.into_iter().map(|(habit, modes)| format!("{habit} ({})", modes.join(", ")));
    let ways = format!("a way of using it: {}", ways.collect::<Vec<_>>().join(", "));
    format!("{}\n{}", row("SCHEME", &names), row("SCHEME+HABIT", &ways))
}

/// Adds a value to the values of a key, unless it is one of them already.
fn note(groups: &mut Vec<(String, Vec<String>)>, key: String, value: String) {
    match groups.iter_mut().find(|(known, _)| *known == key) {
        Some((_, values)) if values.contains(&value) => {}
        Some((_, values)) => values.push(value),
        None => groups.push((key, vec![value])),
    }
}

/// A name and its meaning next to it, in lines of at most [`WIDTH`] columns.
fn row(name: &str, means: &str) -> String {
    const NAME: usize = 24;
    let mut text = format!("  {name:<width$}", width = NAME - 2);
    let mut column = NAME;
    for word in means.split(' ') {
        let length = word.chars().count();
        if column > NAME && column + 1 + length > WIDTH {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', NAME));
            column = NAME;
        }
        if column > NAME {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

pub const INFO: &str = "\
Examples:
  afterimage info film.mp4
  afterimage info demo --format json
  afterimage info call.pcapng --sdp party.sdp --keys keys.toml";

pub const ABOUT_FIGURE: &str = "\
Makes one picture of the panels of a frame, for a report or for print: each panel at full resolution, with its \
name and its number below. Small sources are enlarged by whole factors. The default panels are plain, aes-128-ecb, \
aes-128-ecb:tone and aes-128-gcm. The PNG holds, as text, the command line and the scene that make it again, and the \
position of each panel.";

pub const FIGURE: &str = "\
Examples:
  afterimage figure demo -o demo.png
  afterimage figure film.mp4 plain aes-128-ecb --at 01:02:03.5 -o frame.png
  afterimage figure frame.toml --memory 8 -o frame-8.png
  afterimage figure photo.png --layout gray8 --panels plain aes-128-ecb:repeats aes-128-gcm -o photo-ecb.png";

pub const ABOUT_CLIP: &str = "\
Makes one video of the panels: the figure of every frame of a range (default: all frames), with captions and \
the frame's number, each shown at the time of the frame. Frames of a list play one after the other. The extension of \
FILE chooses the format: .mp4 and .mkv hold H.264, which every player supports, .webm holds VP9, .gif loops. If the \
picture would be larger than 3840 × 2160, each panel is made smaller, and its caption says so. The default panels are \
plain, aes-128-ecb, aes-128-ecb:tone and aes-128-gcm.";

pub const CLIP: &str = "\
Examples:
  afterimage clip demo -o demo.mp4
  afterimage clip film.mp4 plain aes-128-ecb --frames 100-250 -o ecb.mp4
  afterimage clip frame.toml --from 10 --to 12.5 --theme light -o looped.gif
  afterimage clip demo aes-128-ecb:repeats -o - | ffplay -";

pub const ABOUT_MATRIX: &str = "\
Makes a poster of one frame, for lectures: one row per scheme, used well and badly, one column per lens, and under \
each cell a word for what an eavesdropper gets. Motion and difference compare with the frame before, so do not choose \
the first frame. If SOURCE is a scene, the schemes and lenses are those of its panels.";

pub const MATRIX: &str = "\
Examples:
  afterimage matrix demo --frame 45 -o poster.png
  afterimage matrix film.mp4 --at 32 --schemes aes-128-ecb aes-128-gcm --lenses repeats outline -o poster.png
  afterimage matrix film.mp4 --frame 100 --layout yuv420p --memory 8 --save-scene poster.toml -o poster.png";

/// The help of `measure`, with the meaning of every column of its tables.
pub fn about_measure() -> String {
    let columns = COLUMNS.map(|(name, about)| row(name, about) + "\n").concat();
    format!(
        "Measures what survives encryption, in blocks of 16 bytes, of one frame, a range, or (default) all frames. The \
         default panels are aes-128-ecb and aes-128-gcm:\n\n{columns}\n\
         CSV and JSON have all of these. byte_entropy to ssim, the classical measures, are computed with --classical only; \
         without it they are null or empty. The table omits repeated_in_frame, same_prefix, same_bytes_in_changed, and \
         numbers that do not apply. The panel plain has the same numbers for the original. No output contains a key other \
         than the demonstration key.\n\n\
         JSON is written completely or not at all. CSV is written frame by frame: after an error, standard output has \
         the frames before it, but no file is written."
    )
}

pub const MEASURE: &str = "\
Examples:
  afterimage measure demo
  afterimage measure film.mp4 plain aes-128-ecb --frame 100
  afterimage measure film.mp4 --from 10 --to 20 --format csv -o numbers.csv
  afterimage measure film.mp4 --frames 0-99 --format json | jq .summary";

pub const ABOUT_PACKETS: &str = "\
Lists the messages of systems that encrypt encoded video: the packets of a stream, its NAL units or OBUs, its slices, \
or samples in Common Encryption. Each message is listed with its frame, its position in the file, its bytes, and how many \
of them stay clear; a slice also with its place in the picture.";

pub const PACKETS: &str = "\
Examples:
  afterimage packets film.mp4 --frames 0-9
  afterimage packets film.mp4 --target nal --format json | jq '.messages[0]'
  afterimage packets film.mp4 --stream a:0
  afterimage packets film.mov --target slices --frame 100";

pub const ABOUT_ENCRYPT: &str = "\
Encrypts the bytes of one frame (default: frame 0), writes the ciphertext, and prints every parameter that another \
program needs to make the same bytes: on standard output, or on standard error if the ciphertext goes to standard \
output. ECB and CBC pad with PKCS#7; a tag is at the end of the file. With --target cenc or cbcs, an output that ends \
in .mp4, .m4v, .m4a or .cmfv, and neither --frame nor --at, it writes all sound and video of the source as an encrypted \
MP4, without encoding them anew: its key is the leading 16 bytes of the key material, and its key ID is 15 zero bytes and a 1.";

pub const ENCRYPT: &str = "\
Examples:
  afterimage encrypt demo --frame 5 -o frame5.bin
  afterimage encrypt film.mp4 aes-256-ctr --at 2.5 --layout yuv420p -o f.bin --plaintext f.yuv --format json
  afterimage encrypt demo --layout gray8 --posterize 3 --tiles -o f.bin --plaintext f.tiles
  afterimage encrypt picture.bmp --target file --clear auto -o ecb.bmp
  afterimage encrypt film.mp4 --target cenc --frame 9 -o sample.bin --format json > sample.json
  afterimage encrypt film.mkv --target cenc -o encrypted.mp4
  ffplay -decryption_key 000102030405060708090a0b0c0d0e0f encrypted.mp4
  openssl enc -aes-256-ctr -K KEY -iv COUNTER_BLOCK -in f.yuv | cmp - f.bin";

pub const ABOUT_DECRYPT: &str = "\
Decrypts the output of encrypt. Scheme, frame and key must be the same, since initialization vector and nonce are \
derived from the frame's number. If the scheme has a tag, a file that was tampered with is rejected.";

pub const DECRYPT: &str = "\
Examples:
  afterimage decrypt frame5.bin --scheme aes-128-ecb --frame 5 -o frame5.rgba
  afterimage decrypt sample.bin --parameters sample.json -o sample.h264
  afterimage decrypt f.bin --scheme aes-256-gcm --frame 75 --key-file key.hex -o f.yuv";

pub const ABOUT_CALL: &str = "\
Simulates a conference: parties, a media server, a key server, and packets on links between them. Nothing is sent, and no \
socket is opened. Alone it opens a window with what each observer has. With -o it writes a folder: call.pcapng with the \
packets of every link, plain.pcapng with the same packets without protection, descriptions (SDP) of the streams, keys.toml, a script that replays a stream to a player on this machine, \
and a README with commands for tshark, FFmpeg and openssl.\n\n\
With --table it prints what six observers have of the first party's streams, found by trying: each opens the packets that it \
sees with the keys that it holds, and its pictures and sound are compared with the sender's. Of the video: picture, outlines \
(of raw media under ECB), sizes or nothing; of the audio: sound, sizes or nothing.\n\n\
What is not public of the service of 2020 is modelled: the layout of the packets of one-key-ecb and per-stream-gcm, the \
topology, and the waiting room under other protections.";

pub const CALL: &str = "\
Examples:
  afterimage call --media raw
  afterimage call -o meeting
  afterimage call film.mp4 --protection srtp -o meeting
  afterimage call --party ada=film.mp4 --party bo=demo --media raw --seconds 4 -o meeting
  afterimage call --table
  afterimage call --table --media raw --protection one-key-ecb --format json
  afterimage call --table --observer former --renew";

pub const COMPLETIONS: &str = "\
Examples:
  afterimage completions bash > ~/.local/share/bash-completion/completions/afterimage
  afterimage completions fish > ~/.config/fish/completions/afterimage.fish";

pub const MAN: &str = "\
Example:
  afterimage man ~/.local/share/man/man1";
