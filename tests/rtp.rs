//! Packets of RTP as the program sends and receives them, against the `ffmpeg` program, which gets them over UDP on
//! this machine. The tests open sockets; the program never does.

#[path = "common/ffmpeg.rs"]
mod ffmpeg;

use std::net::UdpSocket;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use afterimage::media::container::Packets;
use afterimage::media::rtp::{
    CallMedia, MediaDescription, MediaType, RtpError, SentStream, StreamParameters, receive, send_sound,
    send_video,
};
use afterimage::media::sound::SoundReader;
use afterimage::media::{self, Limits, Source};
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;
use afterimage::wire::sdp::Session;

const VIDEO: StreamParameters = StreamParameters {
    ssrc: 40_000,
    first_sequence_number: 65_000,
    base_timestamp: 3_000_000_000,
    payload_type: 96,
    most_packet_bytes: 1200,
};
const SOUND: StreamParameters = StreamParameters { ssrc: 40_001, payload_type: 97, ..VIDEO };

fn keep_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn source(text: &str) -> Source {
    text.parse().expect("a source")
}

fn video(text: &str, media: CallMedia, secs: f64) -> Result<SentStream, RtpError> {
    send_video(&source(text), media, secs, &VIDEO, Limits::default(), &mut keep_on)
}

fn sound(text: &str, media: CallMedia, secs: f64) -> Result<SentStream, RtpError> {
    send_sound(&source(text), media, secs, 1, &SOUND, Limits::default(), &mut keep_on)
}

/// The 16-bit number at an offset.
fn number(packet: &[u8], offset: usize) -> u16 {
    u16::from_be_bytes([packet[offset], packet[offset + 1]])
}

/// The bytes of all frames, as the program decodes them.
fn frames(source: &Source) -> Vec<Vec<u8>> {
    let (layout, limits) = (Layout::YUV420P, Limits::default());
    let mut reader = media::open(source, layout, limits, &Pool::default()).expect("a video");
    std::iter::from_fn(|| reader.next_frame().expect("readable")).map(|frame| frame.bytes.to_vec()).collect()
}

/// All samples, and the number of channels.
fn samples(source: &Source) -> (Vec<u8>, u32) {
    let mut reader = SoundReader::open(source, 0, Limits::default()).expect("sound");
    let samples = std::iter::from_fn(|| reader.next_samples().expect("readable")).flatten().collect();
    (samples, reader.format().channels)
}

#[test]
fn packets_are_the_same_in_every_run_and_have_the_given_numbers() {
    for media in CallMedia::ALL {
        for send in [video, sound] {
            let sent = send("demo:film", media, 2.5).expect("it is sent");
            assert_eq!(sent, send("demo:film", media, 2.5).expect("it is sent"), "{media}");
            let parameters = if sent.description.media == MediaType::Video { VIDEO } else { SOUND };
            let mut last = 0;
            for (n, packet) in sent.packets.iter().enumerate() {
                let bytes = &packet.bytes;
                assert!((13..=1200).contains(&bytes.len()), "{media}: packet {n} has {} bytes", bytes.len());
                assert_eq!(bytes[0], 0x80);
                assert_eq!(bytes[1] & 0x7f, parameters.payload_type);
                let expected = u16::try_from((65_000 + n) % 65_536).expect("it fits");
                assert_eq!(number(bytes, 2), expected, "{media}: packet {n}");
                assert_eq!(bytes[8..12], parameters.ssrc.to_be_bytes());
                assert!(packet.time >= last && packet.time < 2_600_000_000, "{media}: {} ns", packet.time);
                last = packet.time;
            }
            assert_eq!(sent.packets[0].bytes[4..8], parameters.base_timestamp.to_be_bytes());
            assert!(last > 2_400_000_000, "it lasts as long as asked for");
            let wraps = sent.packets.len() > 536;
            assert_eq!(wraps, sent.packets.iter().any(|packet| number(&packet.bytes, 2) < 65_000));
        }
    }
}

#[test]
fn the_description_names_no_program_and_no_address() {
    for (media, encodings) in [
        (CallMedia::H264, ["H264", "opus"]),
        (CallMedia::Raw, ["raw", "L16"]),
        (CallMedia::Mjpeg, ["JPEG", "opus"]),
    ] {
        let sent = [video("demo:still", media, 0.2), sound("demo:still", media, 0.2)];
        for (sent, encoding) in sent.into_iter().zip(encodings) {
            let sent = sent.expect("it is sent");
            let section = sent.description.to_media(5004).to_string();
            assert!(sent.description.is_encoding(encoding), "{section}");
            assert_eq!(sent.description.format.clock_rate, sent.clock_rate);
            assert!(
                section.lines().all(|line| ["m=video 5004 ", "m=audio 5004 ", "c=IN IP4 127.0.0.1", "a="]
                    .iter()
                    .any(|start| line.starts_with(start))),
                "{section}"
            );
            assert!(!section.contains("tool"), "{section}");
            assert!(!section.contains("interlace"), "{section}");
            let again = MediaDescription::parse(&section, None).expect("it is read");
            assert_eq!(again, sent.description);
        }
    }
}

#[test]
fn wrong_parameters_and_sources_are_refused() {
    let send = |parameters: StreamParameters, secs| {
        let still = source("demo:still");
        let sent = send_video(&still, CallMedia::H264, secs, &parameters, Limits::default(), &mut keep_on);
        sent.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(send(StreamParameters { base_timestamp: 0, ..VIDEO }, 1.0).contains("timestamp"));
    assert!(send(StreamParameters { payload_type: 72, ..VIDEO }, 1.0).contains("payload type"));
    assert!(send(StreamParameters { most_packet_bytes: 1500, ..VIDEO }, 1.0).contains("packet size"));
    assert!(send(VIDEO, 0.0).contains("duration"));
    assert!(send(VIDEO, f64::NAN).contains("duration"));
    let mut stop = |_| ControlFlow::Break(());
    let stopped =
        send_video(&source("demo:film"), CallMedia::H264, 1.0, &VIDEO, Limits::default(), &mut stop);
    assert!(stopped.is_err_and(|error| error.to_string() == "interrupted"));
    assert!(video("tests/rtp.rs", CallMedia::H264, 1.0).is_err(), "this file is no video");
    let description = video("demo:still", CallMedia::H264, 0.1).expect("it is sent").description;
    let nothing = receive("empty", &description, Vec::<Vec<u8>>::new(), Limits::default());
    assert!(nothing.is_err_and(|error| error.to_string().contains("no RTP packets")));
    let film = video("demo:film", CallMedia::H264, 0.5).expect("it is sent");
    let encrypted = film.packets.iter().map(|packet| {
        let mut bytes = packet.bytes.clone();
        for (byte, key) in bytes[12..].iter_mut().zip((0..251_u8).cycle()) {
            *byte ^= key.wrapping_mul(151) | 1;
        }
        bytes
    });
    let error =
        receive("encrypted", &film.description, encrypted, Limits::default()).expect_err("it is not plain");
    assert!(error.to_string().contains("nothing can be decoded"), "{error}");
    let small = Limits { side: 64, pixels: 4096 };
    let packets = || film.packets.iter().map(|packet| packet.bytes.clone());
    assert!(receive("large", &film.description, packets(), small).is_err());
}

/// What the `ffmpeg` program sends: its description and its packets.
fn sent_by_ffmpeg(folder: &Path, arguments: &[&str]) -> (MediaDescription, Vec<Vec<u8>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address");
    let sdp = folder.join("sent.sdp");
    let mut child = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-re"])
        .args(arguments)
        .args(["-f", "rtp", "-payload_type", "96", "-sdp_file"])
        .arg(&sdp)
        .arg(format!("rtp://{address}?pkt_size=1200"))
        .stdin(Stdio::null())
        .spawn()
        .expect("the ffmpeg program");
    socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
    let (mut packets, mut buffer) = (Vec::new(), [0; 2048]);
    loop {
        // Asked before the wait: what was sent until then has arrived when the wait ends.
        let is_over = child.try_wait().expect("a child").is_some();
        match socket.recv(&mut buffer) {
            Ok(count) => packets.push(buffer[..count].to_vec()),
            Err(_) if is_over => break,
            Err(_) => {}
        }
    }
    let text = std::fs::read_to_string(sdp).expect("a description");
    (MediaDescription::parse(&text, Some(96)).expect("it is read"), packets)
}

/// Checks that the packets of a second of sound have increasing times up to its end.
fn check_times(sound: &Source, encoding: &str) {
    let mut packets = Packets::open(sound, Limits::default()).expect("packets");
    let mut last = None;
    while let Some(packet) = packets.next_packet().expect("readable") {
        assert!(packet.pts.is_some() && packet.pts > last, "{encoding}: {:?} after {last:?}", packet.pts);
        last = packet.pts;
    }
    let tick = packets.streams()[0].time_base;
    let last_secs =
        last.map_or(0.0, |last| last as f64) * f64::from(tick.numerator) / f64::from(tick.denominator);
    assert!((0.8..1.1).contains(&last_secs), "{encoding}: the last packet is at {last_secs} s");
}

#[test]
fn a_short_sound_repeats_with_its_video() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clip.mkv");
    let inputs =
        ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-f", "lavfi", "-i", "sine=f=440:r=44100:d=0.6"];
    let codecs = ["-c:v", "ffv1", "-c:a", "pcm_s16le", path.to_str().expect("a plain path")];
    ffmpeg::ffmpeg(inputs.into_iter().chain(codecs), &[]);
    let sent = sound(path.to_str().expect("a plain path"), CallMedia::Raw, 2.5).expect("it is sent");
    let opened =
        receive("sound", &sent.description, sent.packets.into_iter().map(|it| it.bytes), Limits::default());
    let (samples, channels) = samples(&opened.expect("it is received"));
    assert_eq!((samples.len() / 2, channels), (120_000, 1));
    let is_loud = |from: usize| samples[2 * from..2 * (from + 480)].iter().any(|&byte| byte != 0);
    for (n, is_expected) in
        [(0.1, true), (0.5, true), (0.7, false), (0.9, false), (1.1, true), (1.7, false), (2.1, true)]
    {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
        let from = (n * 48_000.0) as usize;
        assert_eq!(is_loud(from), is_expected, "at {n} s");
    }
}

#[test]
fn what_the_ffmpeg_program_sends_is_received() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=15:d=1"];
    let tone = ["-f", "lavfi", "-i", "sine=f=440:r=48000:d=1"];
    for (codec, of, encoding) in [
        (&["-c:v", "libx264", "-bf", "0"][..], picture, "H264"),
        (&["-c:v", "mpeg4"], picture, "MP4V-ES"),
        (&["-c:v", "libvpx"], picture, "VP8"),
        (&["-c:a", "aac"], tone, "MPEG4-GENERIC"),
        (&["-c:a", "pcm_mulaw", "-ar", "8000"], tone, "PCMU"),
        (&["-c:a", "pcm_alaw", "-ar", "8000"], tone, "PCMA"),
        (&["-c:a", "libopus"], tone, "opus"),
        (&["-c:a", "g722", "-ar", "16000"], tone, "G722"),
    ] {
        let arguments: Vec<&str> = of.iter().chain(codec).copied().collect();
        let (description, packets) = sent_by_ffmpeg(folder.path(), &arguments);
        assert!(description.is_encoding(encoding), "{:?}", description.format);
        let opened = receive(encoding, &description, packets, Limits::default());
        let opened = opened.unwrap_or_else(|error| panic!("{encoding}: {error}"));
        if description.media == MediaType::Video {
            assert_eq!(frames(&opened).len(), 15, "{encoding}");
        } else {
            let (samples, channels) = samples(&opened);
            let count = samples.len() / 2 / channels as usize;
            let rate = if encoding.starts_with("PCM") {
                8000
            } else if encoding == "G722" {
                16_000
            } else {
                48_000
            };
            // The program keeps the last packets of AAC to itself.
            assert!((rate * 8 / 10..=rate * 12 / 10).contains(&count), "{encoding}: {count} samples");
            check_times(&opened, encoding);
            let loud =
                samples.as_chunks().0.iter().any(|&bytes| i16::from_le_bytes(bytes).unsigned_abs() > 2000);
            assert!(loud, "{encoding}: the tone is heard");
        }
    }
}

/// Waits until a program listens on a UDP port of this machine; false if it does not within 10 s.
#[cfg(target_os = "linux")]
fn is_listening(port: u16) -> bool {
    let wanted = format!(":{port:04X} ");
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        if std::fs::read_to_string("/proc/net/udp").is_ok_and(|table| table.contains(&wanted)) {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

#[cfg(target_os = "linux")]
#[test]
fn the_ffmpeg_program_plays_what_is_sent() {
    for media in CallMedia::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let port =
            UdpSocket::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port() & !1;
        // Small enough for the buffers of the system and of the program.
        let sent = video("pattern:moving-box@64x48", media, 1.5).expect("it is sent");
        let own = receive(
            "own",
            &sent.description,
            sent.packets.iter().map(|it| it.bytes.clone()),
            Limits::default(),
        );
        let own = frames(&own.expect("it is received"));
        let sdp = folder.path().join("call.sdp");
        let session = Session { name: "call".into(), media: vec![sent.description.to_media(port)] };
        std::fs::write(&sdp, session.to_string()).expect("it is written");
        let wanted = own.len().min(8);
        let child = Command::new("ffmpeg")
            .args([
                "-nostdin",
                "-v",
                "error",
                "-protocol_whitelist",
                "file,udp,rtp",
                "-reorder_queue_size",
                "0",
            ])
            .args(["-buffer_size", "400000", "-probesize", "32", "-analyzeduration", "0", "-i"])
            .arg(&sdp)
            .args(["-frames:v", &wanted.to_string(), "-fps_mode", "passthrough"])
            .args(["-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the ffmpeg program");
        assert!(is_listening(port), "{media}: ffmpeg opens its port");
        for packet in &sent.packets {
            socket.send_to(&packet.bytes, ("127.0.0.1", port)).expect("it is sent");
        }
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{media}");
        assert_eq!(output.stdout.len(), wanted * own[0].len(), "{media}");
        assert!(output.stdout == own[..wanted].concat(), "{media}: the frames are the same");
    }
}
